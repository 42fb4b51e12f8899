"""The XOOBAY profile says what the policy says: read back value by value, fact by fact."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.deadlines import calendar_warnings
from bot.core.policy import Unit
from bot.core.worktime import Span
from bot.policies.calendars import general_holidays
from bot.policies.load import check_policy, load_policy

XOOBAY = load_policy("xoobay")
ARTICLES = Path(__file__).parents[2] / "faq" / "xoobay"

# The general holidays that are not Sundays, as gazetted: seventeen each year.
GAZETTED = {
    2024: "01-01 02-10 02-12 02-13 03-29 03-30 04-01 04-04 05-01"
    " 05-15 06-10 07-01 09-18 10-01 10-11 12-25 12-26",
    2025: "01-01 01-29 01-30 01-31 04-04 04-18 04-19 04-21 05-01"
    " 05-05 05-31 07-01 10-01 10-07 10-29 12-25 12-26",
    2026: "01-01 02-17 02-18 02-19 04-03 04-04 04-06 04-07 05-01"
    " 05-25 06-19 07-01 09-26 10-01 10-19 12-25 12-26",
    2027: "01-01 02-06 02-08 02-09 03-26 03-27 03-29 04-05 05-01"
    " 05-13 06-09 07-01 09-16 10-01 10-08 12-25 12-27",
}
SUNDAY = 6


@pytest.mark.parametrize("year", GAZETTED)
def test_the_general_holidays_of_hong_kong(year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for day in GAZETTED[year].split()}
    found = {day for day in XOOBAY.calendar.holidays if day.year == year and day.weekday() != SUNDAY}
    assert len(expected) == 17
    assert found == expected


def test_statutory_holidays_alone_would_miss_good_friday() -> None:
    good_friday = date(2026, 4, 3)
    assert good_friday not in general_holidays("HK", ["public"], [2026])
    assert not XOOBAY.calendar.works(good_friday)


def test_the_calendar_covers_what_has_been_gazetted_and_nothing_else() -> None:
    assert XOOBAY.calendar.years == set(GAZETTED)
    assert calendar_warnings(XOOBAY, datetime(2026, 11, 20, tzinfo=UTC)) == ()


def test_saturday_is_no_working_day() -> None:
    assert not XOOBAY.calendar.works(date(2026, 11, 21))
    assert XOOBAY.calendar.works(date(2026, 11, 20))


def test_in_force_since_october_2025() -> None:  # X0.0, X9.1
    assert (XOOBAY.name, XOOBAY.in_force, XOOBAY.notice_days) == ("xoobay", date(2025, 10, 20), 7)


def test_where_to_reach_whom() -> None:  # X2
    assert XOOBAY.contacts == {
        "email": "help@xoobay.com",
        "complaints": "support@xoobay.com",
        "phone": "+852 9195 0500",
    }
    assert XOOBAY.channels["email"].address == "help@xoobay.com"
    assert XOOBAY.channels["phone"].address == "+852 9195 0500"
    assert XOOBAY.channels["telegram"].regions == ("europe_america", "south_east_asia", "japan_korea")


def test_chat_and_phone_are_served_every_day_from_eight_to_midnight() -> None:  # X2.2, X2.3
    for channel in ("webchat", "phone"):
        assert XOOBAY.channels[channel].hours.week == ((Span(8 * 60, 24 * 60),),) * 7
    assert XOOBAY.channels["email"].hours.always
    assert XOOBAY.channels["bot"].hours.always


def test_the_languages_named_are_served() -> None:  # X0.4
    assert {"en", "zh-Hans", "zh-Hant", "ru", "de", "ko"} <= set(XOOBAY.languages)
    assert XOOBAY.default_language == "en"


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("clock", "unit", "amount"),
    [
        ("resolution_simple", Unit.ELAPSED, 24 * HOUR),  # X5.1
        ("resolution_general", Unit.WORKDAYS, 3 * DAY),  # X5.2
        ("resolution_special", Unit.ELAPSED, 24 * HOUR),  # X5.3
        ("material", Unit.ELAPSED, 48 * HOUR),  # X6.2
        ("escalation_1", Unit.ELAPSED, 24 * HOUR),  # X7.1
        ("escalation_2", Unit.ELAPSED, 48 * HOUR),  # X7.2
        ("escalation_final", Unit.WORKDAYS, 3 * DAY),  # X7.3
        ("escalation_1_window", Unit.WINDOW, 3 * DAY),
        ("escalation_2_window", Unit.WINDOW, 2 * DAY),
        ("escalation_final_window", Unit.WINDOW, DAY),
        ("complaint_accept", Unit.ELAPSED, 24 * HOUR),  # X8.2
        ("complaint_result", Unit.WORKDAYS, 3 * DAY),
        ("feedback", Unit.WORKDAYS, 5 * DAY),  # X8.1
    ],
)
def test_the_clocks_that_no_channel_changes(clock: str, unit: Unit, amount: timedelta) -> None:
    [row] = [row for row in XOOBAY.clocks if row.clock == clock]
    assert (row.unit, row.amount) == (unit, amount)
    assert row.customers == (clock == "material" or unit is Unit.WINDOW)


def test_the_ladder() -> None:  # X7
    levels = [(level.role, level.window, level.answer, level.contact) for level in XOOBAY.ladder]
    assert levels == [
        ("senior", "escalation_1_window", "escalation_1", ""),
        ("manager", "escalation_2_window", "escalation_2", "email"),
        ("director", "escalation_final_window", "escalation_final", "complaints"),
    ]


def test_who_can_help_with_what_is_refused() -> None:  # X0.3
    helpers = {name: scope.helpers() for name, scope in XOOBAY.scopes.items()}
    assert helpers == {
        "customs": ("seller", "clearing_agent", "destination_customs"),
        "tax": ("tax_authority", "seller"),
        "own_fault_funds": ("responsible_party", "bank"),
    }
    assert all(scope.helpers("lawful") == ("consumer_council",) for scope in XOOBAY.scopes.values())
    assert XOOBAY.scopes["customs"].helpers("wrong_address") == ("seller",)
    assert XOOBAY.scopes["tax"].helpers("carrier_terms") == ("seller", "carrier")


def test_what_a_person_may_do_about_what_is_refused() -> None:  # X3.6, X3.9
    assert XOOBAY.scopes["customs"].person_may == ("reference_list", "seller_papers")
    assert XOOBAY.scopes["own_fault_funds"].person_may == ("appeal_guidance", "record_lookup")
    assert {rule.id for rule in XOOBAY.intents.values() if rule.scope and rule.offers_person} == {
        "customs.clearance",
        "customs.held",
        "funds.own_fault",
    }


def test_what_is_refused_and_nothing_else() -> None:  # X2.7
    assert {rule.id: rule.scope for rule in XOOBAY.intents.values() if rule.outcome == "refuse"} == {
        "customs.clearance": "customs",
        "customs.held": "customs",
        "tax.duty": "tax",
        "tax.dispute": "tax",
        "funds.own_fault": "own_fault_funds",
    }


def test_the_classes_of_what_is_handed_over() -> None:  # X4.1, X4.3, X7, X8
    found = {
        urgency: {rule.id for rule in XOOBAY.intents.values() if rule.urgency == urgency}
        for urgency in XOOBAY.handoff_clocks
        if urgency != "regular"
    }
    assert found == {
        "urgent": {"payment.failed", "payment.platform_theft", "refund.missing"},
        "complex": {
            "shipping.lost",
            "shipping.damaged",
            "shipping.misdelivered",
            "aftersales.quality",
            "aftersales.mismatch",
            "product.recall",
        },
        "complaint": {"complaint.submit"},
        "feedback": {"feedback.submit"},
        "escalation": {"escalation.request"},
    }


def test_how_they_are_resolved() -> None:  # X5
    special = {rule.id: rule.resolution for rule in XOOBAY.intents.values() if rule.resolution != "general"}
    assert special == {"order.status": "simple", "payment.receipt": "simple", "product.recall": "special"}


def test_what_a_customer_gives() -> None:  # X6.1, X2.6, X7.2
    assert XOOBAY.material == ("order_number", "registered_contact", "description", "evidence")
    assert XOOBAY.subjects == {
        "order": ("region", "type", "order_number"),
        "escalation": ("escalation", "order_number", "customer_id"),
    }


def test_support_is_restricted_by_people_mildest_first() -> None:  # X6.5
    assert [measure.id for measure in XOOBAY.restriction.measures] == ["email_only", "account_suspension"]
    assert all(measure.role == "supervisor" for measure in XOOBAY.restriction.measures)
    assert (XOOBAY.restriction.repeats, XOOBAY.conduct.requests) == (3, 1)


def test_what_the_policy_leaves_open_has_an_honest_fallback() -> None:  # X3.8a
    assert {name: (value.value, value.fallback) for name, value in XOOBAY.operator.items()} == {
        "payment_methods": (None, "checkout_page"),
        "payment_currencies": (None, "checkout_page"),
        "payment_fees": (None, "checkout_page"),
        "refund_days": (None, "bank"),
        "return_freight": (None, "seller"),
        "community_links": (None, "support"),
        "partner_contacts": (None, "seller"),
    }


def test_what_is_answered_or_refused_rests_on_a_fact() -> None:
    told = {"answer", "refuse"}
    assert [rule.id for rule in XOOBAY.intents.values() if rule.outcome in told and not rule.facts] == []


def test_the_profile_and_its_articles_rest_on_every_fact_and_on_no_other() -> None:
    assert check_policy("xoobay", articles=ARTICLES) == []


def test_the_documentation_names_every_ruling_clock_and_operators_value() -> None:
    page = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
    names = (
        {ruling.id for ruling in XOOBAY.rulings} | {row.clock for row in XOOBAY.clocks} | set(XOOBAY.operator)
    )
    assert {name for name in names if f"`{name}`" not in page} == set()
