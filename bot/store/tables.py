"""Every table of the house.

Times are whole milliseconds since 1970 in UTC. States of work rows are small integers, so that partial
indexes stay small; queries that rely on such an index write the state as a literal, not as a bound parameter,
or the planner cannot use it.
"""

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
)

SHARDS: Final = 64
"""Conversations hash to this many shards; a process works on the shards it holds."""

UNDONE: Final[ColumnElement[int]] = literal_column("0")
DEAD: Final[ColumnElement[int]] = literal_column("2")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Big = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", Big, primary_key=True, autoincrement=True)


def _ref(name: str, target: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Big, ForeignKey(f"{target}.id"), nullable=nullable)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _number(name: str) -> Column[int]:
    return Column(name, Big, nullable=False, server_default="0")


person = Table("person", metadata, _id(), _text("name"), _number("created_at"))

address = Table(
    "address",
    metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False),
    _ref("person_id", "person"),
    UniqueConstraint("channel", "key"),
)
Index(None, address.c.person_id)

conversation = Table(
    "conversation",
    metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    _ref("person_id", "person"),
    _ref("case_id", "case_", nullable=True),
    _number("head"),  # the highest seq given out
    _number("customer_read"),
    _number("desk_read"),
    _text("lang"),
    _text("timezone"),
    Column("talk", JSON, nullable=False),  # bot.core.talk.Talk: what the bot has asked and said here
    _number("version"),
    UniqueConstraint("channel", "key"),
)
Index(None, conversation.c.case_id)
Index(None, conversation.c.person_id)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    _ref("conversation_id", "conversation"),
    Column("external_id", Text, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("body", JSON, nullable=False),
    _number("received_at"),
    Column("state", SmallInteger, nullable=False, server_default="0"),  # 0 todo, 1 done, 2 parked
    _text("error"),
    UniqueConstraint("conversation_id", "external_id"),
)
Index(
    "ix_inbox_todo",
    inbox.c.id,
    inbox.c.shard,
    sqlite_where=inbox.c.state == UNDONE,
    postgresql_where=inbox.c.state == UNDONE,
)
Index("ix_inbox_dead", inbox.c.id, sqlite_where=inbox.c.state == DEAD, postgresql_where=inbox.c.state == DEAD)

event = Table(
    "event",
    metadata,
    _id(),
    _ref("conversation_id", "conversation"),
    Column("seq", Big),  # None for what only the desk sees
    _ref("case_id", "case_", nullable=True),
    _ref("inbox_id", "inbox", nullable=True),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False),
    _text("name"),
    _text("text"),
    _text("lang"),
    Column("external_id", Text),  # the customer's cid or the agent's key: makes a repeat harmless
    Column("data", JSON(none_as_null=True)),
    _number("at"),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("conversation_id", "external_id"),
)
Index(None, event.c.case_id, event.c.id)
Index(None, event.c.inbox_id)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _ref("event_id", "event"),
    _ref("conversation_id", "conversation"),
    Column("shard", SmallInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("body", JSON, nullable=False),
    _number("created_at"),
    Column(
        "state", SmallInteger, nullable=False, server_default="0"
    ),  # 0 todo, 1 sent, 2 given up, 3 unknown
    _number("attempts"),
    _number("next_at"),
    _text("error"),
    _number("sent_at"),
    _text("external_id"),
    UniqueConstraint("event_id"),
)
Index(
    "ix_outbox_todo",
    outbox.c.id,
    outbox.c.shard,
    sqlite_where=outbox.c.state == UNDONE,
    postgresql_where=outbox.c.state == UNDONE,
)
Index(
    "ix_outbox_line",
    outbox.c.conversation_id,
    outbox.c.id,
    sqlite_where=outbox.c.state == UNDONE,
    postgresql_where=outbox.c.state == UNDONE,
)

case = Table(
    "case_",
    metadata,
    _id(),
    _ref("person_id", "person"),
    Column("state", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    _text("resolution"),
    Column("channel", Text, nullable=False),
    _text("lang"),
    _text("order_number"),
    _ref("assignee_id", "agent", nullable=True),
    _number("opened_at"),
    Column("due_at", Big),
    Column("clocks", JSON, nullable=False),
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Column("causes", JSON, nullable=False),  # why it was handed over so far
    _text("policy_version"),  # the version of the profile that it began under
    _text("region"),
    _number("version"),
)
Index("ix_case_open", case.c.state, case.c.due_at)
Index(None, case.c.assignee_id)
Index(None, case.c.person_id)

timer = Table(
    "timer",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    _ref("case_id", "case_"),
    Column("due_at", Big, nullable=False),
    Column("state", SmallInteger, nullable=False, server_default="0"),  # 0 waiting, 1 fired, 2 called off
    UniqueConstraint("kind", "case_id", "due_at"),
)
Index(
    "ix_timer_due",
    timer.c.due_at,
    sqlite_where=timer.c.state == UNDONE,
    postgresql_where=timer.c.state == UNDONE,
)

channel_state = Table(
    "channel_state",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

agent = Table(
    "agent",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    _number("created_at"),
)

token = Table(
    "token",
    metadata,
    _id(),
    _ref("agent_id", "agent"),
    Column(
        "hash", Text, nullable=False, unique=True
    ),  # SHA-256 of the token, hex; the token itself is stored nowhere
    _number("created_at"),
    _number("last_used_at"),
    Column("revoked", Boolean, nullable=False, server_default=false()),
)
Index(None, token.c.agent_id)
