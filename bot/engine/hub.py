"""Bells: who listens to a conversation hears that it has something new, whichever process wrote it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.message import Address
from bot.core.ports import Coordination

TALK = "talk:"


NOTHING: frozenset[str] = frozenset()


class Bell:
    """One listener's bell; it remembers a ring until somebody waits. Small: thousands wait at once."""

    __slots__ = ("_rung", "_signals", "_waiter")

    def __init__(self) -> None:
        self._rung = False
        self._signals = NOTHING
        self._waiter: asyncio.Future[None] | None = None

    def ring(self, signal: str) -> None:
        """Wake the listener; a signal is handed over with the ring and kept nowhere else."""
        if signal:
            self._signals |= {signal}
        self._rung = True
        self._wake()

    async def wait(self, at_most: float) -> frozenset[str]:
        """As `bot.core.ports.Bell`; one listener waits at a time."""
        if not self._rung:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            late = loop.call_later(at_most, self._wake)
            try:
                await self._waiter
            finally:
                late.cancel()
                self._waiter = None
        self._rung = False
        signals, self._signals = self._signals, NOTHING
        return signals

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Hub:
    """The bells of this process. Rings go to them at once and through coordination to other processes."""

    def __init__(self, coordination: Coordination) -> None:
        self._coordination = coordination
        self._bells: dict[str, set[Bell]] = {}

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Hear what other processes ring while the context is open."""
        with self._coordination.listen(self._heard):
            yield

    @contextmanager
    def listen(self, where: Address) -> Iterator[Bell]:
        """A bell for this conversation while the context is open."""
        bell, topic = Bell(), str(where)
        self._bells.setdefault(topic, set()).add(bell)
        try:
            yield bell
        finally:
            bells = self._bells[topic]
            bells.discard(bell)
            if not bells:
                del self._bells[topic]

    async def news(self, where: Address, signal: str = "") -> None:
        """Tell every listener of the conversation, here and in other processes."""
        self.ring_here(where, signal)
        await self._coordination.ring(f"{TALK}{where}", signal)

    def ring_here(self, where: Address, signal: str = "") -> None:
        """Tell the listeners in this process only."""
        for bell in self._bells.get(str(where), ()):
            bell.ring(signal)

    def _heard(self, topic: str, payload: str) -> None:
        for bell in self._bells.get(topic.removeprefix(TALK), ()):
            bell.ring(payload)
