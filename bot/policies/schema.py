"""The form of a profile file. Pydantic checks it; `bot.policies.references` checks what a form cannot say."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints

from bot.core.policy import Unit
from bot.core.worktime import ALL_DAY, DAY_MINUTES, Span

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$")]
Fact = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]+(\.[0-9]+[a-z]?)?$")]
Facts = Annotated[tuple[Fact, ...], Field(min_length=1)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
EARLIEST, LATEST = 1900, 2999
"""The years in which dates are believed."""
Share = Annotated[float, Field(ge=0, lt=1)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEK: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Role = Literal["agent", "senior", "manager", "director", "supervisor"]
Outcome = Literal["answer", "act", "handoff", "refuse", "chat"]
Place = Literal["checkout_page", "order_page", "bank", "seller", "support"]

_SPAN = re.compile(r"([0-9]{2}):([0-5][0-9])-([0-9]{2}):([0-5][0-9])")
_AMOUNT = re.compile(r"([0-9]{1,4}) (s|min|h|days?)")
_LENGTHS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days", "days": "days"}


def _span(text: object) -> Span:
    match = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("expected hours such as 08:00-24:00")
    opens, closes = (int(match[hour]) * 60 + int(match[hour + 1]) for hour in (1, 3))
    if closes > DAY_MINUTES:
        raise ValueError("expected hours that end by 24:00; write what lies after midnight with the next day")
    if closes <= opens:
        raise ValueError("expected hours that end after they begin, such as 08:00-24:00")
    return Span(opens, closes)


def _day(day: date) -> date:
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"expected a date between the years {EARLIEST} and {LATEST}")
    return day


def _in_order(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    if any(later.opens < earlier.closes for earlier, later in pairwise(spans)):
        raise ValueError("expected hours of one day in order and without overlap")
    return spans


def _amount(text: object) -> timedelta:
    if text == "at once":
        return timedelta(0)
    match = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("expected a length such as `30 s`, `5 min`, `24 h`, `3 days` or `at once`")
    return timedelta(**{_LENGTHS[match[2]]: int(match[1])})


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(name)  # type: ignore[arg-type]  # whatever stands in the file; a wrong kind is caught here
    except (TypeError, ValueError, OSError, KeyError):
        raise ValueError("expected a time zone such as Asia/Hong_Kong") from None


Day = Annotated[date, Strict(), AfterValidator(_day)]
Spans = Annotated[tuple[Annotated[Span, BeforeValidator(_span)], ...], AfterValidator(_in_order)]
Amount = Annotated[timedelta, BeforeValidator(_amount)]


class Part(BaseModel):
    """What all parts of a file share: no key but those named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class InForce(Part):
    """`from` is the first day on which the version holds; `published`, if given, lies well before."""

    day: Day = Field(alias="from")
    published: Day | None = None
    facts: Facts


class Revision(Part):
    """How a new version comes into force (fact X9.1)."""

    days: Annotated[int, Field(ge=0, le=365)]
    comments_to: Name
    facts: Facts


class Languages(Part):
    """Languages served, as BCP 47 codes."""

    served: Annotated[tuple[Text, ...], Field(min_length=1)]
    default: Text
    facts: Facts


class NamedDay(Part):
    """A day that differs from its weekday, with the reason for whoever reads the file."""

    date: Day
    reason: Text


class CalendarPart(Part):
    """The working days: weekdays without general holidays, and the operator's own days."""

    region: Text
    categories: Annotated[tuple[Text, ...], Field(min_length=1)]
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    years: Annotated[tuple[Annotated[int, Field(ge=EARLIEST, le=LATEST)], ...], Field(min_length=1)]
    closed: tuple[NamedDay, ...] = ()
    open: tuple[NamedDay, ...] = ()
    facts: Facts


class DayHours(NamedDay):
    """Other hours on one date; no hours mean closed."""

    hours: Spans


class WeekPart(Part):
    """Hours: one list for every day, or other ones for the weekdays named."""

    every_day: Spans
    monday: Spans | None = None
    tuesday: Spans | None = None
    wednesday: Spans | None = None
    thursday: Spans | None = None
    friday: Spans | None = None
    saturday: Spans | None = None
    sunday: Spans | None = None

    def week(self) -> tuple[tuple[Span, ...], ...]:
        """The spans of the seven weekdays, Monday first."""
        named: list[tuple[Span, ...] | None] = [getattr(self, day) for day in WEEK]
        return tuple(self.every_day if spans is None else spans for spans in named)


