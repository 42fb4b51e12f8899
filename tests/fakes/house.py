"""A house of one room: the `House` protocol kept in memory, for channels to be tried against.

It keeps every promise of the protocol; what a store would add is only that nothing is forgotten at the end.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.core.action import Action, ActionResult
from bot.core.event import Author, Event, EventKind
from bot.core.message import Message
from bot.core.ports import Receipt
from bot.errors import NotFoundError, RetryableError

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class MemoryBell:
    """Remembers rings and signals until somebody waits."""

    def __init__(self) -> None:
        self._rang = asyncio.Event()
        self._signals: set[str] = set()

    def ring(self, signal: str = "") -> None:
        """Wake whoever waits; a `signal` is passed on with the ring."""
        if signal:
            self._signals.add(signal)
        self._rang.set()

    async def wait(self, at_most: float) -> frozenset[str]:
        """See `Bell.wait`."""
        try:
            async with asyncio.timeout(at_most):
                await self._rang.wait()
        except TimeoutError:
            pass
        self._rang.clear()
        signals, self._signals = frozenset(self._signals), set()
        return signals


@dataclass
class Room:
    """One conversation."""

    messages: dict[str, int] = field(default_factory=dict)
    """The `seq` that each external id got."""
    log: list[Event] = field(default_factory=list)
    bells: set[MemoryBell] = field(default_factory=set)
    customer_read: int = 0
    desk_read: int = 0

    @property
    def head(self) -> int:
        """The highest `seq` given out."""
        return max((event.seq for event in self.log if event.seq), default=0)


class MemoryHouse:
    """`House` in memory. Set `broken` to make every call fail, `delay` (seconds) to slow `accept` down."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.accepted: list[Message] = []
        self.batches: list[int] = []
        self.state: dict[str, str] = {}
        self.signals: list[tuple[str, str]] = []
        self.broken = False
        self.delay = 0.0
        self.reads: list[tuple[str, int]] = []
        self.polls = 0
        self.lookups = 0
        self._ids = 0

    # ------------------------------------------------------------------------------ the protocol

    async def accept(
        self, messages: Sequence[Message], state: Mapping[str, str] | None = None
    ) -> Sequence[Receipt]:
        """See `House.accept`."""
        if self.delay:
            await asyncio.sleep(self.delay)
        self._check()
        self.state |= state or {}
        self.batches.append(len(messages))
        return [self._accept(message) for message in messages]

    async def recall(self, key: str) -> str | None:
        """See `House.recall`."""
        self._check()
        return self.state.get(key)

    async def since(self, conversation: str, seq: int, limit: int = 200) -> Sequence[Event]:
        """See `House.since`."""
        self._check()
        self.lookups += 1
        room = self.rooms.get(conversation)
        news = [event for event in room.log if event.seq and event.seq > seq] if room else []
        return news[:limit]

    async def head(self, conversation: str) -> tuple[int, int]:
        """See `House.head`."""
        self._check()
        self.polls += 1
        room = self.rooms.get(conversation)
        return (room.head, room.desk_read) if room else (0, 0)

    async def read(self, conversation: str, upto: int) -> None:
        """See `House.read`."""
        self._check()
        self.reads.append((conversation, upto))
        room = self.room(conversation)
        room.customer_read = max(room.customer_read, min(upto, room.head))

    @contextmanager
    def listen(self, conversation: str) -> Iterator[MemoryBell]:
        """See `House.listen`."""
        bell = MemoryBell()
        room = self.room(conversation)
        room.bells.add(bell)
        try:
            yield bell
        finally:
            room.bells.discard(bell)

    async def signal(self, conversation: str, what: str) -> None:
        """See `House.signal`."""
        self._check()
        self.signals.append((conversation, what))
        self.ring(conversation, what)

    async def act(self, action: Action) -> ActionResult:
        """See `House.act`; there are no cases here to act on."""
        raise NotFoundError(f"there is no case {action.case_id}")

    # ------------------------------------------------------------------------ the desk's side

    def room(self, conversation: str) -> Room:
        """Give the conversation, opened if need be."""
        return self.rooms.setdefault(conversation, Room())

    def ring(self, conversation: str, signal: str = "") -> None:
        """Ring the bell of everybody who listens."""
        for bell in self.room(conversation).bells:
            bell.ring(signal)

    def say(
        self,
        conversation: str,
        text: str,
        *,
        author: Author = Author.BOT,
        name: str = "",
        key: str = "",
        choices: Sequence[Mapping[str, str]] = (),
    ) -> int:
        """Let the bot, an agent or the system say something; gives its `seq`."""
        data: dict[str, object] | None = {"choices": list(choices)} if choices else None
        return self._write(
            conversation, EventKind.MESSAGE, author, text=text, name=name, external_id=key, data=data
        )

    def case(self, conversation: str, state: str, *, number: int = 1042, due: datetime | None = None) -> int:
        """Tell the customer how the case stands; gives its `seq`."""
        data: dict[str, object] = {"case": f"CD-{number}", "state": state}
        if due:
            data["due"] = due.isoformat()
        return self._write(conversation, EventKind.CASE, Author.SYSTEM, data=data)

    def note(self, conversation: str, text: str) -> None:
        """Write down something that is for the desk alone."""
        self._ids += 1
        event = Event(self._ids, None, EventKind.NOTE, Author.AGENT, NOON, text=text, name="Mei")
        self.room(conversation).log.append(event)
        self.ring(conversation)

    def desk_reads(self, conversation: str, upto: int) -> None:
        """Let the desk look at everything up to `upto`."""
        self.room(conversation).desk_read = upto
        self.ring(conversation, "read")

    def _accept(self, message: Message) -> Receipt:
        conversation = message.conversation.key
        room = self.room(conversation)
        known = room.messages.get(message.external_id)
        if known is not None:
            return Receipt(known, new=False)
        self.accepted.append(message)
        seq = self._write(
            conversation,
            EventKind.MESSAGE,
            Author.CUSTOMER,
            text=message.text or message.value,
            external_id=message.external_id,
        )
        room.messages[message.external_id] = seq
        return Receipt(seq, new=True)

    def _write(
        self,
        conversation: str,
        kind: EventKind,
        author: Author,
        *,
        text: str = "",
        name: str = "",
        external_id: str = "",
        data: dict[str, object] | None = None,
    ) -> int:
        self._ids += 1
        room = self.room(conversation)
        seq = room.head + 1
        lang = "en" if kind is EventKind.MESSAGE else ""
        event = Event(
            self._ids,
            seq,
            kind,
            author,
            NOON,
            text=text,
            lang=lang,
            name=name,
            external_id=external_id,
            data=data,
        )
        room.log.append(event)
        self.ring(conversation)
        return seq

    def _check(self) -> None:
        if self.broken:
            raise RetryableError("the store cannot be reached: disk full")
