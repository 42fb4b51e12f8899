"""The durable inbox: what has been accepted, in order, and what is still to be handled."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.event import Author, EventKind
from bot.core.message import Address, Kind, Message
from bot.core.ports import Receipt
from bot.store import codec
from bot.store.sets import as_set, in_set
from bot.store.tables import SHARDS, UNDONE, address, channel_state, conversation, event, inbox, person


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one `accept` brings: messages with what the log shows of each, and the channel's state.

    `shown` is "" where the log shows the label of the choice that was pressed.
    """

    channel: str
    messages: Sequence[tuple[Message, str]]
    state: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An inbox row that has to be handled."""

    id: int
    conversation_id: int
    message: Message


@dataclass(slots=True)
class _Place:
    """A conversation while messages are put into it."""

    id: int
    shard: int
    head: int


_KNOWN = select(conversation.c.id, conversation.c.key, conversation.c.shard, conversation.c.head).where(
    conversation.c.channel == bindparam("channel"), in_set(conversation.c.key, "keys")
)
_STORED = select(event.c.conversation_id, event.c.external_id, event.c.seq).where(
    in_set(event.c.conversation_id, "conversations"), in_set(event.c.external_id, "ids")
)
_LAST_CHOICES = (
    select(event.c.data)
    .where(
        event.c.conversation_id == bindparam("id"),
        event.c.kind == EventKind.MESSAGE,
        event.c.data.is_not(None),
    )
    .order_by(event.c.seq.desc())
    .limit(5)
)
_HEADS = (
    update(conversation)
    .where(conversation.c.id == bindparam("id_"))
    .values(
        head=bindparam("head_"),
        timezone=func.coalesce(func.nullif(bindparam("timezone_"), ""), conversation.c.timezone),
    )
)
_PUT_STATE = upsert(channel_state)
_PUT_STATE = _PUT_STATE.on_conflict_do_update(
    index_elements=["channel", "key"], set_={"value": _PUT_STATE.excluded.value}
)
_WAITING = (
    select(inbox, conversation.c.channel, conversation.c.key)
    .join(conversation, conversation.c.id == inbox.c.conversation_id)
    .where(inbox.c.state == UNDONE)
    .order_by(inbox.c.id)
    .limit(bindparam("limit"))
)


def shard_of(key: str) -> int:
    """The shard of a conversation, from its key."""
    return zlib.crc32(key.encode()) % SHARDS


def accept(connection: Connection, arrivals: Sequence[Arrival]) -> list[list[Receipt]]:
    """Store what is not stored yet, its line in the log and the channels' state; receipts in the same order.

    The arrivals of one channel are stored together: the cost is that of a few statements, however many wait.
    """
    by_channel: dict[str, list[tuple[Message, str]]] = {}
    for arrival in arrivals:
        by_channel.setdefault(arrival.channel, []).extend(arrival.messages)
    stored = {
        channel: iter(_store(connection, channel, messages)) for channel, messages in by_channel.items()
    }
    receipts = [[next(stored[arrival.channel]) for _ in arrival.messages] for arrival in arrivals]
    states = [
        {"channel": arrival.channel, "key": key, "value": value}
        for arrival in arrivals
        for key, value in arrival.state.items()
    ]
    if states:
        connection.execute(_PUT_STATE, states)
    return receipts


def recall(connection: Connection, channel: str, key: str) -> str | None:
    """A channel's state as last stored."""
    where = (channel_state.c.channel == channel, channel_state.c.key == key)
    return connection.execute(select(channel_state.c.value).where(*where)).scalar()


def begin(connection: Connection, where: Address, first: Message) -> int:
    """The id of a conversation that no message begins (a case made by hand); `first` says who it is with."""
    known = connection.execute(_KNOWN, {"channel": where.channel, "keys": as_set([where.key])}).first()
    return known.id if known else _begin(connection, where.channel, where.key, first).id


def waiting(connection: Connection, limit: int) -> list[Waiting]:
    """The oldest rows that are still to be handled, at most `limit`."""
    return [
        Waiting(
            row.id,
            row.conversation_id,
            codec.read_message(row.body, Address(row.channel, row.key), row.external_id, row.received_at),
        )
        for row in connection.execute(_WAITING, {"limit": limit})
    ]


