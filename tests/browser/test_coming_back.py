"""Reload, second tab, dead server, no network: each event once, no gap, nothing lost."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.chat import BREAK, Chat, Customers, becomes
from tests.browser.running import Crossdesk, crossdesk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]


def whole(seqs: list[int]) -> bool:
    """Each number once, none missing, in order."""
    return seqs == list(range(1, len(seqs) + 1))


async def test_a_reload_brings_the_talk_back(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.ask("How do I cancel my order?")
    before = await chat.find("#list").inner_text()
    await chat.page.reload()
    await chat.online()
    await expect(chat.said("bot")).to_have_count(1)
    assert await chat.find("#list").inner_text() == before
    assert await chat.seqs() == [1, 2]
    assert await chat.page.evaluate("document.activeElement === document.body"), (
        "a page that loads pulls no focus"
    )


async def test_a_draft_outlives_a_reload(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.text.fill("I was about to say")
    await becomes(chat.frame, "sessionStorage.getItem(`crossdesk:${origin}:draft`)", "I was about to say")
    await chat.page.reload()
    await expect(chat.text).to_have_value("I was about to say")


async def test_two_tabs_show_the_same_once(customers: Customers, desk: Crossdesk) -> None:
    one = await (await customers.come()).visit(desk.origin)
    await one.ask("How do I cancel my order?")
    other = await customers.tab(one.page.context)
    await other.visit(desk.origin)
    await expect(other.said("bot")).to_have_count(1)
    await other.ask("How long does delivery take?")
    await expect(one.said("bot")).to_have_count(2)
    for tab in (one, other):
        assert whole(await tab.seqs())
        await expect(tab.said("own")).to_have_text(
            ["How do I cancel my order?", "How long does delivery take?"]
        )


async def write_on(chat: Chat, texts: list[str]) -> None:
    """Write one after the other, whatever happens to the server meanwhile."""
    for text in texts:
        await chat.say(text)
        await asyncio.sleep(0.05)


async def test_killed_servers_lose_and_double_nothing(customers: Customers, tmp_path: Path) -> None:
    async with crossdesk(tmp_path) as server:
        chat = await (await customers.come(excused=BREAK)).visit(server.origin)
        await chat.say("I want to talk to a person")
        await expect(chat.find("li.step.queued")).to_be_visible()
        texts = [f"line {number}" for number in range(18)]
        for third in range(3):
            writing = asyncio.create_task(write_on(chat, texts[third * 6 : third * 6 + 6]))
            await asyncio.sleep(0.12)
            await server.kill()
            await writing
            await server.start()
            if third == 1:
                await chat.page.reload()
        await chat.online()
        await expect(chat.said("own")).to_have_count(19, timeout=30_000)
        await expect(chat.find("li[data-waiting]")).to_have_count(0, timeout=30_000)
        assert (await chat.said("own").all_inner_texts())[1:] == texts
        assert whole(await chat.seqs())
        await chat.page.reload()
        await chat.online()
        await expect(chat.said("own")).to_have_count(19)
        assert (await chat.said("own").all_inner_texts())[1:] == texts, (
            "and the server has them in the same order"
        )


async def test_what_is_written_offline_is_sent_later(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come(excused=BREAK)).visit(desk.origin)
    await chat.ask("How do I cancel my order?")
    await chat.page.context.set_offline(True)
    await expect(chat.find("#link")).to_contain_text("No connection")
    await chat.say("How long does delivery take?")
    await expect(chat.find("li[data-waiting]")).to_have_count(1)
    await chat.page.context.set_offline(False)
    await chat.online()
    await expect(chat.find("#link")).to_be_empty()
    await expect(chat.said("bot")).to_have_count(2)
    assert whole(await chat.seqs())


async def test_a_page_that_was_closed_before_the_ack_still_sends(
    customers: Customers, desk: Crossdesk
) -> None:
    chat = await (await customers.come(excused=BREAK)).visit(desk.origin)
    await chat.page.context.set_offline(True)
    await expect(chat.find("body")).not_to_have_attribute("data-link", "online")
    await chat.say("How do I cancel my order?")
    await chat.page.close()
    await chat.page.context.set_offline(False)
    later = await customers.tab(chat.page.context)
    await later.page.goto(desk.origin)
    await later.launcher.click()
    await expect(later.said("bot")).to_have_count(1)
    await expect(later.said("own")).to_have_text("How do I cancel my order?")


async def test_the_sixth_tab_waits_its_turn(customers: Customers, desk: Crossdesk) -> None:
    first = await (await customers.come()).visit(desk.origin)
    for _ in range(4):
        await (await customers.tab(first.page.context)).visit(desk.origin)
    sixth = await customers.tab(first.page.context)
    await sixth.page.goto(desk.origin)
    await expect(sixth.find("#link")).to_contain_text("too many tabs")


async def test_a_token_that_is_not_ours_is_let_go(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.ask("How do I cancel my order?")
    await chat.frame.evaluate("localStorage.setItem(`crossdesk:${origin}:token`, 'v1.forged')")
    await chat.page.reload()
    await chat.online()
    await expect(chat.said("bot")).to_have_count(1)
    assert await chat.frame.evaluate("localStorage.getItem(`crossdesk:${origin}:token`)") is None


LEFT_OVER = """text => {
  const cid = crypto.randomUUID();
  const entry = { cid, at: Date.now(), frame: { t: 'msg', cid, text } };
  localStorage.setItem(`crossdesk:${origin}:out:${cid}`, JSON.stringify(entry));
}"""


async def test_what_the_server_refuses_is_shown_with_a_way_out(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.frame.evaluate(LEFT_OVER, "x" * 4_001)
    await chat.page.reload()
    await chat.online()
    await expect(chat.find(".trouble p")).to_have_text("This message is too long. Please send it in parts.")
    await chat.ask("How do I cancel my order?")  # what failed holds up nobody
    await chat.button("Try again").click()
    await expect(chat.find(".trouble p")).to_be_visible()
    await chat.button("Discard").click()
    await expect(chat.find("li[data-waiting]")).to_have_count(0)
    await chat.page.reload()
    await chat.online()
    await expect(chat.said("bot")).to_have_count(1)
    await expect(chat.said("own")).to_have_text("How do I cancel my order?")
