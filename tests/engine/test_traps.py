"""Faults that measurements of the design have found once; each stays found."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.action import Action, Actor, Role, Verb
from bot.core.ports import House
from bot.engine.batcher import Batcher
from bot.engine.hub import Bell
from bot.engine.keeper import keep
from bot.engine.pump import Pump
from bot.errors import MisconfiguredError, RefusedError, RetryableError
from bot.store.accounts import add_agent
from bot.store.inbox import waiting
from tests.engine.workshop import START, Postbox, until, workshop


@dataclass(frozen=True)
class Row:
    id: int
    conversation_id: int


class Table:
    """Work rows in memory; a scan shows the rows as they were when it began."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.scans = 0
        self.slow = 0.0
        self.broken = 0
        self.handled: list[int] = []

    async def scan(self, limit: int) -> Sequence[Row]:
        self.scans += 1
        if self.broken:
            self.broken -= 1
            raise RetryableError("the database is away")
        seen = self.rows[:limit]
        await asyncio.sleep(self.slow)
        return seen

    def done(self, row: Row) -> bool:
        self.handled.append(row.id)
        self.rows = [other for other in self.rows if other.id != row.id]
        return True


async def run_until(pump: Pump[Row], done: object, *, within: float = 5) -> None:
    running = asyncio.create_task(pump.run())
    try:
        await until(done, within=within)
    finally:
        running.cancel()


async def test_a_row_finished_during_a_scan_is_not_handled_again() -> None:
    table = Table([Row(n, n) for n in range(50)])
    table.slow = 0.05

    async def handle(row: Row) -> bool:
        await asyncio.sleep(0.02)
        pump.ring()
        return table.done(row)

    pump = Pump("t", table.scan, handle)
    await run_until(pump, lambda: not table.rows and table.scans > 4)
    assert sorted(table.handled) == list(range(50))


async def test_nothing_overtakes_a_row_that_could_not_be_finished() -> None:
    table = Table([Row(n, n % 3) for n in range(30)])
    fails = {6: 2, 7: 1, 20: 3}

    async def handle(row: Row) -> bool:
        await asyncio.sleep(0.001)
        if fails.get(row.id):
            fails[row.id] -= 1
            if fails[row.id] % 2:
                raise RetryableError("commit failed")
            return False
        return table.done(row)

    await run_until(Pump("t", table.scan, handle), lambda: not table.rows)
    for conversation in range(3):
        mine = [n for n in table.handled if n % 3 == conversation]
        assert mine == sorted(mine)
    assert len(table.handled) == 30


async def test_a_scan_that_fails_is_tried_again() -> None:
    table = Table([Row(1, 1)])
    table.broken = 2

    async def handle(row: Row) -> bool:
        return table.done(row)

    await run_until(Pump("t", table.scan, handle), lambda: table.handled == [1])


async def test_a_handler_that_breaks_stops_its_own_conversation_only() -> None:
    table = Table([Row(1, 1), Row(2, 2), Row(3, 1)])
    breaks = [True]

    async def handle(row: Row) -> bool:
        if row.id == 1 and breaks:
            breaks.clear()
            raise ZeroDivisionError("a bug")
        return table.done(row)

    await run_until(Pump("t", table.scan, handle), lambda: not table.rows)
    assert table.handled == [2, 1, 3]


async def test_a_backlog_is_taken_in_bounded_portions() -> None:
    table = Table([Row(n, n) for n in range(1000)])
    most = 0

    async def handle(row: Row) -> bool:
        nonlocal most
        most = max(most, pump.under_way)
        await asyncio.sleep(0.001)
        return table.done(row)

    pump = Pump("t", table.scan, handle, most=50)
    await run_until(pump, lambda: not table.rows, within=20)
    assert most <= 150


async def test_one_poisoned_item_fails_alone() -> None:
    calls: list[int] = []

    async def stage(items: Sequence[int]) -> list[int]:
        calls.append(len(items))
        if 13 in items:
            raise ValueError("13")
        return [item * 2 for item in items]

    batcher = Batcher(stage)
    results = await asyncio.gather(*(batcher.put(n) for n in range(40)), return_exceptions=True)
    assert [result for result in results if isinstance(result, int)] == [n * 2 for n in range(40) if n != 13]
    assert isinstance(results[13], ValueError)
    assert calls[0] == 40


async def test_whoever_stops_waiting_does_not_stop_the_batch() -> None:
    gate = asyncio.Event()

    async def stage(items: Sequence[int]) -> list[int]:
        await gate.wait()
        return list(items)

    batcher = Batcher(stage)
    first, second = (asyncio.create_task(batcher.put(n)) for n in (1, 2))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert await second == 2


