"""A message's walk through the engine on a real database."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from bot.core.action import Action, Actor, Role, Verb
from bot.core.case import State
from bot.core.event import Author, EventKind
from bot.core.message import Address, Kind
from bot.errors import ConflictError, NotFoundError, RefusedError, RetryableError
from bot.store import tables
from bot.store.accounts import add_agent
from bot.store.database import Database
from bot.store.facts import facts_of
from bot.store.inbox import waiting
from tests.engine.workshop import HOUR, START, until, workshop


async def hire(database: Database, name: str) -> Actor:
    made = await database.write(add_agent, name, Role.AGENT, "not-a-hash", START)
    return Actor(made, name, Role.AGENT)


async def rows(database: Database, table: str) -> int:
    def count(connection: Connection) -> int:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - our names

    return await database.read(count)


async def test_a_question_is_answered_in_the_log(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("chat.greeting")
        await shop.say("shipping.time")
        assert (await shop.shown())[-1] == "About shipping.time."
        assert len(await shop.shown()) == 4


async def test_the_same_id_twice_is_one_message(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        house, message = shop.channel(), shop.message("shipping.time")
        first = await house.accept([message, message])
        again = await house.accept([message])
        assert [receipt.seq for receipt in (*first, *again)] == [1, 1, 1]
        assert [receipt.new for receipt in (*first, *again)] == [True, False, False]
        await shop.say("chat.thanks")
        assert len(await shop.shown()) == 4


async def test_two_visitors_may_use_the_same_id(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        both = [shop.message("a", "one", id="x"), shop.message("b", "two", id="x")]
        assert [receipt.new for receipt in await shop.channel().accept(both)] == [True, True]
        assert await rows(shop.database, "person") == 2


async def test_a_channels_state_is_stored_with_its_messages(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        house = shop.channel("post")
        await house.accept([shop.message("x", channel="post")], {"offset": "41"})
        await house.accept([], {"offset": "42"})
        assert await house.recall("offset") == "42"
        assert await shop.channel().recall("offset") is None


async def test_a_channel_cannot_bring_messages_of_another(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        with pytest.raises(ValueError, match="brought messages of webchat"):
            await shop.channel("post").accept([shop.message("x")])


async def test_one_conversation_keeps_its_order_while_many_run_side_by_side(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        house = shop.channel()
        talks = [[shop.message(f"shipping.time {n}", f"c{c}") for n in range(20)] for c in range(20)]
        for batch in zip(*talks, strict=True):
            await house.accept(list(batch))
        await until(lambda: _done(shop.database, 400), within=30)
        for c in range(20):
            events = await house.since(f"c{c}", 0)
            said = [event for event in events if event.author is Author.CUSTOMER]
            assert [event.text for event in said] == [f"shipping.time {n}" for n in range(20)]
            assert len(events) == 40


async def _done(database: Database, wanted: int) -> bool:
    query = "SELECT count(*) FROM inbox WHERE state = 1"
    return bool(await database.read(lambda c: c.execute(text(query)).scalar_one()) == wanted)


async def test_a_message_that_breaks_is_parked_and_a_person_gets_it(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("boom")
        events = await shop.say("shipping.time")
        assert (await shop.shown())[1].startswith("I'm sorry, we could not deal with your message")
        facts = (await shop.database.read(facts_of, [1]))[0]
        assert facts.case is not None
        assert facts.case.state is State.QUEUED
        assert [event.kind for event in events] == [EventKind.DECISION]  # people have it now
        parked = await shop.database.read(
            lambda c: c.execute(
                select(tables.inbox.c.error, tables.inbox.c.body).where(tables.inbox.c.state == 2)
            ).one()
        )
        assert parked.error == "ZeroDivisionError: boom"
        assert parked.body["text"] == "boom"
        assert "boom" not in " ".join((await shop.shown())[1:])


async def test_breaking_again_keeps_the_case_it_has(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("boom")
        await shop.say("boom")
        assert await rows(shop.database, "case_") == 1


async def test_a_claim_while_the_bot_thinks_makes_it_think_again(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        anna = await hire(shop.database, "Anna")
        await shop.channel().accept([shop.message("human.request")])
        (first,) = await shop.database.read(waiting, 10)
        await shop.worker.handle(first)
        await shop.house.act(Action(Verb.CLAIM, 1001, anna))
        await shop.house.act(Action(Verb.HANDBACK, 1001, anna))
        await shop.channel().accept([shop.message("shipping.time")])
        (second,) = await shop.database.read(waiting, 10)
        claim = asyncio.create_task(shop.house.act(Action(Verb.CLAIM, 1001, anna)))
        handled = asyncio.create_task(shop.worker.handle(second))
        await asyncio.gather(claim, handled)
        texts = await shop.shown()
        spoken = "About shipping.time." in " ".join(texts)
        joined = max(i for i, words in enumerate(texts) if words == "Anna is with you now.")
        assert not spoken or joined == len(texts) - 1  # the bot never speaks after she has joined


async def test_two_claims_at_once_have_one_winner(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        both = [await hire(shop.database, name) for name in ("Anna", "Ben")]
        for round_ in range(20):
            await shop.say("human.request", f"c{round_}")
            acts = [shop.house.act(Action(Verb.CLAIM, 1001 + round_, actor)) for actor in both]
            results = await asyncio.gather(*acts, return_exceptions=True)
            (lost,) = [result for result in results if isinstance(result, ConflictError)]
            (won,) = [result for result in results if not isinstance(result, Exception)]
            assert lost.assignee == won.case.assignee  # type: ignore[union-attr]


async def test_an_answer_with_a_key_is_sent_once(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        await shop.say("human.request")
        await shop.house.act(Action(Verb.CLAIM, 1001, anna))
        answer = Action(Verb.REPLY, 1001, anna, "Here I am.", key="k1")
        results = await asyncio.gather(*(shop.house.act(answer) for _ in range(5)))
        assert sorted(result.repeated for result in results) == [False, True, True, True, True]
        assert (await shop.shown()).count("Here I am.") == 1


async def test_a_key_sent_again_after_the_case_was_closed_is_still_a_repeat(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        await shop.say("human.request")
        await shop.house.act(Action(Verb.CLAIM, 1001, anna))
        answer = Action(Verb.REPLY, 1001, anna, "Here I am.", key="k1")
        await shop.house.act(answer)
        await shop.house.act(Action(Verb.RESOLVE, 1001, anna))
        assert (await shop.house.act(answer)).repeated


async def test_many_notes_at_once_are_all_kept(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        await shop.say("human.request")
        notes = [Action(Verb.NOTE, 1001, anna, f"note {n}") for n in range(50)]
        await asyncio.gather(*(shop.house.act(note) for note in notes))
        assert await rows(shop.database, "event WHERE kind = 'note'") == 50


async def test_acts_on_nothing_and_on_a_case_left_behind(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        with pytest.raises(NotFoundError, match="no case CD-5"):
            await shop.house.act(Action(Verb.CLAIM, 5, anna))
        await shop.say("human.request")
        await shop.house.act(Action(Verb.CLAIM, 1001, anna))
        await shop.house.act(Action(Verb.RESOLVE, 1001, anna))
        assert not any(
            event.case_id for event in await shop.say("chat.thanks") if event.kind is EventKind.CASE
        )
        await shop.say("human.request")
        with pytest.raises(ConflictError, match="the customer has CD-1002 open"):
            await shop.house.act(Action(Verb.REOPEN, 1001, anna))
        await shop.house.act(Action(Verb.NOTE, 1001, anna, "old story"))
        facts = (await shop.database.read(facts_of, [1]))[0]
        assert facts.case is not None
        assert facts.case.id == 1002  # a note on the old case does not move the conversation back


async def test_cases_made_by_hand(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        call = {"channel": "phone", "summary": "Refund has not come.", "phone": "+85291234567"}
        first = await shop.house.open_case(actor=anna, key="a", intent="refund.missing", **call)
        assert (first.state, first.urgency) == (State.QUEUED, "urgent")
        again = await shop.house.open_case(actor=anna, key="a", **call)
        assert again.id == first.id
        other = await shop.house.open_case(actor=anna, **call)
        assert (other.id, other.person_id) == (first.id + 1, first.person_id)
        by_mail = await shop.house.open_case(actor=anna, channel="phone", summary="x", email="A@Example.org")
        assert by_mail.person_id != first.person_id
        unknown = await shop.house.open_case(actor=anna, channel="phone", summary="x")
        assert unknown.person_id not in {first.person_id, by_mail.person_id}
        with pytest.raises(RefusedError, match=r"no intent 'no\.such'"):
            await shop.house.open_case(actor=anna, intent="no.such", **call)


async def test_alarms_fire_once_and_mark_the_case(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request")
        assert await shop.clockwork.fire_due() == 0
        shop.now += timedelta(minutes=6)
        assert await shop.clockwork.fire_due() == 2  # the pick-up's warning and its end
        assert await shop.clockwork.fire_due() == 0
        facts = (await shop.database.read(facts_of, [1]))[0]
        assert facts.case is not None
        assert facts.case.overdue
    async with workshop(tmp_path) as again:
        again.now += timedelta(minutes=7)
        assert await again.clockwork.fire_due() == 0


async def test_an_answer_calls_the_alarms_off(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        await shop.say("human.request")
        await shop.house.act(Action(Verb.CLAIM, 1001, anna))
        await shop.house.act(Action(Verb.REPLY, 1001, anna, "Hello"))
        shop.now += 100 * HOUR
        assert await shop.clockwork.fire_due() == 0


async def test_clockwork_runs_and_rings(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request")
        shop.now += HOUR
        with shop.channel().listen("c") as bell:
            running = asyncio.create_task(shop.clockwork.run())
            await bell.wait(5)
            running.cancel()
        assert await rows(shop.database, "event WHERE kind = 'clock'") == 2


def _read_upto(connection: Connection) -> int:
    return int(connection.execute(select(tables.conversation.c.customer_read)).scalar_one())


async def test_reading_moves_forward_only_and_never_beyond_the_head(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        house = shop.channel()
        assert await house.head("c") == (0, 0)
        await shop.say("human.request")
        for upto, expected in ((2, 2), (1, 2), (99, 3)):
            await house.read("c", upto)
            assert await shop.database.read(_read_upto) == expected
        assert await house.head("c") == (3, 0)
        await shop.house.act(Action(Verb.CLAIM, 1001, anna))
        assert await house.head("c") == (5, 5)


async def test_what_was_pressed_is_shown_as_its_label(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("order.cancel")
        house, where = shop.channel(), Address("webchat", "c")
        press = shop.message("", id="p1")
        pressed = [
            type(press)(where, where, "p1", "", shop.now, kind=Kind.CHOOSE, value="human"),
            type(press)(where, where, "p2", "", shop.now, kind=Kind.CHOOSE, value="never.offered"),
            type(press)(where, where, "p3", "", shop.now, kind=Kind.HUMAN),
            type(press)(where, where, "p4", "", shop.now, kind=Kind.RATE, value="4"),
            type(press)(where, where, "p5", "", shop.now, kind=Kind.LANGUAGE, value="de"),
        ]
        await house.accept(pressed)
        said = [e.text for e in await house.since("c", 0) if e.author is Author.CUSTOMER]
        assert said[1:5] == [
            "Talk to a person",
            "never.offered",
            "I would like to talk to a person.",
            "My rating: 4 out of 5.",
        ]
        assert "Deutsch" in said[5]


async def test_act_through_a_channel_is_the_same_act(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        anna = await hire(shop.database, "Anna")
        await shop.say("human.request")
        result = await shop.channel("post").act(Action(Verb.CLAIM, 1001, anna))
        assert result.case.assignee == "Anna"


async def test_signals_reach_listeners_and_are_stored_nowhere(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        house = shop.channel()
        with house.listen("c") as bell:
            await house.signal("c", "typing:customer")
            await shop.house.signal("webchat:c", "typing:agent")
            assert await bell.wait(1) == {"typing:customer", "typing:agent"}
            assert await bell.wait(0.01) == frozenset()
        assert await rows(shop.database, "event") == 0


async def test_a_store_that_fails_stores_nothing_and_says_so(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        await shop.database.write(lambda c: c.execute(text("ALTER TABLE inbox RENAME TO gone")))
        with pytest.raises(RetryableError):
            await shop.channel().accept([shop.message("x")])
        await shop.database.write(lambda c: c.execute(text("ALTER TABLE gone RENAME TO inbox")))
        assert (await shop.channel().accept([shop.message("x", id="m1")]))[0].seq == 1
