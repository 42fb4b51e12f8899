"""Working days and service hours: which stretches of time count, and walking along them.

Stretches are pairs of instants, so a zone with summer time neither loses nor gains an hour; the local
calendar only says where a stretch begins and ends. A day's end is 24:00, which is 00:00 of the next day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

ONE_DAY = timedelta(days=1)
NO_TIME = timedelta(0)
DAY_MINUTES = 24 * 60
FURTHEST = 400
"""Closed days in a row after which a calendar counts as closed for good."""

Stretches = Callable[[date], Iterable[tuple[datetime, datetime]]]
"""Local date -> the stretches of that day that count, in order, as instants (from, to)."""


class DeadlineError(ValueError):
    """A due time cannot be worked out; the message says what was asked and what there is."""


class NoCalendarError(DeadlineError):
    """The general holidays of a year are not known, so its working days are not either."""


@dataclass(frozen=True, slots=True)
class Span:
    """An open stretch of one day in minutes after local midnight: 480 to 1440 is 08:00-24:00."""

    opens: int
    closes: int


ALL_DAY = (Span(0, DAY_MINUTES),)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a service is open: the spans of each weekday, Monday first, and other spans on named dates."""

    week: tuple[tuple[Span, ...], ...]
    exceptions: Mapping[date, tuple[Span, ...]]

    @property
    def always(self) -> bool:
        """True if it never closes."""
        return not self.exceptions and all(spans == ALL_DAY for spans in self.week)

    def on(self, day: date) -> tuple[Span, ...]:
        """The open stretches of this local date, in order; empty when closed."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def usual_on(self, day: date) -> bool:
        """True if this local date has the hours of its weekday."""
        return self.on(day) == self.week[day.weekday()]

    def stretches(self, zone: tzinfo) -> Stretches:
        """The open stretches as instants."""
        return lambda day: [
            (instant(day, span.opens, zone), instant(day, span.closes, zone)) for span in self.on(day)
        ]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one region.

    `years` are those whose general holidays are known (and listed in `holidays`); any other year is an error,
    because a promise must not rest on a guess. `closed` and `open` are the operator's own: a typhoon day, a
    worked Saturday.
    """

    region: str
    weekdays: frozenset[int]
    holidays: frozenset[date]
    years: frozenset[int]
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()
    strict: bool = True
    """False takes a year outside `years` by its weekdays alone."""

    def works(self, day: date) -> bool:
        """True if this local date is a working day. NoCalendarError for a year outside `years`."""
        if day in self.open:
            return True
        if self.strict and day.year not in self.years:
            known = ", ".join(str(year) for year in sorted(self.years)) or "no year"
            raise NoCalendarError(
                f"the calendar {self.region} has no holidays for {day.year}, only for {known}; "
                f"extend calendar.years in the profile"
            )
        return day.weekday() in self.weekdays and day not in self.holidays and day not in self.closed

    def after(self, day: date) -> date:
        """The first working day after this local date."""
        for _ in range(FURTHEST):
            day += ONE_DAY
            if self.works(day):
                return day
        raise DeadlineError(
            f"the calendar {self.region} has no working day in the {FURTHEST} days before {day}"
        )

    def stretches(self, zone: tzinfo) -> Stretches:
        """Working days from midnight to midnight, as instants."""
        return lambda day: (
            [(instant(day, 0, zone), instant(day, DAY_MINUTES, zone))] if self.works(day) else ()
        )


def instant(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The moment, in UTC, when clocks in `zone` show so many minutes of `day`; 1440 is its end."""
    days, minute = divmod(minutes, DAY_MINUTES)
    wall = datetime.combine(day + days * ONE_DAY, time(minute // 60, minute % 60), zone)
    return wall.astimezone(UTC)


def walk(
    stretches: Stretches, zone: tzinfo, start: datetime, amount: timedelta, *, to_end: bool = True
) -> datetime:
    """The moment when `amount` of counting time has passed since `start` (aware); UTC.

    An amount that is used up just as a stretch ends gives that end (23:55 and five minutes is 24:00); without
    `to_end` it gives the start of the next one.
    """
    start = start.astimezone(UTC)
    day = start.astimezone(zone).date()
    closed = 0
    while closed < FURTHEST:
        closed += 1
        for opens, closes in stretches(day):
            if closes <= start:
                continue
            begin = max(opens, start)
            if amount < closes - begin or (to_end and amount == closes - begin):
                return begin + amount
            amount -= closes - begin
            closed = 0
        day += ONE_DAY
    raise DeadlineError(
        f"nothing is open in the {FURTHEST} days before {day}; the hours or the calendar are empty"
    )


def between(stretches: Stretches, zone: tzinfo, start: datetime, end: datetime) -> timedelta:
    """How much counting time lies between two aware moments; nothing if `end` is not after `start`."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    total = NO_TIME
    while day <= last:
        for opens, closes in stretches(day):
            total += max(min(closes, end) - max(opens, start), NO_TIME)
        day += ONE_DAY
    return total
