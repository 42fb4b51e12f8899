"""Puts together what waits at the same moment, so that a stage costs a few statements however many wait."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Runs `stage` on all items that wait, one batch at a time; it gives a result for each, in order.

    If a batch fails, its items run again one by one and only the guilty ones fail; `stage` must bear that.
    """

    def __init__(self, stage: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, most: int = 256) -> None:
        self._stage = stage
        self._most = most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def put(self, item: T) -> R:
        """The stage's result for this item. Raises what the stage raised for it."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await done

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._together(batch)
        finally:
            self._running = None

    async def _together(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._stage([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it was, whoever waits must hear of it
            if len(batch) > 1:
                for single in batch:
                    await self._together([single])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, done), result in zip(batch, results, strict=True):
            if not done.done():  # else whoever waited has gone away
                done.set_result(result)
