"""When something breaks: the store, the network, the client, the house. Nothing acknowledged is ever lost."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect

from bot.core.event import Event
from bot.core.message import Address
from bot.core.ports import Delivery
from bot.errors import MisconfiguredError, RefusedError
from channels.webchat import open_channel
from tests.channels.site import SECRET, Browser, Clock, Limits, Site, open_site, options
from tests.fakes.house import MemoryHouse


async def test_no_ack_without_a_store_and_the_message_comes_again(site: Site) -> None:
    async with site.browser() as browser:
        site.house.broken = True
        cid = await browser.write("do not lose me")
        code, frames = await browser.closed()
    assert code == 1013
    assert frames == [{"t": "bye", "retry_in": 5.0}]
    site.house.broken = False
    async with site.browser(token=browser.token) as again:
        await again.write("do not lose me", cid)
        assert await again.next("ack") == {"t": "ack", "cid": cid, "seq": 1}
    assert len(site.house.accepted) == 1


@pytest.mark.parametrize("frame", [{"t": "typing"}, {"t": "read", "upto": 1}])
async def test_a_store_out_of_reach_ends_the_socket_whatever_was_asked(
    site: Site, frame: dict[str, Any]
) -> None:
    async with site.browser() as browser:
        site.house.say(browser.conversation, "hello")
        await browser.events(1)
        site.house.broken = True
        await browser.send(**frame)
        code, frames = await browser.closed()
    assert (code, frames) == (1013, [{"t": "bye", "retry_in": 5.0}])


async def test_a_store_out_of_reach_at_hello_and_at_replay(site: Site) -> None:
    site.house.broken = True
    async with site.socket() as browser:
        await browser.send(t="hello", v=1, cursor=0)
        assert await browser.closed() == (1013, [{"t": "bye", "retry_in": 5.0}])
    site.house.broken = False
    async with site.browser() as browser:
        await browser.silence(0.05)
        site.house.broken = True
        site.house.ring(browser.conversation)
        assert await browser.closed() == (1013, [{"t": "bye", "retry_in": 5.0}])


class FaultyHouse(MemoryHouse):
    """A house with a mistake in it."""

    async def since(self, conversation: str, seq: int, limit: int = 200) -> Sequence[Event]:
        """Break as only a mistake of ours would."""
        if seq == 1:
            raise LookupError("a secret detail")
        return await super().since(conversation, seq, limit)


async def test_a_mistake_of_ours_ends_one_socket_and_is_told_to_us_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with open_site(FaultyHouse()) as site, site.browser() as neighbour, site.browser() as browser:
        site.house.say(browser.conversation, "one")
        await browser.events(1)
        site.house.say(browser.conversation, "two")
        code, frames = await browser.closed()
        assert (code, [frame["t"] for frame in frames]) == (1011, ["bye"])
        assert "secret" not in str(frames)
        assert "a secret detail" in caplog.text
        await neighbour.write("still here")
        await neighbour.next("ack")
        assert site.channel.tally["close 1011"] == 1


async def test_stopping_says_bye_with_a_spread_and_closes_with_1012() -> None:
    async with open_site() as site:
        browsers = [await _opened(site) for _ in range(12)]
        await site.stop()
        waits = set()
        for browser in browsers:
            code, frames = await browser.closed()
            assert code == 1012
            assert [frame["t"] for frame in frames] == ["bye"]
            waits.add(frames[0]["retry_in"])
        assert all(0 < wait <= 5 for wait in waits)
        assert len(waits) > 3
        assert site.channel.open_sockets == 0
        assert site.channel.tally["close 1012"] == 12


async def _opened(site: Site) -> Browser:
    connection = await connect(f"ws://{site.host}/webchat/socket", compression=None, proxy=None)
    return await Browser(connection).greet()


async def test_stopping_in_the_middle_of_a_message_loses_nothing(site: Site) -> None:
    site.house.delay = 0.2
    async with site.browser() as browser:
        cid = await browser.write("in between")
        await asyncio.sleep(0.05)
        await site.stop()
        _, frames = await browser.closed()
    acked = [frame for frame in frames if frame["t"] == "ack"]
    await asyncio.sleep(0.3)
    assert not acked or site.house.accepted
    site.running = asyncio.create_task(site.channel.run(site.house))
    await asyncio.sleep(0)
    async with site.browser(token=browser.token) as again:
        await again.write("in between", cid)
        assert (await again.next("ack"))["seq"] == 1
    assert len(site.house.accepted) == 1


async def test_stopping_does_not_wait_for_a_client_that_never_reads() -> None:
    limits = Limits(send_within=30, leave_within=0.3)
    async with open_site(limits=limits) as site, deaf(site):
        began = asyncio.get_running_loop().time()
        await site.stop()
        assert asyncio.get_running_loop().time() - began < 2


async def test_a_reader_too_slow_is_closed_with_4408_and_can_come_back_by_its_cursor() -> None:
    async with open_site(limits=Limits(send_within=0.5)) as site, deaf(site) as browser:
        async with site.browser() as neighbour:
            await site.until_sockets(1)
            await neighbour.write("not affected")
            await neighbour.next("ack")
        code, frames = await browser.closed(within=20)
        assert code == 4408
        seen = [frame["seq"] for frame in frames if frame["t"] == "ev"]
        assert seen == list(range(1, len(seen) + 1))
        head = site.house.room(browser.conversation).head
        assert len(seen) < head
        async with site.browser(token=browser.token, cursor=head - 1) as again:
            assert (await again.events(1))[0]["seq"] == head


async def test_a_reader_that_never_comes_back_is_given_up() -> None:
    async with open_site(limits=Limits(send_within=0.2, close_within=0.2)) as site, deaf(site):
        await site.until_sockets(0)
        assert site.channel.tally["close 4408"] == 1


@asynccontextmanager
async def deaf(site: Site) -> AsyncIterator[Browser]:
    """A client that says hello, reads its welcome and then nothing, while the bot has megabytes to say."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(0)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", site.port))
    address = f"ws://{site.host}/webchat/socket"
    quiet: dict[str, Any] = {"compression": None, "proxy": None, "ping_interval": None, "close_timeout": 0.1}
    async with connect(address, sock=line, max_queue=1, **quiet) as connection:
        browser = await Browser(connection).greet()
        for number in range(2500):
            site.house.say(browser.conversation, f"{number} " + "x" * 3990)
        yield browser


