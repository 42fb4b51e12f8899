"""Notices of a profile: other hours, working days or promises for a time and an audience (fact A4)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from bot.core.policy import PRIVATE_CHAT, Audience, Instead, Notice, Unit
from bot.core.worktime import NO_TIME, ONE_DAY
from bot.policies.document import Document, Fault, PolicyError, Where, merge, read
from bot.policies.profile import validate
from bot.policies.references import Wrong, unknown
from bot.policies.schema import EARLIEST, LATEST, Amount, Fact, Name, Part, Profile, Text, WeekPart

LONGEST = timedelta(days=366)
"""Of a notice that changes hours or days; what holds for longer is a new version of the profile."""

MIDNIGHT = time()
EXAMPLE = "2026-09-08T06:00+08:00"


def _moment(found: object) -> datetime:
    if isinstance(found, str):
        try:
            found = datetime.fromisoformat(found)
        except ValueError:
            found = None
    if not isinstance(found, datetime) or found.utcoffset() is None or not EARLIEST <= found.year <= LATEST:
        raise ValueError(f"expected a moment with its zone, such as {EXAMPLE}")
    return found


def _region(name: str) -> str:
    if not (name.islower() or (len(name) == len("JP") and name.isascii() and name.isupper())):
        raise ValueError("expected a country such as JP, or the region of a community such as japan_korea")
    return name


def _as_week(found: object) -> object:
    """A plain list is every day's hours."""
    return {"every_day": found} if isinstance(found, list) else found


Hours = dict[Name, Annotated[WeekPart, BeforeValidator(_as_week)]]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Region = Annotated[Text, AfterValidator(_region)]


class AudiencePart(Part):
    """Whom it is for; a list that is not there takes in everybody."""

    channels: tuple[Name, ...] = ()
    urgencies: tuple[Name, ...] = ()
    regions: tuple[Region, ...] = ()
    scopes: tuple[Name, ...] = ()


class InsteadPart(Part):
    """What is promised in place of a clock's time: another length, or one moment for all."""

    clock: Name
    unit: Unit | None = None
    amount: Amount | None = None
    due: Moment | None = None

    @property
    def promise(self) -> timedelta | datetime:
        """The one of the two that is given."""
        return self.due or self.amount or NO_TIME


