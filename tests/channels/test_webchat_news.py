"""What a customer receives: the log from the cursor on, replayed and live alike, each entry once, no gap."""

import asyncio
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.event import Author
from tests.channels.site import Browser, Limits, Site, open_site
from tests.fakes.house import MemoryHouse

QUICK = Limits(poll_from=0.05, poll_to=0.1)


async def begun(site: Site, lines: int = 0) -> str:
    """A visitor's token whose conversation has so many lines."""
    async with site.browser() as browser:
        for number in range(1, lines + 1):
            site.house.say(browser.conversation, f"line {number}")
        return browser.token


def conversation(token: str) -> str:
    return token.split(".")[1]


async def test_an_answer_arrives_at_once(site: Site) -> None:
    async with site.browser() as browser:
        await browser.write("hello?")
        await browser.next("ack")
        choices = [{"id": "yes", "label": "Yes"}]
        site.house.say(browser.conversation, "I am the shop's assistant.", choices=choices)
        question, answer = await browser.events(2)
    assert (question["author"], question["seq"]) == ("customer", 1)
    assert (answer["author"], answer["seq"]) == ("bot", 2)
    assert answer["choices"] == choices
    assert answer["lang"] == "en"


async def test_an_agent_has_a_name_and_the_case_a_due_time(site: Site) -> None:
    async with site.browser() as browser:
        due = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
        site.house.case(browser.conversation, "queued", due=due)
        site.house.say(
            browser.conversation, "Hello, this is Mei.", author=Author.AGENT, name="Mei", key="desk:1"
        )
        site.house.say(browser.conversation, "Mei has left.", author=Author.SYSTEM)
        case, agent, system = await browser.events(3)
    assert case == {
        "t": "ev",
        "seq": 1,
        "kind": "case",
        "case": "CD-1042",
        "state": "queued",
        "due": "2026-11-20T12:05:00+00:00",
    }
    assert (agent["author"], agent["name"], "cid" in agent) == ("agent", "Mei", False)
    assert system["author"] == "system"


async def test_what_is_for_the_desk_alone_never_reaches_a_socket(site: Site) -> None:
    async with site.browser() as browser:
        site.house.note(browser.conversation, "a difficult customer")
        site.house.say(browser.conversation, "Good morning.")
        frames = await browser.silence()
    assert [frame["text"] for frame in frames] == ["Good morning."]
    assert "difficult" not in str(frames)


async def test_replay_begins_after_the_cursor(site: Site) -> None:
    token = await begun(site, lines=5)
    async with site.browser(token=token, cursor=3) as browser:
        assert browser.welcome["head"] == 5
        assert [event["seq"] for event in await browser.events(2)] == [4, 5]
    async with site.browser(token=token, cursor=5) as browser:
        assert await browser.silence() == []


async def test_a_long_history_arrives_whole_and_in_order(site: Site) -> None:
    token = await begun(site, lines=333)
    async with site.browser(token=token) as browser:
        assert [event["seq"] for event in await browser.events(333)] == list(range(1, 334))


async def test_a_cursor_beyond_the_head_resets_the_client(site: Site) -> None:
    token = await begun(site, lines=2)
    async with site.browser(token=token, cursor=3) as browser:
        assert browser.welcome["head"] == 2
        assert await browser.receive() == {"t": "reset"}
        assert [event["seq"] for event in await browser.events(2)] == [1, 2]
    async with site.browser(cursor=2**53 - 1) as stranger:
        assert await stranger.receive() == {"t": "reset"}


async def test_a_log_that_was_erased_under_an_open_socket_resets_it() -> None:
    async with open_site(limits=QUICK) as site, site.browser() as browser:
        site.house.say(browser.conversation, "before")
        await browser.events(1)
        site.house.room(browser.conversation).log.clear()
        await browser.next("reset")
        site.house.say(browser.conversation, "after")
        (event,) = await browser.events(1)
        assert (event["seq"], event["text"]) == (1, "after")


async def test_every_tab_of_a_visitor_sees_everything_once(site: Site) -> None:
    async with site.browser() as one, site.browser(token=one.token) as two:
        await one.write("from the first tab")
        await one.next("ack")
        site.house.say(one.conversation, "an answer")
        for tab in (one, two):
            assert [event["seq"] for event in await tab.events(2)] == [1, 2]
            assert await tab.silence(0.1) == []


