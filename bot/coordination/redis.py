"""Bells, presence and counters shared by several processes through Redis, which may go away at any moment.

Nothing here waits for a Redis that does not answer: rings and presence leave through a queue, and after the
first failure every call is answered from this process's own memory until a task has reached Redis again.
"""

import asyncio
import contextlib
import json
import random
import secrets
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, Final, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from bot import telemetry
from bot.coordination.memory import Heard, MemoryCoordination
from bot.errors import MisconfiguredError

log = telemetry.logger(__name__)

PATIENCE: Final = 0.25
"""Seconds that a call may take; longer, and Redis counts as away."""
FIRST_PAUSE: Final = 0.1
LAST_PAUSE: Final = 5.0
"""Seconds between attempts to reach Redis again: doubling from the first to the last, times 0.5 to 1.5."""
HEARTBEAT: Final = 2.0
"""Seconds without a ring after which the listening connection is tried with a PING."""
QUEUE: Final = 10_000
"""Rings and presence that may wait to be sent; beyond that the oldest are dropped."""
BATCH: Final = 200
RING_PARTS: Final = 3
"""Who rings (a name of this process), the topic, the payload."""

# Redis keeps the time in all three, so that processes whose clocks differ agree.
SEEN: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return 1
"""
PRESENT: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local here = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')) do
  if string.sub(key, 1, #ARGV[1]) == ARGV[1] then here[#here + 1] = key end
end
return here
"""
ALLOW: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local limit, per = tonumber(ARGV[1]), tonumber(ARGV[2])
local index = math.floor(now / per)
local kept = redis.call('HMGET', KEYS[1], 'index', 'before', 'current')
local was, before, current = tonumber(kept[1] or 0), tonumber(kept[2] or 0), tonumber(kept[3] or 0)
if index == was + 1 then before, current = current, 0
elseif index ~= was then before, current = 0, 0 end
if before * (1 - (now % per) / per) + current + 1 > limit then return 0 end
redis.call('HSET', KEYS[1], 'index', index, 'before', before, 'current', current + 1)
redis.call('PEXPIRE', KEYS[1], per * 2)
return 1
"""


class RedisCoordination:
    """What `bot.core.ports.Coordination` promises, between processes. Made by `open_redis`."""

    def __init__(self, client: Redis, *, space: str) -> None:
        self._client = client
        self._bell = f"{space}:bell"
        self._presence = f"{space}:present"
        self._uses = f"{space}:uses:"
        self._me = secrets.token_hex(8)
        self._near = MemoryCoordination()
        self._up = asyncio.Event()
        self._broken = asyncio.Event()
        self._outgoing: deque[tuple[str, ...]] = deque(maxlen=QUEUE)
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._said: str | None = None

    # What the house calls; none of these raises, and none waits longer than PATIENCE.

    async def ring(self, topic: str, payload: str = "") -> None:
        """Tell the listeners of this process now, those of others soon, or never while Redis is away."""
        self._near.tell(topic, payload)
        self._send("ring", topic, payload)

    def listen(self, heard: Heard) -> AbstractContextManager[None]:
        """Call `heard(topic, payload)` for every ring of any process while the context is open."""
        return self._near.listen(heard)

    async def seen(self, key: str, *, ttl: float) -> None:
        """Note that `key` is here; told to Redis soon, and again when Redis comes back without its memory."""
        await self._near.seen(key, ttl=ttl)
        self._send("seen", key, str(max(1, round(ttl * 1000))))

    async def present(self, prefix: str) -> frozenset[str]:
        """The keys that are here; while Redis is away, those that this process has seen itself."""
        near = await self._near.present(prefix)
        far = await self._ask("present", PRESENT, self._presence, prefix)
        return near if far is None else near | frozenset(cast("list[str]", far))

    async def allow(self, key: str, *, limit: int, per: float) -> bool:
        """Count one use over all processes; while Redis is away, over this one.

        A use that is too much for this process alone is refused without asking: a flood stays off Redis.
        """
        if not self._near.count(key, limit=limit, per=per, only_ask=True):
            return False
        millis = max(1, round(per * 1000))
        far = await self._ask("allow", ALLOW, f"{self._uses}{millis}:{key}", str(limit), str(millis))
        if far == 0:
            return False
        return self._near.count(key, limit=limit, per=per) or far is not None

    # Towards Redis.

    async def _ask(self, call: str, script: str, key: str, *args: str) -> object | None:
        """A script's answer, or None if Redis is away."""
        if not self._up.is_set():
            telemetry.COORDINATION_FAILURES.labels(call=call).inc()
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                return await cast("Awaitable[object]", self._client.eval(script, 1, key, *args))
        except Exception as error:  # noqa: BLE001 - whatever it is, the house goes on without Redis
            self._failed(call, error)
            return None

    def _send(self, *item: str) -> None:
        if not self._up.is_set() or len(self._outgoing) == QUEUE:
            telemetry.COORDINATION_FAILURES.labels(call=item[0]).inc()
        if self._up.is_set():
            self._outgoing.append(item)
            self._idle.clear()
            self._wake.set()

    async def send_queued(self) -> None:
        """Send what waits in the queue, for ever; a batch that fails is dropped."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outgoing:
                batch = [self._outgoing.popleft() for _ in range(min(BATCH, len(self._outgoing)))]
                try:
                    await self._send_batch(batch)
                except Exception as error:  # noqa: BLE001 - hints may be lost, the sender may not
                    self._failed(batch[0][0], error, lost=len(batch))
            self._idle.set()

    async def _send_batch(self, batch: Sequence[tuple[str, ...]]) -> None:
        async with asyncio.timeout(PATIENCE), self._client.pipeline(transaction=False) as pipe:
            for kind, first, second in batch:
                if kind == "ring":
                    pipe.publish(self._bell, json.dumps([self._me, first, second]))
                else:
                    pipe.eval(SEEN, 1, self._presence, first, second)
            await pipe.execute()

    async def drained(self) -> None:
        """Return when the queue is empty, at the latest after PATIENCE: for a polite end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), PATIENCE)

    # Whether Redis is there.

    async def stay_connected(self) -> None:
        """Listen for rings from others and reconnect for ever, with growing pauses."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._client.pubsub() as ears:
                    await self._join(ears)
                    pause = FIRST_PAUSE
                    await self._hear(ears)
            except Exception as error:  # noqa: BLE001 - a listener that has died silently is worse than any error
                self._failed("listen", error)
            self._leave()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret, only a spread
            pause = min(2 * pause, LAST_PAUSE)

    async def connected(self, at_most: float) -> None:
        """Return once Redis has answered, or after `at_most` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._up.wait(), at_most)

    async def _join(self, ears: PubSub) -> None:
        async with asyncio.timeout(4 * PATIENCE):
            await ears.subscribe(self._bell)
            while await ears.get_message(timeout=PATIENCE) is None:
                pass
        self._broken.clear()
        self._up.set()
        telemetry.COORDINATION_UP.set(1)
        log.info("redis is there")
        self._said = None
        for key, left in self._near.remaining().items():
            self._send("seen", key, str(max(1, round(left * 1000))))

    async def _hear(self, ears: PubSub) -> None:
        """Pass rings on until the connection breaks, falls silent, or another call has failed."""
        silent = 0.0
        while not self._broken.is_set():
            message = await ears.get_message(timeout=HEARTBEAT / 4)
            if message is None:
                silent += HEARTBEAT / 4
                if silent == HEARTBEAT:
                    await ears.ping()
                elif silent >= 2 * HEARTBEAT:
                    raise TimeoutError(f"no answer to a PING for {HEARTBEAT:g} s")
            else:
                silent = 0.0
                self._pass_on(message)

    def _pass_on(self, message: dict[str, Any]) -> None:
        if message["type"] != "message":
            return
        ring: object = None
        with contextlib.suppress(ValueError):
            ring = json.loads(message["data"])
        if not (
            isinstance(ring, list) and len(ring) == RING_PARTS and all(isinstance(part, str) for part in ring)
        ):
            log.warning("somebody else talks on our channel", channel=self._bell)
        elif ring[0] != self._me:
            self._near.tell(ring[1], ring[2])

    def _failed(self, call: str, error: Exception, *, lost: int = 1) -> None:
        """Count it; go by ourselves from now on, unless Redis did answer and only refused this one."""
        telemetry.COORDINATION_FAILURES.labels(call=call).inc(lost)
        said = f"{type(error).__name__}: {error}"
        if said != self._said:
            self._said = said
            log.warning("redis is away or refuses; this process goes by itself", call=call, error=said)
        if not isinstance(error, ResponseError):
            self._leave()

    def _leave(self) -> None:
        self._broken.set()
        self._up.clear()
        self._outgoing.clear()
        telemetry.COORDINATION_UP.set(0)


