"""A message's whole walk in one process: accepted, read, decided, stored, seen. SQLite with full durability.

Run `python -m benchmarks.walk`.
"""

import asyncio
import itertools
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import milliseconds, percentile, table
from bot.app.engine import Engine, open_engine
from bot.core.message import Address, Message
from bot.settings import Settings, start_clock

TEXTS = (
    ("How long does delivery to Spain usually take?", "en"),
    ("hi, my parcel has not moved for nine days, what is going on", "en"),
    ("Wie kann ich meine Bestellung stornieren?", "de"),
    ("Die Zahlung wurde abgelehnt, obwohl genug Geld auf dem Konto ist.", "de"),
    ("退款多久能到账？", "zh-Hans"),
    ("我的包裹一直没有更新物流信息，怎么办", "zh-Hans"),
    ("How much import duty do I have to pay for shoes?", "en"),
    ("thank you", "en"),
)
WINDOW = 400
"""So many messages are under way at once when the question is how many go through."""


@dataclass
class Crowd:
    """Customers that talk to one engine and wait for what follows."""

    engine: Engine

    def __post_init__(self) -> None:
        self._house = self.engine.for_channel("bench")
        self._ids = itertools.count()

    async def ask(self, conversation: str) -> float:
        """One message; the seconds from its acceptance to its answer being in the customer's hands."""
        number = next(self._ids)
        text, lang = TEXTS[number % len(TEXTS)]
        where = Address("bench", conversation)
        message = Message(where, where, f"b{number}", text, self.engine.clock(), language_hint=lang)
        with self._house.listen(conversation) as bell:
            (receipt,) = await self._house.accept([message])
            accepted = time.perf_counter()
            while not await self._house.since(conversation, receipt.seq):
                await bell.wait(5)
        return time.perf_counter() - accepted


async def saturated(engine: Engine, count: int) -> tuple[float, float, list[float]]:
    """Messages a second, CPU seconds a message, latencies with `WINDOW` messages always under way."""
    crowd, gate = Crowd(engine), asyncio.Semaphore(WINDOW)

    async def one(number: int) -> float:
        async with gate:
            return await crowd.ask(f"s{number}")

    began, cpu = time.perf_counter(), time.process_time()
    latencies = await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - began), (time.process_time() - cpu) / count, latencies


async def paced(engine: Engine, rate: int, seconds: int) -> list[float]:
    """Latencies at so many messages a second."""
    crowd, asked = Crowd(engine), []
    for number in range(rate * seconds):
        asked.append(asyncio.create_task(crowd.ask(f"p{rate}-{number}")))
        await asyncio.sleep(1 / rate)
    return await asyncio.gather(*asked)


async def run(*, count: int = 4000) -> str:
    """Measure and give the table."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        clock = start_clock({}, production=False)
        async with open_engine(Settings(), data, clock) as engine:
            await engine.ready.wait()
            await saturated(engine, 200)
            reading = _reading(engine)
            rate, cpu, latencies = await saturated(engine, count)
            rows = [
                ("messages a second, 400 under way", f"{rate:.0f}"),
                ("CPU a message", f"{cpu * 1e6:.0f} µs"),
                ("of it reading the message", f"{reading * 1e6:.0f} µs"),
                ("accepted to answered, 400 under way: p50", milliseconds(percentile(latencies, 0.5))),
                ("accepted to answered, 400 under way: p99", milliseconds(percentile(latencies, 0.99))),
            ]
            for pace in (20, 200):
                latencies = await paced(engine, pace, 5)
                rows += [
                    (f"accepted to answered at {pace}/s: p50", milliseconds(percentile(latencies, 0.5))),
                    (f"accepted to answered at {pace}/s: p99", milliseconds(percentile(latencies, 0.99))),
                ]
    return table("One process, SQLite, synchronous=FULL, the real reader", rows)


def _reading(engine: Engine) -> float:
    if engine.mind is None:
        raise RuntimeError("the reader is not loaded")
    understand = engine.mind.understand
    began = time.process_time()
    for number in range(400):
        text, lang = TEXTS[number % len(TEXTS)]
        understand(f"{text} {number}", hint=lang)
    return (time.process_time() - began) / 400


if __name__ == "__main__":
    print(asyncio.run(run()))
