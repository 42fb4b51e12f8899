"""The door of `/webchat/socket`: who may open one, for which session, and how it ends."""

import asyncio
import random
from collections import Counter
from typing import Final

import structlog
from starlette.types import Receive, Scope, Send

from bot.core.ports import House
from bot.errors import RetryableError
from channels.webchat.connection import Connection
from channels.webchat.options import WebchatOptions
from channels.webchat.protocol import Hello, Nack, parse
from channels.webchat.session import Session, Sessions
from channels.webchat.wire import Goodbye, Wire

log = structlog.get_logger(__name__)

Headers = list[tuple[bytes, bytes]]
NOT_OPEN: Final = "the desk is not open at the moment"
NO_STORE: Final = "the store cannot be reached"
RESTART: Final = "the desk restarts"
FAULT: Final = "a fault of ours"


class Socket:
    """All open sockets of the web chat; an ASGI endpoint.

    `house` is None while the channel is not running. `tally` counts, since the start: messages, actions,
    repeated, `nack <code>`, `close <code>` (those we close), `refused origin`.
    """

    def __init__(self, options: WebchatOptions, sessions: Sessions) -> None:
        self.house: House | None = None
        self.tally: Counter[str] = Counter()
        self._options = options
        self._sessions = sessions
        self._wires: set[Wire] = set()
        self._seats: Counter[str] = Counter()

    @property
    def open_sockets(self) -> int:
        """How many sockets are open now."""
        return len(self._wires)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket from the upgrade to its end."""
        wire = Wire(receive, send, self._options.limits)
        refused, cookie = self._look_at(scope)
        if refused:
            self.tally["refused origin"] += 1
            await wire.deny(refused)
            return
        await wire.accept()
        self._wires.add(wire)
        try:
            connection, token = await self._introduce(wire, cookie)
            try:
                await connection.serve(token)
            finally:
                self._leave_seat(connection.visitor)
        except* Goodbye as group:
            await self._part(wire, _first(group))
        except* RetryableError as group:
            log.warning("store out of reach", reason=str(_leaf(group)))
            await self._part(wire, Goodbye(1013, NO_STORE, retry_in=self._options.limits.retry_in))
        except* Exception as group:
            log.exception("socket failed", exc_info=_leaf(group))
            await self._part(wire, Goodbye(1011, FAULT, retry_in=self._options.limits.retry_in))
        finally:
            self._wires.discard(wire)

    async def leave(self) -> None:
        """Tell every browser to come back, spread over some seconds, and close with 1012."""
        self.house = None
        retry_in = self._options.limits.retry_in
        farewells = [
            self._part(wire, Goodbye(1012, RESTART, retry_in=retry_in * random.uniform(0.2, 1)))  # noqa: S311 - jitter
            for wire in self._wires
        ]
        try:
            async with asyncio.timeout(self._options.limits.leave_within):
                await asyncio.gather(*farewells)
        except TimeoutError:
            log.info("sockets left without a farewell", sockets=len(self._wires))

    def _look_at(self, scope: Scope) -> tuple[str, Session | None]:
        """Read what the upgrade brought: why it is refused ("" if it is not), and the cookie's session.

        The headers are let go of: they are a tenth of what a socket costs, and nobody asks for them again.
        """
        headers: Headers = scope["headers"]
        scope["headers"] = []
        origin = _header(headers, b"origin")
        if origin and not self._may_open(origin, _header(headers, b"host")):
            return (
                f"Pages of {origin} may not open this socket; [webchat] origins does not list them.\n",
                None,
            )
        return "", self._sessions.from_cookies(headers)

    def _may_open(self, origin: str, host: str) -> bool:
        """Our own pages may, by the name under which we were reached, and those of the listed sites."""
        host = host.lower()
        own = {f"https://{host}", f"http://{host}"} if host else set()
        return origin.lower() in self._options.allowed_origins | own

    async def _part(self, wire: Wire, goodbye: Goodbye) -> None:
        if wire.open:
            self.tally[f"close {goodbye.code}"] += 1
        self._wires.discard(wire)
        await wire.close(goodbye)

    async def _introduce(self, wire: Wire, cookie: Session | None) -> tuple[Connection, str | None]:
        """Hear the hello and give whoever said it a seat; the token is the one to show, None to show none."""
        house = self.house
        if house is None:
            raise Goodbye(1013, NOT_OPEN, retry_in=self._options.limits.retry_in)
        hello = await self._hello(wire)
        session, token = self._identify(hello, cookie)
        self._take_seat(session.visitor)
        return Connection(wire, house, self._options, self.tally, visitor=session.visitor, hello=hello), token

    async def _hello(self, wire: Wire) -> Hello:
        """Wait for the first frame, which has to be a good hello."""
        within = self._options.limits.hello_within
        try:
            async with asyncio.timeout(within):
                raw = await wire.receive()
        except TimeoutError:
            raise Goodbye(4400, f"no hello within {within:g} seconds") from None
        if raw is None:
            raise Goodbye(1000, "the client left without a word")
        frame = parse(raw, self._options.languages)
        if isinstance(frame, Hello):
            return frame
        raise Goodbye(4400, frame.message[:120] if isinstance(frame, Nack) else "expected a hello first")

    def _identify(self, hello: Hello, cookie: Session | None) -> tuple[Session, str | None]:
        """Find out whose socket this is, and the token to show: none to a page that has a cookie."""
        if hello.token is not None:
            session = self._sessions.read(hello.token)
            if session is None:
                raise Goodbye(4401, "the token is not ours or too old; say hello without one to get another")
            session = self._sessions.renewed(session)
        elif cookie is not None:
            return cookie, None
        else:
            session = self._sessions.new()
        return session, self._sessions.token(session)

    def _take_seat(self, visitor: str) -> None:
        most = self._options.limits.sockets_per_session
        if self._seats[visitor] >= most:
            raise Goodbye(4429, f"a session may have {most} sockets open; close one first")
        self._seats[visitor] += 1

    def _leave_seat(self, visitor: str) -> None:
        self._seats[visitor] -= 1
        if not self._seats[visitor]:
            del self._seats[visitor]


def _header(headers: Headers, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


def _leaf(error: BaseException) -> BaseException:
    """The first real error of a group of groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _first(group: BaseExceptionGroup[Goodbye]) -> Goodbye:
    leaf = _leaf(group)
    return leaf if isinstance(leaf, Goodbye) else Goodbye(1011, FAULT)
