"""Moves work rows through a handler: conversations side by side, the rows of one conversation in order.

What the table says is the truth; the pump keeps only what is under way. Two races have to be closed: a scan
that began before a row was finished still returns it (so rows finished during the scan are left out), and a
row that could not be finished must not be overtaken by the next of its conversation (so the whole chain is
dropped and read again).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from bot.errors import RetryableError

log = structlog.get_logger(__name__)

TICK = 0.5
"""Seconds between two looks at the table when nobody rings."""
PAUSE = 0.2
"""Seconds to wait after the database failed."""


class Row(Protocol):
    """What the pump needs to know of a work row."""

    @property
    def id(self) -> int: ...
    @property
    def conversation_id(self) -> int: ...


W = TypeVar("W", bound=Row)


class Pump(Generic[W]):
    """`scan(limit)` gives the oldest rows to do; `handle(row)` finishes one and says whether it is done with.

    A handler that returns False or raises leaves the row where it is: its conversation is read again.
    """

    def __init__(
        self,
        name: str,
        scan: Callable[[int], Awaitable[Sequence[W]]],
        handle: Callable[[W], Awaitable[bool]],
        *,
        most: int = 256,
    ) -> None:
        self._name, self._scan, self._handle, self._most = name, scan, handle, most
        self._bell = asyncio.Event()
        self._chains: dict[int, deque[W]] = {}
        self._under_way: set[int] = set()
        self._finished_meanwhile: set[int] = set()

    def ring(self) -> None:
        """There may be something to do."""
        self._bell.set()

    @property
    def under_way(self) -> int:
        """How many rows are being handled or wait in memory."""
        return len(self._under_way)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as chains:
            while True:
                self._bell.clear()
                full = await self._look(chains)
                if full:
                    await asyncio.sleep(0)
                    continue
                try:
                    async with asyncio.timeout(TICK):
                        await self._bell.wait()
                except TimeoutError:
                    continue

    async def _look(self, chains: asyncio.TaskGroup) -> bool:
        """Take up new rows; True if the table may hold more than was read."""
        if len(self._under_way) >= 2 * self._most:
            return False
        limit = len(self._under_way) + self._most
        self._finished_meanwhile.clear()
        try:
            rows = await self._scan(limit)
        except RetryableError as error:
            log.warning("the store does not answer; trying again", pump=self._name, why=str(error))
            await asyncio.sleep(PAUSE)
            return True
        new = [
            row for row in rows if row.id not in self._under_way and row.id not in self._finished_meanwhile
        ]
        for row in new:
            self._under_way.add(row.id)
            chain = self._chains.get(row.conversation_id)
            if chain is None:
                self._chains[row.conversation_id] = deque([row])
                chains.create_task(self._work(row.conversation_id))
            else:
                chain.append(row)
        return len(rows) == limit and bool(new)

    async def _work(self, conversation_id: int) -> None:
        chain = self._chains[conversation_id]
        while chain:
            row = chain[0]
            try:
                finished = await self._handle(row)
            except RetryableError as error:
                log.warning("left for later", pump=self._name, row=row.id, why=str(error))
                await asyncio.sleep(PAUSE)
                finished = False
            except Exception:  # a fault of ours must not stop the other conversations
                log.exception("a row could not be handled", pump=self._name, row=row.id)
                await asyncio.sleep(TICK)
                finished = False
            if not finished:
                self._under_way.difference_update(waiting.id for waiting in chain)
                self._bell.set()
                break
            chain.popleft()
            self._under_way.discard(row.id)
            self._finished_meanwhile.add(row.id)
            if len(self._under_way) == self._most:
                self._bell.set()
        del self._chains[conversation_id]
