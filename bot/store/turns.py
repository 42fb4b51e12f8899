"""Everything that one turn or act changes, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.case import Case
from bot.core.event import EventKind
from bot.core.lifecycle import Alarm
from bot.core.talk import Talk
from bot.store import codec
from bot.store.facts import Facts
from bot.store.sets import as_set, in_set
from bot.store.tables import UNDONE, case, conversation, event, inbox, outbox, timer


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event to write, in its final words. `visible` gives it the conversation's next seq."""

    kind: str
    author: str
    visible: bool
    text: str = ""
    lang: str = ""
    name: str = ""
    external_id: str | None = None
    data: Mapping[str, object] | None = None
    push: Mapping[str, object] | None = None
    """The body of the outbox row, where the channel has to be handed the text."""


@dataclass(frozen=True, slots=True)
class Change:
    """All that one turn or act writes, and what it took for granted when it decided."""

    before: Facts
    at: int
    talk: Talk
    lang: str
    lines: Sequence[LogLine]
    inbox_id: int | None = None
    case: Case | None = None
    """The case afterwards; None leaves it alone."""
    opened: bool = False
    alarms: Sequence[Alarm] = ()
    desk_read: bool = False
    """The desk has seen the conversation up to here."""
    parked: str = ""
    """Why the message could not be handled; it is kept aside with this."""


class Result(Enum):
    """What became of a change."""

    WRITTEN = auto()
    ALREADY = auto()
    """The message had been handled, or the key had been used before: nothing was written."""
    CONFLICT = auto()
    """The conversation or the case has changed meanwhile: look again and decide again."""


_PLACES = select(conversation.c.id, conversation.c.version, conversation.c.head, conversation.c.shard).where(
    in_set(conversation.c.id, "ids")
)
_CASE_VERSIONS = select(case.c.id, case.c.version).where(in_set(case.c.id, "ids"))
_DONE = (
    update(inbox)
    .where(in_set(inbox.c.id, "ids"), inbox.c.state == UNDONE)
    .values(state=1)
    .returning(inbox.c.id)
)
_PARK = update(inbox).where(inbox.c.id == bindparam("id_")).values(state=2, error=bindparam("why"))
_USED = select(event.c.conversation_id, event.c.external_id).where(
    in_set(event.c.conversation_id, "conversations"), in_set(event.c.external_id, "ids")
)
_MOVE = (
    update(conversation)
    .where(conversation.c.id == bindparam("id_"))
    .values(
        version=conversation.c.version + 1,
        head=bindparam("head_"),
        talk=bindparam("talk_", type_=conversation.c.talk.type),
        lang=bindparam("lang_"),
        case_id=bindparam("case_id_"),
    )
)
_DESK_READ = (
    update(conversation).where(conversation.c.id == bindparam("id_")).values(desk_read=bindparam("head_"))
)
_CASE = (
    update(case)
    .where(case.c.id == bindparam("id_"))
    .values(
        {
            column: bindparam(f"{column}_", type_=case.c[column].type)
            for column in (
                "state",
                "intent",
                "urgency",
                "resolution",
                "lang",
                "order_number",
                "assignee_id",
                "due_at",
                "clocks",
                "overdue",
                "causes",
                "version",
            )
        }
    )
)
_CALL_OFF = update(timer).where(in_set(timer.c.case_id, "ids"), timer.c.state == UNDONE).values(state=2)
_ALARM = upsert(timer)
_ALARM = _ALARM.on_conflict_do_update(
    index_elements=["kind", "case_id", "due_at"],
    set_={"state": 0},
    where=timer.c.state == 2,  # noqa: PLR2004 - called off
)


def commit(connection: Connection, changes: Sequence[Change]) -> list[Result]:
    """Write each change that still holds.

    A change that lost a race, or whose message is done, writes nothing at all.
    """
    results, kept = _sift(connection, changes)
    if kept:
        _write(connection, kept)
    return results


@dataclass(slots=True)
class _Place:
    """A conversation's counters while changes are written to it."""

    version: int
    head: int
    shard: int


def _sift(
    connection: Connection, changes: Sequence[Change]
) -> tuple[list[Result], list[tuple[Change, _Place]]]:
    ids = as_set({change.before.conversation_id for change in changes})
    places = {
        row.id: _Place(row.version, row.head, row.shard) for row in connection.execute(_PLACES, {"ids": ids})
    }
    known = as_set({change.before.case.id for change in changes if change.before.case})
    cases = {row.id: row.version for row in connection.execute(_CASE_VERSIONS, {"ids": known})}
    used = _used(connection, ids, changes)
    holds = []
    for change in changes:
        place, about = places[change.before.conversation_id], change.before.case
        same_case = about is None or cases.get(about.id) == about.version
        holds.append(place.version == change.before.version and same_case)
        if holds[-1] and not _repeats(change, used):
            place.version += (
                1  # a second change to the same conversation or case in this batch has lost the race
            )
            if change.case is not None:
                cases[change.case.id] = change.case.version
    wanted = [
        change.inbox_id
        for change, ok in zip(changes, holds, strict=True)
        if ok and change.inbox_id is not None
    ]
    fresh = set(connection.execute(_DONE, {"ids": as_set(wanted)}).scalars()) if wanted else set()
    results, kept = [], []
    for change, ok in zip(changes, holds, strict=True):
        if not ok:
            results.append(Result.CONFLICT)
        elif _repeats(change, used) or (change.inbox_id is not None and change.inbox_id not in fresh):
            results.append(Result.ALREADY)
        else:
            results.append(Result.WRITTEN)
            kept.append((change, places[change.before.conversation_id]))
    return results, kept


