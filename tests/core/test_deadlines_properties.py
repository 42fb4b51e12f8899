"""What must hold for every start and amount, in Hong Kong and in a zone with summer time and split shifts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clocks import pause, resume, start_clock
from bot.core.deadlines import (
    add_elapsed,
    add_service_minutes,
    add_workday_elapsed,
    add_workdays,
    due,
    find_row,
    in_service,
    is_workday,
    next_opening,
    time_between,
    window_end,
)
from bot.core.policy import Policy, Unit
from bot.core.worktime import Calendar, Hours, Span
from bot.policies.load import load_policy

XOOBAY = load_policy("xoobay")

# Berlin: an hour fewer on 2026-03-29, an hour more on 2026-10-25; shut for lunch and on one Thursday.
_SHIFTS = Hours(
    ((Span(9 * 60, 12 * 60), Span(13 * 60, 18 * 60)),) * 5
    + ((Span(0, 14 * 60),), (Span(60, 180), Span(240, 1440))),
    {date(2026, 5, 14): ()},
)
BERLIN = replace(
    XOOBAY,
    zone=ZoneInfo("Europe/Berlin"),
    calendar=Calendar(
        "DE",
        frozenset(range(5)),
        frozenset({date(2026, 4, 3), date(2026, 4, 6)}),
        frozenset(range(2025, 2028)),
    ),
    channels={**XOOBAY.channels, "webchat": replace(XOOBAY.channels["webchat"], hours=_SHIFTS)},
)

POLICIES = st.sampled_from([XOOBAY, BERLIN])
STARTS = st.datetimes(datetime(2025, 10, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by the strategy
AMOUNTS = st.timedeltas(timedelta(0), timedelta(days=12))
CLOCKS = st.sampled_from(
    [
        (row.clock, channel, urgency)
        for row in XOOBAY.clocks
        for channel in sorted(row.channels - {"telegram_private"}) or ["email"]
        for urgency in sorted(row.urgencies) or ["regular"]
    ]
)


def utc(moment: datetime) -> datetime:
    """Moments of one zone are compared by what its clocks show, which fails in the hour that comes twice."""
    return moment.astimezone(UTC)


def ask(policy: Policy, clock: tuple[str, str, str], start: datetime) -> datetime:
    name, channel, urgency = clock
    return utc(due(policy, name, start, channel=channel, urgency=urgency))


@given(POLICIES, CLOCKS, STARTS, STARTS)
def test_a_later_start_is_never_due_earlier(
    policy: Policy, clock: tuple[str, str, str], one: datetime, other: datetime
) -> None:
    earlier, later = sorted((one, other))
    assert ask(policy, clock, earlier) <= ask(policy, clock, later)


@given(POLICIES, CLOCKS, STARTS, st.timedeltas(timedelta(0), timedelta(minutes=3)))
def test_so_it_is_for_starts_that_are_close(
    policy: Policy, clock: tuple[str, str, str], start: datetime, step: timedelta
) -> None:
    assert ask(policy, clock, start) <= ask(policy, clock, start + step)


@given(POLICIES, CLOCKS, STARTS)
def test_nothing_is_due_before_it_starts(
    policy: Policy, clock: tuple[str, str, str], start: datetime
) -> None:
    assert ask(policy, clock, start) >= start


@given(POLICIES, STARTS, AMOUNTS, AMOUNTS)
def test_more_time_is_never_due_earlier(
    policy: Policy, start: datetime, one: timedelta, other: timedelta
) -> None:
    less, more = sorted((one, other))
    for add in (add_service_minutes, add_workday_elapsed):
        assert utc(add(policy, start, less)) <= utc(add(policy, start, more))


@given(POLICIES, STARTS, AMOUNTS)
def test_service_minutes_never_end_in_a_closed_hour(
    policy: Policy, start: datetime, amount: timedelta
) -> None:
    end = add_service_minutes(policy, start, amount)
    just_before = utc(end) - timedelta(microseconds=1)
    # Either people are on duty then, or it is the very moment of closing.
    assert in_service(policy, end) or in_service(policy, just_before)


@given(POLICIES, STARTS, AMOUNTS)
def test_an_amount_is_found_again_between_start_and_end(
    policy: Policy, start: datetime, amount: timedelta
) -> None:
    assert time_between(policy, Unit.ELAPSED, start, add_elapsed(policy, start, amount)) == amount
    assert (
        time_between(policy, Unit.SERVICE_MINUTES, start, add_service_minutes(policy, start, amount))
        == amount
    )
    assert (
        time_between(policy, Unit.WORKDAY_ELAPSED, start, add_workday_elapsed(policy, start, amount))
        == amount
    )


@given(STARTS, st.integers(0, 15))
def test_so_are_working_days(start: datetime, days: int) -> None:
    end = add_workdays(XOOBAY, start, days)
    assert time_between(XOOBAY, Unit.WORKDAYS, start, end) == timedelta(days=days)
    assert is_workday(XOOBAY, end.date())


@given(STARTS, st.integers(1, 15))
def test_working_days_keep_the_time_of_day(start: datetime, days: int) -> None:
    local = start.astimezone(XOOBAY.zone)
    end = add_workdays(XOOBAY, start, days)
    expected = local.time() if is_workday(XOOBAY, local.date()) else datetime.min.time()
    assert end.time() == expected


@given(POLICIES, STARTS, AMOUNTS, AMOUNTS)
def test_an_amount_may_be_counted_in_two_parts(
    policy: Policy, start: datetime, one: timedelta, other: timedelta
) -> None:
    for add in (add_elapsed, add_service_minutes, add_workday_elapsed):
        # Just at closing time a part of no length would move on to the next opening.
        in_parts = add(policy, add(policy, start, one), other)
        assert not other or utc(in_parts) == utc(add(policy, start, one + other))


@given(POLICIES, STARTS, st.integers(1, 9))
def test_a_window_ends_at_midnight_after_a_working_day(policy: Policy, start: datetime, days: int) -> None:
    end = window_end(policy, start, days)
    assert (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
    assert is_workday(policy, end.date() - timedelta(days=1))
    assert utc(end) > start


@given(POLICIES, STARTS)
def test_the_next_opening_is_in_service(policy: Policy, when: datetime) -> None:
    opens = next_opening(policy, when)
    assert utc(opens) >= when
    assert in_service(policy, opens)


@given(POLICIES, CLOCKS, STARTS, AMOUNTS, AMOUNTS)
def test_pausing_never_shortens_and_gives_back_what_was_left(
    policy: Policy, asked: tuple[str, str, str], start: datetime, runs: timedelta, waits: timedelta
) -> None:
    name, channel, urgency = asked
    clock = start_clock(policy, name, start, channel=channel, urgency=urgency)
    stopped, again = start + runs, start + runs + waits
    after = resume(policy, pause(clock, stopped), again)
    assert utc(after.due) >= utc(clock.due)
    for before_pause, after_pause in zip(
        clock.warnings + clock.progress, after.warnings + after.progress, strict=True
    ):
        assert utc(after_pause) >= utc(before_pause)
    if stopped < utc(clock.due) and not clock.customers:
        unit = find_row(policy, name, channel=channel, urgency=urgency).unit
        left = time_between(policy, unit, stopped, clock.due, channel=channel)
        assert time_between(policy, unit, again, after.due, channel=channel) == left


@given(POLICIES, CLOCKS, STARTS, AMOUNTS)
def test_a_pause_of_no_length_changes_no_time(
    policy: Policy, asked: tuple[str, str, str], start: datetime, runs: timedelta
) -> None:
    name, channel, urgency = asked
    clock = start_clock(policy, name, start, channel=channel, urgency=urgency)
    assert resume(policy, pause(clock, start + runs), start + runs) == clock


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-03-29T01:00+01:00", 120, "2026-03-29T05:00+02:00"),  # 01-03 has one hour only, then from 04
        ("2026-10-25T01:00+02:00", 180, "2026-10-25T03:00+01:00"),  # 01-03 has three
    ],
)
def test_the_night_of_the_change_has_the_minutes_it_has(start: str, minutes: int, expected: str) -> None:
    end = add_service_minutes(BERLIN, datetime.fromisoformat(start), timedelta(minutes=minutes))
    assert end == datetime.fromisoformat(expected)