class NoticePart(Part):
    """A whole notice. `until` is the first moment that is no longer meant."""

    reason: Text
    since: Moment = Field(alias="from")
    until: Moment
    audience: AudiencePart = AudiencePart()
    hours: Hours = Field(default_factory=dict)
    calendar: Literal["rest", "work"] | None = None
    clocks: tuple[InsteadPart, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """A notice as it was written."""

    id: str
    document: Document
    part: NoticePart


def read_notices(paths: Sequence[Path], profiles: Sequence[Profile]) -> list[NoticeFile]:
    """The notices, the first to begin first. PolicyError with every fault of every file.

    `profiles` are the versions of the profile; a name that any of them knows may be used.
    """
    known = _known(profiles)
    faults: list[Fault] = []
    found: list[NoticeFile] = []
    for path in paths:
        try:
            document = merge([(str(path), read(path))])
            notice = NoticeFile(path.stem, document, validate(NoticePart, document))
        except PolicyError as error:
            faults.extend(error.faults)
            continue
        faults.extend(document.fault(where, text) for where, text in _wrong(notice.part, known))
        found.append(notice)
    found.sort(key=lambda notice: (notice.part.since, notice.id))
    faults.extend(_overlaps(found))
    if faults:
        raise PolicyError(faults)
    return found


def build_notice(notice: NoticeFile) -> Notice:
    """The notice as the core's value."""
    part = notice.part
    return Notice(
        id=notice.id,
        reason=part.reason,
        since=part.since,
        until=part.until,
        audience=Audience(*(frozenset(names) for names in _marks(part.audience))),
        hours={channel: week.week() for channel, week in part.hours.items()},
        works=None if part.calendar is None else part.calendar == "work",
        clocks=tuple(
            Instead(each.clock, part.since, part.until, each.promise, each.unit) for each in part.clocks
        ),
    )


def _marks(audience: AudiencePart) -> tuple[tuple[str, ...], ...]:
    return audience.channels, audience.urgencies, audience.regions, audience.scopes


class _Known(NamedTuple):
    """The names of all versions of the profile."""

    zone: tzinfo
    channels: Collection[str]
    urgencies: Collection[str]
    regions: Collection[str]
    scopes: Collection[str]
    units: Mapping[str, frozenset[Unit]]
    """Clock -> the units of its rows."""


def _known(profiles: Sequence[Profile]) -> _Known:
    units: dict[str, frozenset[Unit]] = {}
    for profile in profiles:
        for row in profile.clocks.values():
            units[row.clock] = units.get(row.clock, frozenset()) | {row.unit}
    channels = {name: part for profile in profiles for name, part in profile.channels.items()}
    return _Known(
        zone=profiles[0].zone,
        channels=channels,
        urgencies={name: None for profile in profiles for name in profile.handoff},
        regions={name: None for part in channels.values() for name in part.regions},
        scopes={name: None for profile in profiles for name in profile.scopes},
        units=units,
    )


def _wrong(part: NoticePart, known: _Known) -> Wrong:
    yield from _span(part, known.zone)
    yield from _audience(part.audience, known)
    for channel in part.hours:
        if channel not in known.channels:
            yield ("hours", channel), unknown(channel, "channel", known.channels)
        elif part.audience.channels and channel not in part.audience.channels:
            named = ", ".join(part.audience.channels)
            yield ("hours", channel), f"found hours of {channel}, but the notice is for {named} alone"
    for index, each in enumerate(part.clocks):
        yield from _instead(("clocks", index), each, part.until, known)
    if not (part.hours or part.calendar or part.clocks):
        yield (), "changes nothing; expected `hours`, `calendar` or `clocks`"


def _span(part: NoticePart, zone: tzinfo) -> Wrong:
    if part.until <= part.since:
        yield ("until",), f"found {part.until.isoformat()}, which is not after {part.since.isoformat()}"
    elif (part.hours or part.calendar) and part.until - part.since > LONGEST:
        yield (
            ("until",),
            f"found more than {LONGEST.days} days; what holds for so long is a new version of the profile",
        )
    for key, moment in (("from", part.since), ("until", part.until)):
        local = moment.astimezone(zone)
        if part.calendar and local.time() != MIDNIGHT:
            yield (key,), f"found {local.isoformat()}, but working days are whole: expected 00:00 in {zone}"
        elif part.hours and (local.second or local.microsecond):
            yield (
                (key,),
                f"found {local.isoformat()}; expected a whole minute (`until` is the first not meant)",
            )


def _audience(part: AudiencePart, known: _Known) -> Wrong:
    lists: tuple[tuple[str, str, Sequence[str], Collection[str]], ...] = (
        ("channels", "channel", part.channels, [*known.channels, PRIVATE_CHAT]),
        ("urgencies", "class under handoff", part.urgencies, known.urgencies),
        ("scopes", "scope", part.scopes, known.scopes),
        ("regions", "region of a community", part.regions, known.regions),
    )
    for key, what, names, there_are in lists:
        for index, name in enumerate(names):
            if name not in there_are and not name.isupper():  # countries are written in capitals
                yield ("audience", key, index), unknown(name, what, there_are)


def _instead(where: Where, part: InsteadPart, until: datetime, known: _Known) -> Wrong:
    if part.clock not in known.units:
        yield (*where, "clock"), unknown(part.clock, "clock", known.units)
        return
    if (part.amount is None) == (part.due is None):
        yield where, "found both amount and due, or neither; expected one of them"
    if part.due is not None and part.due < until:
        yield (
            (*where, "due"),
            f"found {part.due.isoformat()}, before the notice ends; expected a later one",
        )
    if part.due is not None and part.unit is not None:
        yield (*where, "unit"), "found a unit beside `due`, which needs none; leave it out"
    units = known.units[part.clock] if part.unit is None else {part.unit}
    whole = part.amount is None or (part.amount > NO_TIME and part.amount % ONE_DAY == NO_TIME)
    if not whole and units & {Unit.WORKDAYS, Unit.WINDOW}:
        yield (
            (*where, "amount"),
            f"found {part.amount} for {', '.join(sorted(units))}; expected whole days, such as `3 days`",
        )


def _overlaps(notices: Sequence[NoticeFile]) -> Iterator[Fault]:
    for first, second in combinations(notices, 2):
        both = _both_change(first.part, second.part)
        if both and second.part.since < first.part.until and _meet(first.part.audience, second.part.audience):
            until = first.part.until.isoformat()
            yield second.document.fault(
                ("from",),
                f"found {second.part.since.isoformat()}, but {first.document.file} holds until {until} and "
                f"changes {both} too; let one end before the other begins, or give them different audiences",
            )


def _both_change(first: NoticePart, second: NoticePart) -> str:
    """What two notices change both, in words; "" for nothing."""
    found = [f"the hours of {channel}" for channel in first.hours if channel in second.hours]
    if first.calendar and second.calendar:
        found.append("the working days")
    clocks = {each.clock for each in second.clocks}
    found += dict.fromkeys(f"the clock {each.clock}" for each in first.clocks if each.clock in clocks)
    return " and ".join(found)


def _meet(first: AudiencePart, second: AudiencePart) -> bool:
    """True if somebody is in both; an empty list takes in everybody."""
    return all(
        not one or not other or not set(one).isdisjoint(other)
        for one, other in zip(_marks(first), _marks(second), strict=True)
    )
