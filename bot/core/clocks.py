"""The promises on a case: started by a hand-off, stopped while the customer is waited for, reckoned again.

A clock keeps its start and its pauses, so its whole course can be reckoned once more when a holiday or a
notice becomes known. `policy` is always the one that `bot.core.notices` made for the matter.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.deadlines import (
    DeadlineError,
    NoCalendarError,
    advance,
    find_row,
    instant_of,
    place_of,
    terms,
    time_between,
    weekdays_only,
)
from bot.core.policy import MATERIAL_COMPLETE, PRIVATE_CHAT, RESOLUTION, ClockRow, Policy, Unit
from bot.core.worktime import NO_TIME


@dataclass(frozen=True, slots=True)
class Clock:
    """One running promise of a case: the desk's, or with `customers` a time that the customer has to keep."""

    name: str
    unit: Unit
    channel: str
    """The clock table's name of the channel: email, webchat, telegram, telegram_private, phone."""
    start: datetime
    due: datetime
    warnings: tuple[datetime, ...] = ()
    """When the desk is warned, in order."""
    progress: tuple[datetime, ...] = ()
    """By when an update is owed to the customer, in order (fact X5.2)."""
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    """When it stood still and when it went on, in order."""
    paused_at: datetime | None = None
    """Since when it stands still; None while it runs."""
    customers: bool = False
    provisional: bool = False
    """True if it reaches into a year without calendar and was reckoned by weekdays alone."""
    facts: tuple[str, ...] = ()

    @property
    def paused(self) -> timedelta:
        """How long it had stood still when it last went on, by the wall clock."""
        return sum((again - stopped for stopped, again in self.pauses), NO_TIME)


def start_clock(
    policy: Policy,
    clock: str,
    start: datetime,
    *,
    channel: str = "email",
    urgency: str = "regular",
    private: bool = False,
) -> Clock:
    """The clock as it stands on a case: due time, warnings, progress owed.

    Errors as `bot.core.deadlines.due`, but for a year without calendar: a case must be opened all the same,
    so weekdays alone are counted and the clock is marked `provisional`. Leaving out holidays can only make it
    due too early.
    """
    row = find_row(policy, clock, channel=channel, urgency=urgency, private=private)
    return _begun(policy, row, start, place_of(policy, channel, private=private))


def first_due(
    policy: Policy,
    *,
    channel: str,
    urgency: str,
    start: datetime,
    private: bool = False,
    resolution: str = "",
) -> tuple[Clock, ...]:
    """The clocks that a hand-off at `start` puts on a case, the one that the customer is told of first.

    In the live chat that is `pickup`, elsewhere the first response (or what complaints, feedback and
    escalations have in its place). `resolution` names the clock of the matter's resolution (facts X5); ""
    starts none, and one that waits for a person's word is not started here either. The queue goes by the
    earliest due time. Empty if the table promises nothing for this class on this channel. Errors as
    `start_clock`.
    """
    place = place_of(policy, channel, private=private)
    names = policy.handoff_clocks.get(urgency)
    if names is None:
        raise DeadlineError(
            f"there is no class {urgency!r}; {policy.name} has: {', '.join(policy.handoff_clocks)}"
        )
    rows = {
        row.clock: row
        for row in policy.clocks
        if row.runs_for(place, urgency) and (row.clock != resolution or row.starts == MATERIAL_COMPLETE)
    }
    wanted = (resolution if name == RESOLUTION else name for name in names)
    return tuple(_begun(policy, rows[name], start, place) for name in wanted if name in rows)


def pause(clock: Clock, at: datetime) -> Clock:
    """The clock standing still from `at`, because the customer has been asked for something.

    The customer's own clocks run on; one that stands still already keeps its earlier moment.
    """
    moment = instant_of(at)
    if clock.customers or clock.paused_at is not None:
        return clock
    return replace(clock, paused_at=max(moment, instant_of(clock.start)).astimezone(clock.due.tzinfo))


def resume(policy: Policy, clock: Clock, at: datetime) -> Clock:
    """The clock running again from `at`: what was left of it when it stopped is counted on, by its own unit.

    Never earlier than before: what was past stays past. A clock that does not stand still is returned as it
    is.
    """
    moment = instant_of(at)
    if clock.paused_at is None:
        return clock
    stopped = instant_of(clock.paused_at)
    again = max(moment, stopped)
    try:
        return _resumed(policy, clock, stopped, again)
    except NoCalendarError:
        return replace(_resumed(weekdays_only(policy), clock, stopped, again), provisional=True)


def recount(policy: Policy, clock: Clock, *, urgency: str) -> Clock:
    """The clock as it would stand had this policy held all the while: same start, same pauses, same class.

    Equal to the clock if nothing that it rests on has changed. One that the policy has no row for any more is
    returned as it is; an update that the customer has had is not owed again.
    """
    here = (row for row in policy.clocks if row.clock == clock.name and row.runs_for(clock.channel, urgency))
    row = next(here, None)
    if row is None or (clock.channel not in policy.channels and clock.channel != PRIVATE_CHAT):
        return clock
    again = _begun(policy, row, clock.start, clock.channel)
    for stopped, went_on in clock.pauses:
        again = resume(policy, pause(again, stopped), went_on)
    if clock.paused_at is not None:
        again = pause(again, clock.paused_at)
    return again if clock.progress else replace(again, progress=())


def _begun(policy: Policy, row: ClockRow, start: datetime, place: str) -> Clock:
    try:
        return _started(policy, row, start, place)
    except NoCalendarError:
        return replace(_started(weekdays_only(policy), row, start, place), provisional=True)


def _started(policy: Policy, row: ClockRow, start: datetime, place: str) -> Clock:
    unit, amount, due = terms(policy, row, start, place)

    def after(share: float) -> datetime:
        return advance(policy, unit, start, amount * share, place)

    # What is due at once is late from the start: the desk is warned then, whatever shares the row names.
    warn_at = row.warn_at if amount else (0.0,)
    return Clock(
        name=row.clock,
        unit=unit,
        channel=place,
        start=start.astimezone(policy.zone),
        due=due,
        warnings=tuple(after(share) for share in warn_at),
        progress=tuple(after(share) for share in row.progress_at),
        customers=row.customers,
        facts=row.facts,
    )


def _resumed(policy: Policy, clock: Clock, stopped: datetime, again: datetime) -> Clock:
    def later(point: datetime) -> datetime:
        left = time_between(policy, clock.unit, stopped, point, channel=clock.channel)
        moved = advance(policy, clock.unit, again, left, clock.channel)
        return moved if instant_of(point) > stopped and instant_of(moved) > instant_of(point) else point

    def local(moment: datetime) -> datetime:
        return moment.astimezone(policy.zone)

    return replace(
        clock,
        due=later(clock.due),
        warnings=tuple(later(point) for point in clock.warnings),
        progress=tuple(later(point) for point in clock.progress),
        pauses=(*clock.pauses, (local(stopped), local(again))) if again > stopped else clock.pauses,
        paused_at=None,
    )