class HoursPart(WeekPart):
    """Service hours: a week, and single dates that differ from it."""

    dates: tuple[DayHours, ...] = ()
    facts: Facts


ALWAYS = tuple(ALL_DAY for _ in WEEK)


class Contact(Part):
    """An address or number that customers are given."""

    value: Text
    facts: Facts


class ChannelPart(Part):
    """One channel: what it is for, its hours (`always` or a name under `hours`), its other names."""

    contact: Name | None = None
    serves: tuple[Name, ...]
    hours: Name
    also_called: tuple[Name, ...] = ()
    regions: tuple[Name, ...] = ()
    facts: Facts


class ScopePart(Part):
    """A refused subject: helpers by topic (`default` is a must), and what a person may still do."""

    redirects: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]]
    person_may: tuple[Name, ...] = ()
    facts: Facts


class ClockPart(Part):
    """One row of the clock table."""

    clock: Name
    starts: Name
    unit: Unit
    amount: Amount
    channels: tuple[Name, ...] = ()
    urgencies: tuple[Name, ...] = ()
    customers: bool = False
    warn_at: tuple[Share, ...] | None = None
    progress_at: tuple[Share, ...] = ()
    facts: Facts


class LevelPart(Part):
    """One level of the escalation ladder."""

    id: Name
    role: Role
    window: Name
    answer: Name
    follows: Name
    contact: Name | None = None
    facts: Facts


class MeasurePart(Part):
    """One restriction and who may impose it."""

    id: Name
    role: Role
    facts: Facts


class RestrictionPart(Part):
    """When and how support may be restricted."""

    causes: Annotated[tuple[Name, ...], Field(min_length=1)]
    repeats: Annotated[int, Field(ge=2, le=100)]
    measures: Annotated[tuple[MeasurePart, ...], Field(min_length=1)]
    facts: Facts


class ConductPart(Part):
    """How often the bot asks for a calmer tone before it tells the desk."""

    requests: Annotated[int, Field(ge=0, le=10)]
    facts: Facts


class NamesPart(Part):
    """A list of ids with its facts."""

    items: Annotated[tuple[Name, ...], Field(min_length=1)]
    facts: Facts


class RulingPart(Part):
    """A decision of the project where the policy leaves one open."""

    text: Text
    facts: Facts


class OperatorPart(Part):
    """A value for the operator to supply, and where the customer sees it until then."""

    fallback: Place
    facts: Facts


class IntentPart(Part):
    """What is done about one intent. `facts` may be empty only where the policy says nothing about it."""

    outcome: Outcome
    urgency: Name | None = None
    resolution: Literal["simple", "general", "special"] = "general"
    offers_person: bool = False
    scope: Name | None = None
    facts: tuple[Fact, ...]


class Profile(Part):
    """A whole profile file, after `extends` has been laid under it."""

    profile: Name
    version: Text
    in_force: InForce
    revision: Revision
    languages: Languages
    zone: Annotated[ZoneInfo, BeforeValidator(_zone)]
    calendar: CalendarPart
    hours: dict[Name, HoursPart]
    contacts: dict[Name, Contact]
    channels: Annotated[dict[Name, ChannelPart], Field(min_length=1)]
    scopes: dict[Name, ScopePart]
    warn_at: tuple[Share, ...]
    clocks: Annotated[dict[Name, ClockPart], Field(min_length=1)]
    handoff: Annotated[dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]], Field(min_length=1)]
    material: NamesPart
    subjects: dict[Name, NamesPart]
    ladder: tuple[LevelPart, ...]
    restriction: RestrictionPart
    conduct: ConductPart
    rulings: dict[Name, RulingPart]
    operator: dict[Name, OperatorPart]
    intents: dict[Name, IntentPart]
    unused_facts: dict[Fact, Text] = {}


class FactBook(Part):
    """The numbered facts of one policy, each in a line of our own words."""

    profile: Name
    facts: Annotated[dict[Fact, Text], Field(min_length=1)]
