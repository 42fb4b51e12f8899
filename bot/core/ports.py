"""The seams between the house and its edges, on one page. `bot.app` plugs the parts together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.action import Action, ActionResult
from bot.core.event import Event
from bot.core.message import Address, Message

Asgi = Callable[..., Awaitable[Any]]
Clock = Callable[[], datetime]
"""Now, as an aware datetime in UTC."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message is stored.

    `seq` is its place in the conversation, `new` is False if it had been stored before.
    """

    seq: int
    new: bool


class Bell(Protocol):
    """Rings when a conversation has something new. A hint: look at the log, never trust the bell alone."""

    async def wait(self, at_most: float) -> frozenset[str]:
        """Return at the next ring, at once if it rang since the last wait, or after `at_most` seconds.

        The set holds passing signals that came with the ring and are stored nowhere, such as `typing:agent`.
        """
        ...


class House(Protocol):
    """All that a channel may ask of us. Each channel gets its own, bound to its name.

    Every call may raise RetryableError when the store cannot be reached or its disk is full: nothing was
    stored.
    """

    async def accept(
        self, messages: Sequence[Message], state: Mapping[str, str] | None = None
    ) -> Sequence[Receipt]:
        """Store the messages and the channel's own `state` (IMAP UID, Telegram offset) in one transaction.

        Returns once that is durable; only then acknowledge upstream. Messages of one conversation keep their
        order.
        """
        ...

    async def recall(self, key: str) -> str | None:
        """The channel's own state as last stored by `accept`."""
        ...

    async def since(self, conversation: str, seq: int, limit: int = 200) -> Sequence[Event]:
        """What the customer may see after `seq`, in order, at most `limit` events."""
        ...

    async def head(self, conversation: str) -> tuple[int, int]:
        """The highest `seq` of the conversation (0 if it has none), and up to which the desk has read it."""
        ...

    async def read(self, conversation: str, upto: int) -> None:
        """The customer has seen everything up to this `seq`."""
        ...

    def listen(self, conversation: str) -> AbstractContextManager[Bell]:
        """Hear of news in this conversation while the context is open."""
        ...

    async def signal(self, conversation: str, what: str) -> None:
        """Pass on something that is stored nowhere, such as `typing:customer`."""
        ...

    async def act(self, action: Action) -> ActionResult:
        """Carry out an agent's claim, reply, note, resolve ... that came through this channel.

        Raises NotFoundError, ForbiddenError, ConflictError (somebody else has the case) or RefusedError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One finished text for one conversation.

    `key` makes a repeated send harmless where the far side allows it.
    """

    key: str
    conversation: Address
    text: str
    lang: str
    choices: tuple[tuple[str, str], ...] = ()


class Channel(Protocol):
    """A way customers reach us.

    Raises RetryableError, RefusedError or MisconfiguredError, never its library's own.
    """

    name: str
    pushes: bool
    """True if finished texts are handed to `send`.

    False if the far side reads the log itself (`House.since`).
    """
    web: Asgi | None
    """Pages, webhook or socket; `bot.app` mounts it."""

    async def run(self, house: House) -> None:
        """Receive until cancelled; RetryableError starts it again after a while."""
        ...

    async def send(self, delivery: Delivery) -> str:
        """Hand one text to the far side and return its id there."""
        ...


class Coordination(Protocol):
    """Hints between workers. Losing them makes the house slower, never wrong."""

    async def ring(self, topic: str, payload: str = "") -> None:
        """Tell everyone who listens to `topic`, in this process and others; never raises."""
        ...

    def listen(self, heard: Callable[[str, str], None]) -> AbstractContextManager[None]:
        """Call `heard(topic, payload)` in the event loop for every ring while the context is open."""
        ...

    async def seen(self, key: str, *, ttl: float) -> None:
        """Presence: note that `key` is here for the next `ttl` seconds."""
        ...

    async def present(self, prefix: str) -> frozenset[str]:
        """The keys beginning with `prefix` that are here now."""
        ...

    async def allow(self, key: str, *, limit: int, per: float) -> bool:
        """Count one use of `key` and say whether it stays within `limit` uses in `per` seconds."""
        ...
