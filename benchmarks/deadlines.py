"""How many due times a second the clockwork reckons: `python benchmarks/deadlines.py [--seconds 1.0]`.

Every row of the XOOBAY table is asked for starts spread over two years, on one core, and a table is printed.
The aim is 10,000 a second, so that a whole desk's open cases can be reckoned again when a holiday is added.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from time import process_time

from bot.core.clocks import first_due, pause, recount, resume, start_clock
from bot.core.deadlines import due
from bot.core.notices import under_notices
from bot.core.policy import ClockRow, Instead, Notice, Policy
from bot.policies.load import load_policy

AIM = 10_000
FIRST = datetime(2025, 10, 20, tzinfo=UTC)
STARTS = [FIRST + timedelta(minutes=787 * index) for index in range(1200)]

Ask = Callable[[datetime], object]


def questions(policy: Policy) -> list[tuple[str, int, Ask]]:
    """What is asked, how many moments the answer holds, and how to ask it.

    One question for each row; a hand-off in the live chat (two clocks, each due and with a warning), without
    and with a notice of a week; a clock with due time, warning and progress that is started and, after a
    pause, moved; and such a clock reckoned again from its start.
    """
    storm = replace(policy, notices=(_notice(policy),))

    def hand_off(start: datetime) -> object:
        return first_due(policy, channel="webchat", urgency="regular", start=start)

    def waiting(start: datetime) -> object:
        clock = start_clock(policy, "resolution_general", start)
        return resume(policy, pause(clock, start + timedelta(hours=5)), start + timedelta(hours=50))

    def under_a_notice(start: datetime) -> object:
        rules = under_notices(storm, channel="webchat", urgency="regular")
        return first_due(rules, channel="webchat", urgency="regular", start=start)

    def again(start: datetime) -> object:
        clock = start_clock(policy, "resolution_general", start)
        stopped, went_on = start + timedelta(hours=5), start + timedelta(hours=50)
        return recount(policy, replace(clock, pauses=((stopped, went_on),)), urgency="regular")

    return [
        *(_row(policy, row) for row in policy.clocks),
        ("a hand-off in live chat, all its clocks", 4, hand_off),
        ("the same under a notice of a week", 4, under_a_notice),
        ("a clock started, paused, resumed", 6, waiting),
        ("a clock started, then reckoned again", 9, again),
    ]


def _notice(policy: Policy) -> Notice:
    """A week with short hours, no working day and other promises."""
    since = FIRST + timedelta(days=90)
    until = since + timedelta(days=7)
    instead = Instead("first_response", since, until, timedelta(hours=72))
    week = policy.channels["webchat"].hours.week
    return Notice("week", "a week", since, until, hours={"webchat": week}, works=False, clocks=(instead,))


def _row(policy: Policy, row: ClockRow) -> tuple[str, int, Ask]:
    channel = min(row.channels - {"telegram_private"}, default="email")
    urgency = min(row.urgencies, default="regular")

    def ask(start: datetime) -> datetime:
        return due(policy, row.clock, start, channel=channel, urgency=urgency)

    return f"{row.clock} ({channel}, {urgency}): {row.unit}", 1, ask


def rate(ask: Ask, seconds: float) -> float:
    """Answers in a second of the processor's time, whatever else the machine does."""
    starts = cycle(STARTS)
    done, begun = 0, process_time()
    while (spent := process_time() - begun) < seconds:
        for _ in range(100):
            ask(next(starts))
        done += 100
    return done / spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.3, help="how long each row is measured")
    seconds = parser.parse_args().seconds
    rows = [(label, count, rate(ask, seconds)) for label, count, ask in questions(load_policy("xoobay"))]
    width = max(len(label) for label, _, _ in rows)
    print(f"| {'what is reckoned':<{width}} | answers a second | due times a second |")
    print(f"| {'-' * width} | ---------------: | -----------------: |")
    for label, count, found in rows:
        print(f"| {label:<{width}} | {found:16,.0f} | {found * count:18,.0f} |")
    slowest, least = min(((label, found * count) for label, count, found in rows), key=lambda row: row[1])
    print(f"\nSlowest: {slowest}: {least:,.0f} due times a second; the aim is {AIM:,}.")


if __name__ == "__main__":
    main()
