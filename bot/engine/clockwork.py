"""Fires the alarms of cases when their time has come, each exactly once, also after a restart."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.core.lifecycle import DUE, PROGRESS, WARNING
from bot.engine.hub import Hub
from bot.errors import RetryableError
from bot.store import codec, timers
from bot.store.database import Database

log = structlog.get_logger(__name__)

TICK = 1.0
"""Seconds between two looks: an alarm is at most this late."""

SAID = {
    WARNING: "a promise is running out",
    PROGRESS: "the customer is owed word on progress",
    DUE: "a promise was missed",
}


class Clockwork:
    """Looks for due alarms until cancelled."""

    def __init__(self, database: Database, hub: Hub, clock: Callable[[], datetime]) -> None:
        self._database, self._hub, self._clock = database, hub, clock

    async def run(self) -> None:
        """Look, fire, sleep."""
        while True:
            try:
                await self.fire_due()
            except RetryableError as error:
                log.warning("alarms wait for the store", why=str(error))
            await asyncio.sleep(TICK)

    async def fire_due(self) -> int:
        """Fire what is due now; the number of alarms fired."""
        now, count = codec.to_ms(self._clock()), 0
        while (soonest := await self._database.read(timers.next_due)) is not None and soonest <= now:
            fired = await self._database.write(timers.fire, now)
            count += len(fired)
            for alarm in fired:
                log.warning(SAID[alarm.what], case=f"CD-{alarm.case_id}", clock=alarm.clock)
                if alarm.conversation is not None:
                    await self._hub.news(alarm.conversation)
        return count
