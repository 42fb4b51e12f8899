"""Who a socket speaks for: a visitor's id, signed by us, carried by a cookie or a token, stored nowhere."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.core.ports import Clock

COOKIE: Final = "__Host-crossdesk"
LIFETIME: Final = timedelta(days=365)
RENEW_AFTER: Final = timedelta(days=30)
"""An older token is signed anew for the same visitor, so that a regular customer never loses it."""

_TOKEN = re.compile(r"v1\.([0-9a-f]{32})\.([0-9]{1,11})\.([0-9a-f]{64})", re.ASCII)
_PURPOSE: Final = b"crossdesk webchat session\0"


@dataclass(frozen=True, slots=True)
class Session:
    """A visitor (128 random bits in hex) and when the token was signed, in seconds since 1970, UTC."""

    visitor: str
    issued: int


class Sessions:
    """Signs and reads tokens of the form `v1.<visitor>.<issued>.<HMAC-SHA256 in hex>`."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def new(self) -> Session:
        """Give a session to a visitor nobody has seen before."""
        return Session(secrets.token_hex(16), self._now())

    def token(self, session: Session) -> str:
        """Write the session down so that only we could have written it."""
        body = f"v1.{session.visitor}.{session.issued}"
        return f"{body}.{self._sign(body)}"

    def read(self, token: str) -> Session | None:
        """Read a token; None if it is not of our making or older than its lifetime."""
        found = _TOKEN.fullmatch(token)
        if not found:
            return None
        body, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature, self._sign(body)):
            return None
        session = Session(found[1], int(found[2]))
        return session if self._age(session) < LIFETIME else None

    def renewed(self, session: Session) -> Session:
        """Give the same visitor a fresh date, if the old one has aged enough to be worth it."""
        return Session(session.visitor, self._now()) if self._age(session) >= RENEW_AFTER else session

    def from_cookies(self, headers: Iterable[tuple[bytes, bytes]]) -> Session | None:
        """Find the first valid session among a request's cookies, as ASGI gives its headers."""
        for token in _cookies(headers):
            session = self.read(token)
            if session:
                return session
        return None

    def _age(self, session: Session) -> timedelta:
        return timedelta(seconds=self._now() - session.issued)

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _sign(self, body: str) -> str:
        return hmac.new(self._secret, _PURPOSE + body.encode("ascii"), hashlib.sha256).hexdigest()


def _cookies(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[str]:
    """Every value of our cookie: a browser may hold a partitioned and an older unpartitioned one."""
    for name, value in headers:
        if name == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                key, _, content = pair.strip().partition("=")
                if key == COOKIE:
                    yield content


def set_cookie(token: str) -> str:
    """Write the Set-Cookie header: out of reach of scripts, and one per embedding site (CHIPS)."""
    seconds = int(LIFETIME.total_seconds())
    return f"{COOKIE}={token}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