async def test_news_without_a_bell_arrive_by_looking(site: Site) -> None:
    """The bell is a hint: what another process wrote while the bell was broken arrives all the same."""
    async with open_site(limits=QUICK) as quick, quick.browser() as browser:
        await browser.silence(0.1)
        room = quick.house.room(browser.conversation)
        bells, room.bells = room.bells, set()
        quick.house.say(browser.conversation, "unheard")
        assert (await browser.events(1))[0]["text"] == "unheard"
        quick.house.room(browser.conversation).desk_read = 1
        assert await browser.next("read") == {"t": "read", "upto": 1}
        room.bells = bells
    assert site.house.polls == 0


async def test_an_idle_socket_asks_once_a_round_and_only_for_the_head() -> None:
    async with open_site(limits=QUICK) as site, site.browser() as browser:
        await browser.silence(0.05)
        polls, lookups = site.house.polls, site.house.lookups
        assert await browser.silence(0.5) == []
        assert site.house.lookups == lookups
        assert 1 <= site.house.polls - polls <= 11


async def test_typing_of_bot_and_agent_is_shown_and_that_of_customers_is_not(site: Site) -> None:
    async with site.browser() as browser, site.browser(token=browser.token) as tab:
        for who in ("agent", "bot"):
            site.house.ring(browser.conversation, f"typing:{who}")
            assert await browser.next("typing") == {"t": "typing", "author": who}
            assert await tab.next("typing") == {"t": "typing", "author": who}
        await tab.send(t="typing")
        site.house.ring(browser.conversation, "typing:somebody else")
        assert await browser.silence() == []


async def test_typing_comes_before_the_message_that_ends_it(site: Site) -> None:
    async with site.browser() as browser:
        await browser.silence(0.05)
        site.house.ring(browser.conversation, "typing:agent")
        site.house.say(browser.conversation, "There you are.", author=Author.AGENT, name="Mei")
        assert [frame["t"] for frame in await browser.silence()] == ["typing", "ev"]


async def test_read_marks_of_the_desk_are_shown_when_they_grow(site: Site) -> None:
    async with site.browser() as browser:
        await browser.write("one")
        await browser.next("ack")
        await browser.events(1)
        site.house.desk_reads(browser.conversation, 1)
        assert await browser.next("read") == {"t": "read", "upto": 1}
        site.house.desk_reads(browser.conversation, 1)
        assert await browser.silence() == []
    async with site.browser(token=browser.token, cursor=1) as again:
        assert await again.next("read") == {"t": "read", "upto": 1}


@settings(max_examples=8, deadline=None)
@given(steps=st.lists(st.sampled_from(["say", "write", "drop", "unheard", "note"]), min_size=1, max_size=25))
def test_whatever_happens_the_client_sees_every_seq_once(steps: list[str]) -> None:
    """A walk: lines of both sides, connections that drop at any moment, bells that fail to ring."""
    asyncio.run(_walk(steps))


async def _walk(steps: list[str]) -> None:
    house, seen = MemoryHouse(), list[int]()
    async with open_site(house, limits=QUICK) as site:
        token = await begun(site)
        talk = conversation(token)
        for part in " ".join(steps).split("drop"):
            async with site.browser(token=token, cursor=len(seen)) as browser:
                for step in part.split():
                    await _do(step, browser, house, talk)
                await asyncio.sleep(0.02)
                seen += [frame["seq"] for frame in await browser.silence(0.03) if frame["t"] == "ev"]
        async with site.browser(token=token, cursor=len(seen)) as browser:
            seen += [event["seq"] for event in await browser.events(house.room(talk).head - len(seen))]
            assert await browser.silence(0.02) == []
    assert seen == list(range(1, house.room(talk).head + 1))


async def _do(step: str, browser: Browser, house: MemoryHouse, talk: str) -> None:
    match step:
        case "say":
            house.say(talk, "an answer")
        case "unheard":
            bells, house.room(talk).bells = house.room(talk).bells, set()
            house.say(talk, "nobody rang")
            house.room(talk).bells = bells
        case "note":
            house.note(talk, "for the desk")
        case _:
            await browser.write("a question")
