"""What a policy's notices make of it for one matter: other hours, working days, promises (fact A4).

A notice counts for the time between its ends and for nothing else, so a policy under notices holds for every
moment, and nobody has to switch one on or off.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from bot.core.policy import PRIVATE_CHAT, ChannelPromise, ClockRow, Notice, Policy
from bot.core.worktime import DAY_MINUTES, ONE_DAY, Calendar, Hours, Span

A_MINUTE = timedelta(minutes=1)


def under_notices(
    policy: Policy,
    *,
    channel: str,
    urgency: str = "",
    private: bool = False,
    region: str = "",
    scope: str = "",
) -> Policy:
    """The policy as its notices leave it for a matter of this channel, class, region and refused subject.

    `private` tells a private Telegram chat from a community. The result has no notices left to look at, and
    is the policy itself if none of them is meant for the matter.
    """
    place = policy.channel(channel)
    place = PRIVATE_CHAT if private and place == "telegram" else place
    meant = [
        notice
        for notice in policy.notices
        if notice.audience.holds(channel=place, urgency=urgency, region=region, scope=scope)
    ]
    if not meant:
        return policy
    return replace(
        policy,
        calendar=_calendar(policy, meant),
        channels=MappingProxyType(dict(_channels(policy, meant))),
        clocks=tuple(_row(row, meant) for row in policy.clocks),
        notices=(),
    )


def _calendar(policy: Policy, notices: Iterable[Notice]) -> Calendar:
    calendar = policy.calendar
    for notice in notices:
        days = frozenset(_days(policy, notice)) if notice.works is not None else frozenset[date]()
        if notice.works is True:
            calendar = replace(calendar, open=calendar.open | days)
        elif notice.works is False:
            calendar = replace(calendar, closed=calendar.closed | days, open=calendar.open - days)
    return calendar


def _channels(policy: Policy, notices: Sequence[Notice]) -> Iterator[tuple[str, ChannelPromise]]:
    for name, channel in policy.channels.items():
        hours = channel.hours
        for notice in notices:
            if name in notice.hours:
                hours = replace(
                    hours, exceptions={**hours.exceptions, **_other_hours(policy, notice, hours, name)}
                )
        yield name, channel if hours is channel.hours else replace(channel, hours=hours)


def _other_hours(
    policy: Policy, notice: Notice, hours: Hours, channel: str
) -> Mapping[date, tuple[Span, ...]]:
    """For each day of the notice: its hours within its time, and around it those that the day has anyway."""
    week = notice.hours[channel]
    found = {}
    for day in _days(policy, notice):
        begins, ends = (_minute(policy, moment, day) for moment in (notice.since, notice.until))
        kept = [*_clipped(hours.on(day), 0, begins), *_clipped(hours.on(day), ends, DAY_MINUTES)]
        found[day] = tuple(sorted([*kept, *_clipped(week[day.weekday()], begins, ends)], key=_opening))
    return found


def _opening(span: Span) -> int:
    return span.opens


def _clipped(spans: Iterable[Span], begins: int, ends: int) -> Iterator[Span]:
    for span in spans:
        opens, closes = max(span.opens, begins), min(span.closes, ends)
        if opens < closes:
            yield Span(opens, closes)


def _days(policy: Policy, notice: Notice) -> Iterator[date]:
    """The local dates that the notice touches."""
    day = notice.since.astimezone(policy.zone).date()
    while _minute(policy, notice.until, day) > 0:
        yield day
        day += ONE_DAY


def _minute(policy: Policy, moment: datetime, day: date) -> int:
    """The minute of the local day, 0 for a moment before it and 1440 for one after it."""
    local = moment.astimezone(policy.zone)
    if local.date() != day:
        return 0 if local.date() < day else DAY_MINUTES
    return local.hour * 60 + local.minute


def _row(row: ClockRow, notices: Iterable[Notice]) -> ClockRow:
    found = tuple(each for notice in notices for each in notice.clocks if each.clock == row.clock)
    return replace(row, instead=found) if found else row
