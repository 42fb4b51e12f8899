"""When something falls due: the profile's clock table (design section 5) as arithmetic on aware datetimes.

Every moment that comes in must carry a zone; every moment that goes out carries the profile's
(Asia/Hong_Kong). What cannot be worked out is a DeadlineError with one sentence that says what was found and
what there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from bot.core.policy import PRIVATE_CHAT, ClockRow, Policy, Unit
from bot.core.worktime import NO_TIME, ONE_DAY, DeadlineError, Hours, NoCalendarError, between, instant, walk

__all__ = [
    "Clock",
    "DeadlineError",
    "NoCalendarError",
    "add_elapsed",
    "add_service_minutes",
    "add_workday_elapsed",
    "add_workdays",
    "calendar_warnings",
    "due",
    "find_row",
    "first_due",
    "in_service",
    "is_workday",
    "next_opening",
    "pause",
    "resume",
    "start_clock",
    "time_between",
    "window_end",
]


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
    paused: timedelta = NO_TIME
    """How long it has stood still, by the wall clock."""
    paused_at: datetime | None = None
    customers: bool = False
    provisional: bool = False
    """True if it reaches into a year without calendar and was reckoned by weekdays alone."""
    facts: tuple[str, ...] = ()


def due(
    policy: Policy,
    clock: str,
    start: datetime,
    *,
    channel: str = "email",
    urgency: str = "regular",
    private: bool = False,
) -> datetime:
    """When the clock that starts at `start` is due.

    `private` tells a private Telegram chat from a community; other channels are private anyway. DeadlineError
    for an unknown clock, channel or class, a pair that the table does not have, a start without a zone, or a
    working day in a year without calendar.
    """
    row = find_row(policy, clock, channel=channel, urgency=urgency, private=private)
    return _advance(policy, row.unit, start, row.amount, _place(policy, channel, private=private))


def find_row(policy: Policy, clock: str, *, channel: str, urgency: str, private: bool = False) -> ClockRow:
    """The row of the clock table for this clock, channel and class. DeadlineError if there is none."""
    place = _place(policy, channel, private=private)
    if urgency not in policy.handoff_clocks:
        raise DeadlineError(
            f"there is no class {urgency!r}; {policy.name} has: {_listed(policy.handoff_clocks)}"
        )
    rows = [row for row in policy.clocks if row.clock == clock]
    if not rows:
        raise DeadlineError(
            f"there is no clock {clock!r}; {policy.name} has: {_listed(row.clock for row in policy.clocks)}"
        )
    here = [row for row in rows if not row.channels or place in row.channels]
    if not here:
        places = _listed(name for row in rows for name in row.channels)
        raise DeadlineError(f"the clock {clock} does not run on {place}; it runs on: {places}")
    for row in here:
        if not row.urgencies or urgency in row.urgencies:
            return row
    classes = _listed(name for row in here for name in row.urgencies)
    raise DeadlineError(
        f"the clock {clock} does not run for the class {urgency} on {place}; it runs for: {classes}"
    )


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

    Errors as `due`, but for a year without calendar: a case must be opened all the same, so weekdays alone
    are counted and the clock is marked `provisional`. Leaving out holidays can only make it due too early.
    """
    row = find_row(policy, clock, channel=channel, urgency=urgency, private=private)
    place = _place(policy, channel, private=private)
    try:
        return _started(policy, row, start, place)
    except NoCalendarError:
        return replace(_started(_lenient(policy), row, start, place), provisional=True)


def first_due(
    policy: Policy, *, channel: str, urgency: str, start: datetime, private: bool = False
) -> tuple[Clock, ...]:
    """The clocks that a hand-off at `start` puts on a case, the one that the customer is told of first.

    In the live chat that is `pickup`, elsewhere the first response (or what complaints, feedback and
    escalations have in its place). The queue goes by the earliest: `min(clock.due for clock in clocks)`.
    Empty if the table promises nothing for this class on this channel. Errors as `start_clock`.
    """
    place = _place(policy, channel, private=private)
    names = policy.handoff_clocks.get(urgency)
    if names is None:
        raise DeadlineError(
            f"there is no class {urgency!r}; {policy.name} has: {_listed(policy.handoff_clocks)}"
        )
    runs = {
        row.clock
        for row in policy.clocks
        if (not row.channels or place in row.channels) and (not row.urgencies or urgency in row.urgencies)
    }
    return tuple(
        start_clock(policy, name, start, channel=channel, urgency=urgency, private=private)
        for name in names
        if name in runs
    )


