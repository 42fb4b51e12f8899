"""Talking to the bot in the terminal.

One more conversation of the house, read from its log like any other.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app.engine import Engine, open_engine
from bot.core.event import Author, Event, EventKind
from bot.core.message import Address, Message
from bot.core.ports import Clock
from bot.errors import RetryableError
from bot.settings import Settings
from bot.store import log
from bot.store.facts import facts_of

CHANNEL = "terminal"
PATIENCE = 30.0
"""Seconds to wait for an answer once the reader is loaded."""
LOOK = 0.05
"""Seconds between two looks when another process does the work and no bell rings here."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message led to, in the shape that `crossdesk chat --jsonl` prints."""

    replies: list[dict[str, object]]
    decision: dict[str, object]
    case: dict[str, str] | None


class Terminal:
    """The house for `crossdesk chat`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._house = engine.for_channel(CHANNEL)

    async def say(self, conversation: str, text: str, lang_hint: str, external_id: str) -> Turn:
        """Send one message and wait for what follows. RetryableError if nothing does."""
        engine, where = self._engine, Address(CHANNEL, conversation)
        message = Message(where, where, external_id, text, engine.clock(), language_hint=lang_hint)
        if engine.owner:
            await engine.ready.wait()
        with self._house.listen(conversation) as bell:
            await self._house.accept([message])
            async with _patience():
                while (found := await engine.database.read(log.turn_of, where, external_id)) is None:
                    await bell.wait(PATIENCE if engine.owner else LOOK)
        (known,) = await engine.database.read(facts_of, [found.conversation_id])
        case = known.case
        return Turn(
            replies=[_reply(event) for event in found.events if _is_reply(event)],
            decision=_decision(found.events),
            case={"id": case.number, "state": case.state.value} if case else None,
        )


@asynccontextmanager
async def open_house(settings: Settings, data: Path, clock: Clock) -> AsyncIterator[Terminal]:
    """The house on this data folder; works beside a running server, which then does the thinking."""
    async with open_engine(settings, data, clock) as engine:
        yield Terminal(engine)


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise RetryableError(
            f"no answer within {PATIENCE:.0f} seconds; the message is stored and will be handled"
        ) from None


def _is_reply(event: Event) -> bool:
    return event.kind is EventKind.MESSAGE and event.author is not Author.CUSTOMER


def _reply(event: Event) -> dict[str, object]:
    return {"text": event.text, "lang": event.lang, "choices": (event.data or {}).get("choices", [])}


def _decision(events: Sequence[Event]) -> dict[str, object]:
    data = next((event.data or {} for event in events if event.kind is EventKind.DECISION), {})
    return {name: data.get(name, [] if name == "also" else "") for name in ("outcome", "intent", "also")}
