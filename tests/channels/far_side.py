"""The other end of each channel, as its customers hold it: what the contract is tried through.

A new channel adds one line to `FAR_SIDES` and a class with these few methods.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Final, Protocol, Self
from uuid import uuid4

from websockets.asyncio.client import connect

from bot.core.ports import Channel
from channels.webchat import Limits, open_channel
from tests.channels.site import Browser, options, serving
from tests.fakes.house import MemoryHouse


class FarSide(Protocol):
    """A customer on the other side of a channel, with the server between them if there is one."""

    channel: Channel

    async def __aenter__(self) -> Self:
        """Start whatever stands between the customer and the channel."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Stop it."""
        ...

    async def say(self, text: str, key: str = "") -> str:
        """Send a message, the same one again if `key` names it; gives its key."""
        ...

    async def taken(self, key: str) -> bool:
        """True once the channel has told the far side that the message is safe; False when it will not."""
        ...

    async def hears(self) -> str:
        """The next text from the house."""
        ...

    async def babble(self) -> None:
        """Send something that no customer's program would."""
        ...

    def conversation(self) -> str:
        """The key of this customer's conversation."""
        ...


class WebchatFarSide:
    """A browser with the widget open."""

    def __init__(self) -> None:
        self.channel: Channel = open_channel(options(limits=Limits(poll_from=0.1, poll_to=0.2)))
        self._browser: Browser | None = None
        self._token = ""
        self._seen = 0

    async def __aenter__(self) -> Self:
        self._server: AbstractAsyncContextManager[int] = serving(self.channel.web)
        self._port = await self._server.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if self._browser:
            await self._browser.connection.close()
        await self._server.__aexit__(kind, error, trace)

    async def say(self, text: str, key: str = "") -> str:
        return await (await self._online()).write(text, key or str(uuid4()))

    async def taken(self, key: str) -> bool:
        browser = await self._online()
        while True:
            frame = await browser.receive()
            if frame["t"] == "bye":
                self._browser = None
                return False
            if frame["t"] == "ack" and frame["cid"] == key:
                return True

    async def hears(self) -> str:
        browser = await self._online()
        while True:
            event = await browser.next("ev")
            self._seen = event["seq"]
            if event["author"] != "customer":
                return str(event["text"])

    async def babble(self) -> None:
        await (await self._online()).raw("\x00 no frame")

    def conversation(self) -> str:
        return self._token.split(".")[1]

    async def _online(self) -> Browser:
        """Come back after a goodbye as a browser does, with token and cursor."""
        if self._browser is None:
            connection = await connect(
                f"ws://127.0.0.1:{self._port}/webchat/socket", compression=None, proxy=None
            )
            known = {"token": self._token} if self._token else {}
            self._browser = await Browser(connection).greet(cursor=self._seen, **known)
            self._token = self._browser.token
        return self._browser


FAR_SIDES: Final[dict[str, Callable[[], FarSide]]] = {"webchat": WebchatFarSide}

__all__ = ["FAR_SIDES", "FarSide", "MemoryHouse"]
