"""Every row of the clock table, every worked example, and one clear error for each wrong question."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.clocks import first_due, start_clock
from bot.core.deadlines import (
    DeadlineError,
    NoCalendarError,
    add_elapsed,
    add_service_minutes,
    add_workday_elapsed,
    add_workdays,
    calendar_warnings,
    due,
    in_service,
    is_workday,
    next_opening,
    time_between,
    window_end,
)
from bot.core.policy import Policy, Unit
from bot.core.worktime import ALL_DAY, Hours, Span
from bot.policies.load import load_policy

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
XOOBAY = load_policy("xoobay")


def at(text: str) -> datetime:
    """`2026-11-20 18:00`, as clocks in Hong Kong show it."""
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


def with_hours(channel: str, hours: Hours) -> Policy:
    return replace(
        XOOBAY, channels={**XOOBAY.channels, channel: replace(XOOBAY.channels[channel], hours=hours)}
    )


def with_calendar(**changes: object) -> Policy:
    return replace(XOOBAY, calendar=replace(XOOBAY.calendar, **changes))  # type: ignore[arg-type]  # any field


# 2026-11-20 is a Friday, 2026-11-23 a Monday, both plain working days.
TABLE = [
    # clock, channel, class, private, start, due
    ("pickup", "webchat", "regular", False, "2026-11-20 18:00", "2026-11-20 18:05"),
    ("pickup", "webchat", "urgent", False, "2026-11-20 03:00", "2026-11-20 08:05"),
    ("pickup", "phone", "urgent", False, "2026-11-20 18:00", "2026-11-20 18:00:30"),
    ("pickup", "phone", "regular", False, "2026-11-20 07:59:50", "2026-11-20 08:00:30"),
    ("first_response", "telegram", "regular", False, "2026-11-20 18:00", "2026-11-20 19:00"),
    ("first_response", "telegram", "complex", False, "2026-11-21 23:30", "2026-11-22 00:30"),
    ("first_response", "telegram", "urgent", False, "2026-11-21 23:30", "2026-11-21 23:30"),
    ("first_response", "email", "regular", False, "2026-11-19 18:00", "2026-11-20 18:00"),
    ("first_response", "email", "regular", False, "2026-11-20 18:00", "2026-11-23 18:00"),
    ("first_response", "mail", "regular", False, "2026-11-21 10:00", "2026-11-24 00:00"),
    ("first_response", "webchat", "regular", False, "2026-11-20 18:00", "2026-11-23 18:00"),
    ("first_response", "telegram", "regular", True, "2026-11-20 18:00", "2026-11-23 18:00"),
    ("first_response", "email", "urgent", False, "2026-11-20 18:00", "2026-11-23 18:00"),
    ("first_response", "webchat", "urgent", False, "2026-11-20 03:00", "2026-11-20 03:00"),
    ("first_response", "telegram", "urgent", True, "2026-11-20 03:00", "2026-11-20 03:00"),
    ("first_response", "email", "complex", False, "2026-11-20 18:00", "2026-11-22 18:00"),
    ("first_response", "webchat", "complex", False, "2026-11-20 18:00", "2026-11-22 18:00"),
    ("first_response", "telegram", "complex", True, "2026-11-20 18:00", "2026-11-22 18:00"),
    ("resolution_simple", "email", "regular", False, "2026-11-20 18:00", "2026-11-21 18:00"),
    ("resolution_general", "webchat", "urgent", False, "2026-11-20 18:00", "2026-11-25 18:00"),
    ("resolution_special", "phone", "complex", False, "2026-11-20 18:00", "2026-11-21 18:00"),
    ("material", "email", "regular", False, "2026-11-20 18:00", "2026-11-22 18:00"),
    ("escalation_1", "email", "regular", False, "2026-11-20 18:00", "2026-11-21 18:00"),
    ("escalation_2", "email", "regular", False, "2026-11-20 18:00", "2026-11-22 18:00"),
    ("escalation_final", "email", "regular", False, "2026-11-20 18:00", "2026-11-25 18:00"),
    ("escalation_1_window", "email", "regular", False, "2026-11-20 18:00", "2026-11-26 00:00"),
    ("escalation_2_window", "email", "regular", False, "2026-11-20 18:00", "2026-11-25 00:00"),
    ("escalation_final_window", "email", "regular", False, "2026-11-20 18:00", "2026-11-24 00:00"),
    ("complaint_accept", "email", "complaint", False, "2026-11-20 18:00", "2026-11-21 18:00"),
    ("complaint_result", "email", "complaint", False, "2026-11-20 18:00", "2026-11-25 18:00"),
    ("feedback", "webchat", "feedback", False, "2026-11-20 18:00", "2026-11-27 18:00"),
]


@pytest.mark.parametrize("row", TABLE)
def test_every_row_of_the_table(row: tuple[str, str, str, bool, str, str]) -> None:
    clock, channel, urgency, private, start, expected = row
    assert due(XOOBAY, clock, at(start), channel=channel, urgency=urgency, private=private) == at(expected)


def test_the_table_above_knows_every_row_of_the_profile() -> None:
    asked = {
        (clock, "telegram_private" if private else XOOBAY.channel(channel), urgency)
        for clock, channel, urgency, private, _, _ in TABLE
    }
    for row in XOOBAY.clocks:
        for channel in row.channels or {"email", "webchat", "phone"}:
            for urgency in row.urgencies or {"regular"}:
                matching = {one for one in asked if one[0] == row.clock}
                assert not row.urgencies or (row.clock, channel, urgency) in matching
                assert matching


@pytest.mark.parametrize(
    ("clock", "channel", "urgency", "start", "expected"),
    [
        ("first_response", "email", "regular", "2025-12-24 20:00", "2025-12-29 20:00"),
        ("resolution_general", "email", "regular", "2026-02-16 10:00", "2026-02-24 10:00"),
        ("pickup", "webchat", "regular", "2026-03-02 23:58", "2026-03-03 08:03"),
        ("first_response", "telegram", "regular", "2026-11-20 18:00", "2026-11-20 19:00"),
        ("first_response", "email", "complex", "2026-11-20 18:00", "2026-11-22 18:00"),
        ("escalation_1_window", "email", "regular", "2025-12-18 15:00", "2025-12-24 00:00"),
    ],
)
def test_the_worked_examples(clock: str, channel: str, urgency: str, start: str, expected: str) -> None:
    assert due(XOOBAY, clock, at(start), channel=channel, urgency=urgency) == at(expected)


def test_the_answer_is_in_hong_kong_time_wherever_the_start_comes_from() -> None:
    start = datetime(2026, 11, 19, 10, tzinfo=UTC)
    assert due(XOOBAY, "first_response", start).isoformat() == "2026-11-20T18:00:00+08:00"


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-20 18:00", 1, "2026-11-23 18:00"),
        ("2026-11-21 10:00", 3, "2026-11-26 00:00"),  # Saturday: counts from Monday 00:00
        ("2026-11-21 10:00", 5, "2026-11-30 00:00"),  # used up at Friday 24:00: the next working day begins
        ("2026-11-23 00:00", 5, "2026-11-30 00:00"),
        ("2026-11-21 10:00", 0, "2026-11-23 00:00"),
        (
            "2026-04-02 09:00",
            1,
            "2026-04-08 09:00",
        ),  # Good Friday to the day after Easter Monday, Ching Ming in it
    ],
)
def test_working_days_keep_the_time_of_day(start: str, days: int, expected: str) -> None:
    assert add_workdays(XOOBAY, at(start), days) == at(expected)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-20 00:00", 24, "2026-11-21 00:00"),  # Friday 24:00
        ("2026-11-20 00:01", 24, "2026-11-23 00:01"),
        ("2026-11-22 12:00", 1, "2026-11-23 01:00"),
        ("2026-11-22 12:00", 0, "2026-11-23 00:00"),
    ],
)
def test_hours_on_working_days_stand_still_on_rest_days(start: str, hours: int, expected: str) -> None:
    assert add_workday_elapsed(XOOBAY, at(start), timedelta(hours=hours)) == at(expected)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-20 23:55", 5, "2026-11-21 00:00"),  # just at closing time, 24:00, is in time
        ("2026-11-20 23:55:01", 5, "2026-11-21 08:00:01"),
        ("2026-11-21 00:00", 5, "2026-11-21 08:05"),
        ("2026-11-21 08:00", 16 * 60 + 5, "2026-11-22 08:05"),
        ("2026-12-25 07:00", 5, "2026-12-25 08:05"),  # the chat knows no holidays
    ],
)
def test_service_minutes_run_within_the_hours(start: str, minutes: int, expected: str) -> None:
    assert add_service_minutes(XOOBAY, at(start), timedelta(minutes=minutes)) == at(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-20 18:00", 1, "2026-11-24 00:00"),
        ("2026-11-21 10:00", 3, "2026-11-26 00:00"),  # received on a Saturday: Monday, Tuesday, Wednesday
        ("2026-11-23 00:00", 3, "2026-11-27 00:00"),
    ],
)
def test_a_window_ends_with_its_last_working_day(start: str, days: int, expected: str) -> None:
    assert window_end(XOOBAY, at(start), days) == at(expected)


def test_a_channel_without_hours_is_always_in_service() -> None:
    assert in_service(XOOBAY, at("2026-11-21 03:00"), channel="email")
    assert add_service_minutes(XOOBAY, at("2026-11-21 23:59"), timedelta(minutes=2), channel="mail") == at(
        "2026-11-22 00:01"
    )


@pytest.mark.parametrize(
    ("when", "open_now", "opens"),
    [
        ("2026-11-20 07:59:59", False, "2026-11-20 08:00"),
        ("2026-11-20 08:00", True, "2026-11-20 08:00"),
        ("2026-11-20 23:59:59", True, "2026-11-20 23:59:59"),
        ("2026-11-21 00:00", False, "2026-11-21 08:00"),
    ],
)
def test_when_people_are_on_duty(when: str, open_now: bool, opens: str) -> None:  # noqa: FBT001 - a table's column
    assert in_service(XOOBAY, at(when)) is open_now
    assert next_opening(XOOBAY, at(when)) == at(opens)


def test_split_shifts_and_a_typhoon_day() -> None:
    shifts = ((Span(540, 720), Span(780, 1080)),) * 5 + ((), ())
    policy = with_hours("webchat", Hours(shifts, {date(2026, 11, 19): (), date(2026, 11, 21): ALL_DAY}))
    assert add_service_minutes(policy, at("2026-11-18 11:58"), timedelta(minutes=5)) == at("2026-11-18 13:03")
    assert add_service_minutes(policy, at("2026-11-18 17:58"), timedelta(minutes=5)) == at("2026-11-20 09:03")
    assert next_opening(policy, at("2026-11-20 18:00")) == at("2026-11-21 00:00")
    assert next_opening(policy, at("2026-11-22 01:00")) == at("2026-11-23 09:00")


def test_the_operators_own_days_change_the_calendar() -> None:
    policy = with_calendar(closed=frozenset({date(2026, 11, 23)}), open=frozenset({date(2026, 11, 21)}))
    assert is_workday(policy, date(2026, 11, 21))
    assert not is_workday(policy, date(2026, 11, 23))
    assert due(policy, "first_response", at("2026-11-20 18:00")) == at("2026-11-21 18:00")
    assert due(policy, "first_response", at("2026-11-21 18:00")) == at("2026-11-24 18:00")


@pytest.mark.parametrize(
    ("unit", "start", "end", "expected"),
    [
        (Unit.ELAPSED, "2026-11-20 18:00", "2026-11-21 18:00", timedelta(hours=24)),
        (Unit.ELAPSED, "2026-11-21 18:00", "2026-11-20 18:00", timedelta(0)),
        (Unit.SERVICE_MINUTES, "2026-11-20 23:50", "2026-11-21 08:10", timedelta(minutes=20)),
        (Unit.WORKDAY_ELAPSED, "2026-11-20 18:00", "2026-11-23 06:00", timedelta(hours=12)),
        (Unit.WORKDAYS, "2026-11-20 18:00", "2026-11-24 18:00", timedelta(days=2)),
        (Unit.WINDOW, "2026-11-21 18:00", "2026-11-22 18:00", timedelta(0)),
        (Unit.WORKDAYS, "2026-11-24 18:00", "2026-11-20 18:00", timedelta(0)),
    ],
)
def test_how_much_of_a_clock_lies_between(unit: Unit, start: str, end: str, expected: timedelta) -> None:
    assert time_between(XOOBAY, unit, at(start), at(end)) == expected


# ------------------------------------------------------------ what a hand-off starts


@pytest.mark.parametrize(
    ("channel", "urgency", "private", "clocks"),
    [
        ("webchat", "regular", True, {"pickup": "2026-11-20 18:05", "first_response": "2026-11-23 18:00"}),
        ("webchat", "urgent", True, {"pickup": "2026-11-20 18:05", "first_response": "2026-11-20 18:00"}),
        ("mail", "complex", True, {"first_response": "2026-11-22 18:00"}),
        ("telegram", "regular", False, {"first_response": "2026-11-20 19:00"}),
        ("telegram", "regular", True, {"first_response": "2026-11-23 18:00"}),
        ("phone", "urgent", True, {"pickup": "2026-11-20 18:00:30"}),
        (
            "mail",
            "complaint",
            True,
            {"complaint_accept": "2026-11-21 18:00", "complaint_result": "2026-11-25 18:00"},
        ),
        ("mail", "feedback", True, {"feedback": "2026-11-27 18:00"}),
        ("webchat", "escalation", True, {"escalation_1": "2026-11-21 18:00"}),
        ("bot", "regular", True, {}),
    ],
)
def test_what_a_hand_off_starts(channel: str, urgency: str, private: bool, clocks: dict[str, str]) -> None:  # noqa: FBT001 - a column
    started = first_due(
        XOOBAY, channel=channel, urgency=urgency, private=private, start=at("2026-11-20 18:00")
    )
    assert {clock.name: clock.due for clock in started} == {
        name: at(moment) for name, moment in clocks.items()
    }
    assert [clock.name for clock in started] == list(clocks)  # the one that the customer is told comes first


def test_a_clock_says_what_it_is() -> None:
    [clock] = first_due(
        XOOBAY, channel="mail", urgency="regular", start=datetime(2026, 11, 19, 10, tzinfo=UTC)
    )
    assert (clock.unit, clock.channel, clock.facts) == (
        Unit.WORKDAY_ELAPSED,
        "email",
        ("X2.1", "X4.0", "X4.2"),
    )
    assert clock.start.isoformat() == "2026-11-19T18:00:00+08:00"
    assert clock.warnings == (at("2026-11-20 12:00"),)
    assert not clock.customers
    assert not clock.provisional


def test_the_desk_is_warned_from_the_start_of_what_is_due_at_once() -> None:
    start = at("2026-11-20 18:00")
    [_, clock] = first_due(XOOBAY, channel="webchat", urgency="urgent", start=start)
    assert (clock.due, clock.warnings) == (start, (start,))


def test_progress_is_owed_halfway_through_three_working_days() -> None:
    clock = start_clock(XOOBAY, "resolution_general", at("2026-02-16 10:00"))
    assert clock.progress == (at("2026-02-20 22:00"),)
    assert clock.warnings == (at("2026-02-23 16:00"),)


def test_the_customers_own_times_warn_nobody() -> None:
    assert start_clock(XOOBAY, "material", at("2026-02-16 10:00")).warnings == ()
    assert start_clock(XOOBAY, "escalation_1_window", at("2026-02-16 10:00")).customers


# ------------------------------------------------------------ years and calendars


def test_a_year_without_calendar_is_an_error_that_names_the_years_there_are() -> None:
    with pytest.raises(
        NoCalendarError, match=r"calendar HK has no holidays for 2028, only for 2024, 2025, 2026, 2027"
    ):
        due(XOOBAY, "first_response", at("2027-12-31 18:00"))
    with pytest.raises(NoCalendarError, match=r"no holidays for 2023, only for 2024"):
        due(XOOBAY, "escalation_1_window", at("2023-11-20 18:00"))
    with pytest.raises(NoCalendarError, match="only for no year"):
        is_workday(with_calendar(years=frozenset()), date(2026, 1, 2))
    assert due(XOOBAY, "escalation_1", at("2031-01-01 00:00")) == at(
        "2031-01-02 00:00"
    )  # needs no working day


def test_a_case_is_opened_all_the_same_with_weekdays_alone() -> None:
    [clock] = first_due(XOOBAY, channel="mail", urgency="regular", start=at("2027-12-31 18:00"))
    assert clock.provisional
    assert clock.due == at("2028-01-03 18:00")


@pytest.mark.parametrize(
    ("now", "missing"),
    [("2026-12-31 23:59", []), ("2027-01-01 00:00", [2028]), ("2028-05-01 00:00", [2028, 2029])],
)
def test_the_start_up_warning(now: str, missing: list[int]) -> None:
    warnings = calendar_warnings(XOOBAY, at(now))
    assert len(warnings) == len(missing)
    assert all(f"no holidays for {year}:" in warning for year, warning in zip(missing, warnings, strict=True))


def test_the_warning_goes_by_the_year_in_hong_kong() -> None:
    assert calendar_warnings(XOOBAY, datetime(2026, 12, 31, 16, tzinfo=UTC))


# ------------------------------------------------------------ wrong questions


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"clock": "lunch"},
            r"^there is no clock 'lunch'; xoobay has: pickup, first_response, resolution_simple",
        ),
        (
            {"channel": "fax"},
            r"^there is no channel 'fax'; xoobay has: email, webchat, phone, telegram, bot$",
        ),
        ({"channel": "telegram_private"}, r"^there is no channel 'telegram_private'"),
        ({"urgency": "calm"}, r"^there is no class 'calm'; xoobay has: regular, urgent, complex"),
        ({"clock": "pickup"}, r"^the clock pickup does not run on email; it runs on: webchat, phone$"),
        ({"channel": "phone"}, r"^the clock first_response does not run on phone; it runs on: "),
        (
            {"urgency": "feedback"},
            r"^the clock first_response does not run for the class feedback on email; it runs for: regular, ",
        ),
        (
            {"start": datetime.fromisoformat("2026-11-20T18:00")},
            r"^the time 2026-11-20T18:00:00 has no zone; give one, such as \+08:00$",
        ),
    ],
)
def test_one_clear_error_for_each_wrong_question(asked: dict[str, object], sentence: str) -> None:
    question = {"clock": "first_response", "start": at("2026-11-20 18:00"), **asked}
    with pytest.raises(DeadlineError, match=sentence) as caught:
        due(XOOBAY, **question)  # type: ignore[arg-type]  # a wrong question
    assert isinstance(caught.value, ValueError)


def test_a_hand_off_of_an_unknown_class_is_an_error() -> None:
    with pytest.raises(DeadlineError, match="there is no class 'calm'"):
        first_due(XOOBAY, channel="mail", urgency="calm", start=at("2026-11-20 18:00"))


def test_the_ends_of_time_are_an_error() -> None:
    with pytest.raises(DeadlineError, match="too far away"):
        add_elapsed(XOOBAY, datetime.max.replace(tzinfo=UTC), timedelta(hours=1))
    with pytest.raises(DeadlineError, match="too far away"):
        add_elapsed(XOOBAY, datetime.min.replace(tzinfo=HONG_KONG), timedelta(hours=1))


def test_a_clock_does_not_run_backwards() -> None:
    with pytest.raises(DeadlineError, match="a clock runs forward only"):
        add_workdays(XOOBAY, at("2026-11-20 18:00"), -1)


def test_hours_and_calendars_that_never_open_are_an_error_and_not_an_endless_search() -> None:
    shut = with_hours("webchat", Hours(((),) * 7, {}))
    with pytest.raises(DeadlineError, match="nothing is open"):
        next_opening(shut, at("2026-11-20 18:00"))
    idle = with_calendar(weekdays=frozenset(), strict=False)
    with pytest.raises(DeadlineError, match="no working day"):
        window_end(idle, at("2026-11-20 18:00"), 1)
