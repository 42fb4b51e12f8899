"""Each thing that can be wrong with a profile is one sentence: where, what was found, what was expected."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from bot.errors import MisconfiguredError
from bot.policies.load import PolicyError, load_policy

ORIGINAL = (files("bot.policies") / "xoobay.yaml").read_text(encoding="utf-8")

Write = Callable[..., Path]
Complaint = Callable[..., str]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


# what the file says, what it is changed to, what the message says; the line is that of the change
WRONG = [
    (
        '["08:00-24:00"]',
        '["24:00-08:00"]',
        "hours.live.every_day.0: found '24:00-08:00'; expected hours that end after they begin",
    ),
    (
        '["08:00-24:00"]',
        '["08:00-08:00"]',
        "found '08:00-08:00'; expected hours that end after they begin, such as 08:00-24:00",
    ),
    ('["08:00-24:00"]', '["08:00-25:00"]', "found '08:00-25:00'; expected hours that end by 24:00"),
    ('["08:00-24:00"]', "[8-24]", "found '8-24'; expected hours such as 08:00-24:00"),
    ('["08:00-24:00"]', "[24:00]", "found 1440; expected hours such as 08:00-24:00"),
    (
        '["08:00-24:00"]',
        '["13:00-18:00", "08:00-14:00"]',
        "expected hours of one day in order and without overlap",
    ),
    ('["08:00-24:00"]', "[]", "hours.live: found no hours on any weekday; expected some"),
    (
        "unit: service_minutes, amount: 5 min",
        "unit: lunch_hours, amount: 5 min",
        "clocks.pickup_webchat.unit: found 'lunch_hours'; expected 'elapsed', 'workday_elapsed',",
    ),
    (
        "amount: 5 min",
        "amount: 5 minutes",
        "clocks.pickup_webchat.amount: found '5 minutes'; expected a length such as `30 s`, ",
    ),
    ("amount: 5 min", "amount: 5", "clocks.pickup_webchat.amount: found 5; expected a length"),
    (
        "channels: [webchat], unit",
        "channels: [fax], unit",
        "clocks.pickup_webchat.channels.0: found 'fax', which is no channel; expected one of: email, webchat",
    ),
    (
        "    urgencies: [regular, complex]",
        "    urgencies: [regular, mild]",
        "found 'mild', which is no class under handoff; expected one of: regular, urgent",
    ),
    (
        "    urgencies: [complex]",
        "    urgencies: [urgent]",
        "found a second row of first_response for the same channel and class; keep one",
    ),
    (
        "unit: workdays, amount: 5 days",
        "unit: workdays, amount: 5 h",
        "found 5:00:00 for workdays; expected whole days, such as `3 days`",
    ),
    (
        "unit: workdays, amount: 5 days",
        "unit: window, amount: 5 days",
        "found a window that is the desk's; windows are the customer's: add `customers: true`",
    ),
    (
        "customers: true, unit: elapsed, amount: 48 h",
        "customers: true, warn_at: [0.5], unit: elapsed, amount: 48 h",
        "found warn_at or progress_at on a time that the customer has to keep; leave them out",
    ),
    ("warn_at: [0.75]", "warn_at: [1.5]", "warn_at.0: found 1.5; expected less than 1"),
    ("in_force: {from: 2025-10-20", "in_force: {from: soon", "in_force.from: found 'soon'; "),
    (
        "in_force: {from: 2025-10-20",
        "in_force: {from: 2025-10-20T08:00",
        "in_force.from: found '2025-10-20T08:00'; ",
    ),
    (
        "in_force: {from: 2025-10-20",
        "in_force: {from: 2025-02-30",
        "found '2025-02-30', which is no value of the kind",
    ),
    (
        "zone: Asia/Hong_Kong",
        "zone: Asia/Nowhere",
        "zone: found 'Asia/Nowhere'; expected a time zone such as Asia/Hong_Kong",
    ),
    ("zone: Asia/Hong_Kong", "zone: 8", "zone: found 8; expected a time zone such as Asia/Hong_Kong"),
    (
        "region: HK",
        "region: Atlantis",
        "found the region 'Atlantis'; expected an ISO 3166 code that has holidays, such as HK",
    ),
    (
        "categories: [public, optional]",
        "categories: [public, secret]",
        "calendar: found the categories public, secret for HK: ",
    ),
    (
        "years: [2024, 2025, 2026, 2027]",
        "years: [1901]",
        "calendar: found the year 1901, for which no holidays of HK are known",
    ),
    (
        "weekdays: [monday,",
        "weekdays: [mondag,",
        "calendar.weekdays.0: found 'mondag'; expected 'monday', 'tuesday'",
    ),
    (
        "  open: []",
        "  opened: []",
        "calendar.opened: found a key that is not known here; expected one of: region, categories, ",
    ),
    (
        "clock: pickup, starts: hand_off",
        "clock: pickup, begins: hand_off",
        "clocks.pickup_webchat.begins: found a key that is not known here; expected one of: clock, starts",
    ),
    ("    serves: [all_platform_questions]\n", "", "channels.email.serves: is missing and has to be given"),
    (
        "hours: live\n    facts: [X2.2",
        "hours: never\n    facts: [X2.2",
        "channels.webchat.hours: found 'never', which is no name under hours; expected one of: always, live",
    ),
    (
        "    contact: email\n    serves",
        "    contact: fax\n    serves",
        "channels.email.contact: found 'fax', which is no contact; expected one of: email, complaints, phone",
    ),
    (
        "also_called: [mail]",
        "also_called: [email]",
        "channels.email.also_called.0: found 'email', which already means email",
    ),
    (
        "  regular: [pickup, first_response, resolution]",
        "  regular: [pickup, second_response]",
        "handoff.regular.1: found 'second_response', which is no clock; expected one of: resolution, ",
    ),
    (
        "window: escalation_1_window",
        "window: escalation_0_window",
        "ladder.0.window: found 'escalation_0_window', which is no clock",
    ),
    (
        "    contact: complaints\n",
        "    contact: director\n",
        "ladder.2.contact: found 'director', which is no contact",
    ),
    (
        "comments_to: complaints",
        "comments_to: director",
        "revision.comments_to: found 'director', which is no contact",
    ),
    (
        "default: en",
        "default: tlh",
        "languages.default: found 'tlh', which is no language served; expected one of: en, zh-Hans",
    ),
    (
        "profile: xoobay",
        "profile: yoobay",
        "profile: found 'yoobay'; expected 'xoobay', as the file is called",
    ),
    (
        "      default: [tax_authority, seller]\n",
        "",
        "scopes.tax.redirects: found no topic `default`; expected one, for what no other topic fits",
    ),
    (
        "order.cancel: {outcome: answer",
        "order.cancel: {outcome: shrug",
        "intents.order.cancel.outcome: found 'shrug'; expected 'answer', 'act', 'handoff', ",
    ),
    (
        "order.cancel: {outcome: answer, urgency: regular",
        "order.cancel: {outcome: answer, urgency: mild",
        "intents.order.cancel.urgency: found 'mild', which is no class under handoff",
    ),
    (
        "account.close: {outcome: handoff, urgency: regular,",
        "account.close: {outcome: handoff,",
        "found a hand-off without urgency; expected the class whose clocks it starts",
    ),
    (
        "tax.duty: {outcome: refuse, scope: tax",
        "tax.duty: {outcome: refuse, scope: taxes",
        "intents.tax.duty.scope: found 'taxes', which is no scope; expected one of: customs, tax",
    ),
    (
        "tax.duty: {outcome: refuse, scope: tax",
        "tax.duty: {outcome: refuse",
        "found `refuse` without scope, or a scope without `refuse`; expected both or neither",
    ),
    ("facts: [X2.1, X7.2]", "facts: [2.1]", "contacts.email.facts.0: found 2.1; "),
    (
        "facts: [X2.1, X7.2]",
        "facts: [mail]",
        "contacts.email.facts.0: found 'mail'; expected a fact such as X2.1",
    ),
    (
        "clock: feedback, starts: receipt",
        "clock: Feedback!, starts: receipt",
        "found 'Feedback!'; expected an id such as order_page",
    ),
    ("profile: xoobay", "yes: no\nprofile: xoobay", "found the key True; expected a text: put it in quotes"),
    ("  phone: {value:", "  email: {value:", "email stands here and in line"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), WRONG)
def test_each_fault_is_one_clear_sentence(
    write: Write, complaint: Complaint, right: str, wrong: str, says: str
) -> None:
    assert right in ORIGINAL
    folder = write(ORIGINAL.replace(right, wrong, 1))
    message = complaint(folder)
    assert says in message
    assert message.startswith(f"{folder / 'xoobay.yaml'}:")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('["08:00-24:00"]', '["24:00-08:00"]'), ("default: en", "default: tlh"), ("  open: []", "  opened: []")],
)
def test_the_line_is_that_of_the_fault(write: Write, complaint: Complaint, right: str, wrong: str) -> None:
    changed = ORIGINAL.replace(right, wrong, 1)
    folder = write(changed)
    assert f"xoobay.yaml:{line_of(changed, wrong)}: " in complaint(folder)


def test_all_faults_are_told_at_once(write: Write) -> None:
    folder = write(
        ORIGINAL.replace('["08:00-24:00"]', '["24:00-08:00"]').replace("warn_at: [0.75]", "warn_at: [2]")
    )
    with pytest.raises(PolicyError) as caught:
        load_policy("xoobay", folder=folder)
    assert len(caught.value.faults) == 2
    assert isinstance(caught.value, MisconfiguredError)
    assert str(caught.value).count("\n") == 1
