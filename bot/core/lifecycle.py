"""A case and its clocks together: each step starts, stops or ends promises."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case, State, Step, step
from bot.core.deadlines import Clock, first_due, pause, resume
from bot.core.policy import Policy

PICKUP = "pickup"
FIRST_RESPONSE = "first_response"
MAIL = "email"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A moment at which the house looks at a case again: `first_response:due`, `pickup:warning:0`."""

    kind: str
    at: datetime


def advance(
    case: Case,
    happened: Step,
    policy: Policy,
    now: datetime,
    *,
    agent: tuple[int, str] | None = None,
    private: bool = True,
) -> Case:
    """The case after the step, with the clocks that run from then on.

    A hand-off starts the response clocks, a claim ends the pick-up, a person's answer ends the first response
    (facts X2.2, X4), waiting for the customer stops what is left (ruling on X6.2). Raises IllegalStepError.
    """
    after = step(case, happened, agent=agent)
    return replace(
        after, clocks=_clocks(case, happened, policy, now, private=private), overdue=_late(after, happened)
    )


def alarms(case: Case) -> tuple[Alarm, ...]:
    """When `clockwork` has to look at the case: warnings and due times of the running clocks of the desk."""
    return tuple(_alarms(case))


def _clocks(case: Case, happened: Step, policy: Policy, now: datetime, *, private: bool) -> tuple[Clock, ...]:
    match happened:
        case Step.HANDED_OFF | Step.REOPENED:
            return _response_clocks(case, policy, now, private=private)
        case Step.CLAIMED:
            running = case.clocks or _response_clocks(case, policy, now, private=private)
            return tuple(clock for clock in running if clock.name != PICKUP)
        case Step.AGENT_REPLIED:
            left = [clock for clock in case.clocks if clock.name not in {PICKUP, FIRST_RESPONSE}]
            return tuple(clock if clock.paused_at else pause(clock, now) for clock in left)
        case Step.CUSTOMER_WROTE if case.state is State.WAITING:
            return tuple(resume(policy, clock, now) if clock.paused_at else clock for clock in case.clocks)
        case Step.HANDED_BACK | Step.RESOLVED:
            return ()
        case _:
            return case.clocks


def _response_clocks(case: Case, policy: Policy, now: datetime, *, private: bool) -> tuple[Clock, ...]:
    """The clocks of the channel; one that the policy does not name keeps mail's (design section 5)."""
    channel = case.channel if policy.channel(case.channel) in policy.channels else MAIL
    return first_due(policy, channel=channel, urgency=case.urgency, private=private, start=now)


def _late(after: Case, happened: Step) -> bool:
    return after.overdue and happened not in {
        Step.AGENT_REPLIED,
        Step.HANDED_BACK,
        Step.RESOLVED,
        Step.REOPENED,
    }


def _alarms(case: Case) -> Iterator[Alarm]:
    for clock in case.clocks:
        if clock.paused_at is not None or clock.customers:
            continue
        for number, moment in enumerate(clock.warnings):
            yield Alarm(f"{clock.name}:warning:{number}", moment)
        yield Alarm(f"{clock.name}:due", clock.due)
