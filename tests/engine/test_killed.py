"""Killed in the midst of ringing alarms or of reckoning again: what was done is done, and nothing twice."""

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store import codec, tables
from tests.engine.mortal import PORTION
from tests.engine.workshop import START, Workshop, workshop

CASES = 12
WEEK_LATER = codec.to_ms(START) + 7 * 24 * 3600 * 1000
KILLS = 3


async def live_and_die(folder: Path, what: str, now: int, portions: int) -> bool:
    """Let the process do so many portions and kill it in the next one; whether it had come to its end."""
    words = ("-m", "tests.engine.mortal", str(folder), what, str(now))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for _ in range(portions):
            process.stdin.write(b"go\n")
            if await process.stdout.readline() == b"done\n":
                return True
        process.stdin.write(b"go\n")
        await asyncio.sleep(random.uniform(0, 0.003))  # noqa: S311 - any moment of it
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    return False


async def many_cases(folder: Path) -> None:
    async with workshop(folder) as shop:
        for number in range(CASES):
            await shop.say("human.request", f"c{number}", channel="post")


async def said(shop: Workshop) -> Counter[tuple[int, str, str]]:
    """How often the log says what of which clock of which case."""
    query = select(tables.event.c.case_id, tables.event.c.data).where(tables.event.c.kind == "clock")
    rows = await shop.database.read(lambda connection: connection.execute(query).all())
    return Counter((row.case_id, row.data["clock"], row.data["alarm"]) for row in rows)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (
            "ring",
            {
                ("first_response", "warning"),
                ("first_response", "due"),
                ("resolution_general", "warning"),
                ("resolution_general", "progress"),
                ("resolution_general", "due"),
            },
        ),
        ("recount", {("first_response", "moved"), ("resolution_general", "moved")}),
    ],
)
async def test_killed_again_and_again_it_is_done_once(
    tmp_path: Path, what: str, expected: set[tuple[str, str]]
) -> None:
    now = WEEK_LATER if what == "ring" else codec.to_ms(START)
    await many_cases(tmp_path)
    for _ in range(KILLS):
        await live_and_die(tmp_path, what, now, 1)
    async with workshop(tmp_path, running=False) as shop:
        so_far = sum((await said(shop)).values())
        assert 0 < so_far < CASES * len(expected)  # it was killed before its end
        assert so_far >= PORTION
    assert await live_and_die(tmp_path, what, now, 1000)
    async with workshop(tmp_path, running=False) as shop:
        assert await said(shop) == Counter((1001 + n, *each) for n in range(CASES) for each in expected)
        shop.now = START if what == "recount" else codec.from_ms(WEEK_LATER)
        assert await shop.clockwork.fire_due() == 0
