"""The engine on a real database, with a reader that takes the intent from the text itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.coordination.memory import MemoryCoordination
from bot.core.event import Event, EventKind
from bot.core.message import Address, Message
from bot.core.policies import Policies
from bot.core.ports import Asgi, Delivery
from bot.core.ports import House as HouseOfChannels
from bot.core.understanding import Certainty, Hit, Understanding
from bot.engine.clockwork import Clockwork
from bot.engine.house import House
from bot.engine.hub import Hub
from bot.engine.intake import ChannelHouse, Intake
from bot.engine.pump import Pump
from bot.engine.rules import Rules
from bot.engine.sender import Sender
from bot.engine.worker import CaseNumbers, Mind, Worker
from bot.policies.load import load_policies
from bot.store import codec, inbox, log, outbox
from bot.store.database import Database
from bot.store.facts import highest_case_id
from bot.store.inbox import Waiting
from bot.store.migrate import migrate
from bot.store.outbox import Due
from bot.wording import Wording

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def understand(text: str, *, hint: str = "", earlier: str = "") -> Understanding:
    """`order.cancel please` is about cancelling; `boom` breaks; anything without a dot is not understood."""
    del hint, earlier
    if "boom" in text:
        raise ZeroDivisionError("boom")
    intent = next((word for word in text.split() if "." in word), "unknown")
    certainty = Certainty.LOST if intent == "unknown" else Certainty.SURE
    return Understanding("en", 1.0, intent, 0.9, certainty)


def find(_text: str, meant: Understanding, _now: datetime) -> Sequence[Hit]:
    """An article for everything that was understood."""
    return [Hit(meant.intent, 0.9, (f"About {meant.intent}.",))]


@dataclass
class Postbox:
    """A channel that is handed texts and keeps them; what it should raise first can be put in."""

    name: str = "post"
    pushes: bool = True
    web: Asgi | None = None
    sent: list[Delivery] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    async def run(self, house: HouseOfChannels) -> None:
        """Receives nothing by itself."""
        del house

    async def send(self, delivery: Delivery) -> str:
        """Keep the text."""
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(delivery)
        return f"far-{len(self.sent)}"


@dataclass
class Workshop:
    """What a test has at hand."""

    database: Database
    hub: Hub
    house: House
    intake: Intake
    worker: Worker
    sender: Sender
    clockwork: Clockwork
    rules: Rules
    handling: Pump[Waiting]
    sending: Pump[Due]
    postbox: Postbox
    now: datetime = START
    count: int = 0

    def channel(self, name: str = "webchat") -> ChannelHouse:
        """The house as a channel sees it."""
        return ChannelHouse(name, self.database, self.hub, self.intake, self.house)

    def message(self, text: str, conversation: str = "c", channel: str = "webchat", id: str = "") -> Message:  # noqa: A002
        """A message; ids count up unless given."""
        self.count += 1
        where = Address(channel, conversation)
        return Message(where, where, id or f"m{self.count}", text, self.now)

    async def say(self, text: str, conversation: str = "c", channel: str = "webchat") -> Sequence[Event]:
        """Bring a message and wait until it has been handled; what it led to."""
        message = self.message(text, conversation, channel)
        house = self.channel(channel)
        with house.listen(conversation) as bell:
            await house.accept([message])
            while (
                led := await self.database.read(log.turn_of, message.conversation, message.external_id)
            ) is None:
                await bell.wait(0.2)
        return led.events

    async def shown(self, conversation: str = "c", channel: str = "webchat") -> list[str]:
        """The texts of the log as the customer sees it."""
        events = await self.channel(channel).since(conversation, 0)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        return [event.text for event in events if event.kind is EventKind.MESSAGE]


@asynccontextmanager
async def workshop(folder: Path, *, running: bool = True) -> AsyncIterator[Workshop]:
    """Everything on a database in `folder`; with `running` the pumps work until the context ends."""
    async with Database.open(f"sqlite:///{folder / 'crossdesk.db'}") as database:
        await database.write(migrate)
        parts = await _parts(database)
        async with asyncio.TaskGroup() as tasks:
            pumps = [tasks.create_task(pump.run()) for pump in (parts.handling, parts.sending) if running]
            yield parts
            for pump in pumps:
                pump.cancel()


async def _parts(database: Database) -> Workshop:
    policies, wording = await asyncio.to_thread(_texts)
    rules = Rules(policies, wording)
    hub, postbox = Hub(MemoryCoordination()), Postbox()
    pushing = frozenset({postbox.name})
    made: list[Workshop] = []

    def clock() -> datetime:
        return made[0].now

    numbers = CaseNumbers(await database.read(highest_case_id))
    worker = Worker(database, hub, Mind(understand, find, rules, clock), numbers, pushing)
    sender = Sender(database, {postbox.name: postbox}, clock)
    handling: Pump[Waiting] = Pump("inbox", lambda limit: database.read(inbox.waiting, limit), worker.handle)
    sending: Pump[Due] = Pump(
        "outbox", lambda limit: database.read(outbox.due, limit, codec.to_ms(clock())), sender.handle
    )
    made.append(
        Workshop(
            database=database,
            hub=hub,
            house=House(database, hub, rules=rules, clock=clock, numbers=numbers, pushing=pushing),
            intake=Intake(database, hub, wording, str),
            worker=worker,
            sender=sender,
            clockwork=Clockwork(database, hub, clock),
            rules=rules,
            handling=handling,
            sending=sending,
            postbox=postbox,
        )
    )
    parts = made[0]
    parts.intake.arrived, parts.worker.wrote, parts.house.wrote = handling.ring, sending.ring, sending.ring
    return parts


@cache
def _texts() -> tuple[Policies, Wording]:
    return load_policies("xoobay"), Wording.open()


async def until(condition: object, *, within: float = 5.0) -> None:
    """Wait for a condition, a plain or an async function."""
    async with asyncio.timeout(within):
        while True:
            found = condition()  # type: ignore[operator]
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.01)


HOUR = timedelta(hours=1)
