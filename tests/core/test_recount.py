"""Clocks reckoned again when a holiday or a notice becomes known: as if it had been known from the start."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.case import Case, State, Step
from bot.core.clocks import Clock, pause, recount, resume, start_clock
from bot.core.lifecycle import advance, alarms, promised, recounted
from bot.core.policy import Audience, Notice, Policy
from bot.policies.load import load_policy
from tests.core.make import NOW, case

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
XOOBAY = load_policy("xoobay")
MONDAY_OFF = replace(XOOBAY, calendar=replace(XOOBAY.calendar, closed=frozenset({date(2026, 11, 23)})))
NOON = NOW.astimezone(HONG_KONG)
"""Friday, 2026-11-20, 12:00."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


def handed_off(policy: Policy = XOOBAY, **more: object) -> Case:
    """A case handed over on Friday noon, with its clocks."""
    marks: dict[str, object] = {"urgency": "regular", "channel": "mail", **more}
    return advance(case(State.BOT, **marks), Step.HANDED_OFF, policy, NOON)


def due_times(of: Case) -> dict[str, datetime]:
    return {clock.name: clock.due for clock in of.clocks}


def test_a_new_holiday_moves_what_it_lies_in_and_nothing_else() -> None:
    before = handed_off()
    after = recounted(before, MONDAY_OFF, NOON)
    assert due_times(before) == {
        "first_response": at("2026-11-23 12:00"),
        "resolution_general": at("2026-11-25 12:00"),
    }
    assert due_times(after.case) == {
        "first_response": at("2026-11-24 12:00"),
        "resolution_general": at("2026-11-26 12:00"),
    }
    assert [(was.name, was.due, now.due) for was, now in after.moved] == [
        ("first_response", at("2026-11-23 12:00"), at("2026-11-24 12:00")),
        ("resolution_general", at("2026-11-25 12:00"), at("2026-11-26 12:00")),
    ]
    assert after.case.version == before.version + 1
    simple = handed_off(resolution="simple")
    assert [was.name for was, _ in recounted(simple, MONDAY_OFF, NOON).moved] == ["first_response"]


def test_nothing_new_leaves_the_case_as_it_is() -> None:
    before = handed_off()
    after = recounted(before, XOOBAY, NOON)
    assert after.case is before
    assert after.moved == ()
    assert recounted(recounted(before, MONDAY_OFF, NOON).case, MONDAY_OFF, NOON).moved == ()


def test_a_holiday_that_is_taken_back_brings_the_due_times_back() -> None:
    before = handed_off()
    there_and_back = recounted(recounted(before, MONDAY_OFF, NOON).case, XOOBAY, NOON).case
    assert there_and_back.clocks == before.clocks


def test_a_notice_for_one_channel_moves_the_cases_of_that_channel() -> None:
    rest = Notice(
        "storm",
        "typhoon",
        at("2026-11-23 00:00"),
        at("2026-11-24 00:00"),
        Audience(channels=frozenset({"telegram_private"})),
        works=False,
    )
    policy = replace(XOOBAY, notices=(rest,))
    private, mail = handed_off(channel="telegram"), handed_off()
    assert due_times(recounted(private, policy, NOON).case)["first_response"] == at("2026-11-24 12:00")
    assert recounted(mail, policy, NOON).moved == ()


def test_a_notice_by_region_or_refused_subject() -> None:
    def resting(**marks: frozenset[str]) -> Policy:
        day = (at("2026-11-23 00:00"), at("2026-11-24 00:00"))
        return replace(XOOBAY, notices=(Notice("x", "y", *day, Audience(**marks), works=False),))

    japan = resting(regions=frozenset({"JP"}))
    assert recounted(handed_off(region="JP"), japan, NOON).moved
    assert not recounted(handed_off(region="KR"), japan, NOON).moved
    customs = resting(scopes=frozenset({"customs"}))
    assert recounted(handed_off(intent="customs.held"), customs, NOON).moved
    assert not recounted(handed_off(), customs, NOON).moved


def test_waiting_time_stays_what_it_was() -> None:
    case_ = handed_off()
    claimed = advance(case_, Step.CLAIMED, XOOBAY, NOON, agent=(1, "Anna"))
    waiting = advance(claimed, Step.AGENT_REPLIED, XOOBAY, at("2026-11-20 18:00"))
    assert recounted(waiting, MONDAY_OFF, NOON).case.clocks[0].paused_at == at("2026-11-20 18:00")
    again = advance(waiting, Step.CUSTOMER_WROTE, XOOBAY, at("2026-11-20 22:00"))
    assert due_times(again) == {"resolution_general": at("2026-11-25 16:00")}
    moved = recounted(again, MONDAY_OFF, at("2026-11-21 00:00")).case
    assert due_times(moved) == {"resolution_general": at("2026-11-26 16:00")}
    assert moved.clocks[0].paused == timedelta(hours=4)


def test_progress_that_was_given_is_not_owed_again() -> None:
    claimed = advance(handed_off(), Step.CLAIMED, XOOBAY, NOON, agent=(1, "Anna"))
    assert claimed.clocks[1].progress == (at("2026-11-24 00:00"),)
    answered = advance(claimed, Step.AGENT_REPLIED, XOOBAY, NOON)
    assert recounted(answered, MONDAY_OFF, NOON).case.clocks[0].progress == ()


