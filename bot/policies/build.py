"""Turns a checked profile file into the core's values."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from bot.core.policy import (
    ChannelPromise,
    ClockRow,
    Conduct,
    IntentRule,
    LadderLevel,
    Measure,
    OperatorValue,
    Policy,
    Restriction,
    Ruling,
    ScopeRule,
)
from bot.core.worktime import Calendar, Hours
from bot.policies.calendars import general_holidays
from bot.policies.references import ALWAYS
from bot.policies.schema import ALWAYS as AROUND_THE_CLOCK
from bot.policies.schema import WEEK, CalendarPart, ChannelPart, ClockPart, Profile

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def build(profile: Profile, operator: Mapping[str, str]) -> Policy:
    """The policy; ValueError if the calendar's region, categories or years have no holidays."""
    return Policy(
        name=profile.profile,
        version=profile.version,
        in_force=profile.in_force.day,
        languages=profile.languages.served,
        default_language=profile.languages.default,
        zone=profile.zone,
        calendar=_calendar(profile.calendar),
        intents=_frozen({name: IntentRule(id=name, **dict(part)) for name, part in profile.intents.items()}),
        channels=_frozen({name: _channel(profile, name, part) for name, part in profile.channels.items()}),
        aliases=_frozen(
            {other: name for name, part in profile.channels.items() for other in part.also_called}
        ),
        contacts=_frozen({name: part.value for name, part in profile.contacts.items()}),
        scopes=_frozen(
            {
                name: ScopeRule(name, _frozen(part.redirects), part.person_may, part.facts)
                for name, part in profile.scopes.items()
            }
        ),
        clocks=tuple(_row(profile, part) for part in profile.clocks.values()),
        handoff_clocks=_frozen(profile.handoff),
        material=profile.material.items,
        subjects=_frozen({name: part.items for name, part in profile.subjects.items()}),
        ladder=tuple(
            LadderLevel(
                part.id, part.role, part.window, part.answer, part.follows, part.contact or "", part.facts
            )
            for part in profile.ladder
        ),
        restriction=Restriction(
            causes=profile.restriction.causes,
            measures=tuple(Measure(part.id, part.role, part.facts) for part in profile.restriction.measures),
            repeats=profile.restriction.repeats,
            facts=profile.restriction.facts,
        ),
        conduct=Conduct(profile.conduct.requests, profile.conduct.facts),
        rulings=tuple(Ruling(name, part.text, part.facts) for name, part in profile.rulings.items()),
        operator=_frozen(
            {
                name: OperatorValue(name, operator.get(name, "").strip() or None, part.fallback, part.facts)
                for name, part in profile.operator.items()
            }
        ),
        notice_days=profile.revision.days,
    )


def _calendar(part: CalendarPart) -> Calendar:
    return Calendar(
        region=part.region,
        weekdays=frozenset(WEEK.index(day) for day in part.weekdays),
        holidays=general_holidays(part.region, part.categories, part.years),
        years=frozenset(part.years),
        closed=frozenset(day.date for day in part.closed),
        open=frozenset(day.date for day in part.open),
    )


def _channel(profile: Profile, name: str, part: ChannelPart) -> ChannelPromise:
    if part.hours == ALWAYS:
        hours = Hours(AROUND_THE_CLOCK, _frozen({}))
    else:
        named = profile.hours[part.hours]
        hours = Hours(named.week(), _frozen({day.date: day.hours for day in named.dates}))
    return ChannelPromise(
        id=name,
        address=profile.contacts[part.contact].value if part.contact else "",
        serves=part.serves,
        hours=hours,
        regions=part.regions,
        facts=part.facts,
    )


def _row(profile: Profile, part: ClockPart) -> ClockRow:
    silent = () if part.customers else profile.warn_at
    return ClockRow(
        clock=part.clock,
        starts=part.starts,
        unit=part.unit,
        amount=part.amount,
        channels=frozenset(part.channels),
        urgencies=frozenset(part.urgencies),
        customers=part.customers,
        warn_at=silent if part.warn_at is None else part.warn_at,
        progress_at=part.progress_at,
        facts=part.facts,
    )


def _frozen(values: Mapping[_Key, _Value]) -> Mapping[_Key, _Value]:
    return MappingProxyType(dict(values))