async def test_texts_arrive_in_order_and_a_retry_holds_back_what_follows(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.postbox.faults = [RetryableError("busy", after=5)]
        await shop.say("shipping.time", channel="post")
        await shop.say("order.cancel", channel="post")
        await shop.say("chat.thanks", conversation="other", channel="post")
        await until(lambda: len(shop.postbox.sent) == 1)
        assert shop.postbox.sent[0].conversation.key == "other"
        shop.now += timedelta(seconds=6)
        shop.sending.ring()
        await until(lambda: len(shop.postbox.sent) == 3)
        assert [sent.text.splitlines()[-1] for sent in shop.postbox.sent[1:]] == [
            "About shipping.time.",
            "If you like, a person here can help you with this.",
        ]
        assert len({sent.key for sent in shop.postbox.sent}) == 3
        assert shop.postbox.sent[2].choices == (("human", "Talk to a person"),)


async def test_what_the_far_side_refuses_is_given_up_and_kept(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.postbox.faults = [RefusedError("no such user"), ZeroDivisionError("a bug")]
        await shop.say("shipping.time", channel="post")
        await shop.say("shipping.cost", channel="post")
        await shop.say("chat.thanks", channel="post")
        await until(lambda: len(shop.postbox.sent) == 1)
        query = "SELECT state, error FROM outbox ORDER BY id"
        ends = "SELECT count(*) FROM outbox WHERE state = 1"
        await until(lambda: shop.database.read(lambda c: c.execute(text(ends)).scalar() == 1))
        stored = await shop.database.read(lambda c: [tuple(row) for row in c.execute(text(query))])
        assert stored[0] == (2, "no such user")
        assert stored[1] == (2, "ZeroDivisionError: a bug")
        assert stored[2][0] == 1


async def test_a_text_is_given_up_after_enough_attempts(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.postbox.faults = [RetryableError("busy") for _ in range(50)]
        await shop.say("shipping.time", channel="post")
        query = "SELECT state, attempts FROM outbox"
        for _ in range(12):
            shop.now += timedelta(hours=2)
            shop.sending.ring()
            before = len(shop.postbox.faults)
            await until(lambda before=before: len(shop.postbox.faults) < before or before == 38)
        await until(lambda: shop.database.read(lambda c: tuple(c.execute(text(query)).one()) == (2, 12)))


async def test_an_agents_answer_is_handed_to_a_channel_that_pushes(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = Actor(await shop.database.write(add_agent, "Anna", Role.AGENT, "x", START), "Anna", Role.AGENT)
        await shop.say("human.request", channel="post")
        await shop.house.act(Action(Verb.CLAIM, 1001, anna))
        await shop.house.act(Action(Verb.NOTE, 1001, anna, "internal"))
        await shop.house.act(Action(Verb.REPLY, 1001, anna, "Good news."))
        await until(lambda: any(sent.text == "Good news." for sent in shop.postbox.sent))
        assert not any("internal" in sent.text for sent in shop.postbox.sent)


async def test_a_finished_row_is_done_once_even_if_handled_twice(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        await shop.channel().accept([shop.message("shipping.time")])
        (row,) = await shop.database.read(waiting, 10)
        await asyncio.gather(*(shop.worker.handle(row) for _ in range(5)))
        await shop.worker.handle(row)
        assert len(await shop.shown()) == 2


async def test_a_message_is_handled_after_a_restart(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        await shop.channel().accept([shop.message("shipping.time")])
    async with workshop(tmp_path) as again:
        await until(lambda: _answered(again))
    async with workshop(tmp_path) as third:
        await asyncio.sleep(0.1)
        assert len(await third.shown()) == 2


async def _answered(shop: object) -> bool:
    return len(await shop.shown()) == 2  # type: ignore[attr-defined]


async def test_a_channel_that_fails_is_started_again_and_a_misconfigured_one_is_not(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        runs: list[Exception | None] = [
            RetryableError("down", after=0),
            RetryableError("down", after=0),
            None,
        ]

        class Flaky(Postbox):
            async def run(self, house: House) -> None:
                del house
                fault = runs.pop(0)
                if fault:
                    raise fault

        await keep(Flaky(), shop.channel())
        assert runs == []
        runs.append(MisconfiguredError("token"))
        with pytest.raises(MisconfiguredError, match="token"):
            await keep(Flaky(), shop.channel())


async def test_a_bell_remembers_a_ring_and_gives_each_signal_once() -> None:
    bell = Bell()
    bell.ring("typing:agent")
    bell.ring("")
    assert await bell.wait(5) == {"typing:agent"}
    assert await bell.wait(0.01) == frozenset()
    waiting_ = asyncio.create_task(bell.wait(5))
    await asyncio.sleep(0)
    bell.ring("read")
    assert await waiting_ == {"read"}
    given_up = asyncio.create_task(bell.wait(5))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    bell.ring("")
    assert await bell.wait(5) == frozenset()
