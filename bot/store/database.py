"""How a database function is run: one writer thread with group commit, one reader thread.

Every query of the house is a plain function of a sync SQLAlchemy `Connection`. On SQLite the functions that
wait at the same moment share one transaction and so one wait for the disk; each of them sees what those
before it wrote. If one fails, all are rolled back and run again one by one, so that a poisoned one cannot
sink its neighbours: such a function must not change anything but the database.
"""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from bot.errors import MisconfiguredError, RetryableError

P = ParamSpec("P")
R = TypeVar("R")

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may lose acknowledged messages when the power fails
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=4000",
)
MOST_IN_ONE_COMMIT = 1000


@dataclass(slots=True)
class _Job:
    run: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]

    def answer(self, result: object, error: BaseException | None) -> None:
        self.loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: object, error: BaseException | None) -> None:
        if self.done.done():  # whoever asked has gone away
            return
        if error is None:
            self.done.set_result(result)
        else:
            self.done.set_exception(error)


class _Thread:
    """A thread with its own connection that runs waiting jobs together in one transaction."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, function: Callable[[Connection], R]) -> R:
        loop = asyncio.get_running_loop()
        job = _Job(function, loop, loop.create_future())
        self._jobs.put(job)
        return cast("R", await job.done)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        connection: Connection | None = None
        while (jobs := self._waiting()) is not None:
            try:
                if connection is None:
                    connection = self._engine.connect()
                self._together(connection, jobs)
            except Exception as error:  # noqa: BLE001 - a dead thread would leave everybody waiting for ever
                for job in jobs:  # no connection, or it broke: the next jobs try a new one
                    job.answer(None, _translated(error))
                _close(connection)
                connection = None
        _close(connection)

    def _waiting(self) -> list[_Job] | None:
        """All jobs that wait now, at least one; None when it is time to end."""
        jobs: list[_Job] = []
        while len(jobs) < MOST_IN_ONE_COMMIT and (not jobs or not self._jobs.empty()):
            job = self._jobs.get()
            if job is None:
                if jobs:
                    self._jobs.put(None)
                    return jobs
                return None
            jobs.append(job)
        return jobs

    def _together(self, connection: Connection, jobs: list[_Job]) -> None:
        try:
            with connection.begin():
                results = [job.run(connection) for job in jobs]
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            if len(jobs) == 1:
                jobs[0].answer(None, _translated(error))
                return
            for job in jobs:
                self._together(connection, [job])
            return
        for job, result in zip(jobs, results, strict=True):
            job.answer(result, None)


class Database:
    """The house's database.

    Calls raise RetryableError when it cannot be reached, is locked or its disk is full.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._writing = _engine(url, "BEGIN IMMEDIATE")
        self._reading = _engine(url, "BEGIN")
        self._writer = _Thread(self._writing, "store-writer")
        self._reader = _Thread(self._reading, "store-reader")

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Database"]:
        """Open the database of a SQLAlchemy URL (`sqlite:///data/crossdesk.db`) until the context ends."""
        database = await asyncio.to_thread(cls, url)
        try:
            yield database
        finally:
            await asyncio.to_thread(database.close)

    async def write(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `function(connection, ...)` in a transaction; returns once it is durable."""
        return await self._writer.run(lambda connection: function(connection, *args, **kwargs))

    async def read(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `function(connection, ...)` on a short snapshot; it must not write."""
        return await self._reader.run(lambda connection: function(connection, *args, **kwargs))

    def close(self) -> None:
        """Finish what waits and close the connections."""
        self._writer.close()
        self._reader.close()
        self._writing.dispose()
        self._reading.dispose()


def sqlite_path(url: str) -> Path:
    """The file of a SQLite URL. Raises MisconfiguredError for any other database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise MisconfiguredError(
            f"store.url: found {url!r}; this version stores in SQLite, so write sqlite:///path/to/crossdesk.db"
        )
    return Path(parsed.database)


def _engine(url: str, begin: str) -> Engine:
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection type
        connection.isolation_level = None  # the driver's implicit BEGIN comes too late for a writer
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _close(connection: Connection | None) -> None:
    if connection is not None:
        connection.close()


def _translated(error: Exception) -> Exception:
    """The driver's word for busy, full or unreachable as RetryableError; anything else is a fault of ours."""
    if isinstance(error, OperationalError):
        return RetryableError(f"the database cannot be used just now: {error.orig}")
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlite_errorname", "") == "SQLITE_NOTADB":
        return MisconfiguredError(
            "the file named as database is none: restore a backup, or name another with --data or [store] url"
        )
    return error