def test_who_is_late_no_more_loses_the_mark_and_who_is_late_all_the_same_keeps_it() -> None:
    late = replace(handed_off(), overdue=True)
    just_late = at("2026-11-23 12:30")
    assert not recounted(late, MONDAY_OFF, just_late).case.overdue
    assert recounted(late, MONDAY_OFF, at("2026-11-24 12:30")).case.overdue
    # It was late with something that does not move, or has been done since: the mark is no business of ours.
    assert recounted(late, MONDAY_OFF, NOON).case.overdue


def test_what_is_due_at_once_is_warned_of_and_never_missed() -> None:
    urgent = handed_off(channel="webchat", urgency="urgent")
    kinds = {alarm.kind for alarm in alarms(urgent)}
    assert "first_response:warning:0" in kinds
    assert "first_response:due" not in kinds
    closed = replace(
        XOOBAY,
        notices=(Notice("storm", "typhoon", NOON, NOON + timedelta(hours=2), hours={"webchat": ((),) * 7}),),
    )
    late = replace(urgent, overdue=True)  # with the pick-up
    assert not recounted(late, closed, NOON + timedelta(minutes=30)).case.overdue


def test_the_alarm_of_the_update_that_is_owed() -> None:
    kinds = [alarm.kind for alarm in alarms(handed_off())]
    assert kinds == [
        "first_response:warning:0",
        "first_response:due",
        "resolution_general:warning:0",
        "resolution_general:progress:0",
        "resolution_general:due",
    ]


def test_a_refused_subject_has_no_resolution_and_a_special_one_waits_for_a_persons_word() -> None:
    assert list(due_times(handed_off(intent="customs.held"))) == ["first_response"]
    assert list(due_times(handed_off(resolution="special"))) == ["first_response"]


def test_a_channel_that_the_policy_does_not_name_keeps_mails_promises() -> None:
    fax = handed_off(channel="fax")
    assert [clock.channel for clock in fax.clocks] == ["email", "email"]
    assert recounted(fax, MONDAY_OFF, NOON).moved
    assert promised(fax, XOOBAY, private=True) is XOOBAY


# ------------------------------------------------------------ single clocks


def test_a_clock_without_a_row_any_more_stays() -> None:
    clock = start_clock(XOOBAY, "first_response", NOON)
    bare = replace(XOOBAY, clocks=tuple(row for row in XOOBAY.clocks if row.clock != "first_response"))
    assert recount(bare, clock, urgency="regular") is clock
    assert recount(XOOBAY, clock, urgency="feedback") is clock
    gone = replace(XOOBAY, channels={"webchat": XOOBAY.channels["webchat"]})
    assert recount(gone, clock, urgency="regular") is clock


def test_a_promise_that_was_corrected_counts_from_the_same_start() -> None:
    clock = start_clock(XOOBAY, "resolution_simple", NOON)
    rows = tuple(replace(row, amount=timedelta(hours=48)) for row in XOOBAY.clocks)
    assert recount(replace(XOOBAY, clocks=rows), clock, urgency="regular").due == NOON + timedelta(hours=48)


def test_a_year_that_has_been_gazetted_since_makes_a_provisional_clock_a_sure_one() -> None:
    known = frozenset(day for day in XOOBAY.calendar.holidays if day.year == 2026)
    short = replace(XOOBAY, calendar=replace(XOOBAY.calendar, years=frozenset({2026}), holidays=known))
    clock = start_clock(short, "first_response", at("2026-12-31 18:00"))
    assert (clock.provisional, clock.due) == (True, at("2027-01-01 18:00"))
    sure = recount(XOOBAY, clock, urgency="regular")
    assert (sure.provisional, sure.due) == (False, at("2027-01-04 18:00"))


STARTS = st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 31), timezones=st.just(HONG_KONG))  # noqa: DTZ001 - zoned by the strategy
GAPS = st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), max_size=7)
NAMES = st.sampled_from(["first_response", "resolution_general", "resolution_simple", "complaint_result"])


def lived(policy: Policy, name: str, start: datetime, gaps: list[timedelta]) -> Clock:
    """A clock that was stopped and went on after each gap in turn."""
    clock = start_clock(policy, name, start)
    moment = start
    for index, gap in enumerate(gaps):
        moment += gap
        clock = resume(policy, clock, moment) if index % 2 else pause(clock, moment)
    return clock


@given(NAMES, STARTS, GAPS)
def test_without_news_every_clock_stays_whatever_it_went_through(
    name: str, start: datetime, gaps: list[timedelta]
) -> None:
    clock = lived(XOOBAY, name, start, gaps)
    assert recount(XOOBAY, clock, urgency="regular") == clock


@given(NAMES, STARTS, GAPS, st.dates(date(2026, 10, 1), date(2026, 12, 31)))
def test_a_clock_is_moved_to_where_it_would_have_been(
    name: str, start: datetime, gaps: list[timedelta], day: date
) -> None:
    news = replace(XOOBAY, calendar=replace(XOOBAY.calendar, closed=frozenset({day})))
    clock = lived(XOOBAY, name, start, gaps)
    moved = recount(news, clock, urgency="regular")
    assert moved == lived(news, name, start, gaps)
    assert moved.due >= clock.due


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
def test_private_chats_are_reckoned_as_what_they_are(channel: str) -> None:
    clock = start_clock(XOOBAY, "first_response", NOON, channel=channel, private=True)
    assert recount(XOOBAY, clock, urgency="regular") == clock
    assert recount(MONDAY_OFF, clock, urgency="regular").due == at("2026-11-24 12:00")
