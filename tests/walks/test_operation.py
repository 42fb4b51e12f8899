"""The whole program as its operator meets it: what goes wrong is said in one sentence, nothing is lost."""

import asyncio
import json
import resource
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.servers import Server, free_port


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    running = Server(tmp_path / "data")
    await running.start()
    await running.ready()
    yield running
    await running.stop()


async def crossdesk(*words: str, put_in: str = "") -> tuple[int, str, str]:
    """Run a command to its end: exit status, output, errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(put_in.encode())
    return process.returncode or 0, out.decode(), err.decode()


async def hello(server: Server, **more: object) -> ClientConnection:
    opened = await connect(f"ws://127.0.0.1:{server.port}/webchat/socket")
    await opened.send(json.dumps({"t": "hello", "v": 1, "cursor": 0, "lang": "en", **more}))
    return opened


async def say(opened: ClientConnection, text: str) -> str:
    cid = str(uuid4())
    await opened.send(json.dumps({"t": "msg", "cid": cid, "text": text}))
    return cid


async def until(opened: ClientConnection, t: str, **like: object) -> dict[str, object]:
    async with asyncio.timeout(20):
        while True:
            frame: dict[str, object] = json.loads(await opened.recv())
            if frame["t"] == t and all(frame.get(name) == value for name, value in like.items()):
                return frame


async def test_a_customer_is_answered_refused_and_handed_over(server: Server) -> None:
    async with await hello(server, tz="Europe/Berlin") as opened:
        await say(opened, "Which carriers do you ship with?")
        first = await until(opened, "ev", author="bot")
        assert "automated" in str(first["text"])
        await say(opened, "How much import duty will I have to pay on my parcel?")
        refusal = await until(opened, "ev", author="bot")
        assert "tax authority" in str(refusal["text"])
        assert "%" not in str(refusal["text"])
        await opened.send(json.dumps({"t": "action", "cid": str(uuid4()), "name": "human"}))
        promise = await until(opened, "ev", author="bot")
        assert "CD-1001" in str(promise["text"])
        case = await until(opened, "ev", kind="case")
        assert (case["case"], case["state"]) == ("CD-1001", "queued")
        assert case["due"]


async def test_the_terminal_works_beside_the_server(server: Server) -> None:
    lines = [{"text": "hello"}, {"text": "I want to talk to a person"}, {"text": "are you there?"}]
    status, out, err = await crossdesk(
        "chat", "--jsonl", "--data", str(server.data), put_in="\n".join(json.dumps(line) for line in lines)
    )
    assert (status, err) == (0, "")
    turns = [json.loads(line) for line in out.splitlines()]
    assert [turn["decision"]["outcome"] for turn in turns] == ["chat", "handoff", "silent"]
    assert turns[2]["case"] == {"id": "CD-1001", "state": "queued"}
    assert turns[2]["replies"] == []


async def test_a_second_server_on_the_same_data_is_refused(server: Server) -> None:
    status, _, err = await crossdesk("run", "--data", str(server.data), "--port", str(free_port()))
    assert status == 2
    assert "another process serves" in err
    assert "Traceback" not in err


async def test_a_port_in_use_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, err = await crossdesk("run", "--data", str(tmp_path), "--port", str(port))
    assert status == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in err
    assert "--port" in err


async def test_a_database_newer_than_the_code_is_refused(tmp_path: Path) -> None:
    assert (await crossdesk("migrate", "--data", str(tmp_path)))[0] == 0
    newer = sqlite3.connect(tmp_path / "crossdesk.db")
    newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.commit()
    newer.close()
    status, _, err = await crossdesk("run", "--data", str(tmp_path), "--port", str(free_port()))
    assert status == 2
    assert "step 9999" in err
    assert "newer version" in err


async def test_a_full_disk_refuses_and_then_goes_on(server: Server) -> None:
    async with await hello(server) as opened:
        token = (await until(opened, "welcome"))["token"]
        first = await say(opened, "hello")
        await until(opened, "ack", cid=first)
        await until(opened, "ev", author="bot")
        largest = max(path.stat().st_size for path in server.data.iterdir() if path.is_file())
        soft, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest // 2, hard))
        await say(opened, "is anybody there " + "x" * 3500)
        farewell = await until(opened, "bye")
        assert farewell["retry_in"]
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (soft, hard))
    async with await hello(server, token=token) as again:
        welcome = await until(again, "welcome")
        assert welcome["head"] == 2  # what could not be stored was not counted
        await until(again, "ack", cid=await say(again, "hello"))
        await until(again, "ev", author="bot")


async def test_sigterm_says_goodbye_to_every_socket(server: Server) -> None:
    async with await hello(server) as opened:
        await until(opened, "welcome")
        stopping = asyncio.create_task(server.stop())
        farewell = await until(opened, "bye")
        assert isinstance(farewell["retry_in"], int | float)
        await stopping
    assert server.process is not None
    assert server.process.returncode == 0
