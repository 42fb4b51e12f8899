"""Which version of a profile is in force, and which one a case goes by."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.core.case import State
from bot.core.policies import Policies
from bot.policies.load import load_policy
from tests.core.make import case

FIRST = load_policy("xoobay")
SECOND = replace(FIRST, version="second", in_force=date(2026, 3, 1))
THIRD = replace(FIRST, version="third", in_force=date(2027, 1, 1))
ALL = Policies((FIRST, SECOND, THIRD))
MIDNIGHT = datetime(2026, 2, 28, 16, tzinfo=UTC)
"""00:00 in Hong Kong on the second version's first day."""
BLINK = timedelta(microseconds=1)


def test_a_version_holds_from_midnight_in_its_zone() -> None:
    assert SECOND.begins == MIDNIGHT
    assert ALL.now(MIDNIGHT - BLINK) is FIRST
    assert ALL.now(MIDNIGHT) is SECOND
    assert ALL.now(datetime(2031, 1, 1, tzinfo=UTC)) is THIRD


def test_before_the_first_version_the_first_one_is_all_there_is() -> None:
    assert ALL.now(datetime(2020, 1, 1, tzinfo=UTC)) is FIRST


def test_a_case_keeps_the_version_it_began_under() -> None:
    begun = case(State.QUEUED, policy_version=FIRST.version)
    assert ALL.of(begun, MIDNIGHT) is FIRST
    assert ALL.of(None, MIDNIGHT) is SECOND


def test_a_version_that_is_gone_gives_way_to_the_one_of_the_cases_first_day() -> None:
    lost = case(State.QUEUED, policy_version="withdrawn", opened_at=MIDNIGHT + timedelta(days=1))
    assert ALL.of(lost, datetime(2027, 6, 1, tzinfo=UTC)) is SECOND


def test_languages_are_narrowed_in_every_version() -> None:
    narrow = ALL.with_languages({"de"})
    assert [each.languages for each in narrow.versions] == [("en", "de")] * 3
