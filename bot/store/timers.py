"""Alarms of cases: each fires once, and what it leads to is written in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.core.event import Author, EventKind
from bot.core.message import Address
from bot.store.tables import TODO, case, conversation, event, timer


@dataclass(frozen=True, slots=True)
class Fired:
    """An alarm that has just gone off."""

    kind: str
    case_id: int
    due_at: int
    conversation: Address | None


_DUE = (
    select(timer.c.id, timer.c.kind, timer.c.case_id, timer.c.due_at)
    .where(timer.c.state == TODO, timer.c.due_at <= bindparam("now"))
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
        connection.execute(_SPENT, {"id_": row.id})
        if row.kind.endswith(":due"):
            connection.execute(_LATE, {"id_": row.case_id})
        talk = connection.execute(_TALKS, {"case_id": row.case_id}).first()
        if talk is not None:
            connection.execute(
                insert(event).values(
                    conversation_id=talk.id,
                    case_id=row.case_id,
                    kind=EventKind.CLOCK,
                    author=Author.SYSTEM,
                    data={"alarm": row.kind, "due": row.due_at},
                    at=now,
                )
            )
        where = Address(talk.channel, talk.key) if talk else None
        fired.append(Fired(row.kind, row.case_id, row.due_at, where))
    return fired


def next_due(connection: Connection) -> int | None:
    """When the next alarm is due, in ms; None if none waits."""
    return connection.execute(select(func.min(timer.c.due_at)).where(timer.c.state == TODO)).scalar()
