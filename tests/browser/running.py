"""Crossdesk as a user runs it: the command, a data folder of its own, a free port. And a shop elsewhere."""

import asyncio
import json
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

COMMAND = Path(sys.executable).with_name("crossdesk")
READY_WITHIN = 120.0
"""Seconds; a first start reads its phrases and articles, on a machine that may be busy."""


def free_port() -> int:
    """A port of loopback that nobody has; the small gap until it is used is ours to lose."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@dataclass
class Crossdesk:
    """One installation: its port and data folder outlive its process."""

    data: Path
    origins: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        log = (self.data / "server.log").open("ab")
        with log:
            self.process = await asyncio.create_subprocess_exec(
                COMMAND,
                "run",
                "--data",
                self.data,
                "--port",
                str(self.port),
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(READY_WITHIN):
            while not await asyncio.to_thread(self._ready):
                if self.process.returncode is not None:
                    raise AssertionError(f"crossdesk run ended by itself:\n{self.log()}")
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """Take the process away without a word."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, as a system does."""
        await self._end(signal.SIGTERM)

    def log(self) -> str:
        """What it has written so far."""
        return (self.data / "server.log").read_text("utf-8", "replace")

    async def command(self, *arguments: str, stdin: str = "") -> str:
        """Run another command on the same data; gives its last line."""
        process = await asyncio.create_subprocess_exec(
            COMMAND,
            *arguments,
            "--data",
            self.data,
            env=self._environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(stdin.encode())
        assert process.returncode == 0, f"crossdesk {' '.join(arguments)}: {err.decode()}"
        return out.decode().strip().splitlines()[-1]

    async def agent(self, name: str) -> "Agent":
        """Someone at the desk, with a token."""
        await self.command(
            "agents", "add", name, "--role", "agent", "--password-stdin", stdin="a long enough pass phrase\n"
        )
        return Agent(self.origin, await self.command("tokens", "add", "--agent", name))

    async def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            process.send_signal(how)
            await process.wait()

    def _environment(self) -> dict[str, str]:
        mine = {key: value for key, value in os.environ.items() if not key.startswith("CROSSDESK_")}
        return mine | {"CROSSDESK_WEBCHAT__ORIGINS": json.dumps(self.origins)}

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=2) as answer:  # noqa: S310 - our own server
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@dataclass
class Agent:
    """A person at the desk, who works through the API."""

    origin: str
    token: str

    async def cases(self, state: str = "") -> list[dict[str, Any]]:
        """The cases of the desk, or those in one state."""
        items: list[dict[str, Any]] = (await self.call("GET", f"cases?state={state}"))["items"]
        return items

    async def call(self, method: str, path: str, **body: Any) -> Any:  # noqa: ANN401 - whatever the API answers
        """Call `/api/v1/<path>`; an answer above 299 raises HTTPError."""
        return await asyncio.to_thread(self._call, method, path, body)

    def _call(self, method: str, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.origin}/api/v1/{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return json.loads(answer.read() or "null")


@asynccontextmanager
async def crossdesk(data: Path, origins: tuple[str, ...] = ()) -> AsyncIterator[Crossdesk]:
    """Run one until the context ends."""
    running = Crossdesk(data, origins)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@dataclass(frozen=True)
class Page:
    """A page of a foreign shop, with its own policy."""

    html: str
    policy: str = ""


class _Handler(BaseHTTPRequestHandler):
    """Serves the pages it was given."""

    pages: ClassVar[Mapping[str, Page]] = {}

    def do_GET(self) -> None:
        page = self.pages.get(self.path.partition("?")[0])
        body = (page.html if page else "").encode()
        self.send_response(200 if page else 204)  # 204 for the icon that every browser asks for
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if page and page.policy:
            self.send_header("Content-Security-Policy", page.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@contextmanager
def foreign(pages: dict[str, Page]) -> Iterator[int]:
    """Serve pages by their path on a free port of loopback, to be filled in while it runs; gives the port."""
    handler = type("Handler", (_Handler,), {"pages": pages})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
