"""The event log as its readers see it: by conversation, by case, and what is new anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from bot.core.event import Event
from bot.core.message import Address
from bot.store import codec
from bot.store.tables import conversation, event, inbox

_SINCE = (
    select(event)
    .join(conversation, conversation.c.id == event.c.conversation_id)
    .where(
        conversation.c.channel == bindparam("channel"),
        conversation.c.key == bindparam("key"),
        event.c.seq > bindparam("seq"),
    )
    .order_by(event.c.seq)
    .limit(bindparam("limit"))
)
_HEAD = select(conversation.c.head, conversation.c.desk_read).where(
    conversation.c.channel == bindparam("channel"), conversation.c.key == bindparam("key")
)
_READ = (
    update(conversation)
    .where(
        conversation.c.channel == bindparam("channel_"),
        conversation.c.key == bindparam("key_"),
        conversation.c.customer_read < bindparam("upto"),
    )
    .values(customer_read=func.min(bindparam("upto"), conversation.c.head))
)
_NEWS = (
    select(conversation.c.channel, conversation.c.key, func.max(event.c.id).label("newest"))
    .join(event, event.c.conversation_id == conversation.c.id)
    .where(event.c.id > bindparam("after"))
    .group_by(conversation.c.channel, conversation.c.key)
)
_OF_CASE = select(event).where(event.c.case_id == bindparam("case_id")).order_by(event.c.id)
_TURN = (
    select(inbox.c.id, inbox.c.conversation_id, inbox.c.state)
    .join(conversation, conversation.c.id == inbox.c.conversation_id)
    .where(
        conversation.c.channel == bindparam("channel"),
        conversation.c.key == bindparam("key"),
        inbox.c.external_id == bindparam("external_id"),
    )
)
_OF_TURN = select(event).where(event.c.inbox_id == bindparam("inbox_id")).order_by(event.c.id)


@dataclass(frozen=True, slots=True)
class Led:
    """What one message led to."""

    conversation_id: int
    events: Sequence[Event]


def since(connection: Connection, where: Address, seq: int, limit: int) -> Sequence[Event]:
    """What the customer may see in this conversation after `seq`, in order."""
    bound = {"channel": where.channel, "key": where.key, "seq": seq, "limit": limit}
    return [codec.read_event(row) for row in connection.execute(_SINCE, bound)]


def head(connection: Connection, where: Address) -> tuple[int, int]:
    """The highest seq and up to which the desk has read; zeros for a conversation that has not begun."""
    row = connection.execute(_HEAD, {"channel": where.channel, "key": where.key}).first()
    return (row.head, row.desk_read) if row else (0, 0)


def mark_read(connection: Connection, where: Address, upto: int) -> None:
    """The customer has read up to `upto`; never back, never beyond the head."""
    connection.execute(_READ, {"channel_": where.channel, "key_": where.key, "upto": upto})


def news(connection: Connection, after: int) -> list[tuple[Address, int]]:
    """The conversations with events newer than this event id, each with its newest id."""
    return [
        (Address(row.channel, row.key), row.newest) for row in connection.execute(_NEWS, {"after": after})
    ]


def newest(connection: Connection) -> int:
    """The highest event id, 0 before the first."""
    return connection.execute(select(func.max(event.c.id))).scalar() or 0


def of_case(connection: Connection, case_id: int) -> Sequence[Event]:
    """Everything that happened to a case, internal entries too."""
    return [codec.read_event(row) for row in connection.execute(_OF_CASE, {"case_id": case_id})]


def turn_of(connection: Connection, where: Address, external_id: str) -> Led | None:
    """What a message led to; None while it waits to be handled."""
    row = connection.execute(
        _TURN, {"channel": where.channel, "key": where.key, "external_id": external_id}
    ).first()
    if row is None or row.state == 0:
        return None
    events = connection.execute(_OF_TURN, {"inbox_id": row.id})
    return Led(row.conversation_id, [codec.read_event(event) for event in events])
