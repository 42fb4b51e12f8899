"""kill -9 under load: visitors talk over real sockets while the server is killed again and again.

Run `python -m benchmarks.kill --kills 100`. What must hold afterwards: every acknowledged message is in the
log once and was decided once, and every visitor has seen each seq once and in order.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.servers import Server

TEXTS = (
    "How long does delivery take?",
    "Wie storniere ich meine Bestellung?",
    "hello",
    "How much import duty do I have to pay?",
    "我的包裹什么时候到？",
    "which carriers do you use",
)
REPEATED = 0.1
"""Share of acknowledged messages that are sent once more, as a browser does when the answer was lost."""


class SeqError(AssertionError):
    """A visitor was shown a seq out of order."""


@dataclass
class Visitor:
    """A browser: keeps what is not acknowledged, comes back with its token and cursor, checks every seq."""

    port: int
    token: str = ""
    cursor: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    seen: dict[int, dict[str, object]] = field(default_factory=dict)
    _socket: ClientConnection | None = None

    async def live(self) -> None:
        """Stay connected until cancelled."""
        while True:
            with suppress(OSError, WebSocketException, TimeoutError, EOFError):
                async with connect(f"ws://127.0.0.1:{self.port}/webchat/socket", open_timeout=5) as socket:
                    await self._talk(socket)
            self._socket = None
            await asyncio.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - jitter

    async def say(self, text: str) -> None:
        """Keep the message first, then send it."""
        cid = str(uuid4())
        self.waiting[cid] = text
        await self.send(cid, text)

    async def repeat(self) -> None:
        """Send an acknowledged message once more."""
        if self.acked:
            cid = random.choice(list(self.acked))  # noqa: S311 - a sample
            await self.send(cid, "a repeated message is not read again")

    async def _talk(self, socket: ClientConnection) -> None:
        hello = {"t": "hello", "v": 1, "cursor": self.cursor, "lang": "en", "tz": "Asia/Hong_Kong"}
        await socket.send(json.dumps({**hello, "token": self.token} if self.token else hello))
        async for text in socket:
            frame = json.loads(text)
            match frame["t"]:
                case "welcome":
                    self.token, self._socket = frame.get("token") or self.token, socket
                    for cid, words in list(self.waiting.items()):
                        await self.send(cid, words)
                case "ev":
                    self._see(frame)
                case "ack":
                    self._acknowledge(frame["cid"], frame["seq"])
                case "nack" if frame["code"] == "rate_limited":
                    pass  # it stays in `waiting` and goes out with the next connection
                case "nack":
                    raise AssertionError(f"refused: {frame}")

    def _see(self, frame: dict[str, object]) -> None:
        seq = int(str(frame["seq"]))
        if seq != self.cursor + 1:
            raise SeqError(f"seq {seq} came after {self.cursor}")
        self.cursor = seq
        self.seen[seq] = frame

    def _acknowledge(self, cid: str, seq: int) -> None:
        if self.acked.setdefault(cid, seq) != seq:
            raise SeqError(f"{cid} was acknowledged as {self.acked[cid]} and as {seq}")
        self.waiting.pop(cid, None)

    async def send(self, cid: str, text: str) -> None:
        if self._socket is not None:
            with suppress(WebSocketException, OSError):
                await self._socket.send(json.dumps({"t": "msg", "cid": cid, "text": text}))


@dataclass(frozen=True)
class Verdict:
    """What a run has shown."""

    kills: int
    messages: int
    lost: int
    doubled: int
    undecided: int
    decided_twice: int
    unseen: int

    @property
    def clean(self) -> bool:
        """True if nothing was lost, doubled or left."""
        return self.messages > 0 and not any(
            (self.lost, self.doubled, self.undecided, self.decided_twice, self.unseen)
        )


async def run(server: Server, *, kills: int, visitors: int, rate: float) -> Verdict:
    """Talk at `rate` messages a second, kill the server `kills` times, let everything settle, and judge."""
    await server.start()
    await server.ready()
    crowd = [Visitor(server.port) for _ in range(visitors)]
    living = [asyncio.create_task(one.live()) for one in crowd]
    talking = asyncio.create_task(_chatter(crowd, rate))
    try:
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.2, 2.0))  # noqa: S311 - the moment must be any
            await server.kill()
            await server.start()
        await asyncio.sleep(1)
        talking.cancel()
        await _settled(crowd, living, server.data / "crossdesk.db")
    finally:
        for task in (talking, *living):
            task.cancel()
    return await asyncio.to_thread(_judge, crowd, server.data / "crossdesk.db", kills)


async def _chatter(crowd: list[Visitor], rate: float) -> None:
    while True:
        one = random.choice(crowd)  # noqa: S311 - a sample, no secret
        await one.say(random.choice(TEXTS))  # noqa: S311 - a sample, no secret
        if random.random() < REPEATED:  # noqa: S311 - a sample, no secret
            await one.repeat()
        await asyncio.sleep(random.expovariate(rate))


async def _settled(crowd: list[Visitor], living: list[asyncio.Task[None]], database: Path) -> None:
    async with asyncio.timeout(120):
        while any(one.waiting for one in crowd) or await asyncio.to_thread(_behind, crowd, database):
            for task in living:
                if task.done():
                    task.result()
            for one in crowd:  # what was refused for its speed goes out again
                for cid, text in list(one.waiting.items())[:1]:
                    await one.send(cid, text)
            await asyncio.sleep(0.3)


def _behind(crowd: list[Visitor], database: Path) -> bool:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as stored:
        todo = stored.execute("SELECT count(*) FROM inbox WHERE state = 0").fetchone()[0]
        heads = stored.execute("SELECT sum(head) FROM conversation").fetchone()[0] or 0
    stored.close()
    return bool(todo) or heads != sum(one.cursor for one in crowd)


def _judge(crowd: list[Visitor], database: Path, kills: int) -> Verdict:
    stored = sqlite3.connect(f"file:{database}?mode=ro", uri=True)

    def count(query: str) -> int:
        return int(stored.execute(query).fetchone()[0])

    shown = {(frame.get("cid"), seq) for one in crowd for seq, frame in one.seen.items() if frame.get("cid")}
    acked = [(cid, seq) for one in crowd for cid, seq in one.acked.items()]
    cids = [cid for cid, _ in shown]
    verdict = Verdict(
        kills=kills,
        messages=len(acked),
        lost=sum(pair not in shown for pair in acked),
        doubled=len(cids) - len(set(cids)),
        undecided=count("SELECT count(*) FROM inbox WHERE state != 1"),
        decided_twice=count(
            "SELECT count(*) FROM"
            " (SELECT 1 FROM event WHERE kind = 'decision' GROUP BY inbox_id HAVING count(*) != 1)"
        ),
        unseen=count("SELECT sum(head) FROM conversation") - sum(len(one.seen) for one in crowd),
    )
    stored.close()
    return verdict


async def main() -> int:
    """Run and print; the exit status says whether the run was clean."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--visitors", type=int, default=60)
    asked.add_argument("--rate", type=float, default=100.0)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        try:
            verdict = await run(server, kills=given.kills, visitors=given.visitors, rate=given.rate)
        finally:
            await server.stop()
    print(verdict)
    print("clean" if verdict.clean else "NOT CLEAN")
    return 0 if verdict.clean else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
