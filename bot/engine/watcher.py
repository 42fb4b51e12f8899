"""Notices what other processes wrote: the poll behind the bell."""

import asyncio

import structlog

from bot.engine.hub import Hub
from bot.errors import RetryableError
from bot.store import log as events
from bot.store.database import Database

log = structlog.get_logger(__name__)

TICK = 0.5


class Watcher:
    """Rings the bells of this process for conversations that have new events, whoever wrote them."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database, self._hub = database, hub

    async def run(self) -> None:
        """Look until cancelled."""
        newest = None
        while True:
            try:
                if newest is None:
                    newest = await self._database.read(events.newest)
                for where, event_id in await self._database.read(events.news, newest):
                    newest = max(newest, event_id)
                    self._hub.ring_here(where)
            except RetryableError as error:
                log.warning("the log cannot be read just now", why=str(error))
            await asyncio.sleep(TICK)
