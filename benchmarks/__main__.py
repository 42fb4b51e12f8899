"""`make bench`: runs every benchmark and writes docs/performance.md."""

import argparse
import asyncio
import os
import platform
import sqlite3
import sys
import tempfile
from pathlib import Path

from benchmarks import kill, sockets, walk
from benchmarks.figures import table
from benchmarks.servers import Server

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"

FOREWORD = """\
# Performance

Written by `make bench`; run it again and this page changes. The figures are those of one machine at one
moment: compare what was measured in one run, and take single times with a grain of salt.
"""

LIMITS = """\
## What limits it

One process is limited by one core of Python, not by the disk: messages that wait at the same moment share
one commit, so the wait for the disk is divided among them. A message's processor time is the reading shown
above and, beyond it, the decision, the reply put into words, a few SQL statements a batch in the two threads
of the store, the event loop, and the customers of the benchmark itself, who live in the same process and look
into the log for their answer. Threads do not run side by side in Python, so more messages a second mean less
work a message first and more processes second.

Alone, an answer takes two commits (the message, then what it leads to), so its time is about that of two
waits for the disk plus the reading.
"""


async def measure(kills: int) -> str:
    """Everything, one after the other; the page."""
    parts = [FOREWORD, _machine()]
    parts.append("## A message's walk (`python -m benchmarks.walk`)\n\n" + await walk.run())
    parts.append("## Sockets, memory, start (`python -m benchmarks.sockets`)\n\n" + await sockets.run())
    parts.append(f"## kill -9 (`python -m benchmarks.kill --kills {kills}`)\n\n" + await _kill(kills))
    parts.append(LIMITS)
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _machine() -> str:
    cores = os.cpu_count()
    return (
        f"Measured on {cores} cores ({platform.machine()}), {platform.system()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version};"
        f" load when it began: {os.getloadavg()[0]:.1f}."
    )


async def _kill(kills: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        try:
            found = await kill.run(server, kills=kills, visitors=60, rate=100)
        finally:
            await server.stop()
    rows = [
        ("times killed with SIGKILL", f"{found.kills}"),
        ("messages acknowledged", f"{found.messages:,}"),
        ("of them lost", f"{found.lost}"),
        ("in the log twice", f"{found.doubled}"),
        ("left unhandled", f"{found.undecided}"),
        ("decided more or less than once", f"{found.decided_twice}"),
        ("seqs that a visitor missed, saw twice or out of order", f"{found.unseen}"),
    ]
    return table("60 visitors over real sockets, 100 messages a second offered", rows)


def main() -> None:
    """Measure, write the page, print it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=100)
    page = asyncio.run(measure(asked.parse_args().kills))
    PAGE.write_text(page, encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
