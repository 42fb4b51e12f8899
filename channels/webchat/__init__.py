"""The web chat: a widget for the shop's pages, and a socket on which browsers read the log by cursor."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from bot.core.ports import Asgi, Delivery, House
from bot.errors import RefusedError
from channels.webchat.connection import NAME
from channels.webchat.options import Limits, WebchatOptions, read_options
from channels.webchat.pages import Pages
from channels.webchat.session import Sessions
from channels.webchat.socket import Socket

__all__ = ["Limits", "Webchat", "WebchatOptions", "open_channel"]

SOCKET: Final = "/webchat/socket"


class Webchat:
    """The channel `webchat`. Browsers read the log themselves, so nothing is ever handed to `send`."""

    name = NAME
    pushes = False

    def __init__(self, options: WebchatOptions) -> None:
        sessions = Sessions(options.secret, options.clock)
        self._socket = Socket(options, sessions)
        self.web: Asgi | None = _web(self._socket, Pages(options, sessions).app())

    @property
    def open_sockets(self) -> int:
        """How many sockets are open now."""
        return self._socket.open_sockets

    @property
    def tally(self) -> Counter[str]:
        """What has been counted since the start: see `Socket`."""
        return self._socket.tally

    async def run(self, house: House) -> None:
        """Let browsers in until cancelled; then each is told when to come back, and closed with 1012."""
        self._socket.house = house
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await self._socket.leave()

    async def send(self, delivery: Delivery) -> str:
        """Refuse: `pushes` is False, so a delivery that comes here has lost its way."""
        raise RefusedError(
            f"webchat: {delivery.key} was given to send(); browsers read the log by themselves"
        )


def open_channel(options: Mapping[str, Any] | WebchatOptions) -> Webchat:
    """Make the web chat ready; `options` are `WebchatOptions` or a mapping of the same names.

    Raises MisconfiguredError for an option it does not know or cannot use.
    """
    return Webchat(read_options(options))


def _web(socket: Asgi, pages: Asgi) -> Asgi:
    """Lead each request to its place. Sockets pass no router: it would keep much for each of them."""

    async def web(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        await (socket if scope["type"] == "websocket" and path == SOCKET else pages)(scope, receive, send)

    return web
