"""Redis is killed in mid-traffic: nothing is lost, it is only slower."""

import asyncio
from contextlib import suppress
from pathlib import Path

from benchmarks.kill import TEXTS, Visitor
from benchmarks.servers import Server
from tests.coordination.redis_server import RedisServer


async def test_redis_may_die_in_mid_traffic(tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    await asyncio.to_thread(redis.start)
    server = Server(tmp_path / "data", environ={"CROSSDESK_COORDINATION__URL": redis.url})
    crowd = [Visitor(server.port) for _ in range(8)]
    try:
        await server.start()
        await server.ready()
        living = [asyncio.create_task(one.live()) for one in crowd]
        for number in range(30):
            if number == 10:
                await asyncio.to_thread(redis.kill)
            if number == 20:
                await asyncio.to_thread(redis.start)
            await crowd[number % 8].say(TEXTS[number % len(TEXTS)])
            await asyncio.sleep(0.1)
        async with asyncio.timeout(30):
            while any(one.waiting for one in crowd) or sum(map(_answers, crowd)) < 30:  # noqa: ASYNC110 - remote
                await asyncio.sleep(0.1)
        for task in living:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    finally:
        await server.stop()
        await asyncio.to_thread(redis.kill)
    assert all(list(one.seen) == list(range(1, one.cursor + 1)) for one in crowd)


def _answers(one: Visitor) -> int:
    return sum(frame.get("author") == "bot" for frame in one.seen.values())
