"""Wake-ups, presence and rate counters between workers: hints, never truth."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.coordination.memory import MemoryCoordination
from bot.coordination.redis import open_redis
from bot.core.ports import Coordination

__all__ = ["open_coordination"]


@asynccontextmanager
async def open_coordination(url: str = "") -> AsyncIterator[Coordination]:
    """Coordination through the Redis at `url`, or within this process if it is "".

    A Redis that is away is no error: the house is slower until it comes, and joins it then.
    Raises MisconfiguredError for an address that is none of redis://, rediss:// and unix://.
    """
    if not url:
        yield MemoryCoordination()
        return
    async with open_redis(url) as coordination:
        yield coordination
