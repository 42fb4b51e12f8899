"""What the desk reads: lists, searches and single cases, as plain functions of a connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select

from bot.core.case import Case, State, parse_number
from bot.core.event import Author, Event, EventKind
from bot.core.message import Address
from bot.store.tables import address, agent, case, conversation, event, person, timer

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SEARCHED: Final = (EventKind.MESSAGE, EventKind.NOTE)
CLOCK_STATES: Final = ("running", "reached", "stopped")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases to list; what is empty does not narrow the list."""

    states: tuple[State, ...] = ()
    assignee_id: int | None = None
    assignee: str = ""
    """The exact name of an agent."""
    unassigned: bool = False
    words: str = ""
    """Searched in case and order numbers, intents, names of customers, messages and notes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the last case's due time in milliseconds (None without one) and its id."""

    due_at: int | None
    id: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A case as a line of the list: who it is about, and what was said last."""

    case: Case
    person: str
    last: Event | None


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation of a case. `unread` counts the customer's messages that the desk has not read."""

    id: int
    address: Address
    lang: str
    timezone: str
    head: int
    customer_read: int
    desk_read: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A due time of a case; `state` is one of CLOCK_STATES."""

    kind: str
    due_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event and the conversation it stands in."""

    conversation_id: int
    event: Event


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with all that the desk knows of it; `more` is True if there are events older than these."""

    case: Case
    person: str
    addresses: tuple[Address, ...]
    threads: tuple[Thread, ...]
    clocks: tuple[Clock, ...]
    understood: Mapping[str, object] | None
    entries: tuple[Entry, ...]
    more: bool


def list_cases(
    connection: Connection, wanted: Wanted, after: Place | None, limit: int
) -> tuple[list[Summary], Place | None]:
    """One page of cases and the place to go on from, None at the end.

    First those with a due time, the earliest first, then those without one, the newest first.
    """
    rows: list[Row[Any]] = []
    query = _narrowed(wanted)
    if after is None or after.due_at is not None:
        due = query.where(case.c.due_at.is_not(None)).order_by(case.c.due_at, case.c.id)
        if after is not None:
            due = due.where(
                or_(case.c.due_at > after.due_at, and_(case.c.due_at == after.due_at, case.c.id > after.id))
            )
        rows += connection.execute(due.limit(limit + 1))
    if len(rows) <= limit:
        rest = query.where(case.c.due_at.is_(None)).order_by(case.c.id.desc())
        if after is not None and after.due_at is None:
            rest = rest.where(case.c.id < after.id)
        rows += connection.execute(rest.limit(limit + 1 - len(rows)))
    page = rows[:limit]
    last = _last_said(connection, [row.id for row in page])
    summaries = [Summary(_case(row), row.person_name, last.get(row.id)) for row in page]
    place = Place(page[-1].due_at, page[-1].id) if len(rows) > limit else None
    return summaries, place


def find_case(connection: Connection, case_id: int) -> Case | None:
    """The case, or None."""
    row = connection.execute(_cases().where(case.c.id == case_id)).one_or_none()
    return None if row is None else _case(row)


def show_case(connection: Connection, case_id: int, *, before: int | None, limit: int) -> Dossier | None:
    """The case with its newest `limit` events, older than the event `before` if given; None if unknown."""
    row = connection.execute(_cases().where(case.c.id == case_id)).one_or_none()
    if row is None:
        return None
    threads = _threads(connection, case_id)
    entries = _entries(connection, case_id, [thread.id for thread in threads], before, limit + 1)
    return Dossier(
        case=_case(row),
        person=row.person_name,
        addresses=tuple(
            Address(found.channel, found.key)
            for found in connection.execute(
                select(address.c.channel, address.c.key)
                .where(address.c.person_id == row.person_id)
                .order_by(address.c.id)
            )
        ),
        threads=tuple(threads),
        clocks=tuple(
            Clock(found.kind, _time(found.due_at), CLOCK_STATES[found.state])
            for found in connection.execute(
                select(timer).where(timer.c.case_id == case_id).order_by(timer.c.due_at, timer.c.id)
            )
        ),
        understood=_understood(connection, case_id),
        entries=tuple(entries[-limit:]),
        more=len(entries) > limit,
    )


def _cases() -> Select[Any]:
    return (
        select(case, agent.c.name.label("assignee_name"), person.c.name.label("person_name"))
        .join_from(case, person, case.c.person_id == person.c.id)
        .outerjoin(agent, case.c.assignee_id == agent.c.id)
    )


def _narrowed(wanted: Wanted) -> Select[Any]:
    query = _cases()
    if wanted.states:
        query = query.where(case.c.state.in_(wanted.states))
    if wanted.unassigned:
        query = query.where(case.c.assignee_id.is_(None))
    if wanted.assignee_id is not None:
        query = query.where(case.c.assignee_id == wanted.assignee_id)
    if wanted.assignee:
        query = query.where(agent.c.name == wanted.assignee)
    if wanted.words:
        query = query.where(_mentions(wanted.words))
    return query


def _mentions(words: str) -> ColumnElement[bool]:
    """Cases that hold these words anywhere; `%` and `_` in them stand for themselves."""
    said = exists().where(
        event.c.case_id == case.c.id, event.c.kind.in_(SEARCHED), _contains(event.c.text, words)
    )
    places = [
        case.c.order_number.icontains(words.replace(" ", ""), autoescape=True),
        case.c.intent.icontains(words, autoescape=True),
        _contains(person.c.name, words),
        said,
    ]
    number = parse_number(words)
    return or_(*places) if number is None else or_(case.c.id == number, *places)


def _contains(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """SQLite folds the case of a-z only, so the usual writings of other scripts are looked for one by one."""
    writings = dict.fromkeys((words, words.lower(), words.capitalize(), words.upper()))
    return or_(*(column.icontains(writing, autoescape=True) for writing in writings))


def _last_said(connection: Connection, case_ids: Sequence[int]) -> dict[int, Event]:
    newest = (
        select(func.max(event.c.id))
        .where(event.c.case_id.in_(case_ids), event.c.kind == EventKind.MESSAGE)
        .group_by(event.c.case_id)
    )
    return {
        row.case_id: _event(row) for row in connection.execute(select(event).where(event.c.id.in_(newest)))
    }


def _threads(connection: Connection, case_id: int) -> list[Thread]:
    """The conversations that point to the case now or did when something happened to it."""
    was = select(event.c.conversation_id).where(event.c.case_id == case_id)
    query = select(conversation).where(or_(conversation.c.case_id == case_id, conversation.c.id.in_(was)))
    return [
        Thread(
            id=row.id,
            address=Address(row.channel, row.key),
            lang=row.lang,
            timezone=row.timezone,
            head=row.head,
            customer_read=row.customer_read,
            desk_read=row.desk_read,
        )
        for row in connection.execute(query.order_by(conversation.c.id))
    ]


def _entries(
    connection: Connection, case_id: int, threads: Sequence[int], before: int | None, limit: int
) -> list[Entry]:
    """The newest events of the case, and of its conversations those that belong to no case, oldest first.

    What was said to the bot before it handed over belongs to no case, and the agent must see it.
    """
    query = select(event).where(
        or_(
            event.c.case_id == case_id,
            and_(event.c.case_id.is_(None), event.c.conversation_id.in_(threads)),
        )
    )
    if before is not None:
        query = query.where(event.c.id < before)
    found = connection.execute(query.order_by(event.c.id.desc()).limit(limit)).all()
    return [Entry(row.conversation_id, _event(row)) for row in reversed(found)]


def _understood(connection: Connection, case_id: int) -> Mapping[str, object] | None:
    query = (
        select(event.c.data)
        .where(event.c.case_id == case_id, event.c.kind == EventKind.DECISION)
        .order_by(event.c.id.desc())
        .limit(1)
    )
    found: Mapping[str, object] | None = connection.execute(query).scalar_one_or_none()
    return found


def _time(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def _case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        state=State(row.state),
        intent=row.intent,
        urgency=row.urgency,
        resolution=row.resolution,
        channel=row.channel,
        lang=row.lang,
        opened_at=_time(row.opened_at),
        person_id=row.person_id,
        assignee_id=row.assignee_id,
        assignee=row.assignee_name or "",
        due_at=None if row.due_at is None else _time(row.due_at),
        overdue=row.overdue,
        order_number=row.order_number,
        causes=tuple(row.causes),
        version=row.version,
    )


def _event(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        seq=row.seq,
        kind=EventKind(row.kind),
        author=Author(row.author),
        at=_time(row.at),
        text=row.text,
        lang=row.lang,
        name=row.name,
        external_id=row.external_id or "",
        case_id=row.case_id,
        data=row.data,
    )
