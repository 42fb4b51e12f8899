"""The server: sockets, pages and API on one port, over the engine."""

import asyncio
import gc
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from bot import telemetry
from bot.app.engine import Engine, open_engine
from bot.core.ports import Asgi, Channel, Clock
from bot.desk import routes
from bot.errors import MisconfiguredError
from bot.settings import Settings
from bot.wording import Wording
from channels import open_channel

log = structlog.get_logger(__name__)

FRAME_BYTES = 65536
"""Longest web chat frame (design section 6); a longer one closes the socket with 1009."""

SECRET_FILE = "secret.key"  # noqa: S105 - the name of the file, not what is in it


async def run_server(settings: Settings, data: Path, clock: Clock, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `say` gets the lines to show whoever started it, once the port is open.

    Raises MisconfiguredError: the port is in use, the database is newer than the code or served by another
    process.
    """
    listening = _listen(settings.server.host, settings.server.port)
    port = listening.getsockname()[1]
    webchat = open_channel("webchat", _webchat_options(settings, data, clock))
    stop = asyncio.Event()
    telemetry.SOCKETS_OPEN.set_function(lambda: getattr(webchat, "open_sockets", 0))
    with telemetry.watch_gc(), _signals(stop):
        async with open_engine(settings, data, clock, [webchat]) as engine:
            await _serve(engine, webchat, listening, stop, lambda path: _announce(say, settings, port, path))


async def _serve(
    engine: Engine,
    webchat: Channel,
    listening: socket.socket,
    stop: asyncio.Event,
    announce: Callable[[str | None], None],
) -> None:
    desk = routes.build(
        engine.house, engine.database, engine.coordination, engine.clock, {"reader": lambda: _loaded(engine)}
    )
    mounted = [*desk.routes, *([Mount("/", webchat.web)] if webchat.web else [])]
    server = _Server(_config(_front(webchat.web, Starlette(routes=mounted))))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await _started(server, serving)
        announce(await desk.setup.path())
        _tune_collector()
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        await engine.leave()
        server.should_exit = True
        await serving


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not (server.started or serving.done()):  # noqa: ASYNC110 - uvicorn has a flag and no event
        await asyncio.sleep(0.01)


def _front(sockets: Asgi | None, pages: Asgi) -> Asgi:
    """Lead sockets straight to their channel: every layer they pass stays with them, 3 KiB in all."""

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        await (sockets if sockets and scope["type"] == "websocket" else pages)(scope, receive, send)

    return front


class _Server(uvicorn.Server):
    """Leaves the signals to us: the channels say goodbye before the sockets are closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Asgi) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,  # costs 37 KiB a socket and saves nothing on short lines
        timeout_graceful_shutdown=5,
    )


def _webchat_options(settings: Settings, data: Path, clock: Clock) -> dict[str, object]:
    return {
        "secret": _secret(data),
        "clock": clock,
        "origins": settings.webchat.origins,
        "public_url": settings.server.public_url,
        "demo": settings.webchat.demo,
        "languages": Wording.open().languages,
    }


def _secret(data: Path) -> bytes:
    """The key that signs web sessions: made at the first start, readable by its owner only."""
    path = data / SECRET_FILE
    try:
        data.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    except OSError as error:
        raise MisconfiguredError(
            f"the data folder {data} cannot be written: {error.strerror}; choose another with --data"
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        why = error.strerror or str(error)
        raise MisconfiguredError(
            f"cannot listen on {host} port {port}: {why}."
            " Stop what uses it, or choose others with --host and --port."
        ) from None
    listening.settimeout(0)
    return listening


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    caught: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGINT)
    for number in caught:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _tune_collector() -> None:
    """Keep full collections rare: with thousands of sockets one stops the loop for more than a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


async def _loaded(engine: Engine) -> str:
    return "" if engine.ready.is_set() else "still loading; messages are stored and wait"


def _announce(say: Callable[[str], None], settings: Settings, port: int, setup: str | None) -> None:
    host = settings.server.host
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104 - compared only
    base = f"http://{shown}:{port}"
    say(
        f"Crossdesk is running. Stop it with Ctrl+C.\n\n  Shop page with the chat   {base}/"
        if settings.webchat.demo
        else f"Crossdesk is running. Stop it with Ctrl+C.\n\n  Chat widget               {base}/widget.js"
    )
    say(f"  Desk                      {base}/desk/")
    say(f"  API for agents            {base}/api/docs")
    if setup:
        say(f"\n  First administrator       {base}{setup}\n  (this link works once)")
