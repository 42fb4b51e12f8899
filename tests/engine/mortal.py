"""A process that rings alarms or reckons clocks again, a little at a time, until somebody kills it.

Run as `python -m tests.engine.mortal FOLDER ring|recount NOW`, with NOW in milliseconds. It waits for a line
before each portion, prints one after it, and "done" when nothing is left.
"""

import asyncio
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.core.policies import Policies
from bot.policies.load import load_policies
from bot.store import recount, timers
from bot.store.database import Database

PORTION = 3


def monday_off() -> Policies:
    """The policies with one more day of rest."""
    policies = load_policies("xoobay")
    only = policies.versions[0]
    calendar = replace(only.calendar, closed=frozenset({date(2026, 11, 23)}))
    return replace(policies, versions=(replace(only, calendar=calendar),))


async def main(folder: Path, what: str, now: int) -> None:
    """Do it, and say after each portion that it is stored."""
    policies = monday_off() if what == "recount" else Policies(())
    async with Database.open(f"sqlite:///{folder / 'crossdesk.db'}") as database:
        after: int | None = 0
        while after is not None:
            await asyncio.to_thread(sys.stdin.readline)
            if what == "ring":
                after = 0 if await database.write(timers.fire, now, PORTION) else None
            else:
                after = (await database.write(recount.recount, policies, now, after, PORTION)).last
            print("stored", flush=True)  # noqa: T201 - whoever kills us waits for it
    print("done", flush=True)  # noqa: T201 - the same


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
