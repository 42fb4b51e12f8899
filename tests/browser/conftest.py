"""One Chromium and one running Crossdesk for all browser tests, and customers who visit it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.chat import INSECURE, Customers
from tests.browser.running import Agent, Crossdesk, Page, crossdesk, foreign

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",  # the tests may run as root, and visit nothing but loopback
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1",
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium that every test shares; customers have contexts of their own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[tuple[int, dict[str, Page]]]:
    """A web server that is not ours: its port, and its pages by path for tests to fill."""
    pages: dict[str, Page] = {}
    with foreign(pages) as port:
        yield port, pages


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk(
    tmp_path_factory: pytest.TempPathFactory, elsewhere: tuple[int, dict[str, Page]]
) -> AsyncIterator[Crossdesk]:
    """A Crossdesk whose chat one foreign shop may embed: http://localhost:<port>, and not http://127.0.0.1:<port>."""
    data: Path = tmp_path_factory.mktemp("desk")
    async with crossdesk(data, (f"http://localhost:{elsewhere[0]}",)) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def customers(chromium: Browser) -> AsyncIterator[Customers]:
    """Let people come; at the end no page may have complained."""
    visiting = Customers(chromium)
    yield visiting
    await visiting.leave()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mei(desk: Crossdesk) -> Agent:
    """An agent of that desk."""
    return await desk.agent("Mei")
