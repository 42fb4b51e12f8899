"""The database threads: group commit, poisoned jobs, settings of every connection, errors in plain words."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.errors import MisconfiguredError, RetryableError
from bot.store.database import Database, sqlite_path
from bot.store.migrate import migrate, newest
from bot.store.tables import metadata


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(f"sqlite:///{tmp_path / 'x.db'}") as opened:
        await opened.write(migrate)
        yield opened


def put(connection: Connection, key: str) -> str:
    connection.execute(text("INSERT INTO channel_state VALUES ('t', :key, '1')"), {"key": key})
    return key


def count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM channel_state")).scalar_one())


async def test_what_waits_together_shares_one_commit(database: Database) -> None:
    before = await database.read(lambda c: c.execute(text("PRAGMA data_version")).scalar_one())
    assert await asyncio.gather(*(database.write(put, str(n)) for n in range(200))) == [
        str(n) for n in range(200)
    ]
    after = await database.read(lambda c: c.execute(text("PRAGMA data_version")).scalar_one())
    assert await database.read(count) == 200
    assert 0 < after - before < 100  # every foreign commit counts data_version up by one


async def test_a_poisoned_job_fails_alone(database: Database) -> None:
    jobs = [database.write(put, "same" if n % 10 == 9 else str(n)) for n in range(50)]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert sum(isinstance(result, Exception) for result in results) == 4  # one "same" of five is stored
    assert await database.read(count) == 46


async def test_every_connection_has_the_settings(database: Database) -> None:
    def settings(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]

    assert await database.write(settings) == await database.read(settings) == ["wal", 2, 1, 10000]


async def test_the_work_queues_use_their_partial_indexes(database: Database) -> None:
    """A state that is bound as a parameter cannot use an index WHERE state = 0."""
    seen: list[tuple[str, object]] = []

    def plans(connection: Connection) -> list[str]:
        from bot.store import inbox, outbox, timers  # noqa: PLC0415 - only to watch their statements

        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(lambda statement: seen.append((statement, None)))
        inbox.waiting(connection, 10)
        outbox.due(connection, 10, 5)
        timers.next_due(connection)
        raw.set_trace_callback(None)
        found = []
        for statement, _ in seen:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
            found.append(" ".join(str(row[3]) for row in rows))
        return found

    found = await database.read(plans)
    assert "ix_inbox_todo" in found[0]
    assert "ix_outbox_todo" in found[1]
    assert "ix_outbox_line" in found[1]
    assert "ix_timer_due" in found[2]


async def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - slow to import
        from alembic.migration import MigrationContext  # noqa: PLC0415

        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await database.read(differences) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    before, after = await database.write(migrate)
    assert before == after == await asyncio.to_thread(newest)


async def test_a_database_newer_than_the_code_is_refused(database: Database) -> None:
    await database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(MisconfiguredError, match=r"at step 9999, which this version .* does not know"):
        await database.write(migrate)


def test_other_databases_are_refused_with_what_to_write() -> None:
    with pytest.raises(MisconfiguredError, match="sqlite:///path/to"):
        sqlite_path("postgresql://localhost/x")


async def test_a_locked_database_is_worth_another_try(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with Database.open(f"sqlite:///{path}") as opened:
        await opened.write(migrate)
        await opened.write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout=50"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RetryableError, match="cannot be used just now"):
            await opened.write(put, "a")
        other.execute("ROLLBACK")
        other.close()
        assert await opened.write(put, "a") == "a"


async def test_a_full_disk_loses_nothing_and_heals(database: Database, tmp_path: Path) -> None:
    await database.write(put, "before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = await asyncio.to_thread(lambda: max(path.stat().st_size for path in tmp_path.iterdir()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        with pytest.raises(RetryableError, match="cannot be used just now"):
            await database.write(lambda c: [put(c, f"{n}{'x' * 3000}") for n in range(400)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await database.read(count) == 1
    await database.write(put, "after")
    assert await database.read(count) == 2