def _store(connection: Connection, channel: str, arrived: Sequence[tuple[Message, str]]) -> list[Receipt]:
    messages = [message for message, _ in arrived]
    places = _places(connection, channel, messages)
    stored = _stored(connection, places.values(), messages)
    receipts: list[Receipt] = []
    inbox_rows: list[dict[str, object]] = []
    event_rows: list[dict[str, object]] = []
    moved: dict[int, dict[str, object]] = {}
    for message, shown in arrived:
        place = places[message.conversation.key]
        seq = stored.get((place.id, message.external_id))
        receipts.append(Receipt(seq or place.head + 1, new=seq is None))
        if seq is not None:
            continue
        place.head += 1
        stored[place.id, message.external_id] = place.head
        moved[place.id] = {"id_": place.id, "head_": place.head, "timezone_": message.timezone}
        inbox_rows.append(_inbox_row(place, message))
        event_rows.append(_event_row(place, message, shown or _pressed(connection, place, message)))
    if inbox_rows:
        connection.execute(insert(inbox), inbox_rows)
        connection.execute(insert(event), event_rows)
        connection.execute(_HEADS, list(moved.values()))
    return receipts


def _places(connection: Connection, channel: str, messages: Sequence[Message]) -> dict[str, _Place]:
    """The conversations of the messages by key; unknown ones are created, with their person."""
    first = {message.conversation.key: message for message in reversed(messages)}
    rows = connection.execute(_KNOWN, {"channel": channel, "keys": as_set(first)})
    places = {row.key: _Place(row.id, row.shard, row.head) for row in rows}
    for key, message in first.items():
        if key not in places:
            places[key] = _begin(connection, channel, key, message)
    return places


def _begin(connection: Connection, channel: str, key: str, message: Message) -> _Place:
    at = codec.to_ms(message.received_at)
    who = message.sender
    found = select(address.c.person_id).where(address.c.channel == who.channel, address.c.key == who.key)
    person_id = connection.execute(found).scalar()
    if person_id is None:
        new = insert(person).values(name=message.sender_name, created_at=at).returning(person.c.id)
        person_id = connection.execute(new).scalar_one()
        connection.execute(insert(address).values(channel=who.channel, key=who.key, person_id=person_id))
    row = {
        "channel": channel,
        "key": key,
        "shard": shard_of(key),
        "person_id": person_id,
        "timezone": message.timezone,
        "talk": {},
    }
    made = connection.execute(insert(conversation).values(row).returning(conversation.c.id)).scalar_one()
    return _Place(made, row["shard"], 0)


def _stored(
    connection: Connection, places: Iterable[_Place], messages: Sequence[Message]
) -> dict[tuple[int, str], int]:
    """(conversation, external id) -> seq of what has been stored before."""
    bound = {
        "conversations": as_set(place.id for place in places),
        "ids": as_set({message.external_id for message in messages}),
    }
    return {(row.conversation_id, row.external_id): row.seq for row in connection.execute(_STORED, bound)}


def _inbox_row(place: _Place, message: Message) -> dict[str, object]:
    return {
        "conversation_id": place.id,
        "external_id": message.external_id,
        "shard": place.shard,
        "body": codec.message_json(message),
        "received_at": codec.to_ms(message.received_at),
    }


def _event_row(place: _Place, message: Message, shown: str) -> dict[str, object]:
    return {
        "conversation_id": place.id,
        "seq": place.head,
        "kind": EventKind.MESSAGE,
        "author": Author.CUSTOMER,
        "name": message.sender_name,
        "text": shown,
        "lang": "",
        "external_id": message.external_id,
        "at": codec.to_ms(message.received_at),
    }


def _pressed(connection: Connection, place: _Place, message: Message) -> str:
    """What the button said; the bare value if no such button was shown lately."""
    if message.kind is not Kind.CHOOSE:
        return message.text
    for (data,) in connection.execute(_LAST_CHOICES, {"id": place.id}):
        for choice in data.get("choices", ()):
            if choice["id"] == message.value:
                return str(choice["label"])
    return message.text or message.value
