"""Alarms of cases: each fires once, and what it leads to is written in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.core.event import Author, EventKind
from bot.core.lifecycle import DUE
from bot.core.message import Address
from bot.store.tables import UNDONE, case, conversation, event, timer


@dataclass(frozen=True, slots=True)
class Fired:
    """An alarm that has just gone off."""

    clock: str
    """The clock table's name: pickup, first_response ..."""
    what: str
    """warning, progress or due: the desk is warned, an update is owed to the customer, the time is over."""
    case_id: int
    due_at: int
    conversation: Address | None


_DUE = (
    select(timer.c.id, timer.c.kind, timer.c.case_id, timer.c.due_at, case.c.clocks)
    .join(case, case.c.id == timer.c.case_id)
    .where(timer.c.state == UNDONE, timer.c.due_at <= bindparam("now"))
    .order_by(timer.c.due_at, timer.c.id)
    .limit(bindparam("limit"))
)
_SPENT = update(timer).where(timer.c.id == bindparam("id_")).values(state=1)
_LATE = (
    update(case)
    .where(case.c.id == bindparam("id_"), case.c.overdue.is_(False))
    .values(overdue=True, version=case.c.version + 1)
)
_TALKS = (
    select(conversation.c.id, conversation.c.channel, conversation.c.key)
    .where(conversation.c.case_id == bindparam("case_id"))
    .order_by(conversation.c.id.desc())
    .limit(1)
)


def fire(connection: Connection, now: int, limit: int = 200) -> Sequence[Fired]:
    """Let every alarm that is due go off.

    Note it in the case's log and mark a case that has missed a due time.
    """
    fired = []
    for row in connection.execute(_DUE, {"now": now, "limit": limit}).all():
        clock, what = row.kind.split(":")[:2]
        connection.execute(_SPENT, {"id_": row.id})
        if what == DUE:
            connection.execute(_LATE, {"id_": row.case_id})
        running: Sequence[Mapping[str, Any]] = row.clocks
        found = next((each for each in running if each["name"] == clock), None)
        where = note(connection, row.case_id, now, {"alarm": what, **clock_data(clock, found)})
        fired.append(Fired(clock, what, row.case_id, row.due_at, where))
    return fired


def clock_data(name: str, clock: Mapping[str, Any] | None) -> dict[str, object]:
    """What the log says of a clock, as stored on its case: how it runs, its times, its facts."""
    stored = clock or {}
    return {"clock": name, **{key: stored[key] for key in ("unit", "start", "due", "facts") if key in stored}}


def note(connection: Connection, case_id: int, now: int, data: Mapping[str, object]) -> Address | None:
    """Write a line about a clock into the case's log, for the desk alone; where the case is talked about."""
    talk = connection.execute(_TALKS, {"case_id": case_id}).first()
    if talk is None:
        return None
    connection.execute(
        insert(event).values(
            conversation_id=talk.id,
            case_id=case_id,
            kind=EventKind.CLOCK,
            author=Author.SYSTEM,
            data=dict(data),
            at=now,
        )
    )
    return Address(talk.channel, talk.key)


def next_due(connection: Connection) -> int | None:
    """When the next alarm is due, in ms; None if none waits."""
    return connection.execute(select(func.min(timer.c.due_at)).where(timer.c.state == UNDONE)).scalar()
