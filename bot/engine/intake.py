"""The house as a channel sees it: store first, acknowledge after."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from bot import telemetry
from bot.core.action import Action, ActionResult
from bot.core.event import Event
from bot.core.message import Address, Message
from bot.core.ports import Receipt
from bot.engine.batcher import Batcher
from bot.engine.house import House
from bot.engine.hub import Bell, Hub
from bot.engine.words import shown
from bot.store import inbox, log
from bot.store.database import Database
from bot.store.inbox import Arrival
from bot.wording import Wording


class Intake:
    """Stores what arrives, many at a time, before anyone is told that it has."""

    def __init__(self, database: Database, hub: Hub, wording: Wording, mask: Callable[[str], str]) -> None:
        self._hub, self._wording, self._mask = hub, wording, mask
        self._arrivals: Batcher[Arrival, list[Receipt]] = Batcher(
            lambda batch: database.write(inbox.accept, batch)
        )
        self.arrived: Callable[[], None] = lambda: None
        """Called when there is something to handle."""

    async def accept(
        self, channel: str, messages: Sequence[Message], state: Mapping[str, str]
    ) -> Sequence[Receipt]:
        """Store the messages, masked, and the channel's state; returns once durable."""
        masked = [replace(message, text=self._mask(message.text)) for message in messages]
        arrival = Arrival(channel, [(message, shown(message, self._wording)) for message in masked], state)
        receipts = await self._arrivals.put(arrival)
        if any(receipt.new for receipt in receipts):
            telemetry.MESSAGES_ACCEPTED.labels(channel).inc(sum(receipt.new for receipt in receipts))
            self.arrived()
            for where in {message.conversation for message in messages}:
                await self._hub.news(where)
        return receipts


@dataclass(frozen=True, slots=True)
class ChannelHouse:
    """The `House` of one channel; it can reach no other channel's conversations."""

    channel: str
    database: Database
    hub: Hub
    intake: Intake
    house: House

    async def accept(
        self, messages: Sequence[Message], state: Mapping[str, str] | None = None
    ) -> Sequence[Receipt]:
        """As `House`."""
        foreign = {message.conversation.channel for message in messages} - {self.channel}
        if foreign:
            raise ValueError(f"the channel {self.channel} brought messages of {', '.join(sorted(foreign))}")
        return await self.intake.accept(self.channel, messages, state or {})

    async def recall(self, key: str) -> str | None:
        """As `House`."""
        return await self.database.read(inbox.recall, self.channel, key)

    async def since(self, conversation: str, seq: int, limit: int = 200) -> Sequence[Event]:
        """As `House`."""
        return await self.database.read(log.since, Address(self.channel, conversation), seq, limit)

    async def head(self, conversation: str) -> tuple[int, int]:
        """As `House`."""
        return await self.database.read(log.head, Address(self.channel, conversation))

    async def read(self, conversation: str, upto: int) -> None:
        """As `House`."""
        await self.database.write(log.mark_read, Address(self.channel, conversation), upto)

    def listen(self, conversation: str) -> AbstractContextManager[Bell]:
        """As `House`."""
        return self.hub.listen(Address(self.channel, conversation))

    async def signal(self, conversation: str, what: str) -> None:
        """As `House`."""
        await self.hub.news(Address(self.channel, conversation), what)

    async def act(self, action: Action) -> ActionResult:
        """As `House`."""
        return await self.house.act(action)