def pause(clock: Clock, at: datetime) -> Clock:
    """The clock standing still from `at`, because the customer has been asked for something.

    The customer's own clocks run on; one that stands still already keeps its earlier moment.
    """
    moment = _utc(at)
    if clock.customers or clock.paused_at is not None:
        return clock
    return replace(clock, paused_at=max(moment, _utc(clock.start)).astimezone(clock.due.tzinfo))


def resume(policy: Policy, clock: Clock, at: datetime) -> Clock:
    """The clock running again from `at`: what was left of it when it stopped is counted on, by its own unit.

    Never earlier than before: what was past stays past. A clock that does not stand still is returned as it
    is.
    """
    moment = _utc(at)
    if clock.paused_at is None:
        return clock
    stopped = _utc(clock.paused_at)
    try:
        return _resumed(policy, clock, stopped, max(moment, stopped))
    except NoCalendarError:
        return replace(_resumed(_lenient(policy), clock, stopped, max(moment, stopped)), provisional=True)


def add_elapsed(policy: Policy, start: datetime, amount: timedelta) -> datetime:
    """So much later around the clock."""
    return _advance(policy, Unit.ELAPSED, start, amount, "")


def add_workday_elapsed(policy: Policy, start: datetime, amount: timedelta) -> datetime:
    """So much later around the clock, counting working days only."""
    return _advance(policy, Unit.WORKDAY_ELAPSED, start, amount, "")


def add_service_minutes(
    policy: Policy, start: datetime, amount: timedelta, *, channel: str = "webchat"
) -> datetime:
    """So much later within the channel's service hours; just at closing time is still within."""
    return _advance(policy, Unit.SERVICE_MINUTES, start, amount, _place(policy, channel))


def add_workdays(policy: Policy, start: datetime, days: int) -> datetime:
    """So many working days later at the same time; a rest day counts as 00:00 of the next working day."""
    return _advance(policy, Unit.WORKDAYS, start, days * ONE_DAY, "")


def window_end(policy: Policy, start: datetime, days: int) -> datetime:
    """24:00 of the last of so many working days after the day of `start`, as 00:00 of the day after."""
    return _advance(policy, Unit.WINDOW, start, days * ONE_DAY, "")


def is_workday(policy: Policy, day: date) -> bool:
    """True if this local date is a working day. NoCalendarError for a year without calendar."""
    return policy.calendar.works(day)


def in_service(policy: Policy, when: datetime, *, channel: str = "webchat") -> bool:
    """True if the channel's people are on duty then; at the very moment of closing they are not."""
    return _utc(next_opening(policy, when, channel=channel)) == _utc(when)


def next_opening(policy: Policy, when: datetime, *, channel: str = "webchat") -> datetime:
    """The first moment from `when` on that is within the channel's service hours; `when` itself if it is."""
    return _advance(policy, Unit.SERVICE_MINUTES, when, NO_TIME, _place(policy, channel))


def time_between(
    policy: Policy, unit: Unit, start: datetime, end: datetime, *, channel: str = "webchat"
) -> timedelta:
    """How much of a clock of this unit runs between two moments; nothing if `end` is not after `start`.

    A working day counts 24 hours, whichever unit counts it.
    """
    begin, finish = _utc(start), _utc(end)
    match unit:
        case Unit.ELAPSED:
            return max(finish - begin, NO_TIME)
        case Unit.SERVICE_MINUTES:
            return between(_hours(policy, channel).stretches(policy.zone), policy.zone, begin, finish)
        case Unit.WORKDAY_ELAPSED | Unit.WORKDAYS | Unit.WINDOW:
            return between(policy.calendar.stretches(policy.zone), policy.zone, begin, finish)
        case _:
            assert_never(unit)


