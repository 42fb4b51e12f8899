"""The durable outbox: finished texts on their way to channels that have to be handed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select, update

from bot.core.message import Address
from bot.core.ports import Delivery
from bot.store.tables import UNDONE, conversation, outbox


@dataclass(frozen=True, slots=True)
class Due:
    """An outbox row that should be sent now."""

    id: int
    conversation_id: int
    attempts: int
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt. With neither `retry_at` nor `given_up` the text has been handed over."""

    id: int
    at: int
    external_id: str = ""
    retry_at: int | None = None
    given_up: bool = False
    error: str = ""


_earlier = outbox.alias("earlier")
_DUE = (
    select(outbox, conversation.c.channel.label("at_channel"), conversation.c.key)
    .join(conversation, conversation.c.id == outbox.c.conversation_id)
    .where(
        outbox.c.state == UNDONE,
        # a text that waits for its next try holds back what comes after it in the same conversation
        ~exists().where(
            _earlier.c.conversation_id == outbox.c.conversation_id,
            _earlier.c.state == UNDONE,
            _earlier.c.id <= outbox.c.id,
            _earlier.c.next_at > bindparam("now"),
        ),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
)
_DELIVERED = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == UNDONE)
    .values(state=1, sent_at=bindparam("at"), external_id=bindparam("ext"), attempts=outbox.c.attempts + 1)
)
_AGAIN = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == UNDONE)
    .values(
        state=bindparam("state_"),
        next_at=bindparam("next_"),
        error=bindparam("why"),
        attempts=outbox.c.attempts + 1,
    )
)


def due(connection: Connection, limit: int, now: int) -> list[Due]:
    """The oldest texts that may be sent now, at most `limit`, in order within each conversation."""
    return [
        Due(row.id, row.conversation_id, row.attempts, _delivery(row))
        for row in connection.execute(_DUE, {"limit": limit, "now": now})
    ]


def record(connection: Connection, attempts: Sequence[Sent]) -> list[None]:
    """Note what became of each attempt."""
    sent = [
        {"id_": a.id, "at": a.at, "ext": a.external_id}
        for a in attempts
        if a.retry_at is None and not a.given_up
    ]
    failed = [
        {"id_": a.id, "state_": 2 if a.given_up else 0, "next_": a.retry_at or 0, "why": a.error}
        for a in attempts
        if a.retry_at is not None or a.given_up
    ]
    if sent:
        connection.execute(_DELIVERED, sent)
    if failed:
        connection.execute(_AGAIN, failed)
    return [None] * len(attempts)


def next_try(connection: Connection) -> int | None:
    """When the next waiting retry is due, in ms; None if none waits."""
    soonest = (
        select(outbox.c.next_at)
        .where(outbox.c.state == UNDONE, outbox.c.next_at > 0)
        .order_by(outbox.c.next_at)
    )
    return connection.execute(soonest.limit(1)).scalar()


def _delivery(row: Any) -> Delivery:  # noqa: ANN401 - a joined row
    return Delivery(
        key=f"out-{row.id}",
        conversation=Address(row.at_channel, row.key),
        text=row.body["text"],
        lang=row.body["lang"],
        choices=tuple((choice["id"], choice["label"]) for choice in row.body.get("choices", ())),
    )