def _used(connection: Connection, conversations: str, changes: Sequence[Change]) -> set[tuple[int, str]]:
    keys = {line.external_id for change in changes for line in change.lines if line.external_id}
    if not keys:
        return set()
    rows = connection.execute(_USED, {"conversations": conversations, "ids": as_set(keys)})
    return {(row.conversation_id, row.external_id) for row in rows}


def _repeats(change: Change, used: set[tuple[int, str]]) -> bool:
    return any(
        (change.before.conversation_id, line.external_id) in used for line in change.lines if line.external_id
    )


def _write(connection: Connection, kept: Sequence[tuple[Change, _Place]]) -> None:
    opened = [_opened(change) for change, _ in kept if change.opened]
    if opened:
        connection.execute(insert(case), opened)
    quiet, pushed, moves = [], [], []
    for change, place in kept:
        for line in change.lines:
            row = _event_row(change, place, line)
            if line.push is None:
                quiet.append(row)
            else:
                pushed.append((row, line.push, change, place))
        moves.append(_move(change, place))
    if quiet:
        connection.execute(insert(event), quiet)
    for row, body, change, place in pushed:
        _push(connection, row, body, change, place)
    connection.execute(_MOVE, moves)
    _write_cases(connection, [change for change, _ in kept])
    reads = [
        {"id_": change.before.conversation_id, "head_": place.head}
        for change, place in kept
        if change.desk_read
    ]
    if reads:
        connection.execute(_DESK_READ, reads)
    parked = [{"id_": change.inbox_id, "why": change.parked} for change, _ in kept if change.parked]
    if parked:
        connection.execute(_PARK, parked)


def _write_cases(connection: Connection, changes: Sequence[Change]) -> None:
    touched = [(change, change.case) for change in changes if change.case is not None]
    if not touched:
        return
    connection.execute(_CALL_OFF, {"ids": as_set(after.id for _, after in touched)})
    updated = [_updated(after) for change, after in touched if not change.opened]
    if updated:
        connection.execute(_CASE, updated)
    alarms = [
        {"kind": alarm.kind, "case_id": after.id, "due_at": codec.to_ms(alarm.at)}
        for change, after in touched
        for alarm in change.alarms
    ]
    if alarms:
        connection.execute(_ALARM, alarms)


def _push(
    connection: Connection, row: dict[str, Any], body: Mapping[str, object], change: Change, place: _Place
) -> None:
    made = connection.execute(insert(event).values(row).returning(event.c.id)).scalar_one()
    connection.execute(
        insert(outbox).values(
            event_id=made,
            conversation_id=change.before.conversation_id,
            shard=place.shard,
            channel=change.before.address.channel,
            body=dict(body),
            created_at=change.at,
        )
    )


def _opened(change: Change) -> dict[str, Any]:
    after = change.case
    if after is None:
        raise ValueError("a change that opens a case must carry it")
    return {"id": after.id, **codec.case_columns(after)}


def _updated(after: Case) -> dict[str, Any]:
    columns = codec.case_columns(after)
    return {
        "id_": after.id,
        **{
            f"{name}_": value
            for name, value in columns.items()
            if name not in {"person_id", "channel", "opened_at", "policy_version", "region"}
        },
    }


def _about(change: Change, line: LogLine) -> Case | None:
    """The case a line belongs to: what is said after it was closed is no part of it, a rating or act is."""
    talk_goes_on = change.inbox_id is not None and line.kind != EventKind.RATING
    return change.case or (change.before.open_case if talk_goes_on else change.before.case)


def _event_row(change: Change, place: _Place, line: LogLine) -> dict[str, Any]:
    if line.visible:
        place.head += 1
    about = _about(change, line)
    return {
        "conversation_id": change.before.conversation_id,
        "seq": place.head if line.visible else None,
        "case_id": about.id if about else None,
        "inbox_id": change.inbox_id,
        "kind": line.kind,
        "author": line.author,
        "name": line.name,
        "text": line.text,
        "lang": line.lang,
        "external_id": line.external_id,
        "data": line.data,
        "at": change.at,
    }


def _move(change: Change, place: _Place) -> dict[str, Any]:
    return {
        "id_": change.before.conversation_id,
        "head_": place.head,
        "talk_": change.talk.to_json(),
        "lang_": change.lang,
        "case_id_": change.case.id if change.case else change.before.points_to,
    }
