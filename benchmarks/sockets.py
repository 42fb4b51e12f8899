"""The web chat's sockets: what an idle one costs, how fast an answer comes, how fast the server starts.

Run `python -m benchmarks.sockets`.
"""

import asyncio
import json
import resource
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.figures import megabytes, milliseconds, percentile, table
from benchmarks.servers import Server

SOCKETS = 8000
AT_ONCE = 50
QUESTIONS = 200


async def run(*, sockets: int = SOCKETS) -> str:
    """Measure and give the table."""
    _allow_files(sockets + 1000)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        opened = await server.start()
        loaded = await server.ready()
        try:
            answers = await _answers(server.port)
            idle = server.memory()
            grown = await _idle(server, sockets)
        finally:
            await server.stop()
    rows = [
        ("start to the port being open", f"{opened:.2f} s"),
        ("then to the reader being loaded, models cached", f"{loaded:.2f} s"),
        ("memory of the idle process", megabytes(idle["rss"])),
        (f"growth by {sockets:,} idle sockets", megabytes(grown)),
        ("a socket", f"{grown / sockets / 1024:.1f} KiB"),
        ("answer to a web message over its socket: p50", milliseconds(percentile(answers, 0.5))),
        ("answer to a web message over its socket: p95", milliseconds(percentile(answers, 0.95))),
    ]
    return table("The server as a process of its own", rows)


async def _answers(port: int) -> list[float]:
    latencies = []
    for _ in range(QUESTIONS // 10):
        async with await _hello(port) as socket:
            for _ in range(10):
                began = time.perf_counter()
                cid = str(uuid4())
                await socket.send(
                    json.dumps({"t": "msg", "cid": cid, "text": "How long does delivery take?"})
                )
                while True:
                    frame = json.loads(await socket.recv())
                    if frame["t"] == "ev" and frame.get("author") == "bot":
                        break
                latencies.append(time.perf_counter() - began)
                await asyncio.sleep(0.25)
    return latencies


async def _idle(server: Server, count: int) -> int:
    async with AsyncExitStack() as stack:
        before = server.memory()["private"]
        for _ in range(0, count, AT_ONCE):
            opened = await asyncio.gather(*(_hello(server.port) for _ in range(AT_ONCE)))
            for socket in opened:
                stack.push_async_callback(socket.close)
        await asyncio.sleep(2)
        return server.memory()["private"] - before


async def _hello(port: int) -> ClientConnection:
    socket = await connect(f"ws://127.0.0.1:{port}/webchat/socket", open_timeout=30, ping_interval=None)
    await socket.send(json.dumps({"t": "hello", "v": 1, "cursor": 0, "lang": "en"}))
    await socket.recv()
    return socket


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


if __name__ == "__main__":
    print(asyncio.run(run()))
