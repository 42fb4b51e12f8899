"""What a customer sends: stored once, acknowledged only then, in order; and what is refused instead."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from bot.core.message import Address, Kind
from tests.channels.site import NOON, Limits, Site, open_site, until


async def test_a_message_is_stored_acknowledged_and_comes_back_as_an_event(site: Site) -> None:
    async with site.browser(lang="de", tz="Europe/Berlin") as browser:
        cid = await browser.write("Wo ist mein Paket?")
        assert await browser.next("ack") == {"t": "ack", "cid": cid, "seq": 1}
    async with site.browser(token=browser.token) as browser:
        (event,) = await browser.events(1)
    (message,) = site.house.accepted
    assert message.conversation == message.sender == Address("webchat", browser.conversation)
    assert (message.external_id, message.text, message.kind, message.value) == (
        cid,
        "Wo ist mein Paket?",
        Kind.TEXT,
        "",
    )
    assert (message.language_hint, message.timezone, message.private) == ("de", "Europe/Berlin", True)
    assert message.received_at == NOON
    assert (event["seq"], event["author"], event["cid"], event["text"]) == (
        1,
        "customer",
        cid,
        "Wo ist mein Paket?",
    )


@pytest.mark.parametrize(
    ("name", "value", "kind", "stored"),
    [
        ("choose", "refund", Kind.CHOOSE, "refund"),
        ("human", None, Kind.HUMAN, ""),
        ("rate", 4, Kind.RATE, "4"),
        ("language", "zh-Hans", Kind.LANGUAGE, "zh-Hans"),
    ],
)
async def test_an_action_is_a_message_of_its_kind(
    site: Site, name: str, value: object, kind: Kind, stored: str
) -> None:
    async with site.browser() as browser:
        cid = await browser.act(name, value)
        assert (await browser.next("ack"))["cid"] == cid
    (message,) = site.house.accepted
    assert (message.kind, message.value, message.text, message.external_id) == (kind, stored, "", cid)
    assert site.channel.tally["actions"] == 1


async def test_the_same_cid_twice_is_one_message_with_one_seq(site: Site) -> None:
    cid = str(uuid4())
    async with site.browser() as browser:
        await browser.write("once", cid)
        first = await browser.next("ack")
        await browser.write("once", cid)
        assert await browser.next("ack") == first
    async with site.browser(token=browser.token) as again:
        await again.write("once", cid)
        assert await again.next("ack") == first
    assert [message.text for message in site.house.accepted] == ["once"]
    assert (site.channel.tally["messages"], site.channel.tally["repeated"]) == (1, 2)


async def test_the_same_cid_of_another_visitor_is_another_message(site: Site) -> None:
    cid = str(uuid4())
    async with site.browser() as one, site.browser() as other:
        for browser in (one, other):
            await browser.write("mine", cid)
            assert await browser.next("ack") == {"t": "ack", "cid": cid, "seq": 1}
    assert len(site.house.accepted) == 2


async def test_messages_of_one_socket_keep_their_order_and_share_transactions(site: Site) -> None:
    site.house.delay = 0.05
    texts = [f"message {number}" for number in range(20)]
    async with site.browser() as browser:
        cids = [await browser.write(text) for text in texts]
        acks = [await browser.next("ack") for _ in texts]
    assert [ack["cid"] for ack in acks] == cids
    assert [ack["seq"] for ack in acks] == list(range(1, 21))
    assert [message.text for message in site.house.accepted] == texts
    assert len(site.house.batches) < 5


async def test_a_slow_store_does_not_hold_up_the_rest_of_the_socket(site: Site) -> None:
    site.house.delay = 1
    async with site.browser() as browser:
        await browser.write("slow")
        await browser.send(t="typing")
        await browser.raw("no json")
        assert (await browser.receive())["t"] == "nack"
        assert site.house.signals == [(browser.conversation, "typing:customer")]
        assert site.house.accepted == []
        assert (await browser.next("ack"))["seq"] == 1


async def test_a_reader_goes_no_further_when_too_much_waits_for_the_store() -> None:
    limits = Limits(messages_at_once=500)
    async with open_site(limits=limits) as site, site.browser() as browser:
        site.house.delay = 0.1
        for number in range(200):
            await browser.write(f"{number}")
        acks = [await browser.next("ack") for _ in range(200)]
    assert [ack["seq"] for ack in acks] == list(range(1, 201))
    assert max(site.house.batches) <= 51


async def test_what_was_sent_just_before_leaving_is_kept(site: Site) -> None:
    site.house.delay = 0.1
    async with site.browser() as browser:
        for number in range(3):
            await browser.write(f"last words {number}")
    await until(lambda: len(site.house.accepted) >= 3)
    assert [message.text for message in site.house.accepted] == [
        f"last words {number}" for number in range(3)
    ]


async def test_a_customer_cannot_speak_as_somebody_else(site: Site) -> None:
    """Fields that a server might copy without looking: elsewhere customers became agents that way."""
    async with site.browser() as victim, site.browser() as browser:
        await browser.send(
            t="msg",
            cid=str(uuid4()),
            text="refund approved",
            author="agent",
            name="Mei",
            user_id=1,
            private=True,
            type="note",
            kind="case",
            state="resolved",
            seq=77,
            conv=victim.conversation,
            conversation=victim.conversation,
            hmac_verified=True,
        )
        await browser.next("ack")
        assert await victim.silence() == []
    async with site.browser(token=browser.token) as again:
        (event,) = await again.events(1)
    assert (event["author"], event["kind"], event["seq"]) == ("customer", "message", 1)
    assert "name" not in event
    (message,) = site.house.accepted
    assert (message.conversation.key, message.sender_name, message.private) == (
        browser.conversation,
        "",
        True,
    )


async def test_text_is_handed_on_as_text(site: Site) -> None:
    words = "<script>alert(1)</script> {{7*7}} '; DROP TABLE event; --"
    async with site.browser() as browser:
        await browser.write(words)
        (event,) = await browser.events(1)
    assert event["text"] == site.house.accepted[0].text == words


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("{", "bad_frame"),
        ("[]", "bad_frame"),
        ('{"t":"shout"}', "bad_frame"),
        ('{"t":"msg","cid":"x","text":"hi"}', "bad_frame"),
        ('{"t":"action","cid":"0f8fad5b-d9cb-469f-a165-70867728950e","name":"rate","value":6}', "bad_frame"),
        (b'{"t":"typing"}', "bad_frame"),
        ('{"t":"msg","cid":"0f8fad5b-d9cb-469f-a165-70867728950e","text":"' + "a" * 4001 + '"}', "too_long"),
    ],
)
async def test_the_third_bad_frame_closes_with_4400(site: Site, raw: str | bytes, code: str) -> None:
    async with site.browser() as browser:
        for _ in range(2):
            await browser.raw(raw)
            assert (await browser.receive())["code"] == code
        cid = await browser.write("still here")
        assert (await browser.next("ack"))["cid"] == cid
        await browser.raw(raw)
        end, frames = await browser.closed()
    assert end == 4400
    assert [frame["code"] for frame in frames if frame["t"] == "nack"] == [code]
    assert len(site.house.accepted) == 1
    assert site.channel.tally[f"nack {code}"] == 3
    assert site.channel.tally["close 4400"] == 1


async def test_bad_and_too_long_frames_count_together_and_refused_files_do_not(site: Site) -> None:
    async with site.browser() as browser:
        for _ in range(5):
            await browser.send(t="msg", cid=str(uuid4()), text="photo", files=["f-1"])
            assert (await browser.receive())["code"] == "file_refused"
        await browser.write("a" * 4001)
        assert (await browser.receive())["code"] == "too_long"
        await browser.raw("{")
        assert (await browser.receive())["code"] == "bad_frame"
        await browser.act("rate", 9)
        assert (await browser.closed())[0] == 4400


async def test_a_frame_over_64_kib_closes_with_1009(site: Site) -> None:
    async with site.browser() as browser:
        await browser.raw(" " * 65_536)
        assert (await browser.receive())["code"] == "bad_frame"
        await browser.raw(" " * 65_537)
        assert (await browser.closed())[0] == 1009


async def test_text_that_is_no_utf8_closes_that_socket_alone(site: Site) -> None:
    async with site.browser() as neighbour, site.browser() as browser:
        browser.connection.protocol.send_text(b"\xff\xfe")
        for data in browser.connection.protocol.data_to_send():
            browser.connection.transport.write(data)
        assert (await browser.closed())[0] == 1007
        await neighbour.write("hi")
        await neighbour.next("ack")


async def test_a_hundred_messages_at_once_are_answered_one_by_one(site: Site) -> None:
    async with site.browser() as browser:
        cids = [await browser.write(f"{number}") for number in range(100)]
        answers: dict[str, str] = {}
        while len(answers) < 100:
            frame = await browser.receive()
            if frame["t"] in {"ack", "nack"}:
                answers[frame["cid"]] = frame.get("code", "ack")
        assert set(answers) == set(cids)
        taken = [cid for cid in cids if answers[cid] == "ack"]
        assert taken[:20] == cids[:20]
        assert len(taken) < 60
        assert set(answers.values()) == {"ack", "rate_limited"}
        await asyncio.sleep(0.3)
        cid = await browser.write("slower")
        assert (await browser.next("ack"))["cid"] == cid
    assert len(site.house.accepted) == len(taken) + 1


async def test_actions_share_the_allowance_of_messages() -> None:
    limits = Limits(messages_at_once=2, messages_per_second=0.1)
    async with open_site(limits=limits) as site, site.browser() as browser:
        await browser.write("one")
        await browser.act("human")
        cid = await browser.act("choose", "x")
        assert (await browser.next("nack"))["cid"] == cid
        for _ in range(5):
            await browser.write("more")
            assert (await browser.next("nack"))["code"] == "rate_limited"
        assert len(site.house.accepted) == 2


async def test_the_protocols_limits() -> None:
    limits = Limits()
    assert (limits.messages_per_second, limits.messages_at_once) == (5, 20)
    assert (limits.sockets_per_session, limits.bad_frames) == (5, 3)
    assert limits.send_within == 10
    assert 20 <= limits.poll_from <= limits.poll_to <= 30


async def test_typing_is_passed_on_once_a_second_and_never_answered(site: Site) -> None:
    async with site.browser() as browser:
        for _ in range(50):
            await browser.send(t="typing")
        assert await browser.silence() == []
    assert site.house.signals == [(browser.conversation, "typing:customer")]


async def test_a_flood_of_frames_is_read_slowly_and_harms_nobody_else() -> None:
    limits = Limits(frames_per_second=20, frames_at_once=10)
    async with open_site(limits=limits) as site, site.browser() as neighbour, site.browser() as browser:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(40):
            await browser.send(t="typing")
        await browser.write("after the flood")
        await neighbour.write("meanwhile")
        await neighbour.next("ack")
        assert [message.text for message in site.house.accepted] == ["meanwhile"]
        await browser.next("ack")
        assert loop.time() - began > 1


async def test_read_marks_go_up_once_and_never_beyond_what_is_written(site: Site) -> None:
    async with site.browser() as browser:
        for number in range(3):
            site.house.say(browser.conversation, f"line {number}")
        await browser.events(3)
        room = site.house.room(browser.conversation)
        for upto, expected in [(2, 2), (1, 2), (2, 2), (900, 3), (0, 3)]:
            await browser.send(t="read", upto=upto)
            await browser.send(t="msg", cid=str(uuid4()), text="x", files=["f"])
            await browser.next("nack")  # frames are read in order, so the mark before it has been read too
            assert room.customer_read == expected
        assert site.house.reads == [(browser.conversation, 2), (browser.conversation, 3)]


async def test_received_at_is_the_time_of_the_given_clock(site: Site) -> None:
    site.clock.pass_by(timedelta(days=3, minutes=7))
    async with site.browser() as browser:
        await browser.write("hi")
        await browser.next("ack")
    assert site.house.accepted[0].received_at == NOON + timedelta(days=3, minutes=7)
