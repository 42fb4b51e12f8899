"""Keeps a channel receiving: starts it again, later and later, when its far side fails."""

import asyncio
import random

import structlog

from bot.core.ports import Channel, House
from bot.errors import RetryableError

log = structlog.get_logger(__name__)

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
CALM = 120.0
"""A channel that ran this long starts again without a long wait."""


async def keep(channel: Channel, house: House) -> None:
    """Run the channel until cancelled.

    RetryableError starts it again; MisconfiguredError ends the program.
    """
    wait = FIRST_WAIT
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await channel.run(house)
        except RetryableError as error:
            if asyncio.get_running_loop().time() - started > CALM:
                wait = FIRST_WAIT
            pause = error.after if error.after is not None else wait * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
            log.warning(
                "channel down; starting it again",
                channel=channel.name,
                seconds=round(pause, 1),
                why=str(error),
            )
            await asyncio.sleep(pause)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            return
