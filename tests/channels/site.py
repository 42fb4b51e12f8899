"""A web chat on a real port with a house in memory behind it, and a browser's end of its socket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from channels.webchat import Limits, Webchat, WebchatOptions, open_channel
from tests.fakes.house import NOON, MemoryHouse

SECRET = bytes(range(32))
SHOP = "https://shop.example"
PATIENCE = 5.0
"""Seconds until a test gives up on something that should come at once."""


class Clock:
    """A clock that the test sets."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        """Let time go on."""
        self.now += span


async def until(condition: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait until something is so that rings no bell when it is."""
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {within} seconds"
        await asyncio.sleep(0.01)


class Server(uvicorn.Server):
    """Uvicorn that leaves the signals to pytest and looks ten times as often whether it may end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await until(lambda: self.should_exit, within=float("inf"))


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[int]:  # noqa: ANN401 - any ASGI application
    """Serve `app` on a free port of loopback, with the settings that `bot.app` uses; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=65_536,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


def options(clock: Clock | None = None, **changes: Any) -> WebchatOptions:  # noqa: ANN401 - any option
    """Options of a shop that serves three languages; `changes` replace single ones."""
    given: dict[str, Any] = {
        "secret": SECRET,
        "clock": clock or Clock(),
        "origins": (SHOP,),
        "languages": ("en", "de", "zh-Hans"),
    }
    return WebchatOptions(**(given | changes))


@dataclass
class Site:
    """A running web chat."""

    port: int
    channel: Webchat
    house: MemoryHouse
    running: asyncio.Task[None]
    clock: Clock = field(default_factory=Clock)

    @property
    def host(self) -> str:
        """Name and port, as a browser sends them."""
        return f"127.0.0.1:{self.port}"

    @asynccontextmanager
    async def socket(self, origin: str | None = None, **headers: str) -> AsyncIterator["Browser"]:
        """Open a socket and say nothing yet."""
        async with connect(
            f"ws://{self.host}/webchat/socket",
            origin=None if origin is None else Origin(origin),
            additional_headers=headers,
            compression=None,
            proxy=None,
            max_queue=4096,
        ) as connection:
            yield Browser(connection)

    @asynccontextmanager
    async def browser(self, **hello: Any) -> AsyncIterator["Browser"]:  # noqa: ANN401 - fields of a frame
        """Open a socket, say hello and take the welcome."""
        async with self.socket() as browser:
            await browser.greet(**hello)
            yield browser

    async def until_sockets(self, count: int) -> None:
        """Wait until the channel counts no more than so many open sockets."""
        await until(lambda: self.channel.open_sockets <= count)

    async def stop(self) -> None:
        """Stop the channel as `bot.app` does."""
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


@asynccontextmanager
async def open_site(house: MemoryHouse | None = None, **changes: Any) -> AsyncIterator[Site]:  # noqa: ANN401
    """Run a web chat until the context ends; `changes` are options, `limits` among them."""
    clock = Clock()
    channel = open_channel(options(clock, **changes))
    house = house or MemoryHouse()
    async with serving(channel.web) as port:
        running = asyncio.create_task(channel.run(house))
        await asyncio.sleep(0)
        site = Site(port, channel, house, running, clock)
        try:
            yield site
        finally:
            await site.stop()


class Browser:
    """What a browser does with its socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.token = ""
        self.conversation = ""
        self.welcome: dict[str, Any] = {}

    async def greet(self, *, cursor: int = 0, **more: Any) -> Self:  # noqa: ANN401 - fields of a frame
        """Say hello and take the welcome."""
        await self.send(t="hello", v=1, cursor=cursor, **more)
        self.welcome = await self.receive()
        assert self.welcome["t"] == "welcome", self.welcome
        self.token = self.welcome.get("token", "")
        self.conversation = self.welcome["conv"]
        return self

    async def send(self, **frame: Any) -> None:  # noqa: ANN401 - fields of a frame
        """Send one frame."""
        await self.connection.send(json.dumps(frame))

    async def raw(self, data: str | bytes) -> None:
        """Send whatever it is."""
        await self.connection.send(data)

    async def write(self, text: str, cid: str = "") -> str:
        """Send a message; gives its cid."""
        cid = cid or str(uuid4())
        await self.send(t="msg", cid=cid, text=text)
        return cid

    async def act(self, name: str, value: object = None) -> str:
        """Press something; gives its cid."""
        cid = str(uuid4())
        more = {} if value is None else {"value": value}
        await self.send(t="action", cid=cid, name=name, **more)
        return cid

    async def receive(self, within: float = PATIENCE) -> dict[str, Any]:
        """Take the next frame, whatever it is."""
        async with asyncio.timeout(within):
            frame: dict[str, Any] = json.loads(await self.connection.recv())
        return frame

    async def next(self, kind: str, within: float = PATIENCE) -> dict[str, Any]:
        """Take frames until one of this kind comes."""
        async with asyncio.timeout(within):
            while True:
                frame = await self.receive(within)
                if frame["t"] == kind:
                    return frame

    async def events(self, count: int) -> list[dict[str, Any]]:
        """Take the next so many `ev` frames, past everything else."""
        return [await self.next("ev") for _ in range(count)]

    async def silence(self, seconds: float = 0.2) -> list[dict[str, Any]]:
        """Take whatever comes in this time."""
        frames: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    frames.append(json.loads(await self.connection.recv()))
        except TimeoutError:
            return frames

    async def closed(self, within: float = PATIENCE) -> tuple[int, list[dict[str, Any]]]:
        """Wait for the server to close; gives the code and the frames that came before it."""
        frames: list[dict[str, Any]] = []
        async with asyncio.timeout(within):
            while True:
                try:
                    frames.append(json.loads(await self.connection.recv()))
                except ConnectionClosed as end:
                    return (end.rcvd.code if end.rcvd else 1006), frames


__all__ = ["NOON", "SHOP", "Browser", "Clock", "Limits", "Site", "open_site", "options", "serving", "until"]
