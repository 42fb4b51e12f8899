"""A customer talks to the bot, and then to a person, through the widget on the demo shop."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat, Customers
from tests.browser.running import Agent, Crossdesk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]


async def waits_for_a_person(chat: Chat, mei: Agent) -> str:
    """Ask for a person; gives the case that the desk then has."""
    await chat.say("I want to talk to a person")
    line = chat.find("li.step.queued")
    await expect(line).to_contain_text("A person will take over")
    found = re.search(r"CD-\d+", await line.inner_text())
    assert found
    assert found[0] in {case["id"] for case in await mei.cases("queued")}
    return found[0]


async def test_a_question_is_answered_at_once(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await expect(chat.find("#hello")).to_be_visible()
    answer = await chat.ask("How do I cancel my order?")
    assert re.search("automated", answer), f"the first answer says that it is a machine's: {answer}"
    assert re.search("cancel", answer, re.IGNORECASE)
    await expect(chat.find("li.own .status")).to_have_attribute("data-state", re.compile("sent|seen"))
    await expect(chat.find("#hello")).to_be_hidden()
    await expect(chat.find("li.day")).to_have_text("Today")
    assert await chat.seqs() == [1, 2]


async def test_an_answer_comes_in_the_language_of_the_question(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come(locale="de-DE")).visit(desk.origin)
    await expect(chat.find("#hello h2")).to_have_text("Hallo, wie können wir helfen?")
    await chat.ask("Wie kann ich meine Bestellung stornieren?")
    await expect(chat.said("bot").last).to_have_attribute("lang", "de")
    await chat.ask("我想取消订单，怎么操作？")
    await expect(chat.said("bot").last).to_have_attribute("lang", "zh-Hans")


async def test_a_customs_question_is_refused_and_a_person_offered(
    customers: Customers, desk: Crossdesk
) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    answer = await chat.ask("How much customs duty do I have to pay for a parcel to Spain?")
    assert re.search("not handled here", answer)
    assert not re.search(r"\d\s*%|€|\$", answer), "a refusal names no figure"
    await expect(chat.find(".choices button").last).to_have_text("Talk to a person")
    await expect(chat.button("Talk to a person")).to_have_count(1)  # not offered twice


async def test_who_asks_for_a_person_is_told_when_and_gets_one(
    customers: Customers, desk: Crossdesk, mei: Agent
) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    case = await waits_for_a_person(chat, mei)
    await expect(chat.find("#who")).to_have_text("Waiting for a person")
    await expect(chat.button("Talk to a person")).to_be_hidden()
    await mei.call("POST", f"cases/{case}/claim")
    await expect(chat.find("li.step:visible").last).to_have_text("Mei is with you now.")
    await mei.call(
        "POST", f"cases/{case}/reply", text="Hello, **Mei** here: [our page](https://example.org/a)."
    )
    await expect(chat.said("agent")).to_have_text("Hello, Mei here: our page.")
    await expect(chat.said("agent").locator("strong")).to_have_text("Mei")
    await expect(chat.said("agent").locator("a")).to_have_attribute("rel", "noopener noreferrer")
    await expect(chat.find("#who")).to_have_text("You are talking to Mei")


async def test_a_closed_case_is_rated_once_and_the_bot_is_back(
    customers: Customers, desk: Crossdesk, mei: Agent
) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    case = await waits_for_a_person(chat, mei)
    await mei.call("POST", f"cases/{case}/claim")
    await mei.call("POST", f"cases/{case}/reply", text="All done.")
    await mei.call("POST", f"cases/{case}/resolve")
    await expect(chat.find("li.step:visible").last).to_contain_text(f"{case} is closed")
    await chat.button("4 of 5").click()
    await expect(chat.find("#rating")).to_be_hidden()
    await expect(chat.find("#said")).to_have_text("Thank you for your rating.")
    await chat.page.reload()
    await chat.online()
    await expect(chat.find("li.step:visible").last).to_contain_text(f"{case} is closed")
    await expect(chat.find("#rating")).to_be_hidden()
    await chat.ask("How do I cancel my order?")
    await expect(chat.find("#who")).to_have_text("Automated assistant")


async def test_choices_are_buttons_until_one_is_chosen(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.ask("parcel")
    first = chat.find(".choices button").first
    label = await first.inner_text()
    await first.click()
    await expect(chat.said("own").last).to_have_text(label)
    await expect(chat.said("bot")).to_have_count(2)
    await expect(chat.find("li.bot").first.locator(".choices")).to_have_count(0)
    await expect(chat.text).to_be_focused()


async def test_the_panels_language_can_be_changed(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.ask("How do I cancel my order?")
    await chat.find("#language").select_option("de")
    await expect(chat.text).to_have_attribute("placeholder", "Nachricht schreiben")
    await expect(chat.find("li.bot .by b").first).to_have_text("Assistent")
    await expect(chat.find("html")).to_have_attribute("lang", "de")
    await chat.settled()
    await chat.page.reload()
    await chat.online()
    await expect(chat.text).to_have_attribute("placeholder", "Nachricht schreiben")


async def test_what_is_said_behind_a_closed_panel_is_counted(
    customers: Customers, desk: Crossdesk, mei: Agent
) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    case = await waits_for_a_person(chat, mei)
    await mei.call("POST", f"cases/{case}/claim")
    await chat.launcher.click()
    await mei.call("POST", f"cases/{case}/reply", text="One.")
    await mei.call("POST", f"cases/{case}/reply", text="Two.")
    await expect(chat.page.get_by_role("button", name="Chat with support (2)")).to_be_visible()
    await chat.page.reload()
    await expect(chat.page.get_by_role("button", name="Chat with support (2)")).to_be_visible()
    await chat.launcher.click()
    await expect(chat.page.get_by_role("button", name="Chat with support", exact=True)).to_be_visible()


async def test_too_long_a_message_is_counted_and_kept_back(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.text.fill("😀" * 3_999)
    await expect(chat.find("#count")).to_have_text("3,999 of 4,000 characters")
    await chat.text.fill("😀" * 4_001)
    await chat.text.press("Enter")
    await expect(chat.find("#count")).to_contain_text("1 characters too many")
    await expect(chat.said("own")).to_have_count(0)
    await chat.text.fill("🙂" * 4_000)
    await chat.text.press("Enter")
    await chat.settled()
    await expect(chat.said("own")).to_have_text("🙂" * 4_000)


async def test_many_messages_at_once_all_arrive_in_order(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    await chat.say("I want to talk to a person")
    await expect(chat.find("li.step.queued")).to_be_visible()
    texts = [f"line {number}" for number in range(26)]
    for text in texts:
        await chat.say(text)
    await expect(chat.find("li[data-waiting]")).to_have_count(0, timeout=30_000)
    assert (await chat.said("own").all_inner_texts())[1:] == texts
