"""From the upgrade to the welcome: who gets in, as whom, and who is turned away with which code."""

import asyncio
import hmac
from datetime import timedelta

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from channels.webchat.session import COOKIE, Session, Sessions
from tests.channels.site import SECRET, SHOP, Clock, Limits, Site, open_site
from tests.fakes.house import MemoryHouse

HELLO = '{"t":"hello","v":1,"cursor":0}'


async def test_a_stranger_gets_a_session_and_its_token(site: Site) -> None:
    async with site.socket() as browser:
        await browser.raw(HELLO)
        welcome = await browser.receive()
    assert welcome["t"] == "welcome"
    assert welcome["v"] == 1
    assert welcome["head"] == 0
    assert welcome["token"].startswith(f"v1.{welcome['conv']}.")
    assert len(welcome["conv"]) == 32
    assert welcome["features"] == [
        "choices",
        "human",
        "rate",
        "read",
        "typing",
        "lang:en",
        "lang:de",
        "lang:zh-Hans",
    ]


async def test_nothing_is_stored_for_somebody_who_only_looks(site: Site) -> None:
    async with site.browser() as browser:
        await browser.send(t="typing")
        await browser.send(t="read", upto=5)
        await browser.silence()
    assert site.house.accepted == []


async def test_a_token_brings_its_conversation_back(site: Site) -> None:
    async with site.browser() as first:
        await first.write("hello")
        await first.next("ack")
    async with site.browser(token=first.token) as again:
        assert again.conversation == first.conversation
        assert again.welcome["head"] == 1
        assert (await again.events(1))[0]["text"] == "hello"


async def test_two_strangers_are_two_conversations(site: Site) -> None:
    async with site.browser() as one, site.browser() as other:
        assert one.conversation != other.conversation
        await one.write("mine")
        await one.next("ack")
        assert await other.silence() == []


async def test_the_conversation_id_of_another_is_of_no_use(site: Site) -> None:
    async with site.browser() as victim:
        await victim.write("my order number is 123")
        await victim.next("ack")
        async with site.socket() as thief:
            await thief.send(t="hello", v=1, cursor=0, token=victim.conversation)
            assert await thief.closed() == (4401, [])
        async with site.browser(conv=victim.conversation, visitor=victim.conversation) as thief:
            assert thief.conversation != victim.conversation
            assert await thief.silence() == []


@pytest.mark.parametrize("part", ["visitor", "issued", "signature", "version", "whole", "empty"])
async def test_a_forged_token_is_refused(site: Site, part: str) -> None:
    async with site.browser() as browser:
        version, visitor, issued, signature = browser.token.split(".")
    forged = {
        "visitor": f"{version}.{'0' * 32}.{issued}.{signature}",
        "issued": f"{version}.{visitor}.{int(issued) + 1}.{signature}",
        "signature": f"{version}.{visitor}.{issued}.{'0' * 64}",
        "version": f"v2.{visitor}.{issued}.{signature}",
        "whole": "\ud800 let me in",
        "empty": "",
    }[part]
    async with site.socket() as browser:
        await browser.send(t="hello", v=1, cursor=0, token=forged)
        assert await browser.closed() == (4401, [])


async def test_a_token_ends_after_a_year_and_is_renewed_before(site: Site) -> None:
    async with site.browser() as browser:
        old = browser.token
    site.clock.pass_by(timedelta(days=364))
    async with site.browser(token=old) as browser:
        renewed = browser.token
        assert renewed != old
    site.clock.pass_by(timedelta(days=2))
    async with site.socket() as late:
        await late.send(t="hello", v=1, cursor=0, token=old)
        assert await late.closed() == (4401, [])
    async with site.browser(token=renewed) as browser:
        assert browser.conversation == old.split(".")[1]


async def test_a_cookie_is_the_session_and_its_token_stays_hidden(site: Site) -> None:
    sessions = Sessions(SECRET, site.clock)
    session = sessions.new()
    cookie = f"theme=dark; {COOKIE}=stale; {COOKIE}={sessions.token(session)}"
    async with site.socket(Cookie=cookie) as browser:
        await browser.greet()
        assert browser.conversation == session.visitor
        assert "token" not in browser.welcome


async def test_a_cookie_that_is_not_ours_gives_a_new_session(site: Site) -> None:
    forged = Sessions(b"x" * 32, site.clock)
    async with site.socket(Cookie=f"{COOKIE}={forged.token(forged.new())}") as browser:
        await browser.greet()
        assert browser.token


async def test_a_token_counts_before_the_cookie(site: Site) -> None:
    sessions = Sessions(SECRET, site.clock)
    cookie = f"{COOKIE}={sessions.token(sessions.new())}"
    mine = sessions.new()
    async with site.socket(Cookie=cookie) as browser:
        await browser.greet(token=sessions.token(mine))
        assert browser.conversation == mine.visitor
    async with site.socket(Cookie=cookie) as browser:
        await browser.send(t="hello", v=1, cursor=0, token="v1.bad")  # noqa: S106 - it is meant to be wrong
        assert (await browser.closed())[0] == 4401


