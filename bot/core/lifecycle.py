"""A case and its clocks together: each step starts, stops or ends promises."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case, State, Step, step
from bot.core.clocks import Clock, first_due, pause, recount, resume
from bot.core.notices import under_notices
from bot.core.policy import PRIVATE_CHAT, Policy

PICKUP = "pickup"
FIRST_RESPONSE = "first_response"
MAIL = "email"
REGULAR = "regular"
"""The class of a case whose intent has none: a refused subject for which a person was asked."""

WARNING, PROGRESS, DUE = "warning", "progress", "due"
"""The second part of an alarm's kind."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A moment at which the house looks at a case again.

    `first_response:due`, `pickup:warning:0`, `resolution_general:progress:0` (word that is owed, fact X5.2).
    """

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recounted:
    """A case whose clocks were reckoned again, and those of them that moved: as they were, as they are."""

    case: Case
    moved: tuple[tuple[Clock, Clock], ...]


def begin(
    case_id: int, intent: str, policy: Policy, now: datetime, *, channel: str, lang: str, person_id: int
) -> Case:
    """A new case, still with the bot; class and resolution are those of the intent."""
    rule = policy.rule(intent)
    return Case(
        id=case_id,
        state=State.BOT,
        intent=intent,
        urgency=rule.urgency or REGULAR,
        resolution=rule.resolution,
        channel=channel,
        lang=lang,
        opened_at=now,
        person_id=person_id,
        policy_version=policy.version,
    )


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

    A hand-off starts the clocks of response and resolution, a claim ends the pick-up, a person's answer ends
    the first response and is the word on progress (facts X2.2, X4, X5.2), waiting for the customer stops what
    is left (ruling on X6.2). `policy` is the version that the case goes by. Raises IllegalStepError.
    """
    after = step(case, happened, agent=agent)
    return replace(
        after, clocks=_clocks(case, happened, policy, now, private=private), overdue=_late(after, happened)
    )


def alarms(case: Case) -> tuple[Alarm, ...]:
    """When `clockwork` has to look at the case, for the running clocks of the desk.

    Their warnings, the updates that are owed to the customer, and their due times.
    """
    return tuple(_alarms(case))


def promised(case: Case, policy: Policy, *, private: bool) -> Policy:
    """The case's version of the policy as notices leave it for the case.

    A channel that the policy does not name keeps mail's promises (design section 5).
    """
    channel = policy.channel(case.channel)
    return under_notices(
        policy,
        channel=channel if channel in policy.channels else MAIL,
        urgency=case.urgency,
        private=private,
        region=case.region,
        scope=policy.rule(case.intent).scope or "",
    )


def recounted(case: Case, policy: Policy, now: datetime) -> Recounted:
    """The case with its clocks as they would stand had a new holiday or notice been known from the start.

    A case that was late and is late no more loses the mark; one that has become late gets it from its alarm.
    The case itself, if no clock has moved.
    """
    private = any(clock.channel == PRIVATE_CHAT for clock in case.clocks)
    rules = promised(case, policy, private=private)
    clocks = tuple(recount(rules, clock, urgency=case.urgency) for clock in case.clocks)
    moved = tuple(pair for pair in zip(case.clocks, clocks, strict=True) if pair[0] != pair[1])
    if not moved:
        return Recounted(case, ())
    overdue = case.overdue and not (_missed(case.clocks, now) and not _missed(clocks, now))
    return Recounted(replace(case, clocks=clocks, overdue=overdue, version=case.version + 1), moved)


def _missed(clocks: tuple[Clock, ...], now: datetime) -> bool:
    return any(
        clock.due <= now and not _at_once(clock) and not clock.customers and clock.paused_at is None
        for clock in clocks
    )


def _at_once(clock: Clock) -> bool:
    """True for what is due as it starts (fact X4.1): the desk is warned then, it is never missed."""
    return clock.due <= clock.start


def _clocks(case: Case, happened: Step, policy: Policy, now: datetime, *, private: bool) -> tuple[Clock, ...]:
    match happened:
        case Step.HANDED_OFF | Step.REOPENED:
            return _response_clocks(case, policy, now, private=private)
        case Step.CLAIMED:
            running = case.clocks or _response_clocks(case, policy, now, private=private)
            return tuple(clock for clock in running if clock.name != PICKUP)
        case Step.AGENT_REPLIED:
            left = [clock for clock in case.clocks if clock.name not in {PICKUP, FIRST_RESPONSE}]
            return tuple(pause(replace(clock, progress=()), now) for clock in left)
        case Step.CUSTOMER_WROTE if case.state is State.WAITING:
            rules = promised(case, policy, private=private)
            return tuple(resume(rules, clock, now) for clock in case.clocks)
        case Step.HANDED_BACK | Step.RESOLVED:
            return ()
        case _:
            return case.clocks


def _response_clocks(case: Case, policy: Policy, now: datetime, *, private: bool) -> tuple[Clock, ...]:
    """The clocks of the class on its channel, and that of its resolution unless its subject is refused."""
    channel = case.channel if policy.channel(case.channel) in policy.channels else MAIL
    refused = policy.rule(case.intent).scope is not None
    return first_due(
        promised(case, policy, private=private),
        channel=channel,
        urgency=case.urgency,
        private=private,
        start=now,
        resolution="" if refused else f"resolution_{case.resolution}",
    )


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
            yield Alarm(f"{clock.name}:{WARNING}:{number}", moment)
        for number, moment in enumerate(clock.progress):
            yield Alarm(f"{clock.name}:{PROGRESS}:{number}", moment)
        if not _at_once(clock):
            yield Alarm(f"{clock.name}:{DUE}", clock.due)