async def test_a_client_that_vanishes_frees_its_seat(site: Site) -> None:
    browsers = [await _opened(site) for _ in range(3)]
    assert site.channel.open_sockets == 3
    for browser in browsers:
        browser.connection.transport.abort()
    await site.until_sockets(0)
    rooms = site.house.rooms.values()
    assert all(not room.bells for room in rooms)


async def test_a_channel_that_was_stopped_runs_again(site: Site) -> None:
    async with site.browser() as browser:
        await browser.write("before")
        await browser.next("ack")
    await site.stop()
    site.running = asyncio.create_task(site.channel.run(site.house))
    await asyncio.sleep(0)
    async with site.browser(token=browser.token) as again:
        assert (await again.events(1))[0]["text"] == "before"


async def test_nothing_is_ever_pushed() -> None:
    channel = open_channel(options())
    assert (channel.name, channel.pushes) == ("webchat", False)
    with pytest.raises(RefusedError, match="read the log"):
        await channel.send(Delivery("k-1", Address("webchat", "x"), "hello", "en"))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"secret": b"short"}, "has 5 bytes, expected 32"),
        ({"origins": ("shop.example",)}, r"\[webchat\] origins: found 'shop.example'"),
        ({"origins": ("https://shop.example/",)}, "without a path"),
        ({"origins": ("*",)}, "found '\\*'"),
        ({"origins": ("https://shop.example; script-src *",)}, "expected scheme and host"),
        ({"origins": ("https://shop.example\r\nX: y",)}, "expected scheme and host"),
    ],
)
def test_options_that_cannot_be_used_are_named(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(MisconfiguredError, match=complaint):
        options(**changes)


def test_options_may_come_as_a_mapping_and_wrong_ones_are_named() -> None:
    assert open_channel({"secret": SECRET, "clock": Clock()}).name == "webchat"
    with pytest.raises(MisconfiguredError, match="unknown option 'colour'; there are secret, clock"):
        open_channel({"secret": SECRET, "clock": Clock(), "colour": "red"})
    with pytest.raises(MisconfiguredError, match="'secret' is missing"):
        open_channel({"clock": Clock()})


def test_the_secret_is_not_shown() -> None:
    assert SECRET.hex() not in repr(options())
    assert repr(SECRET) not in repr(options())
