"""One WebSocket as the server gives it (ASGI): frames in, frames out, and an end that everybody agrees on."""

import asyncio
from typing import Final

from starlette.types import Receive, Send

from channels.webchat.options import Limits
from channels.webchat.protocol import MAX_FRAME, bye


class Goodbye(Exception):  # noqa: N818 - how a socket ends, be it well or badly
    """This socket is to be closed with `code`; `retry_in` says when the browser shall come back (seconds)."""

    def __init__(self, code: int, reason: str, *, retry_in: float | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.retry_in = retry_in


SLOW: Final = "the client reads too slowly"
_GONE: Final = (OSError, RuntimeError)  # what servers raise for a frame to somebody who has hung up


class Wire:
    """Frames of one socket. Any task may send; one may receive. After the end, sending is quietly in vain."""

    __slots__ = ("_limits", "_lock", "_receive", "_send", "open")

    def __init__(self, receive: Receive, send: Send, limits: Limits) -> None:
        self._receive = receive
        self._send = send
        self._limits = limits
        self._lock = asyncio.Lock()
        self.open = False

    async def deny(self, reason: str) -> None:
        """Answer the upgrade with HTTP 403 and the reason as its text."""
        await self._receive()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
        await self._send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": reason.encode()})

    async def accept(self) -> None:
        """Let the upgrade happen."""
        await self._receive()
        await self._send({"type": "websocket.accept"})
        self.open = True

    async def receive(self) -> str | bytes | None:
        """Wait for the next frame: text, or bytes if it was binary; None once the client or we have closed.

        Raises Goodbye for a frame longer than the protocol allows, should the server have let it through.
        """
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self.open = False
            return None
        text = message.get("text")
        frame: str | bytes = text if text is not None else message["bytes"]
        if len(frame) > MAX_FRAME:
            raise Goodbye(1009, f"a frame may have {MAX_FRAME} bytes")
        return frame

    async def send(self, frame: str) -> None:
        """Hand one frame to the network; Goodbye when the client has not made room for it in time."""
        try:
            async with asyncio.timeout(self._limits.send_within), self._lock:
                await self._put({"type": "websocket.send", "text": frame})
        except TimeoutError:
            raise Goodbye(4408, SLOW) from None

    async def close(self, goodbye: Goodbye) -> None:
        """End it: `bye` if the browser shall come back, then the code. In vain if it has ended already."""
        try:
            async with asyncio.timeout(self._limits.close_within), self._lock:
                if goodbye.retry_in is not None:
                    await self._put({"type": "websocket.send", "text": bye(goodbye.retry_in)})
                await self._put({"type": "websocket.close", "code": goodbye.code, "reason": goodbye.reason})
        except TimeoutError:
            pass  # it never read again; the server drops the connection when we return
        self.open = False

    async def _put(self, message: dict[str, object]) -> None:
        if not self.open:
            return
        try:
            await self._send(message)
        except _GONE:
            self.open = False
