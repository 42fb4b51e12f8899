"""Who at the desk may do what: one table, asked by the engine for every act and by the API for the rest."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from bot.core.action import Actor, Role, Verb
from bot.errors import ForbiddenError


class Right(StrEnum):
    """Everything that is asked for. The names of `Verb` are here too, with the same spelling."""

    LIST = "list"
    SHOW = "show"
    OPEN = "open"
    TYPING = "typing"
    CLAIM = "claim"
    RELEASE = "release"
    HANDBACK = "handback"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    OPERATE = "operate"
    """See how the program itself is doing: its metrics."""


class Reach(IntEnum):
    """On which cases: none, those of one's own and nobody's, or those of others too."""

    NONE = 0
    OWN = 1
    ANY = 2


_GRADES: Final = (Role.AGENT, Role.SENIOR, Role.MANAGER, Role.DIRECTOR)


def _rule(grades: Reach, supervisor: Reach, administrator: Reach) -> Mapping[Role, Reach]:
    """One line of the table; the four grades of fact X7 differ in the appeals they decide, not here."""
    return MappingProxyType(
        {**dict.fromkeys(_GRADES, grades), Role.SUPERVISOR: supervisor, Role.ADMINISTRATOR: administrator}
    )


_EVERYONE: Final = _rule(Reach.ANY, Reach.ANY, Reach.ANY)
_OWN_BUT_CHIEFS: Final = _rule(Reach.OWN, Reach.ANY, Reach.ANY)

TABLE: Final[Mapping[Right, Mapping[Role, Reach]]] = MappingProxyType(
    {
        Right.LIST: _EVERYONE,
        Right.SHOW: _EVERYONE,
        Right.OPEN: _EVERYONE,
        # These two depend on the case, not on the role: who comes too late, or answers without having
        # claimed, is told who has it (ConflictError).
        Right.CLAIM: _EVERYONE,
        Right.REPLY: _EVERYONE,
        # A note speaks to colleagues only, and whoever meets a closed case may open it again.
        Right.NOTE: _EVERYONE,
        Right.REOPEN: _EVERYONE,
        Right.TYPING: _OWN_BUT_CHIEFS,
        Right.RELEASE: _OWN_BUT_CHIEFS,
        Right.HANDBACK: _OWN_BUT_CHIEFS,
        Right.RESOLVE: _OWN_BUT_CHIEFS,
        Right.OPERATE: _rule(Reach.NONE, Reach.NONE, Reach.ANY),
    }
)


def reach(role: Role, right: Right | Verb) -> Reach:
    """On which cases this role has this right; what the table does not name is denied."""
    return TABLE.get(Right(right), {}).get(role, Reach.NONE)


def authorize(
    actor: Actor, right: Right | Verb, *, assignee_id: int | None = None, assignee: str = ""
) -> None:
    """Return if the actor may do this to a case that `assignee_id` has.

    None means that nobody has it, or that no case is concerned. Raises ForbiddenError otherwise; its message
    is for the actor to read and names `assignee`, who has the case.
    """
    granted = reach(actor.role, right)
    if granted is Reach.ANY:
        return
    if granted is Reach.NONE:
        raise ForbiddenError(
            f"'{Right(right)}' is nothing that the role {actor.role} may do: ask an administrator."
        )
    if assignee_id is not None and assignee_id != actor.id:
        holder = assignee or "a colleague"
        raise ForbiddenError(
            f"This case is with {holder}: '{Right(right)}' is up to them, a supervisor or an administrator."
        )
