"""The desk's pages in a real browser: for everyone, in light and dark, on a phone, without a mouse."""

from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.desk.office import Office

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LARGE: ViewportSize = {"width": 1280, "height": 900}
SMALL: ViewportSize = {"width": 320, "height": 640}


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def _faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than a small phone."""
    await page.set_viewport_size(LARGE)
    await page.evaluate(AXE)
    run = "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })"
    found = await page.evaluate(run, TAGS)
    assert found["passes"], "axe has looked at something"
    await page.set_viewport_size(SMALL)
    wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    faults = [f"{one['id']}: {[node['html'][:80] for node in one['nodes']]}" for one in found["violations"]]
    return [*faults, "wider than the window"] if wide else faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_for_everyone(
    office: Office, chromium: Browser, scheme: Literal["light", "dark"]
) -> None:
    page = await chromium.new_page(color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("/desk/", await office.desk.setup.path(), "/api/docs"):
        await page.goto(f"{office.base}{path}")
        assert await _faults(page) == [], path
    assert complaints == []


async def test_the_first_administrator_is_made_by_keyboard(office: Office, chromium: Browser) -> None:
    context = await chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.goto(f"{office.base}{await office.desk.setup.path()}")
    await expect(page.get_by_label("Name")).to_be_focused()
    await page.keyboard.type("Mei")
    await page.keyboard.press("Tab")
    await page.keyboard.type("too short")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("12")
    await expect(page.get_by_label("Password")).to_be_focused()
    assert await _faults(page) == []
    await page.keyboard.type("correct horse battery")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Mei")
    assert await _faults(page) == []
    token = await page.get_by_label("Token").input_value()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("status")).to_have_text("Copied.")
    assert await page.evaluate("navigator.clipboard.readText()") == token
    answer = await office.http.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    await context.close()
