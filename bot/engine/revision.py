"""Reads the policy's files again when they change, and reckons the clocks of open cases again by them."""

import asyncio
from collections.abc import Callable

import structlog

from bot.core.policies import Policies
from bot.core.ports import Clock
from bot.engine.hub import Hub
from bot.engine.rules import Rules
from bot.errors import MisconfiguredError, RetryableError
from bot.store import codec, recount
from bot.store.database import Database

log = structlog.get_logger(__name__)

TICK = 5.0
"""Seconds between two looks at the files."""

WRONG = "the policy's files cannot be used; what they said before holds on"


class Revision:
    """Keeps the rules as the files say, and every open case's clocks as the rules say.

    `read` gives the policies (it raises MisconfiguredError for a file that is wrong), `stamp` something that
    differs whenever a file has changed; both may read the disk.
    """

    def __init__(
        self,
        database: Database,
        hub: Hub,
        rules: Rules,
        clock: Clock,
        *,
        read: Callable[[], Policies],
        stamp: Callable[[], object],
    ) -> None:
        self._database, self._hub, self._rules, self._clock = database, hub, rules, clock
        self._read, self._stamp = read, stamp
        self._seen: object = None

    async def run(self) -> None:
        """Look until cancelled. The cases have been brought up to date by `catch_up` before."""
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.look()
            except (RetryableError, OSError) as error:
                log.warning("open cases wait to be reckoned again", why=str(error))

    async def look(self) -> bool:
        """Read the files if they have changed, and bring the open cases up to date; whether any case moved.

        Files that are wrong change nothing: the rules stay as they are, and the log says once what is wrong.
        """
        stamp = await asyncio.to_thread(self._stamp)
        if stamp != self._seen:
            try:
                self._rules.renew(await asyncio.to_thread(self._read))
            except MisconfiguredError as error:
                log.error(WRONG, why=str(error))  # noqa: TRY400 - no fault of the program
            except Exception:
                log.exception(WRONG)  # one of the program, and no reason to stop serving
            self._seen = stamp
        return await self.catch_up() > 0

    async def catch_up(self) -> int:
        """Reckon again every open case, unless it was done by these very policies; how many have moved."""
        policies = self._rules.policies
        if policies.fingerprint == await self._database.read(recount.reckoned_by):
            return 0
        moved, after = 0, 0
        while True:
            now = codec.to_ms(self._clock())
            portion = await self._database.write(recount.recount, policies, now, after)
            for case, where in portion.moved:
                log.info("due times have moved", case=f"CD-{case}")
                if where is not None:
                    await self._hub.news(where)
            moved += len(portion.moved)
            if portion.last is None:
                break
            after = portion.last
        await self._database.write(recount.mark, policies.fingerprint)
        return moved
