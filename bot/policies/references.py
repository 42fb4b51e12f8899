"""What the form of a profile cannot say: that its names lead somewhere and its values fit together."""

from collections.abc import Collection, Iterator
from itertools import combinations

from bot.core.policy import PRIVATE_CHAT, RESOLUTION, UNKNOWN, Unit
from bot.core.worktime import NO_TIME, ONE_DAY
from bot.policies.document import Document, Fault, Where
from bot.policies.schema import ChannelPart, ClockPart, IntentPart, Profile

ALWAYS = "always"

Wrong = Iterator[tuple[Where, str]]


def faults(document: Document, profile: Profile, name: str) -> list[Fault]:
    """Every reference that leads nowhere and every pair of values that cannot both hold."""
    parts = (
        _head(profile, name),
        _days(profile),
        _channels(profile),
        _clocks(profile),
        _promises(profile),
        _scopes(profile),
        _intents(profile),
    )
    return [document.fault(where, text) for part in parts for where, text in part]


def unknown(found: str, what: str, known: Collection[str]) -> str:
    """The sentence about a name that leads nowhere."""
    return f"found {found!r}, which is no {what}; expected one of: {', '.join(known)}"


def _head(profile: Profile, name: str) -> Wrong:
    if profile.profile != name:
        yield ("profile",), f"found {profile.profile!r}; expected {name!r}, as the file is called"
    if profile.languages.default not in profile.languages.served:
        yield (
            ("languages", "default"),
            unknown(profile.languages.default, "language served", profile.languages.served),
        )
    if profile.revision.comments_to not in profile.contacts:
        yield ("revision", "comments_to"), unknown(profile.revision.comments_to, "contact", profile.contacts)

    first, published, days = profile.in_force.day, profile.in_force.published, profile.revision.days
    if published is not None and first < published + days * ONE_DAY:
        least = published + days * ONE_DAY
        yield (
            ("in_force", "from"),
            f"found {first}, less than {days} days after {published}; expected {least} or later",
        )


def _days(profile: Profile) -> Wrong:
    closed = {day.date for day in profile.calendar.closed}
    for index, day in enumerate(profile.calendar.open):
        if day.date in closed:
            yield (
                ("calendar", "open", index),
                f"found {day.date}, which is under `closed` too; keep one of them",
            )
    for name, hours in profile.hours.items():
        seen = set()
        for index, day in enumerate(hours.dates):
            if day.date in seen:
                yield ("hours", name, "dates", index), f"found {day.date} a second time; keep one of them"
            seen.add(day.date)
        if not any(hours.week()):
            yield ("hours", name), "found no hours on any weekday; expected some"
    if ALWAYS in profile.hours:
        yield (
            ("hours", ALWAYS),
            f"found hours called {ALWAYS!r}, which stands for around the clock; choose another name",
        )


def _channels(profile: Profile) -> Wrong:
    names = {name: name for name in profile.channels}
    for name, channel in profile.channels.items():
        where = ("channels", name)
        if name == PRIVATE_CHAT:
            yield where, f"found a channel called {PRIVATE_CHAT}; it is a kind of telegram and needs no entry"
        yield from _channel(profile, where, channel)
        for index, other in enumerate(channel.also_called):
            if other in names:
                yield (*where, "also_called", index), f"found {other!r}, which already means {names[other]}"
            names[other] = name


def _channel(profile: Profile, where: Where, channel: ChannelPart) -> Wrong:
    if channel.hours != ALWAYS and channel.hours not in profile.hours:
        yield (*where, "hours"), unknown(channel.hours, "name under hours", [ALWAYS, *profile.hours])
    if channel.contact is not None and channel.contact not in profile.contacts:
        yield (*where, "contact"), unknown(channel.contact, "contact", profile.contacts)


