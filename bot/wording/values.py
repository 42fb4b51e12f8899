"""The values that sentences are filled with, and what the policy's own are called in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.policy import ClockRow, Policy, Unit

Spans = tuple[tuple[int, int], ...]
"""Open stretches of one day in minutes after midnight."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time as the policy counts it: 24 hours, 3 working days. Said after "within"."""

    count: int
    unit: str
    """seconds, minutes, hours, days or workdays: the phrase `form.<unit>`."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Opening hours, Monday first, in the zone with this IANA name."""

    week: tuple[Spans, ...]
    zone: str


Value = str | int | date | datetime | Amount | Weekly
Values = Mapping[str, Value]

_CONTACTS = {"help_mail": "email", "support_mail": "complaints", "phone": "phone"}
"""Name in a sentence -> key of the policy's contacts."""

_HOURS = {"chat_hours": "webchat", "phone_hours": "phone"}
"""Name in a sentence -> channel."""

_AMOUNTS = {
    "chat_pickup": ("pickup", "webchat", ""),
    "phone_pickup": ("pickup", "phone", ""),
    "community_answer": ("first_response", "telegram", "regular"),
    "regular_answer": ("first_response", "email", "regular"),
    "urgent_answer": ("first_response", "email", "urgent"),
    "complex_answer": ("first_response", "email", "complex"),
    "simple_solution": ("resolution_simple", "", ""),
    "general_solution": ("resolution_general", "", ""),
    "special_solution": ("resolution_special", "", ""),
    "material_time": ("material", "", ""),
    "level1_window": ("escalation_1_window", "", ""),
    "level1_answer": ("escalation_1", "", ""),
    "level2_window": ("escalation_2_window", "", ""),
    "level2_answer": ("escalation_2", "", ""),
    "final_window": ("escalation_final_window", "", ""),
    "final_answer": ("escalation_final", "", ""),
    "complaint_accept": ("complaint_accept", "", ""),
    "complaint_result": ("complaint_result", "", ""),
    "feedback_answer": ("feedback", "", ""),
}
"""Name in a sentence -> clock, channel and urgency in the policy's table ("": whichever)."""

FIXED_NAMES = frozenset({"shop", "in_force", "notice_days", "languages", *_CONTACTS, *_HOURS, *_AMOUNTS})
"""The names that sentences may use of every policy; beside them stand the ids of its operator values."""


def policy_values(policy: Policy, shop: str = "") -> dict[str, Value]:
    """What sentences may say of a policy, by name. What the policy does not have is left out.

    `shop`: the shop's name as customers know it; by default the profile's name in capitals.
    """
    values: dict[str, Value] = {
        "shop": shop or policy.name.upper(),
        "in_force": policy.in_force,
        "notice_days": Amount(policy.notice_days, "days"),
        "languages": " ".join(policy.languages),
    }
    values |= {name: policy.contacts[key] for name, key in _CONTACTS.items() if key in policy.contacts}
    zone = str(policy.zone)
    for name, channel in _HOURS.items():
        promise = policy.channels.get(channel)
        if promise is not None and promise.hours is not None:
            week = tuple(tuple((span.opens, span.closes) for span in day) for day in promise.hours.week)
            values[name] = Weekly(week, zone)
    for name, (clock, channel, urgency) in _AMOUNTS.items():
        row = _row(policy, clock, channel, urgency)
        if row:
            values[name] = _amount(row)
    values |= {name: each.value for name, each in policy.operator.items() if each.value is not None}
    return values


def value_names(policy: Policy) -> frozenset[str]:
    """Every name that an article of this policy may have a place for."""
    return FIXED_NAMES | frozenset(policy.operator)


def _row(policy: Policy, clock: str, channel: str, urgency: str) -> ClockRow | None:
    return next(
        (
            row
            for row in policy.clocks
            if row.clock == clock
            and (not channel or not row.channels or channel in row.channels)
            and (not urgency or not row.urgencies or urgency in row.urgencies)
        ),
        None,
    )


def _amount(row: ClockRow) -> Amount:
    """In the largest unit up to hours that fits: policies say 24 hours, not a day."""
    if row.unit in {Unit.WORKDAYS, Unit.WINDOW}:
        return Amount(row.amount.days, "workdays")
    seconds = int(row.amount.total_seconds())
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds % size == 0:
            return Amount(seconds // size, unit)
    return Amount(seconds, "seconds")
