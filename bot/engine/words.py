"""An outcome of the core as final words and rows: the last thing before the transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.core.event import Author, EventKind
from bot.core.lifecycle import alarms
from bot.core.message import Kind, Message
from bot.core.outcome import Entry, Outcome
from bot.core.reply import Reply
from bot.store import codec
from bot.store.facts import Facts
from bot.store.turns import Change, LogLine
from bot.wording import Wording

VISIBLE = frozenset({EventKind.MESSAGE, EventKind.CASE})


def change_of(
    outcome: Outcome,
    facts: Facts,
    wording: Wording,
    now: datetime,
    *,
    pushes: bool,
    inbox_id: int | None = None,
) -> Change:
    """The rows of an outcome. `pushes`: the channel has to be handed what is said (it gets an outbox row)."""
    lang = wording.serve(outcome.lang)
    return Change(
        before=facts,
        at=codec.to_ms(now),
        talk=outcome.talk,
        lang=outcome.lang,
        lines=[_line(entry, wording, lang, facts.timezone, pushes=pushes) for entry in outcome.entries],
        inbox_id=inbox_id,
        case=outcome.case,
        opened=outcome.opened,
        alarms=alarms(outcome.case) if outcome.case else (),
        desk_read=_desk_saw(outcome.entries),
    )


def desk_key(key: str) -> str:
    """How the log keeps the key of an act, so that no customer's id can be the same."""
    return f"desk:{key}"


def shown(message: Message, wording: Wording) -> str:
    """What the log shows of the customer's message; "" for a choice, whose label the store knows."""
    lang = wording.serve(message.language_hint)
    match message.kind:
        case Kind.HUMAN:
            return wording.label("action.human", lang)
        case Kind.RATE:
            return wording.label("action.rate", lang, {"stars": message.value})
        case Kind.LANGUAGE:
            return wording.label("action.language", wording.serve(message.value), {"language": message.value})
        case Kind.CHOOSE:
            return ""
        case _:
            return message.text


def _line(entry: Entry, wording: Wording, lang: str, timezone: str, *, pushes: bool) -> LogLine:
    text, choices = entry.text, list[dict[str, str]]()
    if entry.reply is not None:
        text = wording.say(entry.reply, lang, timezone)
        choices = _choices(entry.reply, wording, lang)
    visible = entry.kind in VISIBLE
    data = {**(entry.data or {}), "choices": choices} if choices else entry.data
    push = (
        {"text": text, "lang": lang, "choices": choices}
        if pushes and entry.kind is EventKind.MESSAGE
        else None
    )
    return LogLine(
        kind=entry.kind,
        author=entry.author,
        visible=visible,
        text=text,
        lang=lang if visible and text else "",
        name=entry.name,
        external_id=desk_key(entry.external_id) if entry.external_id else None,
        data=data,
        push=push,
    )


def _choices(reply: Reply, wording: Wording, lang: str) -> list[dict[str, str]]:
    return [{"id": choice.id, "label": wording.label(choice.phrase, lang)} for choice in reply.choices]


def _desk_saw(entries: Iterable[Entry]) -> bool:
    """A colleague who takes a case or answers has read what was written."""
    claimed: Sequence[object] = [
        entry.data["step"] for entry in entries if entry.kind is EventKind.STEP and entry.data
    ]
    return "claimed" in claimed or any(
        entry.author is Author.AGENT and entry.kind is EventKind.MESSAGE for entry in entries
    )
