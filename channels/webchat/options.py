"""What one deployment says about its web chat, and the limits every socket keeps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bot.core.ports import Clock
from bot.errors import MisconfiguredError

MIN_SECRET = 32
"""Bytes: as long as the output of SHA-256 (RFC 2104 section 3 advises no less)."""

_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a socket may do and for how long we wait. Times in seconds; defaults are those of the protocol."""

    hello_within: float = 5.0
    send_within: float = 10.0
    close_within: float = 30.0
    """How long a reader that was too slow may still come back and fetch the close code."""
    leave_within: float = 5.0
    """How long a shutdown waits for its farewells to be written."""
    poll_from: float = 20.0
    poll_to: float = 30.0
    sockets_per_session: int = 5
    bad_frames: int = 3
    messages_per_second: float = 5.0
    messages_at_once: int = 20
    frames_per_second: float = 200.0
    frames_at_once: int = 400
    typing_every: float = 1.0
    retry_in: float = 5.0
    """What `bye` tells a browser when the store cannot be reached."""


@dataclass(frozen=True, slots=True)
class WebchatOptions:
    """Settings of the web chat.

    `origins` are the sites that may embed the widget, as browsers write an origin (`https://shop.example`);
    with none, only pages of our own origin may. `public_url` is how customers reach us, "" if that is simply
    what they type. `languages` are the codes the bot serves. `secret` signs session tokens: whoever knows it
    can speak as any visitor.
    """

    secret: bytes = field(repr=False)
    clock: Clock
    origins: tuple[str, ...] = ()
    public_url: str = ""
    demo: bool = False
    languages: tuple[str, ...] = ("en",)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Raise MisconfiguredError for a short secret and for what is no origin."""
        if len(self.secret) < MIN_SECRET:
            raise MisconfiguredError(
                f"webchat: the secret that signs sessions has {len(self.secret)} bytes,"
                f" expected {MIN_SECRET} or more random ones"
            )
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin.lower()):
                raise MisconfiguredError(
                    f"[webchat] origins: found {origin!r}, expected scheme and host (and port, if any) as in"
                    " 'https://shop.example', without a path, a slash at the end or '*'"
                )

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The origins whose pages may open our socket, beside our own as the request names it."""
        own = origin_of(self.public_url)
        return frozenset(origin.lower() for origin in (*self.origins, own) if origin)


def origin_of(url: str) -> str:
    """Give scheme, host and port of a URL, in lower case; "" for what is no http(s) URL."""
    found = _ORIGIN.match(url.lower())
    return found[0] if found else ""


def read_options(options: Mapping[str, Any] | WebchatOptions) -> WebchatOptions:
    """Take options as they are or as a mapping; MisconfiguredError names what is unknown or missing."""
    if isinstance(options, WebchatOptions):
        return options
    known = [item.name for item in fields(WebchatOptions)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise MisconfiguredError(f"webchat: unknown option {unknown[0]!r}; there are {', '.join(known)}")
    missing = sorted({"secret", "clock"} - set(options))
    if missing:
        raise MisconfiguredError(f"webchat: the option {missing[0]!r} is missing")
    return WebchatOptions(**options)