@pytest.mark.parametrize(
    "first",
    [
        pytest.param('{"t":"msg","cid":"0f8fad5b-d9cb-469f-a165-70867728950e","text":"hi"}', id="a message"),
        pytest.param('{"t":"typing"}', id="typing"),
        pytest.param("no json", id="no JSON"),
        pytest.param("[]", id="no object"),
        pytest.param(HELLO.encode(), id="binary"),
        pytest.param('{"t":"hello","v":2,"cursor":0}', id="another version"),
        pytest.param('{"t":"hello","v":true,"cursor":0}', id="a boolean version"),
        pytest.param('{"t":"hello","cursor":0}', id="no version"),
        pytest.param('{"t":"hello","v":1,"cursor":-1}', id="a negative cursor"),
        pytest.param('{"t":"hello","v":1,"cursor":"0"}', id="a cursor of letters"),
        pytest.param('{"t":"hello","v":1,"cursor":9007199254740992}', id="a cursor beyond all numbers"),
        pytest.param('{"t":"hello","v":1,"cursor":0,"token":7}', id="a token of digits"),
        pytest.param('{"t":"hello","v":1,"cursor":0,"lang":[]}', id="a list of languages"),
        pytest.param('{"t":"hello","v":1,"cursor":0,"tz":8}', id="a zone of digits"),
        pytest.param('{"t":"hello","v":1,"cursor":0,"identity":{}}', id="an identity of another type"),
    ],
)
async def test_anything_but_a_good_hello_closes_with_4400(site: Site, first: str | bytes) -> None:
    async with site.socket() as browser:
        await browser.raw(first)
        assert await browser.closed() == (4400, [])
    assert site.house.accepted == []


async def test_silence_closes_with_4400() -> None:
    async with open_site(limits=Limits(hello_within=0.1)) as site, site.socket() as browser:
        assert await browser.closed() == (4400, [])


async def test_the_server_waits_five_seconds_for_a_hello() -> None:
    assert Limits().hello_within == 5


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("lang", "zh-Hans-CN", "zh-Hans-CN"),
        ("lang", "<script>", ""),
        ("lang", "x" * 40, ""),
        ("tz", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("tz", "Etc/GMT+8", "Etc/GMT+8"),
        ("tz", "../../etc/passwd", ""),
        ("tz", "Asia/" + "x" * 64, ""),
    ],
)
async def test_hints_of_the_hello_reach_the_message_if_they_look_right(
    site: Site, name: str, given: str, taken: str
) -> None:
    async with site.browser(**{name: given}) as browser:
        await browser.write("hi")
        await browser.next("ack")
    (message,) = site.house.accepted
    assert {"lang": message.language_hint, "tz": message.timezone}[name] == taken


async def test_a_second_hello_is_a_bad_frame(site: Site) -> None:
    async with site.browser() as browser:
        await browser.raw(HELLO)
        assert (await browser.receive())["code"] == "bad_frame"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
        "http://shop.example",
        f"{SHOP}:444",
    ],
)
async def test_a_foreign_origin_gets_403_before_the_upgrade(site: Site, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with site.socket(origin):
            pass
    assert refused.value.response.status_code == 403
    assert b"[webchat] origins" in refused.value.response.body
    assert site.channel.tally["refused origin"] == 1


async def test_our_own_pages_listed_sites_and_other_clients_may_open_it(site: Site) -> None:
    for origin in (None, f"http://{site.host}", f"https://{site.host}", SHOP, SHOP.upper()):
        async with site.socket(origin) as browser:
            await browser.greet()


async def test_the_public_address_is_our_own_origin_behind_a_proxy() -> None:
    async with open_site(public_url="https://support.example/", origins=()) as site:
        async with site.socket("https://support.example") as browser:
            await browser.greet()
        with pytest.raises(InvalidStatus):
            async with site.socket(SHOP):
                pass


async def test_the_sixth_socket_of_a_session_is_one_too_many(site: Site) -> None:
    async with site.browser() as first:
        token = first.token
        async with (
            site.browser(token=token),
            site.browser(token=token),
            site.browser(token=token),
            site.browser(token=token) as fifth,
        ):
            async with site.socket() as sixth:
                await sixth.send(t="hello", v=1, cursor=0, token=token)
                assert await sixth.closed() == (4429, [])
            async with site.browser():
                pass  # others are not affected
            await fifth.connection.close()
            await site.until_sockets(4)
            async with site.browser(token=token):
                pass  # a free seat can be taken again


async def test_a_socket_before_the_house_is_open_is_told_to_come_back(site: Site) -> None:
    await site.stop()
    async with site.socket() as browser:
        code, frames = await browser.closed()
    assert code == 1013
    assert [frame["t"] for frame in frames] == ["bye"]
    site.running = asyncio.create_task(site.channel.run(MemoryHouse()))
    await asyncio.sleep(0)
    async with site.browser():
        pass


async def test_another_path_has_no_socket(site: Site) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://{site.host}/webchat/other", proxy=None):
            pass
    assert refused.value.response.status_code == 403


def test_tokens_cannot_be_made_without_the_secret() -> None:
    clock = Clock()
    ours, theirs = Sessions(SECRET, clock), Sessions(b"y" * 32, clock)
    assert ours.read(theirs.token(theirs.new())) is None


def test_the_token_keeps_its_form_from_version_to_version() -> None:
    """Another form, or another signature, would make a stranger of every customer."""
    session = Session("0123456789abcdef0123456789abcdef", 1_795_179_359)
    body = "v1.0123456789abcdef0123456789abcdef.1795179359"
    signature = hmac.digest(SECRET, b"crossdesk webchat session\0" + body.encode(), "sha256").hex()
    assert Sessions(SECRET, Clock()).token(session) == f"{body}.{signature}"
    assert Sessions(SECRET, Clock()).read(f"{body}.{signature}") == session
