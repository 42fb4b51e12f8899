"""A clock that waits for the customer stands still, and afterwards has exactly what was left of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.clocks import Clock, pause, resume, start_clock
from bot.core.deadlines import DeadlineError, NoCalendarError, due
from bot.policies.load import load_policy

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
XOOBAY = load_policy("xoobay")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


def started(clock: str, start: str, channel: str = "email", urgency: str = "regular") -> Clock:
    return start_clock(XOOBAY, clock, at(start), channel=channel, urgency=urgency)


# 2026-11-20 is a Friday.
@pytest.mark.parametrize(
    ("clock", "channel", "start", "stops", "again", "expected"),
    [
        # 24 h elapsed, 6 h used: 18 h are left
        (
            "resolution_simple",
            "email",
            "2026-11-20 12:00",
            "2026-11-20 18:00",
            "2026-11-22 03:00",
            "2026-11-22 21:00",
        ),
        # 24 h on working days, 6 h used before a weekend
        (
            "first_response",
            "email",
            "2026-11-20 12:00",
            "2026-11-20 18:00",
            "2026-11-21 03:00",
            "2026-11-23 18:00",
        ),
        (
            "first_response",
            "email",
            "2026-11-20 12:00",
            "2026-11-20 18:00",
            "2026-11-24 06:00",
            "2026-11-25 00:00",
        ),
        # five service minutes, two used before closing
        ("pickup", "webchat", "2026-11-20 23:50", "2026-11-20 23:52", "2026-11-21 03:00", "2026-11-21 08:03"),
        # three working days, one used
        (
            "resolution_general",
            "email",
            "2026-11-20 10:00",
            "2026-11-23 10:00",
            "2026-11-26 10:00",
            "2026-11-30 10:00",
        ),
        # stopped and started on rest days: nothing is lost and nothing won
        (
            "resolution_general",
            "email",
            "2026-11-20 10:00",
            "2026-11-21 10:00",
            "2026-11-22 20:00",
            "2026-11-25 10:00",
        ),
        # what is left ends at midnight: a day's last moment is the next working day's first
        (
            "resolution_general",
            "email",
            "2026-11-20 00:00",
            "2026-11-20 12:00",
            "2026-11-20 12:00",
            "2026-11-25 00:00",
        ),
    ],
)
def test_what_was_left_is_counted_on_by_the_clocks_own_unit(  # noqa: PLR0917 - a table's columns
    clock: str, channel: str, start: str, stops: str, again: str, expected: str
) -> None:
    still = pause(started(clock, start, channel), at(stops))
    running = resume(XOOBAY, still, at(again))
    assert still.paused_at == at(stops)
    assert running.due == at(expected)
    assert running.paused == at(again) - at(stops)
    assert running.paused_at is None


def test_warnings_and_progress_move_with_it_unless_they_are_past() -> None:
    clock = started("resolution_general", "2026-11-23 10:00")
    assert (clock.progress, clock.warnings) == ((at("2026-11-24 22:00"),), (at("2026-11-25 16:00"),))
    running = resume(XOOBAY, pause(clock, at("2026-11-25 10:00")), at("2026-11-26 10:00"))
    assert (running.progress, running.warnings) == (clock.progress, (at("2026-11-26 16:00"),))


def test_pauses_add_up() -> None:
    clock = started("resolution_simple", "2026-11-20 12:00")
    once = resume(XOOBAY, pause(clock, at("2026-11-20 13:00")), at("2026-11-20 15:00"))
    twice = resume(XOOBAY, pause(once, at("2026-11-20 16:00")), at("2026-11-20 19:00"))
    assert twice.paused == timedelta(hours=5)
    assert twice.due == clock.due + timedelta(hours=5)


def test_what_was_overdue_stays_overdue() -> None:
    clock = started("resolution_simple", "2026-11-20 12:00")
    running = resume(XOOBAY, pause(clock, at("2026-11-21 13:00")), at("2026-11-24 12:00"))
    assert running.due == clock.due


def test_a_second_pause_and_a_resume_out_of_turn_change_nothing() -> None:
    clock = started("resolution_simple", "2026-11-20 12:00")
    still = pause(clock, at("2026-11-20 13:00"))
    assert pause(still, at("2026-11-20 14:00")) == still
    assert resume(XOOBAY, clock, at("2026-11-20 14:00")) == clock


def test_the_customers_own_times_run_on() -> None:
    clock = started("material", "2026-11-20 12:00")
    assert pause(clock, at("2026-11-20 13:00")) == clock


def test_clocks_of_machines_that_disagree_do_not_turn_time_back() -> None:
    clock = started("resolution_simple", "2026-11-20 12:00")
    still = pause(clock, at("2026-11-20 11:59"))
    assert still.paused_at == clock.start
    assert resume(XOOBAY, still, at("2026-11-20 11:58")).due == clock.due


def test_a_pause_may_be_told_in_any_zone_but_not_without_one() -> None:
    clock = started("resolution_simple", "2026-11-20 12:00")
    still = pause(clock, datetime(2026, 11, 20, 5, tzinfo=UTC))
    assert still.paused_at is not None
    assert still.paused_at.isoformat() == "2026-11-20T13:00:00+08:00"
    naive = datetime.fromisoformat("2026-11-20T13:00")
    with pytest.raises(DeadlineError, match="has no zone"):
        pause(clock, naive)
    with pytest.raises(DeadlineError, match="has no zone"):
        resume(XOOBAY, still, naive)


def test_a_pause_into_a_year_without_calendar_goes_by_weekdays() -> None:
    running = resume(
        XOOBAY,
        pause(started("first_response", "2027-12-30 12:00"), at("2027-12-30 18:00")),
        at("2028-01-01 09:00"),
    )
    assert running.provisional
    assert running.due == at("2028-01-03 18:00")
    with pytest.raises(NoCalendarError):
        due(XOOBAY, "first_response", at("2028-01-01 09:00"))


def test_an_urgent_matter_that_was_due_at_once_is_never_due_later() -> None:
    clock = started("first_response", "2026-11-20 12:00", "webchat", "urgent")
    assert resume(XOOBAY, pause(clock, clock.start), at("2026-11-23 12:00")).due == clock.due
