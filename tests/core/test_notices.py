"""A notice holds for its time and its audience, and for nothing and nobody else."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clocks import start_clock
from bot.core.deadlines import due, in_service, is_workday, next_opening
from bot.core.notices import under_notices
from bot.core.policy import Audience, Instead, Notice, Policy, Unit
from bot.core.worktime import ALL_DAY, Span
from bot.policies.load import load_policy

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
XOOBAY = load_policy("xoobay")
SHUT = ((),) * 7
NOON_TO_TWO = ((Span(720, 840),),) * 7


def at(text: str) -> datetime:
    """`2026-11-20 18:00`, as clocks in Hong Kong show it."""
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


def notice(since: str = "2026-09-08 06:00", until: str = "2026-09-09 00:00", **more: object) -> Notice:
    return Notice("storm", "typhoon signal no. 10", at(since), at(until), **more)  # type: ignore[arg-type]  # any field


def under(*notices: Notice, channel: str = "webchat", **marks: object) -> Policy:
    policy = replace(XOOBAY, notices=notices)
    return under_notices(policy, channel=channel, **marks)  # type: ignore[arg-type]  # any mark


def test_without_notices_the_policy_is_the_same() -> None:
    assert under_notices(XOOBAY, channel="webchat") is XOOBAY


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-09-08 05:00", "2026-09-09 08:05"),  # usually 08:05 on the same day
        ("2026-09-07 23:58", "2026-09-09 08:03"),
        ("2026-09-08 18:00", "2026-09-09 08:05"),
        ("2026-09-07 12:00", "2026-09-07 12:05"),
        ("2026-09-09 12:00", "2026-09-09 12:05"),
    ],
)
def test_a_closed_day_is_stepped_over(start: str, expected: str) -> None:
    policy = under(notice(hours={"webchat": SHUT}))
    assert due(policy, "pickup", at(start), channel="webchat") == at(expected)
    assert policy.channels["phone"] is XOOBAY.channels["phone"]


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-09-08 07:00", "2026-09-08 08:00"),
        ("2026-09-08 09:59", "2026-09-08 09:59"),  # the notice begins at ten
        ("2026-09-08 10:00", "2026-09-08 12:00"),
        ("2026-09-08 13:59", "2026-09-08 13:59"),
        ("2026-09-08 14:00", "2026-09-09 12:00"),
        ("2026-09-09 09:00", "2026-09-09 12:00"),
        ("2026-09-09 15:00", "2026-09-09 15:00"),  # and ends in the midst of the short hours
    ],
)
def test_it_may_begin_and_end_in_the_midst_of_a_day(when: str, opens: str) -> None:
    policy = under(notice("2026-09-08 10:00", "2026-09-09 12:30", hours={"webchat": NOON_TO_TWO}))
    assert next_opening(policy, at(when)) == at(opens)
    assert in_service(policy, at(opens))


def test_two_notices_on_one_day_add_up() -> None:
    early = notice("2026-09-08 06:00", "2026-09-08 10:00", hours={"webchat": SHUT})
    late = notice("2026-09-08 20:00", "2026-09-09 00:00", hours={"webchat": SHUT})
    policy = under(early, late)
    assert next_opening(policy, at("2026-09-08 07:00")) == at("2026-09-08 10:00")
    assert next_opening(policy, at("2026-09-08 20:00")) == at("2026-09-09 08:00")


def test_longer_hours_are_hours_too() -> None:
    policy = under(notice("2026-09-08 00:00", "2026-09-09 00:00", hours={"webchat": (ALL_DAY,) * 7}))
    assert in_service(policy, at("2026-09-08 03:00"))
    assert not in_service(policy, at("2026-09-09 03:00"))
    assert not policy.channels["webchat"].hours.usual_on(at("2026-09-08 03:00").date())


def test_other_working_days() -> None:
    rest = under(notice("2026-11-23 00:00", "2026-11-25 00:00", works=False), channel="mail")
    assert due(rest, "first_response", at("2026-11-20 18:00")) == at("2026-11-25 18:00")
    work = under(notice("2026-11-21 00:00", "2026-11-22 00:00", works=True), channel="mail")
    assert due(work, "first_response", at("2026-11-20 18:00")) == at("2026-11-21 18:00")
    assert [is_workday(work, at(f"2026-11-{day}").date()) for day in (20, 21, 22)] == [True, True, False]


def test_rest_goes_before_the_operators_own_working_saturday() -> None:
    saturday = at("2026-11-21").date()
    worked = replace(XOOBAY, calendar=replace(XOOBAY.calendar, open=frozenset({saturday})))
    storm = notice("2026-11-21 00:00", "2026-11-22 00:00", works=False)
    assert not is_workday(under_notices(replace(worked, notices=(storm,)), channel="mail"), saturday)


def instead(promise: timedelta | datetime, unit: Unit | None = None) -> Notice:
    since, until = at("2026-02-15 00:00"), at("2026-02-20 00:00")
    changed = Instead("first_response", since, until, promise, unit)
    return Notice("new_year", "lunar new year", since, until, clocks=(changed,))


@pytest.mark.parametrize(
    ("promise", "unit", "start", "expected"),
    [
        (timedelta(hours=72), None, "2026-02-16 10:00", "2026-02-24 10:00"),  # 17 to 19 are holidays anyway
        (timedelta(hours=72), Unit.ELAPSED, "2026-02-16 10:00", "2026-02-19 10:00"),
        (timedelta(0), Unit.ELAPSED, "2026-02-16 10:00", "2026-02-16 10:00"),
        (at("2026-02-28 00:00"), None, "2026-02-16 10:00", "2026-02-28 00:00"),
        (at("2026-02-28 00:00"), None, "2026-02-15 00:00", "2026-02-28 00:00"),
        (at("2026-02-28 00:00"), None, "2026-02-19 23:59", "2026-02-28 00:00"),
        (
            at("2026-02-28 00:00"),
            None,
            "2026-02-20 00:00",
            "2026-02-21 00:00",
        ),  # what starts later is not meant
        (at("2026-02-28 00:00"), None, "2026-02-13 10:00", "2026-02-16 10:00"),  # nor what started before
    ],
)
def test_another_promise_for_what_starts_in_its_time(
    promise: timedelta | datetime, unit: Unit | None, start: str, expected: str
) -> None:
    policy = under(instead(promise, unit), channel="mail")
    assert due(policy, "first_response", at(start)) == at(expected)
    assert due(policy, "resolution_simple", at("2026-02-16 10:00")) == at("2026-02-17 10:00")


def test_the_desk_is_warned_at_its_share_of_the_time_that_there_is() -> None:
    policy = under(instead(at("2026-02-28 00:00")), channel="mail")
    clock = start_clock(policy, "first_response", at("2026-02-19 10:00"))
    assert clock.due == at("2026-02-28 00:00")
    assert clock.warnings == (at("2026-02-26 12:00"),)  # three quarters of six working days: 20, 23 to 27


def test_what_is_due_long_after_the_calendar_ends_is_provisional() -> None:
    policy = under(instead(at("2028-02-28 00:00")), channel="mail")
    assert start_clock(policy, "first_response", at("2026-02-19 10:00")).provisional


# ------------------------------------------------------------ whom it is for


@pytest.mark.parametrize(
    ("audience", "marks", "meant"),
    [
        (Audience(), {"channel": "mail"}, True),
        (Audience(channels=frozenset({"email"})), {"channel": "mail"}, True),
        (Audience(channels=frozenset({"email"})), {"channel": "webchat"}, False),
        (Audience(channels=frozenset({"telegram"})), {"channel": "telegram"}, True),
        (Audience(channels=frozenset({"telegram"})), {"channel": "telegram", "private": True}, False),
        (Audience(channels=frozenset({"telegram_private"})), {"channel": "telegram", "private": True}, True),
        (Audience(urgencies=frozenset({"complex"})), {"channel": "mail", "urgency": "complex"}, True),
        (Audience(urgencies=frozenset({"complex"})), {"channel": "mail", "urgency": "regular"}, False),
        (Audience(regions=frozenset({"JP"})), {"channel": "mail", "region": "JP"}, True),
        (Audience(regions=frozenset({"JP"})), {"channel": "mail"}, False),
        (Audience(scopes=frozenset({"customs"})), {"channel": "mail", "scope": "customs"}, True),
        (Audience(scopes=frozenset({"customs"})), {"channel": "mail", "scope": "tax"}, False),
        (
            Audience(channels=frozenset({"email"}), regions=frozenset({"JP"})),
            {"channel": "webchat", "region": "JP"},
            False,
        ),
    ],
)
def test_whom_it_is_for(audience: Audience, marks: dict[str, object], meant: bool) -> None:  # noqa: FBT001 - a column
    policy = under(notice("2026-11-20 00:00", "2026-11-21 00:00", audience=audience, works=False), **marks)  # type: ignore[arg-type]  # any mark
    assert is_workday(policy, at("2026-11-20").date()) is not meant
    assert policy.notices == () or not meant


# ------------------------------------------------------------ for every start


@given(st.datetimes(datetime(2026, 8, 1), datetime(2026, 10, 1), timezones=st.just(HONG_KONG)))  # noqa: DTZ001 - zoned by the strategy
def test_shorter_hours_and_fewer_days_never_bring_a_due_time_forward(start: datetime) -> None:
    storm = notice("2026-09-07 15:00", "2026-09-10 09:00", hours={"webchat": NOON_TO_TWO})
    days = notice("2026-09-07 00:00", "2026-09-10 00:00", works=False)
    policy = under(storm, days)
    for clock in ("pickup", "first_response", "resolution_general"):
        usual, moved = (due(each, clock, start, channel="webchat") for each in (XOOBAY, policy))
        assert moved >= usual
        if start >= at("2026-09-10 09:00"):
            assert moved == usual
