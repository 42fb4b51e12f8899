"""The database of a deployment, for the engine and for commands that need nothing else."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import MisconfiguredError
from bot.settings import Settings
from bot.store.database import Database, sqlite_path
from bot.store.migrate import migrate


@asynccontextmanager
async def open_store(settings: Settings, data: Path) -> AsyncIterator[Database]:
    """The database of this deployment at the newest step.

    Raises MisconfiguredError for a folder that cannot be written, or a database newer than the code.
    """
    url = settings.store.url or f"sqlite:///{data / 'crossdesk.db'}"
    await asyncio.to_thread(_writable, sqlite_path(url).parent)
    async with Database.open(url) as database:
        await database.write(migrate)
        yield database


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MisconfiguredError(f"the data folder {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise MisconfiguredError(f"the data folder {folder} cannot be written; choose another with --data")
