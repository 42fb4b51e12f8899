"""A web chat for every test that asks for one."""

from collections.abc import AsyncIterator

import pytest

import bot.telemetry  # noqa: F401 - log lines take the program's own form from here on
from tests.channels.site import Site, open_site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A running web chat with the limits of the protocol."""
    async with open_site() as running:
        yield running
