"""Redis killed, hanging, refusing or never there: slower, never wrong, and back when it is back."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot import telemetry
from bot.coordination import open_coordination
from bot.core.ports import Coordination
from bot.errors import MisconfiguredError
from tests.coordination.redis_server import RedisServer, free_port
from tests.coordination.test_contract import Ears, until

pytestmark = pytest.mark.redis


@asynccontextmanager
async def pair(url: str) -> AsyncIterator[tuple[Coordination, Coordination]]:
    """Two processes of one house."""
    async with AsyncExitStack() as stack:
        yield (
            await stack.enter_async_context(open_coordination(url)),
            await stack.enter_async_context(open_coordination(url)),
        )


def failures(call: str) -> float:
    """How often a call has had to do without Redis."""
    return telemetry.REGISTRY.get_sample_value("crossdesk_coordination_failures_total", {"call": call}) or 0.0


async def heard_again(here: Coordination, there: Coordination) -> None:
    """Return once a ring gets from one process to the other; fail if none does within 20 seconds."""
    ears = Ears("again")
    with there.listen(ears):
        async with asyncio.timeout(20):
            while not ears:
                await here.ring("again")
                await asyncio.sleep(0.05)


async def test_killed_in_mid_traffic_and_started_again(own_redis: RedisServer) -> None:
    near, wrong = Ears("topic"), []
    stop = asyncio.Event()
    rung = {"here": 0, "there": 0}

    async def traffic(each: Coordination, name: str) -> None:
        while not stop.is_set():
            await each.ring("topic", name)
            rung[name.rstrip("0123456789")] += 1
            await each.seen(f"worker:{name}", ttl=60)
            if f"worker:{name}" not in await each.present("worker:"):
                wrong.append("a worker does not see itself")
            if await each.allow(f"none:{name}", limit=0, per=60):
                wrong.append("a use was allowed where none is")
            if not await each.allow(f"many:{name}", limit=1_000_000, per=60):
                wrong.append("a use within the limit was refused")
            await asyncio.sleep(0)

    async with pair(own_redis.url) as (here, there):
        with here.listen(near):
            tasks = [
                asyncio.create_task(traffic(each, f"{name}{number}"))
                for number in range(5)
                for name, each in (("here", here), ("there", there))
            ]
            for _ in range(3):
                await asyncio.sleep(0.2)
                await asyncio.to_thread(own_redis.kill)
                await asyncio.sleep(0.3)
                await asyncio.to_thread(own_redis.start)
                await heard_again(here, there)
                await heard_again(there, here)
            stop.set()
            await asyncio.gather(*tasks)
        assert wrong == []
        assert sum(payload.startswith("here") for _, payload in near) == rung["here"]
        assert 0 < sum(payload.startswith("there") for _, payload in near) < rung["there"]
        await until(lambda: knows_all(here))
        await until(lambda: knows_all(there))


async def knows_all(each: Coordination) -> bool:
    """After Redis has lost its memory, everybody tells it again who is here."""
    return len(await each.present("worker:")) == 10


async def test_away_presence_is_what_this_process_knows_and_uses_are_counted_here(
    own_redis: RedisServer,
) -> None:
    async with pair(own_redis.url) as (here, there):
        await there.seen("agent:ben", ttl=60)
        await until(lambda: sees(here, "agent:ben"))
        own_redis.kill()
        await here.seen("agent:anna", ttl=60)
        assert await here.present("agent:") == {"agent:anna"}
        assert [await here.allow("key", limit=3, per=60) for _ in range(5)] == [True] * 3 + [False] * 2
        assert [await there.allow("key", limit=3, per=60) for _ in range(5)] == [True] * 3 + [False] * 2


async def sees(each: Coordination, key: str) -> bool:
    return key in await each.present(key)


async def test_uses_counted_with_redis_count_when_it_goes(own_redis: RedisServer) -> None:
    async with pair(own_redis.url) as (here, _):
        assert [await here.allow("key", limit=3, per=600) for _ in range(2)] == [True, True]
        own_redis.kill()
        assert [await here.allow("key", limit=3, per=600) for _ in range(2)] == [True, False]


async def test_away_rings_are_heard_in_the_own_process_at_once(own_redis: RedisServer) -> None:
    ears = Ears("topic")
    async with pair(own_redis.url) as (here, _):
        own_redis.kill()
        with here.listen(ears):
            await here.ring("topic", "1")
            assert ears == [("", "1")]


async def test_a_hanging_redis_slows_nothing(own_redis: RedisServer) -> None:
    async with pair(own_redis.url) as (here, there):
        own_redis.freeze()
        before = failures("allow")
        begun = time.perf_counter()
        for number in range(200):
            at_once(here.ring("topic", str(number)))
            at_once(here.seen(f"visitor:{number}", ttl=60))
            assert await here.allow("key", limit=1000, per=60)
            await asyncio.sleep(0)
        assert time.perf_counter() - begun < 10  # 50 s if every call waited for its turn to give up
        assert failures("allow") >= before + 190
        own_redis.thaw()
        await heard_again(here, there)


def at_once(call: Coroutine[object, object, None]) -> None:
    """Fail if the call waits for anything."""
    with pytest.raises(StopIteration):
        call.send(None)


async def test_a_hanging_redis_is_noticed_by_those_who_only_listen(own_redis: RedisServer) -> None:
    async with open_coordination(own_redis.url):
        own_redis.freeze()
        before = failures("listen")
        await until(lambda: failures("listen") > before, at_most=20)
        own_redis.thaw()


async def test_started_without_redis_it_joins_when_redis_comes(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    async with pair(server.url) as (here, there):
        await here.ring("topic")
        await here.seen("agent:anna", ttl=60)
        assert await here.present("agent:") == {"agent:anna"}
        assert await there.present("agent:") == frozenset()
        try:
            await asyncio.to_thread(server.start)
            await heard_again(here, there)
            await until(lambda: sees(there, "agent:anna"))
        finally:
            server.kill()


async def test_closing_ends_quickly_while_redis_hangs(own_redis: RedisServer) -> None:
    async with open_coordination(own_redis.url) as here:
        own_redis.freeze()
        await here.ring("topic")
        begun = time.perf_counter()
    assert time.perf_counter() - begun < 2
    own_redis.thaw()


async def test_what_was_rung_before_the_end_is_still_sent(own_redis: RedisServer) -> None:
    ears = Ears("last")
    async with open_coordination(own_redis.url) as there:
        with there.listen(ears):
            async with open_coordination(own_redis.url) as here:
                await here.ring("last", "word")
            await until(lambda: ears == [("", "word")])


async def test_a_redis_without_memory_left_is_done_without(tmp_path: Path) -> None:
    server = RedisServer(tmp_path, "--maxmemory", "1")
    server.start()
    try:
        async with pair(server.url) as (here, there):
            assert [await here.allow("key", limit=2, per=60) for _ in range(3)] == [True, True, False]
            await here.seen("agent:anna", ttl=60)
            assert await here.present("agent:") == {"agent:anna"}
            await heard_again(here, there)
    finally:
        server.kill()


async def test_a_wrong_password_is_said_and_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = RedisServer(tmp_path, "--requirepass", "right")
    server.start()
    try:
        async with open_coordination(server.url.replace("127.0.0.1", ":wr0ng@127.0.0.1")) as here:
            assert await here.allow("key", limit=1, per=60)
        assert "redis is away or refuses" in caplog.text
        assert "wr0ng" not in caplog.text
    finally:
        server.kill()


async def test_desks_on_two_database_numbers_do_not_hear_one_another(shared_redis: RedisServer) -> None:
    ears = Ears("topic")
    other = shared_redis.url.removesuffix("0") + "1"
    async with open_coordination(shared_redis.url) as here, pair(other) as (there, beside):
        with there.listen(ears):
            await here.ring("topic", "of the first")
            await here.seen("agent:of-the-first", ttl=60)
            await until(lambda: sees(here, "agent:of-the-first"))
            await beside.ring("topic", "of the second")
            await until(lambda: len(ears) == 1)
        assert ears == [("", "of the second")]
        assert await there.present("agent:of") == frozenset()


async def test_noise_on_the_channel_harms_nobody(own_redis: RedisServer) -> None:
    ears = Ears("topic")
    async with Redis.from_url(own_redis.url) as stranger, open_coordination(own_redis.url) as there:
        with there.listen(ears):
            for noise in (
                b"",
                b"hello",
                b"\xff\xfe",
                b"[]",
                b"{}",
                b"[1, 2, 3]",
                b"null",
                b'["a", "b", null]',
            ):
                await stranger.publish("crossdesk:0:bell", noise)
            await stranger.publish("crossdesk:0:bell", '["x", "topic", "1"]')
            await until(lambda: len(ears) == 1)


async def test_other_ways_to_write_the_address() -> None:
    with pytest.raises(MisconfiguredError, match=r"\[coordination\] url is no address of a Redis"):
        async with open_coordination("http://127.0.0.1"):
            pass
    async with open_coordination(f"redis://127.0.0.1:{free_port()}/3") as alone:
        with contextlib.suppress(asyncio.TimeoutError):
            assert await alone.allow("key", limit=1, per=1)