def calendar_warnings(policy: Policy, now: datetime) -> tuple[str, ...]:
    """One sentence for each of this year and the next, in the profile's zone, that has no calendar."""
    year = _utc(now).astimezone(policy.zone).year
    return tuple(
        f"the calendar {policy.calendar.region} of the profile {policy.name} has no holidays for {missing}: "
        f"due times that reach into it count weekdays alone and may be too early; extend calendar.years"
        for missing in (year, year + 1)
        if missing not in policy.calendar.years
    )


def _started(policy: Policy, row: ClockRow, start: datetime, place: str) -> Clock:
    def after(share: float) -> datetime:
        return _advance(policy, row.unit, start, row.amount * share, place)

    # What is due at once is late from the start: the desk is warned then, whatever shares the row names.
    warn_at = row.warn_at if row.amount else (0.0,)
    return Clock(
        name=row.clock,
        unit=row.unit,
        channel=place,
        start=start.astimezone(policy.zone),
        due=_advance(policy, row.unit, start, row.amount, place),
        warnings=tuple(after(share) for share in warn_at),
        progress=tuple(after(share) for share in row.progress_at),
        customers=row.customers,
        facts=row.facts,
    )


def _resumed(policy: Policy, clock: Clock, stopped: datetime, again: datetime) -> Clock:
    def later(point: datetime) -> datetime:
        left = time_between(policy, clock.unit, stopped, point, channel=clock.channel)
        moved = _advance(policy, clock.unit, again, left, clock.channel)
        return moved if _utc(point) > stopped and _utc(moved) > _utc(point) else point

    return replace(
        clock,
        due=later(clock.due),
        warnings=tuple(later(point) for point in clock.warnings),
        progress=tuple(later(point) for point in clock.progress),
        paused=clock.paused + (again - stopped),
        paused_at=None,
    )


def _advance(policy: Policy, unit: Unit, start: datetime, amount: timedelta, place: str) -> datetime:
    begin = _utc(start)
    if amount < NO_TIME:
        raise DeadlineError(f"an amount of {amount} was asked for; a clock runs forward only")
    try:
        return _walked(policy, unit, begin, amount, place).astimezone(policy.zone)
    except OverflowError:
        raise DeadlineError(f"{start.isoformat()} is too far away to reckon with") from None


def _walked(policy: Policy, unit: Unit, start: datetime, amount: timedelta, place: str) -> datetime:
    zone, calendar = policy.zone, policy.calendar
    match unit:
        case Unit.ELAPSED:
            return start + amount
        case Unit.SERVICE_MINUTES:
            return walk(_hours(policy, place).stretches(zone), zone, start, amount)
        case Unit.WORKDAY_ELAPSED:
            return walk(calendar.stretches(zone), zone, start, amount)
        case Unit.WORKDAYS:
            # A working day counts 24 hours; what is used up at midnight is due as the next one begins.
            return walk(calendar.stretches(zone), zone, start, amount, to_end=False)
        case Unit.WINDOW:
            day = start.astimezone(zone).date()
            for _ in range(amount // ONE_DAY):
                day = calendar.after(day)
            return instant(day + ONE_DAY, 0, zone)
        case _:
            assert_never(unit)


def _lenient(policy: Policy) -> Policy:
    return replace(policy, calendar=replace(policy.calendar, strict=False))


def _hours(policy: Policy, place: str) -> Hours:
    # A private Telegram chat is no channel of its own in the policy: it has the hours of Telegram.
    return policy.channels["telegram" if place == PRIVATE_CHAT else place].hours


def _place(policy: Policy, channel: str, *, private: bool = False) -> str:
    name = policy.channel(channel)
    if name == PRIVATE_CHAT or name not in policy.channels:
        raise DeadlineError(f"there is no channel {channel!r}; {policy.name} has: {_listed(policy.channels)}")
    return PRIVATE_CHAT if private and name == "telegram" else name


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise DeadlineError(f"the time {moment.isoformat()} has no zone; give one, such as +08:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DeadlineError(f"{moment.isoformat()} is too far away to reckon with") from None
