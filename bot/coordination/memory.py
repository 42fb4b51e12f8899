"""Bells, presence and counters of one process. Redis leans on this when it is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from bot import telemetry

log = telemetry.logger(__name__)

V = TypeVar("V")
Heard = Callable[[str, str], None]
SWEEP = 1024
"""Entries kept before the first look for expired ones."""


class MemoryCoordination:
    """What `bot.core.ports.Coordination` promises, for a house that is one process.

    `tick` gives seconds that never run backwards.
    """

    def __init__(self, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._ears: dict[object, Heard] = {}
        self._here = _Fading[None](tick)
        self._uses = _Fading[_Uses](tick)

    async def ring(self, topic: str, payload: str = "") -> None:
        """Tell every listener, now. One that fails is logged and does not keep the others from hearing."""
        self.tell(topic, payload)

    def tell(self, topic: str, payload: str) -> None:
        """Ring without waiting, for callers that are no coroutine. Call it in the event loop only."""
        for heard in tuple(self._ears.values()):
            try:
                heard(topic, payload)
            except Exception:
                log.exception("a listener failed", topic=topic)

    @contextmanager
    def listen(self, heard: Heard) -> Iterator[None]:
        """Call `heard(topic, payload)` for every ring while the context is open."""
        ear = object()
        self._ears[ear] = heard
        try:
            yield
        finally:
            del self._ears[ear]

    async def seen(self, key: str, *, ttl: float) -> None:
        """Note that `key` is here for the next `ttl` seconds."""
        self._here.put(key, None, until=self._tick() + ttl)

    async def present(self, prefix: str) -> frozenset[str]:
        """The keys beginning with `prefix` that are here now."""
        return frozenset(key for key in self.remaining() if key.startswith(prefix))

    def remaining(self) -> dict[str, float]:
        """Everyone who is here, and for how many seconds more."""
        return self._here.left()

    async def allow(self, key: str, *, limit: int, per: float) -> bool:
        """Count one use of `key` if it stays within `limit` uses in `per` seconds, and say whether it did.

        Two counters of `per` seconds each, the older one weighed by how much of it still lies within the last
        `per` seconds: no burst of twice the limit where they meet. A refused use is not counted, so that
        someone who keeps knocking gets in as soon as there is room.
        """
        return self.count(key, limit=limit, per=per)

    def count(self, key: str, *, limit: int, per: float, only_ask: bool = False) -> bool:
        """`allow` without waiting; with `only_ask` nothing is counted."""
        now = self._tick()
        name = f"{per}:{key}"
        uses = self._uses.get(name) or _Uses(per)
        allowed = uses.room(now, limit)
        if allowed and not only_ask:
            self._uses.put(name, uses, until=uses.add(now))
        return allowed


class _Uses:
    """Uses of one key in this window of `per` seconds and in the one before."""

    __slots__ = ("_before", "_current", "_index", "_per")

    def __init__(self, per: float) -> None:
        self._per = per
        self._index = 0
        self._before = 0
        self._current = 0

    def room(self, now: float, limit: int) -> bool:
        index, part = divmod(now, self._per)
        before, current = self._at(int(index))
        return before * (1 - part / self._per) + current + 1 <= limit

    def add(self, now: float) -> float:
        """Count one use, and say when all of this can be forgotten."""
        index = int(now // self._per)
        before, current = self._at(index)
        self._index, self._before, self._current = index, before, current + 1
        return (index + 2) * self._per

    def _at(self, index: int) -> tuple[int, int]:
        if index == self._index:
            return self._before, self._current
        return (self._current, 0) if index == self._index + 1 else (0, 0)


class _Fading(Generic[V]):
    """Values that are over at a given tick; swept now and then, so that strangers cannot fill the memory."""

    def __init__(self, tick: Callable[[], float]) -> None:
        self._tick = tick
        self._kept: dict[str, tuple[V, float]] = {}
        self._sweep_at = SWEEP

    def put(self, key: str, value: V, *, until: float) -> None:
        self._kept[key] = value, until
        if len(self._kept) > self._sweep_at:
            now = self._tick()
            self._kept = {name: kept for name, kept in self._kept.items() if kept[1] > now}
            self._sweep_at = max(SWEEP, 2 * len(self._kept))

    def get(self, key: str) -> V | None:
        kept = self._kept.get(key)
        return kept[0] if kept else None

    def left(self) -> dict[str, float]:
        """Every key that is not over, and for how long it is not."""
        now = self._tick()
        return {key: until - now for key, (_, until) in self._kept.items() if until > now}
