"""The outbox on its way.

One text after the other in a conversation, again after a while, given up in the end.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from bot import telemetry
from bot.core.ports import Channel
from bot.engine.batcher import Batcher
from bot.errors import RefusedError, RetryableError
from bot.store import codec, outbox
from bot.store.database import Database
from bot.store.outbox import Due, Sent

log = structlog.get_logger(__name__)

FIRST_WAIT = 2.0
LONGEST_WAIT = 3600.0
ATTEMPTS = 12
"""With waits that double from two seconds to an hour this gives up after about five hours."""


class Sender:
    """Hands finished texts to the channels that push.

    What is given up stays in the outbox with the reason.
    """

    def __init__(
        self, database: Database, channels: Mapping[str, Channel], clock: Callable[[], datetime]
    ) -> None:
        self._channels, self._clock = channels, clock
        self._record: Batcher[Sent, None] = Batcher(lambda sent: database.write(outbox.record, sent))

    async def handle(self, row: Due) -> bool:
        """One attempt. False if the text waits for its next try, so that nothing overtakes it."""
        attempt = await self._attempt(row)
        await self._record.put(attempt)
        return attempt.retry_at is None

    async def _attempt(self, row: Due) -> Sent:
        name = row.delivery.conversation.channel
        channel = self._channels.get(name)
        if channel is None:
            return self._later(row, name, RetryableError(f"the channel {name} is not running"))
        try:
            external_id = await channel.send(row.delivery)
        except RetryableError as error:
            return self._later(row, name, error)
        except RefusedError as error:
            return self._given_up(row, name, str(error))
        except Exception as error:
            log.exception("a channel failed in a way it should not", channel=name, outbox=row.id)
            return self._given_up(row, name, f"{type(error).__name__}: {error}")
        telemetry.REPLIES_SENT.labels(name).inc()
        return Sent(row.id, self._now(), external_id)

    def _later(self, row: Due, name: str, error: RetryableError) -> Sent:
        if row.attempts + 1 >= ATTEMPTS:
            return self._given_up(row, name, str(error))
        wait = error.after if error.after is not None else min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
        log.warning("not delivered; trying again", channel=name, outbox=row.id, seconds=wait, why=str(error))
        return Sent(row.id, self._now(), retry_at=self._now() + int(wait * 1000), error=str(error))

    def _given_up(self, row: Due, name: str, why: str) -> Sent:
        log.error("given up; the text stays in the outbox", channel=name, outbox=row.id, why=why)
        telemetry.REPLIES_GIVEN_UP.labels(name).inc()
        return Sent(row.id, self._now(), given_up=True, error=why)

    def _now(self) -> int:
        return codec.to_ms(self._clock())
