"""Keyboard, screen reader, right to left, narrow, dark: who cannot use it as most do, can use it."""

import re
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Frame, Page, expect

from tests.browser.chat import Customers
from tests.browser.running import Agent, Crossdesk
from tests.browser.running import Page as ForeignPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = """nodes => nodes.filter(node => node.checkVisibility()).filter(node => {
  const box = node.getBoundingClientRect();
  return Math.min(box.width, box.height) < 43.99;  // while a message moves into place, 44 measures 43.99997
}).map(node => node.id || node.className || node.textContent)"""
EVERYTHING = "I want **a list**:\n\n- one\n- two\n\nand https://example.org/page, and help@example.org."


async def violations(place: Page | Frame) -> list[str]:
    """What axe finds on one page, frames in it left out."""
    await place.evaluate(AXE)
    run = "tags => axe.run(document, { iframes: false, runOnly: { type: 'tag', values: tags } })"
    results: dict[str, Any] = await place.evaluate(run, TAGS)
    assert results["passes"], "axe has looked at something"
    return [
        f"{found['id']}: {[node['html'][:200] for node in found['nodes']]}" for found in results["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_shops_page(
    customers: Customers, desk: Crossdesk, scheme: str
) -> None:
    chat = await customers.come(color_scheme=scheme)
    await chat.page.goto(desk.origin)
    assert await violations(chat.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_open_panel(
    customers: Customers, desk: Crossdesk, mei: Agent, scheme: str
) -> None:
    chat = await customers.come(color_scheme=scheme, reduced_motion="reduce")
    await chat.visit(desk.origin)
    assert await violations(chat.frame) == []
    await chat.ask("How do I cancel my order?")
    await chat.ask("parcel")
    await expect(chat.find(".choices button").first).to_be_visible()
    assert await violations(chat.frame) == []
    await chat.say("I want to talk to a person")
    await expect(chat.find("li.step.queued")).to_be_visible()
    case = re.search(r"CD-\d+", await chat.find("li.step.queued").inner_text())
    assert case
    await mei.call("POST", f"cases/{case[0]}/claim")
    await mei.call("POST", f"cases/{case[0]}/reply", text=EVERYTHING)
    await mei.call("POST", f"cases/{case[0]}/resolve")
    await expect(chat.find("#rating")).to_be_visible()
    assert await violations(chat.frame) == []


async def test_the_whole_talk_by_keyboard(customers: Customers, desk: Crossdesk) -> None:
    chat = await customers.come()
    await chat.page.goto(desk.origin)
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    await chat.launcher.focus()
    await chat.page.keyboard.press("Enter")
    await expect(chat.text).to_be_focused()
    await chat.page.keyboard.type("first line")
    await chat.page.keyboard.press("Shift+Enter")
    await chat.page.keyboard.type("parcel")
    await expect(chat.said("own")).to_have_count(0)
    await chat.page.keyboard.press("Enter")
    await expect(chat.said("own")).to_have_text("first line\nparcel")
    await chat.page.keyboard.press("Shift+Tab")
    await expect(chat.button("Talk to a person")).to_be_focused()
    await chat.page.keyboard.press("Enter")
    await expect(chat.find("li.step.queued")).to_be_visible()
    await expect(chat.text).to_be_focused()
    await chat.page.keyboard.press("Escape")
    await expect(chat.launcher).to_be_focused()
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    await expect(chat.text).to_be_hidden()


async def test_escape_closes_from_the_launcher_too(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.launcher.focus()
    await chat.page.keyboard.press("Escape")
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")


async def test_enter_that_ends_a_composition_sends_nothing(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come(locale="zh-CN")).visit(desk.origin)
    await chat.text.focus()
    session = await chat.page.context.new_cdp_session(
        chat.frame if chat.page.frames[0] is chat.frame else chat.page
    )
    await session.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    await chat.text.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    await chat.text.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    await expect(chat.text).to_have_value("nihao")
    await session.send("Input.insertText", {"text": "你好"})
    await expect(chat.text).to_have_value("你好")
    await chat.text.press("Enter")
    await expect(chat.said("own")).to_have_text("你好")


async def test_news_is_announced_and_history_is_not(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    log = chat.find("[role=log]")
    await chat.ask("How do I cancel my order?")
    await expect(log).to_have_attribute("aria-live", "polite")
    assert await log.evaluate("node => node.tagName + '>' + node.firstElementChild.tagName") == "DIV>OL"
    await chat.page.reload()
    await chat.online()
    await expect(chat.said("bot")).to_have_count(1)
    await expect(log).to_have_attribute("aria-live", "polite")


async def test_on_a_phone_it_fills_the_screen_and_keeps_the_keyboard_inside(
    customers: Customers, desk: Crossdesk
) -> None:
    chat = await (await customers.come(width=390, height=780)).visit(desk.origin)
    box = await chat.page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 780}
    for _ in range(8):
        await chat.page.keyboard.press("Tab")
    assert await chat.frame.evaluate("document.hasFocus() && document.activeElement !== document.body")
    await chat.button("Close the chat").click()
    await expect(chat.launcher).to_be_focused()


@pytest.mark.parametrize(
    "locale",
    ["en-GB", "de-DE", "es-MX", "fr-CA", "ru-RU", "ja-JP", "ko-KR", "zh-CN", "zh-TW", "ar"],
)
async def test_320_pixels_are_enough(customers: Customers, desk: Crossdesk, locale: str) -> None:
    chat = await customers.come(width=320, height=568, locale=locale)
    await chat.page.goto(desk.origin)
    assert await chat.page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    await chat.page.locator("button[aria-expanded]").click()
    await chat.online()
    await chat.ask("Donaudampfschifffahrtsgesellschaftskapitän" * 3 + " https://example.org/" + "a" * 200)
    assert await chat.overflow() == 0


async def test_what_is_pressed_is_large_enough_to_press(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.ask("parcel")
    assert await chat.find("button, textarea, .pick").evaluate_all(SMALL) == []
    box = await chat.launcher.bounding_box()
    assert box
    assert box["width"] >= 44
    assert box["height"] >= 44


async def test_in_a_right_to_left_shop_it_stands_on_the_left(
    customers: Customers, desk: Crossdesk, elsewhere: tuple[int, dict[str, ForeignPage]]
) -> None:
    port, pages = elsewhere
    body = f'<h1>متجر</h1><script src="{desk.origin}/widget.js" data-label="الدعم"></script>'
    pages["/rtl"] = ForeignPage(
        f'<!doctype html><html lang="ar" dir="rtl"><title>متجر</title><body>{body}</body></html>'
    )
    chat = await customers.come()
    await chat.page.goto(f"http://localhost:{port}/rtl")
    launcher = chat.page.get_by_role("button", name="الدعم")
    await launcher.click()
    await chat.online()
    for part in (launcher, chat.page.locator("iframe")):
        box = await part.bounding_box()
        assert box
        assert box["x"] == 20
    await expect(chat.find("html")).to_have_attribute("dir", "rtl")
    await chat.say("أريد أن أتحدث مع شخص")
    own = await chat.said("own").bounding_box()
    assert own
    assert own["x"] < 60, "what the customer says stands at the end of the line, here on the left"


async def test_the_theme_follows_the_system_or_the_shop(
    customers: Customers, desk: Crossdesk, elsewhere: tuple[int, dict[str, ForeignPage]]
) -> None:
    port, pages = elsewhere
    for theme in ("auto", "light", "dark"):
        script = f'<script src="{desk.origin}/widget.js" data-theme="{theme}"></script>'
        pages[f"/{theme}"] = ForeignPage(
            f'<!doctype html><html lang="en"><title>Shop</title><body><h1>Shop</h1>{script}</body></html>'
        )
    dark: dict[tuple[str, str], bool] = {}
    for scheme in ("light", "dark"):
        chat = await customers.come(color_scheme=scheme)
        for theme in ("auto", "light", "dark"):
            await chat.page.goto(f"http://localhost:{port}/{theme}")
            await chat.page.evaluate("Crossdesk.open()")
            await chat.online()
            colour = await chat.find("body").evaluate("node => getComputedStyle(node).backgroundColor")
            dark[scheme, theme] = colour != "rgb(255, 255, 255)"
    assert dark == {
        (scheme, theme): "dark" in (theme, scheme if theme == "auto" else "") for scheme, theme in dark
    }


async def test_without_motion_nothing_moves(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come(reduced_motion="reduce")).visit(desk.origin)
    await chat.ask("How do I cancel my order?")
    assert await chat.find("li.bot").evaluate("node => getComputedStyle(node).animationName") == "none"
    assert (
        await chat.page.locator("iframe").evaluate("node => getComputedStyle(node).transitionDuration")
        == "0s"
    )


async def test_a_message_taller_than_the_panel_is_shown_from_its_beginning(
    customers: Customers, desk: Crossdesk, mei: Agent
) -> None:
    chat = await (await customers.come(width=390, height=480)).visit(desk.origin)
    await chat.say("I want to talk to a person")
    found = re.search(r"CD-\d+", await chat.find("li.step.queued").inner_text())
    assert found
    await mei.call("POST", f"cases/{found[0]}/claim")
    await mei.call(
        "POST", f"cases/{found[0]}/reply", text="\n".join(f"- step {number}" for number in range(40))
    )
    await expect(chat.said("agent").locator("li").first).to_be_in_viewport()
    await expect(chat.said("agent").locator("li").last).not_to_be_in_viewport()
    await mei.call("POST", f"cases/{found[0]}/reply", text="That is all.")
    await expect(chat.button("Go to the newest message")).to_be_visible()
    await chat.button("Go to the newest message").click()
    await expect(chat.said("agent").last).to_be_in_viewport()