@asynccontextmanager
async def open_redis(url: str) -> AsyncIterator[RedisCoordination]:
    """Coordinate through the Redis at `url` while the context is open; never fails because Redis is away.

    Raises MisconfiguredError for an address that cannot be read. Pub/sub knows no database numbers, so the
    number is part of every name: two desks may share one Redis under two numbers.
    """
    pool = _pool(url)
    client = Redis(connection_pool=pool)
    coordination = RedisCoordination(client, space=f"crossdesk:{pool.connection_kwargs.get('db', 0)}")
    tasks = [
        asyncio.create_task(coordination.stay_connected()),
        asyncio.create_task(coordination.send_queued()),
    ]
    try:
        await coordination.connected(4 * PATIENCE)
        yield coordination
    finally:
        await coordination.drained()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(Exception):  # a Redis that is away cannot be said goodbye to
            await pool.disconnect()


def _pool(url: str) -> BlockingConnectionPool:
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=16,
            timeout=PATIENCE,
            socket_timeout=PATIENCE,
            socket_connect_timeout=2 * PATIENCE,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            decode_responses=True,
            encoding_errors="replace",
            client_name="crossdesk",
            driver_info=None,  # else every new connection reads the package's files, inside the event loop
        )
    except ValueError as error:
        raise MisconfiguredError(f"[coordination] url is no address of a Redis: {error}") from None
