"""An older database is brought to today's shape with everything that is in it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.core.case import State
from bot.store import desk
from bot.store.database import Database
from bot.store.migrate import _config, migrate, newest, revision_of

OLD_CLOCK = (
    '{"name": "first_response", "unit": "workday_elapsed", "channel": "email", "facts": ["X4.2"], '
    '"start": "2026-11-20T12:00:00+08:00", "due": "2026-11-23T12:00:00+08:00", "paused": 0.0, '
    '"paused_at": null, "customers": false, "provisional": false, "warnings": [], "progress": []}'
)


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[Database]:
    """A database as the first version of the house left it, with one case."""

    def make(connection: Connection) -> None:
        command.upgrade(_config(connection), "0001")
        connection.execute(text("INSERT INTO person (id, name) VALUES (7, 'Mei')"))
        connection.execute(
            text(
                "INSERT INTO case_ (id, person_id, state, intent, urgency, channel, clocks, causes) "
                "VALUES (1001, 7, 'queued', 'order.cancel', 'regular', 'mail', :clocks, '[]')"
            ),
            {"clocks": f"[{OLD_CLOCK}]"},
        )

    async with Database.open(f"sqlite:///{tmp_path / 'old.db'}") as database:
        await database.write(make)
        yield database


async def test_a_case_of_the_first_shape_is_still_a_case(old: Database) -> None:
    latest = await asyncio.to_thread(newest)
    assert await old.write(migrate) == ("0001", latest)
    assert await old.read(revision_of) == latest
    found = await old.read(desk.find_case, 1001)
    assert found is not None
    assert (found.state, found.policy_version, found.region) == (State.QUEUED, "", "")
    assert [(clock.name, clock.pauses) for clock in found.clocks] == [("first_response", ())]


async def test_what_is_new_already_is_left_alone(old: Database) -> None:
    _, latest = await old.write(migrate)
    assert await old.write(migrate) == (latest, latest)
