"""The widget on somebody else's page: under that page's strict policy, and against pages that mean ill."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.chat import INSECURE, Customers, becomes
from tests.browser.running import Crossdesk, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

Elsewhere = tuple[int, dict[str, Page]]

KNOCK = """address => new Promise(end => {
  const socket = new WebSocket(address);
  socket.onopen = () => end('open');
  socket.onclose = () => end('shut');
})"""

ATTACKS = """
  const said = [
    { do: 'state', open: true, draft: 'INJECTED', focus: true, kept: [['draft', 'INJECTED']] },
    { do: 'keep', key: 'token', value: 'INJECTED' },
    { do: 'unread', count: 7 },
    { do: 'ready' },
    { do: 'close' },
  ];
  window.heard = [];
  addEventListener('message', event => heard.push(event.data));
  function attack() {
    const targets = [parent];
    for (let index = 0; index < parent.length; index++) targets.push(parent[index]);
    for (const target of targets) for (const each of said) target.postMessage({ crossdesk: 1, ...each }, '*');
  }
"""

DENY = """
  if (location.port !== '%d') {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
    }
  }
"""


def shop(origin: str, attributes: str = "") -> Page:
    """A shop page that allows the two things it must, and nothing else."""
    policy = (
        f"default-src 'none'; script-src {origin}; frame-src {origin}; require-trusted-types-for 'script'"
    )
    script = f'<script src="{origin}/widget.js" async {attributes}></script>'
    return page(f"<h1>Shop</h1>{script}", f"{policy}; trusted-types 'none'")


def page(body: str, policy: str = "") -> Page:
    """A page with nothing but this on it."""
    return Page(f'<!doctype html><html lang="en"><title>Shop</title><body>{body}</body></html>', policy)


async def test_it_runs_under_a_policy_of_two_directives(
    customers: Customers, desk: Crossdesk, elsewhere: Elsewhere
) -> None:
    port, pages = elsewhere
    pages["/strict"] = shop(desk.origin, 'data-color="#7a2e8c"')
    chat = await customers.come()
    await chat.visit(f"http://localhost:{port}/strict")
    assert (
        await chat.launcher.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(122, 46, 140)"
    )
    await chat.ask("How do I cancel my order?")
    await chat.page.reload()
    await chat.online()
    await expect(chat.said("bot")).to_have_count(1)


async def test_a_page_that_is_not_listed_cannot_embed_the_panel(
    customers: Customers, desk: Crossdesk, elsewhere: Elsewhere
) -> None:
    port, pages = elsewhere
    pages["/unlisted"] = Page(
        f'<!doctype html><title>Thief</title><iframe src="{desk.origin}/webchat/frame"></iframe>'
    )
    chat = await customers.come(excused=re.compile("frame-ancestors"))
    async with chat.page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        await chat.page.goto(f"http://127.0.0.1:{port}/unlisted")
    await expect(chat.find("textarea")).to_have_count(0)


async def test_a_page_that_is_not_listed_cannot_open_the_socket(
    customers: Customers, desk: Crossdesk, elsewhere: Elsewhere
) -> None:
    port, pages = elsewhere
    pages["/empty"] = Page("<!doctype html><title>Thief</title>")
    chat = await customers.come(excused=re.compile("WebSocket connection"))
    await chat.page.goto(f"http://127.0.0.1:{port}/empty")
    assert await chat.page.evaluate(KNOCK, f"{desk.origin.replace('http', 'ws')}/webchat/socket") == "shut"


async def test_messages_of_a_foreign_frame_have_no_effect(
    customers: Customers, desk: Crossdesk, elsewhere: Elsewhere
) -> None:
    port, pages = elsewhere
    policy = f"default-src 'none'; script-src {desk.origin}; frame-src {desk.origin} http://127.0.0.1:{port}"
    ad = f'<iframe id="ad" src="http://127.0.0.1:{port}/ad"></iframe>'
    pages["/shop-with-ad"] = page(f'<h1>Shop</h1>{ad}<script src="{desk.origin}/widget.js"></script>', policy)
    pages["/ad"] = page(f"<script>{ATTACKS}</script>")
    chat = await customers.come()
    await chat.page.goto(f"http://localhost:{port}/shop-with-ad")
    await chat.launcher.click()
    panel = chat.page.frame_locator("iframe[title]")
    await expect(panel.locator("body")).to_have_attribute("data-link", "online")
    stranger = next(frame for frame in chat.page.frames if frame.url.endswith("/ad"))
    await stranger.evaluate("attack()")
    await stranger.evaluate("new Promise(end => setTimeout(end, 300))")
    await expect(panel.locator("textarea")).to_have_value("")
    await expect(chat.launcher).to_have_attribute("aria-expanded", "true")
    await expect(chat.page.get_by_role("button", name="Chat with support", exact=True)).to_be_visible()
    assert "INJECTED" not in await chat.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    )
    assert await stranger.evaluate("heard.length") == 5, (
        "it heard its own words, and nothing from anybody else"
    )


async def test_messages_of_the_shops_page_with_a_wrong_shape_are_harmless(
    customers: Customers, desk: Crossdesk
) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    for message in (
        "null",
        "'text'",
        "7",
        "{crossdesk: 1}",
        "{crossdesk: 1, do: 'keep', key: 'token', value: 'x'}",
    ):
        targets = "[window, ...Array.from(frames)]"
        await chat.page.evaluate(f"for (const target of {targets}) target.postMessage({message}, '*')")
    assert await chat.page.evaluate("localStorage.getItem('crossdesk:token')") is None
    await chat.ask("How do I cancel my order?")


async def test_the_shops_storage_keeps_what_the_browser_denies_the_panel(
    customers: Customers, desk: Crossdesk, elsewhere: Elsewhere
) -> None:
    port, pages = elsewhere
    pages["/denied"] = shop(desk.origin)
    chat = await customers.come(excused=re.compile("WebSocket|ERR_"))
    await chat.page.add_init_script(DENY % port)
    await chat.visit(f"http://localhost:{port}/denied")
    await chat.page.context.set_offline(True)
    await expect(chat.find("body")).not_to_have_attribute("data-link", "online")
    await chat.say("How do I cancel my order?")
    kept = "Object.keys(localStorage).filter(key => key.startsWith('crossdesk:out:')).length"
    await becomes(chat.page, kept, 1)
    await chat.page.context.set_offline(False)
    await chat.page.reload()
    await expect(chat.said("bot")).to_have_count(1)
    await expect(chat.said("own")).to_have_text("How do I cancel my order?")
    await becomes(chat.page, kept, 0)


async def test_a_browser_that_takes_no_cookie_keeps_its_talk_by_token(
    customers: Customers, desk: Crossdesk, elsewhere: Elsewhere
) -> None:
    port, pages = elsewhere
    origin = (
        f"http://{INSECURE}:{desk.port}"  # plain http beyond this machine: no secure cookie, no randomUUID
    )
    pages["/no-cookies"] = shop(origin)
    for address in (origin, f"http://localhost:{port}/no-cookies"):
        chat = await (await customers.come()).visit(address)
        assert not await chat.frame.evaluate("isSecureContext")
        await chat.ask("How do I cancel my order?")
        assert [cookie["name"] for cookie in await chat.page.context.cookies()] == []
        await chat.page.reload()
        await chat.online()
        await expect(chat.said("bot")).to_have_count(1)


async def test_a_page_may_open_and_close_it_by_script(customers: Customers, desk: Crossdesk) -> None:
    chat = await customers.come()
    await chat.page.goto(desk.origin)
    assert await chat.page.locator("iframe").count() == 0, "nothing is loaded before it is asked for"
    await chat.page.evaluate("Crossdesk.open('Where is it?')")
    await expect(chat.text).to_have_value("Where is it?")
    await expect(chat.launcher).to_have_attribute("aria-expanded", "true")
    await chat.page.evaluate("Crossdesk.close()")
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    await chat.page.evaluate("Crossdesk.toggle()")
    await expect(chat.launcher).to_have_attribute("aria-expanded", "true")


async def test_the_loader_is_small() -> None:
    loader = Path(__file__).parents[2] / "channels/webchat/static/widget.js"
    assert len(gzip.compress(loader.read_bytes())) < 3_500, "bytes that every page of a shop loads"
