"""One browser's socket: a cursor into the log, a task that sends what follows, a loop that reads."""

import asyncio
import random
from collections import Counter
from typing import Final, Literal

from bot.core.message import Address, Kind, Message
from bot.core.ports import Bell, House, Receipt
from channels.webchat import protocol
from channels.webchat.options import WebchatOptions
from channels.webchat.protocol import Code, Hello, Nack, Press, Read, Typing, Write
from channels.webchat.rate import Bucket
from channels.webchat.wire import Goodbye, Wire

NAME: Final = "webchat"
BATCH: Final = 50
"""Events fetched at once: few, because a slow reader keeps them in memory until it has read them."""
WAITING: Final = 50
"""Messages of one socket that may wait for the store; then we read no further until it has caught up."""
_WRITERS: Final[tuple[Literal["agent", "bot"], ...]] = ("agent", "bot")


class Connection:
    """Serves one visitor's socket from `welcome` to the end, between the house and the wire."""

    __slots__ = (
        "_bad",
        "_cursor",
        "_desk_read",
        "_head",
        "_house",
        "_lang",
        "_messages",
        "_options",
        "_pace",
        "_queue",
        "_read",
        "_storing",
        "_tally",
        "_typed",
        "_tz",
        "_wire",
        "visitor",
    )

    def __init__(
        self,
        wire: Wire,
        house: House,
        options: WebchatOptions,
        tally: Counter[str],
        *,
        visitor: str,
        hello: Hello,
    ) -> None:
        limits, now = options.limits, _now()
        self._wire = wire
        self._house = house
        self._options = options
        self._tally = tally
        self.visitor = visitor
        self._lang = hello.lang
        self._tz = hello.tz
        self._cursor = hello.cursor
        self._head = 0
        self._desk_read = 0
        self._read = 0
        self._bad = 0
        self._typed = now - limits.typing_every
        self._messages = Bucket(rate=limits.messages_per_second, burst=limits.messages_at_once, now=now)
        self._pace = Bucket(rate=limits.frames_per_second, burst=limits.frames_at_once, now=now)
        self._queue: list[Message] = []
        self._storing: asyncio.Task[None] | None = None

    async def serve(self, token: str | None) -> None:
        """Welcome the client and serve it until it hangs up; `token` is shown to it unless None.

        Raises Goodbye or RetryableError, alone or in a group, when it is for us to hang up.
        """
        await self._welcome(token)
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(self._send_news())
            while (raw := await self._wire.receive()) is not None:
                await self._read_frame(raw, tasks)
            sender.cancel()  # but what waits for the store is still stored: the group ends when that has

    # ------------------------------------------------------------------------------------ down

    async def _welcome(self, token: str | None) -> None:
        head, desk_read = await self._house.head(self.visitor)
        features = protocol.features(self._options.languages)
        await self._wire.send(
            protocol.welcome(conversation=self.visitor, token=token, head=head, features=features)
        )
        await self._note_marks(head, desk_read)

    async def _send_news(self) -> None:
        """Send every event after the cursor, for ever: replay and live are one loop, without a gap."""
        with self._house.listen(self.visitor) as bell:
            while True:
                await self._catch_up()
                while not await self._listen(bell):
                    pass

    async def _catch_up(self) -> None:
        full = True
        while full and self._wire.open:
            events = await self._house.since(self.visitor, self._cursor, BATCH)
            for event in events:
                frame = protocol.event(event)
                if event.seq is not None and frame is not None:
                    await self._wire.send(frame)
                    self._cursor = event.seq
            full = len(events) == BATCH

    async def _listen(self, bell: Bell) -> bool:
        """Wait for the bell or the time to look by ourselves; True if there may be new events."""
        limits = self._options.limits
        at_most = random.uniform(limits.poll_from, limits.poll_to)  # noqa: S311 - spreads the load, hides nothing
        until = _now() + at_most
        heard = await bell.wait(at_most)
        for author in _WRITERS:
            if f"typing:{author}" in heard:
                await self._wire.send(protocol.typing(author))
        polled = not heard and _now() >= until
        if polled or "read" in heard:
            await self._note_marks(*await self._house.head(self.visitor))
        return not polled or self._head > self._cursor

    async def _note_marks(self, head: int, desk_read: int) -> None:
        """Take in the state of the log; one shorter than our cursor is not the log the client has seen."""
        self._head = head
        if self._cursor > head:
            self._cursor = self._desk_read = self._read = 0
            await self._wire.send(protocol.reset())
        if desk_read > self._desk_read:
            self._desk_read = desk_read
            await self._wire.send(protocol.read(desk_read))

    # -------------------------------------------------------------------------------------- up

    async def _read_frame(self, raw: str | bytes, tasks: asyncio.TaskGroup) -> None:
        if delay := self._pace.borrow(_now()):
            await asyncio.sleep(delay)  # whoever floods us is read more slowly, down to its TCP window
        frame = protocol.parse(raw, self._options.languages)
        match frame:
            case Write() | Press():
                await self._take(frame, tasks)
            case Typing():
                await self._pass_on_typing()
            case Read():
                await self._mark_read(frame.upto)
            case Hello():
                await self._refuse(
                    Nack(None, Code.BAD_FRAME, "hello: found a second one, expected one a socket")
                )
            case Nack():
                await self._refuse(frame)

    async def _take(self, frame: Write | Press, tasks: asyncio.TaskGroup) -> None:
        """Queue one message for the store, in the order in which they came, without holding up the rest."""
        if not self._messages.take(_now()):
            limits = self._options.limits
            too_fast = (
                f"found more than {limits.messages_at_once} messages at once and"
                f" {limits.messages_per_second:g} a second after; send this one again later"
            )
            return await self._refuse(Nack(frame.cid, Code.RATE_LIMITED, too_fast))
        self._queue.append(self._message(frame))
        if self._storing is None or self._storing.done():
            self._storing = tasks.create_task(self._store())
        elif len(self._queue) >= WAITING:
            await self._storing
        return None

    def _message(self, frame: Write | Press) -> Message:
        address = Address(NAME, self.visitor)
        text, kind, value = (
            (frame.text, Kind.TEXT, "") if isinstance(frame, Write) else ("", frame.kind, frame.value)
        )
        return Message(
            conversation=address,
            sender=address,
            external_id=frame.cid,
            text=text,
            received_at=self._options.clock(),
            kind=kind,
            value=value,
            language_hint=self._lang,
            timezone=self._tz,
        )

    async def _store(self) -> None:
        """Hand what is queued to the house in one transaction, and acknowledge it once that has returned."""
        while self._queue:
            batch = self._queue.copy()
            self._queue.clear()
            receipts = await self._house.accept(batch)
            for message, receipt in zip(batch, receipts, strict=True):
                self._count(message, receipt)
                await self._wire.send(protocol.ack(message.external_id, receipt.seq))

    def _count(self, message: Message, receipt: Receipt) -> None:
        self._tally[
            "repeated" if not receipt.new else "messages" if message.kind is Kind.TEXT else "actions"
        ] += 1

    async def _pass_on_typing(self) -> None:
        if _now() - self._typed >= self._options.limits.typing_every:
            self._typed = _now()
            await self._house.signal(self.visitor, "typing:customer")

    async def _mark_read(self, upto: int) -> None:
        upto = min(upto, max(self._head, self._cursor))  # nobody has read what is not written yet
        if upto > self._read:
            self._read = upto
            await self._house.read(self.visitor, upto)

    async def _refuse(self, refused: Nack) -> None:
        self._tally[f"nack {refused.code}"] += 1
        await self._wire.send(protocol.nack(refused))
        self._bad += refused.counts
        if self._bad >= self._options.limits.bad_frames:
            raise Goodbye(4400, f"{self._bad} bad frames, the last one: {refused.message}"[:120])


def _now() -> float:
    """Seconds of the loop's own clock, which nobody sets."""
    return asyncio.get_running_loop().time()
