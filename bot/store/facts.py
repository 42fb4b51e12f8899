"""What a turn or an act needs to know before it decides."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.core.case import Case, State
from bot.core.message import Address
from bot.core.talk import Talk
from bot.store import codec
from bot.store.sets import as_set, in_set
from bot.store.tables import agent, case, conversation, event


@dataclass(frozen=True, slots=True)
class Facts:
    """A conversation as a turn or an act finds it.

    `case`, resolved or not, is the one it points to, or the one acted on.
    """

    conversation_id: int
    address: Address
    person_id: int
    lang: str
    timezone: str
    talk: Talk
    version: int
    case: Case | None = None
    elsewhere: int = 0
    """For an act on a case that the conversation has left behind: the open case that it points to now."""
    points_to: int | None = None

    @property
    def open_case(self) -> Case | None:
        """The case, unless it is resolved."""
        return self.case if self.case is not None and self.case.state is not State.RESOLVED else None


_current = case.alias("current")
_FACTS = select(
    conversation.c.id.label("conversation_id"),
    conversation.c.channel.label("at_channel"),
    conversation.c.key,
    conversation.c.person_id.label("who"),
    conversation.c.lang.label("spoken"),
    conversation.c.timezone,
    conversation.c.talk,
    conversation.c.version.label("conversation_version"),
    case,
    conversation.c.case_id.label("points_to"),
    agent.c.name.label("assignee"),
    _current.c.state.label("current_state"),
).join(_current, _current.c.id == conversation.c.case_id, isouter=True)
_FACTS_OF = (
    _FACTS.join(case, case.c.id == conversation.c.case_id, isouter=True)
    .join(agent, agent.c.id == case.c.assignee_id, isouter=True)
    .where(in_set(conversation.c.id, "ids"))
)
_LAST_TALK = (
    select(event.c.conversation_id)
    .where(event.c.case_id == bindparam("case_id"))
    .order_by(event.c.id.desc())
    .limit(1)
)
_FACTS_OF_CASE = (
    _FACTS.join(case, case.c.id == bindparam("case_id"))
    .join(agent, agent.c.id == case.c.assignee_id, isouter=True)
    .where(conversation.c.id == _LAST_TALK.scalar_subquery())
)
_USED = select(event.c.id).where(
    event.c.conversation_id == bindparam("conversation_id"), event.c.external_id == bindparam("external_id")
)


def facts_of(connection: Connection, conversation_ids: Iterable[int]) -> list[Facts]:
    """What is known of each conversation, in the order asked for."""
    ids = list(conversation_ids)
    found = {
        row.conversation_id: _facts(row) for row in connection.execute(_FACTS_OF, {"ids": as_set(set(ids))})
    }
    return [found[id_] for id_ in ids]


def facts_of_case(connection: Connection, case_id: int) -> Facts | None:
    """The case and the conversation that was last written in about it; None if there is no such case."""
    row = connection.execute(_FACTS_OF_CASE, {"case_id": case_id}).first()
    return _facts(row) if row else None


def highest_case_id(connection: Connection) -> int:
    """The highest number given to a case so far, 1000 before the first."""
    return connection.execute(select(case.c.id).order_by(case.c.id.desc()).limit(1)).scalar() or 1000


def was_used(connection: Connection, conversation_id: int, external_id: str) -> bool:
    """Whether the log of this conversation has this id: an act with that key was carried out."""
    bound = {"conversation_id": conversation_id, "external_id": external_id}
    return connection.execute(_USED, bound).first() is not None


def _facts(row: Any) -> Facts:  # noqa: ANN401 - a joined row
    points_to = row.points_to
    found = Facts(
        conversation_id=row.conversation_id,
        address=Address(row.at_channel, row.key),
        person_id=row.who,
        lang=row.spoken,
        timezone=row.timezone,
        talk=Talk.from_json(row.talk),
        version=row.conversation_version,
        points_to=points_to,
    )
    if row.id is None:
        return found
    left_behind = points_to != row.id and row.current_state not in {None, State.RESOLVED}
    return replace(found, case=codec.read_case(row, row.assignee), elsewhere=points_to if left_behind else 0)
