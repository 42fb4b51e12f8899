"""What the desk reads: lists, searches and single cases, as plain functions of a connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from bot.core.case import Case, State, parse_number
from bot.core.event import Event, EventKind
from bot.core.message import Address
from bot.store import codec
from bot.store.sets import as_set, in_set
from bot.store.tables import address, agent, case, conversation, event, person

SEARCHED: Final = (EventKind.MESSAGE, EventKind.NOTE)
SEARCHED_EVENTS: Final = 100_000
"""A search looks through so many of the newest events, so that it cannot hold up everybody else."""

_EVENTS = select(event).where(in_set(event.c.id, "ids")).order_by(event.c.id)
_LINES = (
    select(event.c.id, event.c.conversation_id, event.c.case_id)
    .where(in_set(event.c.conversation_id, "ids"))
    .order_by(event.c.id.desc())
)
_LAST_OF_CASE = (
    select(event.c.case_id, func.max(event.c.id).label("newest"))
    .where(in_set(event.c.case_id, "ids"), event.c.kind == EventKind.MESSAGE)
    .group_by(event.c.case_id)
)
_LAST_OF_TALK = (
    select(conversation.c.case_id, func.max(event.c.id).label("newest"))
    .join_from(conversation, event, event.c.conversation_id == conversation.c.id)
    .where(in_set(conversation.c.case_id, "ids"), event.c.kind == EventKind.MESSAGE)
    .group_by(conversation.c.case_id)
)


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
    """One conversation of a case; `case_id` is the case it points to now, `head` the customer's last seq."""

    id: int
    address: Address
    case_id: int | None
    lang: str
    timezone: str
    head: int
    customer_read: int
    desk_read: int


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
    summaries = [Summary(_read(row), row.person_name, last.get(row.id)) for row in page]
    place = Place(page[-1].due_at, page[-1].id) if len(rows) > limit else None
    return summaries, place


def find_case(connection: Connection, case_id: int) -> Case | None:
    """The case, or None."""
    row = connection.execute(_cases().where(case.c.id == case_id)).one_or_none()
    return None if row is None else _read(row)


def show_case(connection: Connection, case_id: int, *, before: int | None, limit: int) -> Dossier | None:
    """The case with its newest `limit` events, older than the event `before` if given; None if unknown."""
    row = connection.execute(_cases().where(case.c.id == case_id)).one_or_none()
    if row is None:
        return None
    threads = _threads(connection, case_id)
    ids = [id_ for id_ in _belonging(connection, case_id, threads) if before is None or id_ < before]
    rows = connection.execute(_EVENTS, {"ids": as_set(ids[:limit])})
    return Dossier(
        case=_read(row),
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
        understood=_understood(connection, case_id),
        entries=tuple(Entry(one.conversation_id, codec.read_event(one)) for one in rows),
        more=len(ids) > limit,
    )


def _cases() -> Select[Any]:
    return (
        select(case, agent.c.name.label("assignee_name"), person.c.name.label("person_name"))
        .join_from(case, person, case.c.person_id == person.c.id)
        .outerjoin(agent, case.c.assignee_id == agent.c.id)
    )


def _read(row: Row[Any]) -> Case:
    return codec.read_case(row, row.assignee_name)


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
    """Cases that hold these words anywhere; `%` and `_` in them stand for themselves.

    What customers write belongs to a conversation and is found under the case which that points to.
    """
    oldest = select(func.coalesce(func.max(event.c.id), 0) - SEARCHED_EVENTS).scalar_subquery()
    said = (
        select(func.coalesce(event.c.case_id, conversation.c.case_id))
        .join_from(event, conversation, event.c.conversation_id == conversation.c.id)
        .where(event.c.id > oldest, event.c.kind.in_(SEARCHED), _contains(event.c.text, words))
    )
    places = [
        _contains(case.c.order_number, words.replace(" ", "")),
        _contains(case.c.intent, words),
        _contains(person.c.name, words),
        case.c.id.in_(said),
    ]
    number = parse_number(words)
    return or_(*places) if number is None else or_(case.c.id == number, *places)


def _contains(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """LIKE, which in SQLite takes a-z for A-Z; usual writings in other scripts are looked for one by one."""
    plain = words.isascii()
    writings = (words,) if plain else dict.fromkeys((words, words.lower(), words.capitalize(), words.upper()))
    return or_(*(column.contains(writing, autoescape=True) for writing in writings))


def _last_said(connection: Connection, case_ids: Sequence[int]) -> dict[int, Event]:
    """The newest message of each case: in a conversation that points to it, else among its own events."""
    ids = {"ids": as_set(case_ids)}
    newest = {row.case_id: row.newest for row in connection.execute(_LAST_OF_CASE, ids)}
    newest |= {row.case_id: row.newest for row in connection.execute(_LAST_OF_TALK, ids)}
    found = connection.execute(_EVENTS, {"ids": as_set(newest.values())})
    events = {row.id: codec.read_event(row) for row in found}
    return {case_id: events[event_id] for case_id, event_id in newest.items()}


def _threads(connection: Connection, case_id: int) -> list[Thread]:
    """The conversations that point to the case now or did when something happened to it."""
    was = select(event.c.conversation_id).where(event.c.case_id == case_id)
    query = select(conversation).where(or_(conversation.c.case_id == case_id, conversation.c.id.in_(was)))
    return [
        Thread(
            id=row.id,
            address=Address(row.channel, row.key),
            case_id=row.case_id,
            lang=row.lang,
            timezone=row.timezone,
            head=row.head,
            customer_read=row.customer_read,
            desk_read=row.desk_read,
        )
        for row in connection.execute(query.order_by(conversation.c.id))
    ]


def _belonging(connection: Connection, case_id: int, threads: Sequence[Thread]) -> list[int]:
    """Ids of the case's events, newest first.

    What a customer wrote carries no case: it belongs to the case of what followed in its conversation, or
    while nothing has followed to the one the conversation points to. So what led to a case is part of it.
    """
    belongs = {thread.id: thread.case_id for thread in threads}
    ids = []
    for row in connection.execute(_LINES, {"ids": as_set(belongs)}):
        if row.case_id is not None:
            belongs[row.conversation_id] = row.case_id
        if belongs[row.conversation_id] == case_id:
            ids.append(row.id)
    return sorted(ids, reverse=True)


def _understood(connection: Connection, case_id: int) -> Mapping[str, object] | None:
    query = (
        select(event.c.data)
        .where(event.c.case_id == case_id, event.c.kind == EventKind.DECISION)
        .order_by(event.c.id.desc())
        .limit(1)
    )
    found: Mapping[str, object] | None = connection.execute(query).scalar_one_or_none()
    return found
