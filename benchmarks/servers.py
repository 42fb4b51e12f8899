"""The real program as a subprocess on a free port, for benchmarks and for tests that kill it."""

import asyncio
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`crossdesk run` on its own data folder. `start` may be called again after `kill`."""

    def __init__(self, data: Path, *, port: int = 0, environ: Mapping[str, str] | None = None) -> None:
        self.data, self.port = data, port or free_port()
        self.process: asyncio.subprocess.Process | None = None
        self._environ = environ or {}
        self._log = data / "server.log"
        data.mkdir(parents=True, exist_ok=True)

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        if self.process is None:
            raise RuntimeError("the server has not been started")
        return self.process.pid

    async def start(self) -> float:
        """Start it and wait until it answers; the seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                "--port",
                str(self.port),
                "--data",
                str(self.data),
                stdout=log,
                stderr=log,
                env={**os.environ, "CROSSDESK_LOG__LEVEL": "error", **self._environ},
            )
        while not await asyncio.to_thread(self._answers, "/healthz"):
            if self.process.returncode is not None:
                said = await asyncio.to_thread(self._log.read_text)
                raise RuntimeError(f"the server ended with {self.process.returncode}: {said[-2000:]}")
            await asyncio.sleep(0.02)
        return loop.time() - began

    async def ready(self, *, within: float = 600) -> float:
        """Wait until the reader is loaded; the seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(within):
            while not await asyncio.to_thread(self._answers, "/readyz"):  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(0.05)
        return loop.time() - began

    async def kill(self) -> None:
        """SIGKILL, as a power cut would do it."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await self.process.wait()

    def memory(self) -> dict[str, int]:
        """Resident and private memory in bytes, from /proc."""
        found = {}
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            name, _, rest = line.partition(":")
            if name in {"Rss", "Private_Clean", "Private_Dirty"}:
                found[name] = int(rest.split()[0]) * 1024
        return {"rss": found["Rss"], "private": found["Private_Clean"] + found["Private_Dirty"]}

    def _answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004 - OK
        except (urllib.error.URLError, OSError):
            return False
