"""Clocks of open cases reckoned again after a holiday, a notice or a promise has changed.

Each case is read, reckoned and written in one transaction. Doing it twice changes nothing the second time, so
that whoever is stopped half-way just begins again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.case import Case, State
from bot.core.clocks import Clock
from bot.core.event import Author, EventKind
from bot.core.lifecycle import alarms, recounted
from bot.core.message import Address
from bot.core.outcome import shown
from bot.core.policies import Policies
from bot.store import codec
from bot.store.tables import UNDONE, case, channel_state, conversation, event, timer
from bot.store.timers import clock_data, note

AT_ONCE = 200
"""Cases in one transaction: others wait to write meanwhile."""

_OPEN = (
    select(case)
    .where(case.c.id > bindparam("after"), case.c.state != State.RESOLVED.value)
    .order_by(case.c.id)
    .limit(bindparam("limit"))
)
_RUNG = select(timer.c.kind, timer.c.due_at).where(
    timer.c.case_id == bindparam("case_id"), timer.c.state == 1
)
_CALL_OFF = update(timer).where(timer.c.case_id == bindparam("id_"), timer.c.state == UNDONE).values(state=2)
_MOVE = (
    update(case)
    .where(case.c.id == bindparam("id_"))
    .values(
        clocks=bindparam("clocks_", type_=case.c.clocks.type),
        due_at=bindparam("due_at_"),
        overdue=bindparam("overdue_"),
        version=bindparam("version_"),
    )
)
_TELL = (
    update(conversation)
    .where(conversation.c.case_id == bindparam("id_"))
    .values(head=conversation.c.head + 1, version=conversation.c.version + 1)
    .returning(conversation.c.id, conversation.c.head)
)
_ALARM = upsert(timer)
_ALARM = _ALARM.on_conflict_do_update(
    index_elements=["kind", "case_id", "due_at"],
    set_={"state": _ALARM.excluded.state},
    where=timer.c.state == 2,  # noqa: PLR2004 - called off
)
_MARK = upsert(channel_state)
_MARK = _MARK.on_conflict_do_update(index_elements=["channel", "key"], set_={"value": _MARK.excluded.value})
_PLACE = {"channel": "policy", "key": "fingerprint"}


@dataclass(frozen=True, slots=True)
class Portion:
    """What became of some cases: the last one's id, None when there are no more, and whose clocks moved."""

    last: int | None
    moved: Sequence[tuple[int, Address | None]]
    """Number of the case, and the conversation it is talked about in."""


def recount(
    connection: Connection, policies: Policies, now: int, after: int, limit: int = AT_ONCE
) -> Portion:
    """Reckon the clocks of the next open cases whose id is above `after`, each by the version it goes by."""
    rows = connection.execute(_OPEN, {"after": after, "limit": limit}).all()
    moment, moved = codec.from_ms(now), []
    for row in rows:
        before = codec.read_case(row, None)
        found = recounted(before, policies.of(before, moment), moment)
        if not found.moved:
            continue
        _write(connection, before, found.case, now)
        for was, becomes in found.moved:
            where = note(connection, before.id, now, _said(was, becomes))
        if found.case.due_at is not None and found.case.due_at != before.due_at:
            _tell(connection, found.case, now)
        moved.append((before.id, where))
    return Portion(rows[-1].id if len(rows) == limit else None, moved)


def reckoned_by(connection: Connection) -> str:
    """The fingerprint of the policies that all open cases were last reckoned by; "" for none."""
    query = select(channel_state.c.value).where(
        channel_state.c.channel == _PLACE["channel"], channel_state.c.key == _PLACE["key"]
    )
    return connection.execute(query).scalar() or ""


def mark(connection: Connection, fingerprint: str) -> None:
    """All open cases have been reckoned by these policies."""
    connection.execute(_MARK, {**_PLACE, "value": fingerprint})


def _said(was: Clock, becomes: Clock) -> Mapping[str, object]:
    """The line of the log: what is due when now, and when it was."""
    stored = codec.clocks_json([becomes])[0]
    return {"alarm": "moved", **clock_data(becomes.name, stored), "was": was.due.isoformat()}


def _write(connection: Connection, before: Case, after: Case, now: int) -> None:
    rung = {(row.kind, row.due_at) for row in connection.execute(_RUNG, {"case_id": before.id})}
    earlier = {alarm.kind: codec.to_ms(alarm.at) for alarm in alarms(_running(before))}
    connection.execute(_CALL_OFF, {"id_": before.id})
    columns = codec.case_columns(after)
    changed = {f"{name}_": columns[name] for name in ("clocks", "due_at", "overdue", "version")}
    connection.execute(_MOVE, {"id_": before.id, **changed})
    wanted = {alarm.kind for alarm in alarms(after)}
    for alarm in alarms(_running(after)):
        due_at = codec.to_ms(alarm.at)
        # One that has rung and would now have rung too has been heard; it does not ring a second time.
        heard = due_at <= now and (alarm.kind, earlier.get(alarm.kind)) in rung
        if heard or alarm.kind in wanted:
            row = {"kind": alarm.kind, "case_id": before.id, "due_at": due_at, "state": int(heard)}
            connection.execute(_ALARM, row)


def _tell(connection: Connection, after: Case, now: int) -> None:
    """The customer sees the new time wherever he talks about the case."""
    for talk in connection.execute(_TELL, {"id_": after.id}).all():
        connection.execute(
            insert(event).values(
                conversation_id=talk.id,
                seq=talk.head,
                case_id=after.id,
                kind=EventKind.CASE,
                author=Author.SYSTEM,
                data=shown(after),
                at=now,
            )
        )


def _running(about: Case) -> Case:
    return replace(about, clocks=tuple(replace(clock, paused_at=None) for clock in about.clocks))
