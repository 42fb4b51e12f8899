"""What every channel owes the house, tried on each of them through its own far side."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

import channels
from bot.core.message import Kind
from bot.core.ports import Channel
from bot.errors import MisconfiguredError
from tests.channels.far_side import FAR_SIDES, FarSide
from tests.fakes.house import MemoryHouse

NAMES = channels.names()


@pytest.fixture(params=NAMES)
async def far_side(request: pytest.FixtureRequest) -> AsyncIterator[FarSide]:
    """The far side of each channel there is."""
    async with FAR_SIDES[request.param]() as side:
        yield side


@pytest.fixture
async def house(far_side: FarSide) -> AsyncIterator[MemoryHouse]:
    """A house with the channel running in it."""
    house = MemoryHouse()
    running = asyncio.create_task(far_side.channel.run(house))
    await asyncio.sleep(0)
    yield house
    await ended(running)


async def ended(running: asyncio.Task[None]) -> None:
    """Cancel a channel and wait for its end."""
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=5)
    assert done, "the channel did not end within 5 seconds"
    assert running.cancelled(), "the channel swallowed its cancellation"


def test_every_channel_can_be_tried() -> None:
    assert sorted(FAR_SIDES) == NAMES


def test_an_unknown_channel_is_named_with_those_that_exist() -> None:
    with pytest.raises(MisconfiguredError, match=r"channels.pigeon: no such channel; there are .*webchat"):
        channels.open_channel("pigeon", {})


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_no_channel_knows_is_an_error_that_names_it(name: str) -> None:
    with pytest.raises(MisconfiguredError, match="no_such_option"):
        channels.open_channel(name, {"no_such_option": 1})


async def test_it_says_what_it_is(far_side: FarSide) -> None:
    channel: Channel = far_side.channel
    assert channel.name in NAMES
    assert isinstance(channel.pushes, bool)
    assert channel.web is None or callable(channel.web)


async def test_a_message_reaches_the_house_in_the_common_shape(far_side: FarSide, house: MemoryHouse) -> None:
    key = await far_side.say("Where is my parcel? 包裹在哪里？")
    assert await far_side.taken(key)
    (message,) = house.accepted
    assert message.text == "Where is my parcel? 包裹在哪里？"
    assert message.kind is Kind.TEXT
    assert message.conversation.channel == message.sender.channel == far_side.channel.name
    assert message.conversation.key == far_side.conversation()
    assert message.external_id
    assert message.received_at.utcoffset() == timedelta(0)


async def test_messages_keep_their_order(far_side: FarSide, house: MemoryHouse) -> None:
    keys = [await far_side.say(f"number {number}") for number in range(5)]
    for key in keys:
        assert await far_side.taken(key)
    assert [message.text for message in house.accepted] == [f"number {number}" for number in range(5)]


async def test_the_same_message_twice_is_one(far_side: FarSide, house: MemoryHouse) -> None:
    key = await far_side.say("once")
    assert await far_side.taken(key)
    await far_side.say("once", key)
    assert await far_side.taken(key)
    assert len(house.accepted) == 1


async def test_nothing_is_acknowledged_before_it_is_stored(far_side: FarSide, house: MemoryHouse) -> None:
    assert await far_side.taken(await far_side.say("first"))
    house.broken = True
    key = await far_side.say("second")
    assert not await far_side.taken(key)
    house.broken = False
    await far_side.say("second", key)
    assert await far_side.taken(key)
    assert [message.text for message in house.accepted] == ["first", "second"]


async def test_an_answer_reaches_the_customer(far_side: FarSide, house: MemoryHouse) -> None:
    assert await far_side.taken(await far_side.say("hello"))
    house.say(far_side.conversation(), "Hello, I am an automated assistant.")
    assert await far_side.hears() == "Hello, I am an automated assistant."


async def test_one_bad_input_stops_nothing(far_side: FarSide, house: MemoryHouse) -> None:
    await far_side.babble()
    assert await far_side.taken(await far_side.say("still there?"))
    assert len(house.accepted) == 1


async def test_it_ends_when_cancelled_and_can_run_again(far_side: FarSide) -> None:
    house = MemoryHouse()
    for text in ("before", "after"):
        running = asyncio.create_task(far_side.channel.run(house))
        await asyncio.sleep(0)
        assert await far_side.taken(await far_side.say(text))
        await ended(running)
        assert not await _still_there(far_side)
    assert [message.text for message in house.accepted] == ["before", "after"]


async def _still_there(far_side: FarSide) -> bool:
    """Whether a stopped channel still takes messages."""
    return await far_side.taken("no such message")
