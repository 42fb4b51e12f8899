"""A desk for every test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk.office import Office, open_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A running desk without anybody at it."""
    async with open_office(tmp_path) as running:
        yield running
