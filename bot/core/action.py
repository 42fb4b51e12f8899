"""What a person at the desk does to a case, in one shape for console, API and chat groups."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.case import Case


class Verb(StrEnum):
    """The actions of design section 6 that exist so far."""

    CLAIM = "claim"
    RELEASE = "release"
    HANDBACK = "handback"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    REOPEN = "reopen"


class Role(StrEnum):
    """Grades of the desk (fact X7.

    Seniors, managers and directors decide appeals), supervisors and administrators.
    """

    AGENT = "agent"
    SENIOR = "senior"
    MANAGER = "manager"
    DIRECTOR = "director"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an agent's account."""

    id: int
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Action:
    """One act on one case.

    `key`, chosen by the sender, makes a repeated reply or note harmless; "" means none.
    """

    verb: Verb
    case_id: int
    actor: Actor
    text: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The case after the act; `repeated` is True when this key had been carried out before."""

    case: Case
    repeated: bool = False