def _clocks(profile: Profile) -> Wrong:
    places = [*profile.channels, PRIVATE_CHAT]
    for name, row in profile.clocks.items():
        where = ("clocks", name)
        for at, place in enumerate(row.channels):
            if place not in places:
                yield (*where, "channels", at), unknown(place, "channel", places)
        for at, urgency in enumerate(row.urgencies):
            if urgency not in profile.handoff:
                yield (*where, "urgencies", at), unknown(urgency, "class under handoff", profile.handoff)
        yield from _amount(where, row)
    for (_, first), (second, row) in combinations(profile.clocks.items(), 2):
        if (
            first.clock == row.clock
            and _meet(first.channels, row.channels)
            and _meet(first.urgencies, row.urgencies)
        ):
            yield (
                ("clocks", second),
                f"found a second row of {row.clock} for the same channel and class; keep one",
            )


def _amount(where: Where, row: ClockPart) -> Wrong:
    whole = row.amount > NO_TIME and row.amount % ONE_DAY == NO_TIME
    if row.unit in {Unit.WORKDAYS, Unit.WINDOW} and not whole:
        yield (*where, "amount"), f"found {row.amount} for {row.unit}; expected whole days, such as `3 days`"
    if (row.customers or row.unit is Unit.WINDOW) and (row.warn_at or row.progress_at):
        yield where, "found warn_at or progress_at on a time that the customer has to keep; leave them out"
    if row.unit is Unit.WINDOW and not row.customers:
        yield (
            (*where, "unit"),
            "found a window that is the desk's; windows are the customer's: add `customers: true`",
        )


def _meet(first: Collection[str], second: Collection[str]) -> bool:
    """True if both hold somewhere; an empty list holds everywhere."""
    return not first or not second or not set(first).isdisjoint(second)


def _promises(profile: Profile) -> Wrong:
    known = list(dict.fromkeys(row.clock for row in profile.clocks.values()))
    for urgency, clocks in profile.handoff.items():
        for index, clock in enumerate(clocks):
            if clock not in {*known, RESOLUTION}:
                yield ("handoff", urgency, index), unknown(clock, "clock", [RESOLUTION, *known])
    for index, level in enumerate(profile.ladder):
        for key in ("window", "answer"):
            clock = getattr(level, key)
            if clock not in known:
                yield ("ladder", index, key), unknown(clock, "clock", known)
        if level.contact is not None and level.contact not in profile.contacts:
            yield ("ladder", index, "contact"), unknown(level.contact, "contact", profile.contacts)


def _scopes(profile: Profile) -> Wrong:
    for name, scope in profile.scopes.items():
        if "default" not in scope.redirects:
            yield (
                ("scopes", name, "redirects"),
                "found no topic `default`; expected one, for what no other topic fits",
            )


def _intents(profile: Profile) -> Wrong:
    if UNKNOWN not in profile.intents:
        yield ("intents",), f"found no intent `{UNKNOWN}`; expected one, for what no other intent fits"
    clocks = {row.clock for row in profile.clocks.values()}
    for name, intent in profile.intents.items():
        where = ("intents", name)
        yield from _intent(profile, where, intent)
        if f"resolution_{intent.resolution}" not in clocks:
            yield (
                (*where, "resolution"),
                f"found {intent.resolution!r}, but no clock resolution_{intent.resolution}",
            )


def _intent(profile: Profile, where: Where, intent: IntentPart) -> Wrong:
    if intent.urgency is not None and intent.urgency not in profile.handoff:
        yield (*where, "urgency"), unknown(intent.urgency, "class under handoff", profile.handoff)
    if intent.urgency is None and intent.outcome == "handoff":
        yield where, "found a hand-off without urgency; expected the class whose clocks it starts"
    if intent.scope is not None and intent.scope not in profile.scopes:
        yield (*where, "scope"), unknown(intent.scope, "scope", profile.scopes)
    if (intent.outcome == "refuse") != (intent.scope is not None):
        yield where, "found `refuse` without scope, or a scope without `refuse`; expected both or neither"
