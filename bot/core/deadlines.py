"""When something falls due: the profile's clock table (design section 5) as arithmetic on aware datetimes.

Every moment that comes in must carry a zone; every moment that goes out carries the profile's
(Asia/Hong_Kong). What cannot be worked out is a DeadlineError with one sentence that says what was found and
what there is.

What stands on a case is `bot.core.clocks`. Notices are not looked at here: `bot.core.notices` makes the
policy as they leave it for one matter.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, assert_never

from bot.core.policy import PRIVATE_CHAT, ClockRow, Policy, Unit
from bot.core.worktime import NO_TIME, ONE_DAY, DeadlineError, Hours, NoCalendarError, between, instant, walk

__all__ = [
    "DeadlineError",
    "NoCalendarError",
    "Terms",
    "add_elapsed",
    "add_service_minutes",
    "add_workday_elapsed",
    "add_workdays",
    "advance",
    "calendar_warnings",
    "due",
    "find_row",
    "in_service",
    "instant_of",
    "is_workday",
    "next_opening",
    "place_of",
    "terms",
    "time_between",
    "weekdays_only",
    "window_end",
]


class Terms(NamedTuple):
    """What a clock is given when it starts: how it runs, for how long, and until when."""

    unit: Unit
    amount: timedelta
    due: datetime


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
    return terms(policy, row, start, place_of(policy, channel, private=private)).due


def terms(policy: Policy, row: ClockRow, start: datetime, place: str) -> Terms:
    """What the row, or a notice in its place, gives a clock that starts at `start`. Errors as `due`."""
    begin = instant_of(start)
    instead = next((each for each in row.instead if each.since <= begin < each.until), None)
    unit = row.unit if instead is None or instead.unit is None else instead.unit
    promise = row.amount if instead is None else instead.promise
    if isinstance(promise, timedelta):
        return Terms(unit, promise, advance(policy, unit, begin, promise, place))
    length = time_between(policy, unit, begin, promise, channel=place)
    return Terms(unit, length, promise.astimezone(policy.zone))


def find_row(policy: Policy, clock: str, *, channel: str, urgency: str, private: bool = False) -> ClockRow:
    """The row of the clock table for this clock, channel and class. DeadlineError if there is none."""
    place = place_of(policy, channel, private=private)
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
        if row.runs_for(place, urgency):
            return row
    classes = _listed(name for row in here for name in row.urgencies)
    raise DeadlineError(
        f"the clock {clock} does not run for the class {urgency} on {place}; it runs for: {classes}"
    )


def add_elapsed(policy: Policy, start: datetime, amount: timedelta) -> datetime:
    """So much later around the clock."""
    return advance(policy, Unit.ELAPSED, start, amount, "")


def add_workday_elapsed(policy: Policy, start: datetime, amount: timedelta) -> datetime:
    """So much later around the clock, counting working days only."""
    return advance(policy, Unit.WORKDAY_ELAPSED, start, amount, "")


def add_service_minutes(
    policy: Policy, start: datetime, amount: timedelta, *, channel: str = "webchat"
) -> datetime:
    """So much later within the channel's service hours; just at closing time is still within."""
    return advance(policy, Unit.SERVICE_MINUTES, start, amount, place_of(policy, channel))


def add_workdays(policy: Policy, start: datetime, days: int) -> datetime:
    """So many working days later at the same time; a rest day counts as 00:00 of the next working day."""
    return advance(policy, Unit.WORKDAYS, start, days * ONE_DAY, "")


def window_end(policy: Policy, start: datetime, days: int) -> datetime:
    """24:00 of the last of so many working days after the day of `start`, as 00:00 of the day after."""
    return advance(policy, Unit.WINDOW, start, days * ONE_DAY, "")


def is_workday(policy: Policy, day: date) -> bool:
    """True if this local date is a working day. NoCalendarError for a year without calendar."""
    return policy.calendar.works(day)


def in_service(policy: Policy, when: datetime, *, channel: str = "webchat") -> bool:
    """True if the channel's people are on duty then; at the very moment of closing they are not."""
    return instant_of(next_opening(policy, when, channel=channel)) == instant_of(when)


def next_opening(policy: Policy, when: datetime, *, channel: str = "webchat") -> datetime:
    """The first moment from `when` on that is within the channel's service hours; `when` itself if it is."""
    return advance(policy, Unit.SERVICE_MINUTES, when, NO_TIME, place_of(policy, channel))


def time_between(
    policy: Policy, unit: Unit, start: datetime, end: datetime, *, channel: str = "webchat"
) -> timedelta:
    """How much of a clock of this unit runs between two moments; nothing if `end` is not after `start`.

    A working day counts 24 hours, whichever unit counts it.
    """
    begin, finish = instant_of(start), instant_of(end)
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
    year = instant_of(now).astimezone(policy.zone).year
    return tuple(
        f"the calendar {policy.calendar.region} of the profile {policy.name} has no holidays for {missing}: "
        f"due times that reach into it count weekdays alone and may be too early; extend calendar.years"
        for missing in (year, year + 1)
        if missing not in policy.calendar.years
    )


def advance(policy: Policy, unit: Unit, start: datetime, amount: timedelta, place: str) -> datetime:
    """So much later by this unit, in the profile's zone; `place` is the clock table's name of the channel."""
    begin = instant_of(start)
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


def weekdays_only(policy: Policy) -> Policy:
    """The same policy counting the weekdays alone in years without calendar."""
    return replace(policy, calendar=replace(policy.calendar, strict=False))


def _hours(policy: Policy, place: str) -> Hours:
    # A private Telegram chat is no channel of its own in the policy: it has the hours of Telegram.
    return policy.channels["telegram" if place == PRIVATE_CHAT else place].hours


def place_of(policy: Policy, channel: str, *, private: bool = False) -> str:
    """The clock table's name of a channel. DeadlineError for one that the policy does not have."""
    name = policy.channel(channel)
    if name == PRIVATE_CHAT or name not in policy.channels:
        raise DeadlineError(f"there is no channel {channel!r}; {policy.name} has: {_listed(policy.channels)}")
    return PRIVATE_CHAT if private and name == "telegram" else name


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def instant_of(moment: datetime) -> datetime:
    """The moment in UTC. DeadlineError for one without a zone, or at the ends of time."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise DeadlineError(f"the time {moment.isoformat()} has no zone; give one, such as +08:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DeadlineError(f"{moment.isoformat()} is too far away to reckon with") from None
