"""The values that sentences are filled with, and how the policy's own are called in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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


def amount(length: timedelta, *, workdays: bool = False) -> Amount:
    """The length in the largest unit that the policies use and that fits: 24 hours stay hours, as policies say them.

    `workdays`: the length was counted in whole working days.
    """
    if workdays:
        return Amount(length.days, "workdays")
    seconds = int(length.total_seconds())
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds % size == 0:
            return Amount(seconds // size, unit)
    return Amount(seconds, "seconds")
