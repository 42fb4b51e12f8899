"""The case and its table of steps: what may happen to it, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.core.clocks import Clock


class State(StrEnum):
    """Who has to act: the bot, the queue, an agent, the customer, nobody."""

    BOT = "bot"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    RESOLVED = "resolved"


class Step(StrEnum):
    """What can happen to a case."""

    HANDED_OFF = "handed_off"
    CLAIMED = "claimed"
    RELEASED = "released"
    HANDED_BACK = "handed_back"
    AGENT_REPLIED = "agent_replied"
    CUSTOMER_WROTE = "customer_wrote"
    RESOLVED = "resolved"
    REOPENED = "reopened"


MAX_DIGITS = 15
"""Of a case number; more fit no integer column."""

WITH_PEOPLE = frozenset({State.QUEUED, State.ASSIGNED, State.WAITING})
"""The bot is silent in these."""

AGENT_HAS_IT = frozenset({State.ASSIGNED, State.WAITING})
"""An agent is named in these and in no other."""


class IllegalStepError(ValueError):
    """This step cannot happen to a case in this state."""


@dataclass(frozen=True, slots=True)
class Case:
    """A matter of one person that the house has promised to see to. Shown as `CD-1042`."""

    id: int
    state: State
    intent: str
    urgency: str
    """Which response clocks run.

    Regular, urgent, complex, complaint, feedback or escalation (facts X4, X7, X8).
    """
    resolution: str
    """simple, general or special (facts X5)."""
    channel: str
    lang: str
    opened_at: datetime
    person_id: int = 0
    assignee_id: int | None = None
    assignee: str = ""
    clocks: tuple[Clock, ...] = ()
    """The promises that run for it, in the order of `first_due`."""
    overdue: bool = False
    order_number: str = ""
    causes: tuple[str, ...] = ()
    """Why it was handed over so far; the same cause does not hand over twice."""
    policy_version: str = ""
    """The version of the profile that it began under and keeps (`bot.core.policies`)."""
    region: str = ""
    """ISO 3166 code of the country the matter is about; "" when unknown."""
    version: int = 0

    @property
    def due_at(self) -> datetime | None:
        """When the next of the desk's running promises falls due; None when none runs."""
        return min(
            (clock.due for clock in self.clocks if clock.paused_at is None and not clock.customers),
            default=None,
        )

    @property
    def number(self) -> str:
        """The number that people see."""
        return f"CD-{self.id}"


S, E = State, Step
STEPS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (S.BOT, E.HANDED_OFF): S.QUEUED,
        (S.BOT, E.CLAIMED): S.ASSIGNED,
        (S.BOT, E.CUSTOMER_WROTE): S.BOT,
        (S.BOT, E.RESOLVED): S.RESOLVED,
        (S.QUEUED, E.CLAIMED): S.ASSIGNED,
        (S.QUEUED, E.CUSTOMER_WROTE): S.QUEUED,
        (S.QUEUED, E.HANDED_BACK): S.BOT,
        (S.QUEUED, E.RESOLVED): S.RESOLVED,
        (S.ASSIGNED, E.CUSTOMER_WROTE): S.ASSIGNED,
        (S.ASSIGNED, E.AGENT_REPLIED): S.WAITING,
        (S.ASSIGNED, E.RELEASED): S.QUEUED,
        (S.ASSIGNED, E.HANDED_BACK): S.BOT,
        (S.ASSIGNED, E.RESOLVED): S.RESOLVED,
        (S.WAITING, E.CUSTOMER_WROTE): S.ASSIGNED,
        (S.WAITING, E.AGENT_REPLIED): S.WAITING,
        (S.WAITING, E.RELEASED): S.QUEUED,
        (S.WAITING, E.HANDED_BACK): S.BOT,
        (S.WAITING, E.RESOLVED): S.RESOLVED,
        (S.RESOLVED, E.REOPENED): S.QUEUED,
    }
)


def step(case: Case, happened: Step, *, agent: tuple[int, str] | None = None) -> Case:
    """The case after the step, one version later; `agent` (id, name) is who claimed it.

    Raises IllegalStepError when the table has no such step.
    """
    try:
        state = STEPS[case.state, happened]
    except KeyError:
        raise IllegalStepError(
            f"{case.number} is {case.state}: it cannot be {happened.replace('_', ' ')} now"
        ) from None
    kept = (case.assignee_id, case.assignee) if state in AGENT_HAS_IT else (None, "")
    assignee_id, assignee = agent if agent is not None else kept
    return replace(case, state=state, assignee_id=assignee_id, assignee=assignee, version=case.version + 1)


def parse_number(text: str) -> int | None:
    """`CD-1042`, `cd-1042` or `1042` as 1042; None for anything else."""
    digits = text.strip().upper().removeprefix("CD-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS else None
