"""What every kind of coordination promises, asked of each kind by the same tests.

`here` and `there` are two processes of one house. With the kind that is one process they are the same object.
"""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from bot.coordination import open_coordination
from bot.core.ports import Coordination
from tests.coordination.redis_server import RedisServer

KINDS = ["memory", pytest.param("redis", marks=pytest.mark.redis)]


@dataclass
class Two:
    """Two processes of one house, and names that no other test uses."""

    here: Coordination
    there: Coordination
    prefix: str = field(default_factory=lambda: f"{uuid.uuid4()}:")


@pytest.fixture(params=KINDS)
async def two(request: pytest.FixtureRequest) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            only = await stack.enter_async_context(open_coordination(""))
            yield Two(only, only)
            return
        server: RedisServer = request.getfixturevalue("shared_redis")
        here = await stack.enter_async_context(open_coordination(server.url))
        there = await stack.enter_async_context(open_coordination(server.url))
        yield Two(here, there)


async def until(true: Callable[[], bool] | Callable[[], Awaitable[bool]], at_most: float = 10) -> None:
    """Return as soon as it is true; fail if it never is."""
    async with asyncio.timeout(at_most):
        while True:
            answer = true()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)


class Ears(list[tuple[str, str]]):
    """What was heard of this test's topics, in order."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __call__(self, topic: str, payload: str) -> None:
        if topic.startswith(self._prefix):
            self.append((topic.removeprefix(self._prefix), payload))


async def test_a_ring_is_heard_by_every_listener_in_every_process(two: Two) -> None:
    first, second, far = Ears(two.prefix), Ears(two.prefix), Ears(two.prefix)
    with two.here.listen(first), two.here.listen(second), two.there.listen(far):
        await two.here.ring(f"{two.prefix}conversation:7")
        await two.here.ring(f"{two.prefix}conversation:8", "typing:agent")
        await until(lambda: len(far) == 2)
    assert first == second == far == [("conversation:7", ""), ("conversation:8", "typing:agent")]


async def test_a_ring_is_heard_once_and_in_order(two: Two) -> None:
    near, far = Ears(two.prefix), Ears(two.prefix)
    with two.here.listen(near), two.there.listen(far):
        for number in range(500):
            await two.here.ring(two.prefix, str(number))
        await until(lambda: len(far) >= 500)
        await asyncio.sleep(0.05)
    assert near == far == [("", str(number)) for number in range(500)]


async def test_who_has_stopped_listening_hears_nothing(two: Two) -> None:
    gone, still = Ears(two.prefix), Ears(two.prefix)
    with two.there.listen(still):
        with two.there.listen(gone):
            pass
        await two.here.ring(two.prefix)
        await until(lambda: len(still) == 1)
    assert gone == []


async def test_a_listener_that_fails_harms_nobody(two: Two) -> None:
    def broken(topic: str, payload: str) -> None:
        raise RuntimeError(topic + payload)

    heard = Ears(two.prefix)
    with two.here.listen(broken), two.there.listen(broken), two.there.listen(heard):
        await two.here.ring(two.prefix, "1")
        await two.here.ring(two.prefix, "2")
        await until(lambda: len(heard) == 2)


async def test_a_listener_may_stop_listening_while_it_is_told(two: Two) -> None:
    heard = Ears(two.prefix)
    stop = asyncio.Event()

    async def once() -> None:
        with two.here.listen(lambda _topic, _payload: stop.set()):
            await stop.wait()

    task = asyncio.create_task(once())
    await asyncio.sleep(0)
    with two.here.listen(heard):
        await two.here.ring(two.prefix, "1")
        await task
        await two.here.ring(two.prefix, "2")
    assert heard == [("", "1"), ("", "2")]


@pytest.mark.parametrize("text", ["", "日本語 🛒", 'quote " and \\', "line\nbreak\0", "x" * 60_000])
async def test_topics_and_payloads_are_any_text(two: Two, text: str) -> None:
    heard = Ears(two.prefix)
    with two.there.listen(heard):
        await two.here.ring(two.prefix + text, text)
        await until(lambda: len(heard) == 1)
    assert heard == [(text, text)]


async def test_presence_is_known_to_every_process_and_ends_by_itself(two: Two) -> None:
    await two.here.seen(f"{two.prefix}agent:anna", ttl=30)
    await two.here.seen(f"{two.prefix}agent:ben", ttl=0.3)
    await two.there.seen(f"{two.prefix}visitor:1", ttl=30)

    async def are(*names: str) -> bool:
        wanted = frozenset(f"{two.prefix}agent:{name}" for name in names)
        return (
            await two.there.present(f"{two.prefix}agent:")
            == await two.here.present(f"{two.prefix}agent:")
            == wanted
        )

    await until(lambda: are("anna", "ben"))
    await until(lambda: are("anna"))
    assert await two.here.present(f"{two.prefix}nobody") == frozenset()
    assert len(await two.there.present(two.prefix)) == 2


async def test_presence_is_prolonged_by_being_seen_again(two: Two) -> None:
    key = f"{two.prefix}anna"
    await two.here.seen(key, ttl=0.2)
    await two.here.seen(key, ttl=30)
    await asyncio.sleep(0.4)
    await until(lambda: _is_there(two, key))


async def _is_there(two: Two, key: str) -> bool:
    return await two.here.present(key) == await two.there.present(key) == {key}


@pytest.mark.parametrize("odd", ["*", "?", "[a-z]", "\\", "%", "ключ", " "])
async def test_prefixes_are_plain_text(two: Two, odd: str) -> None:
    await two.here.seen(f"{two.prefix}{odd}1", ttl=30)
    await two.here.seen(f"{two.prefix}a1", ttl=30)
    await until(lambda: _is_there(two, f"{two.prefix}a1"))
    assert await two.there.present(f"{two.prefix}{odd}") == {f"{two.prefix}{odd}1"}


async def test_uses_are_counted_up_to_the_limit_over_all_processes(two: Two) -> None:
    key = f"{two.prefix}message"
    turns = itertools.cycle([two.here, two.there])
    answers = [await next(turns).allow(key, limit=5, per=60) for _ in range(8)]
    assert answers == [True] * 5 + [False] * 3
    assert await two.here.allow(f"{key}:other", limit=5, per=60)


async def test_uses_at_the_same_moment_do_not_pass_the_limit(two: Two) -> None:
    asked = (
        each.allow(f"{two.prefix}burst", limit=10, per=60)
        for each in (two.here, two.there)
        for _ in range(40)
    )
    assert sum(await asyncio.gather(*asked)) == 10


async def test_room_comes_back_with_time_also_for_those_who_keep_knocking(two: Two) -> None:
    key = f"{two.prefix}patience"
    assert [await two.here.allow(key, limit=2, per=0.4) for _ in range(3)] == [True, True, False]
    await until(lambda: two.there.allow(key, limit=2, per=0.4))


async def test_nothing_is_allowed_where_the_limit_is_none(two: Two) -> None:
    assert not await two.here.allow(f"{two.prefix}never", limit=0, per=1)


async def test_one_key_may_have_several_limits(two: Two) -> None:
    key = f"{two.prefix}two-limits"
    assert await two.here.allow(key, limit=1, per=60)
    assert not await two.here.allow(key, limit=1, per=60)
    assert await two.here.allow(key, limit=2, per=3600)
