"""Who is calling: a bearer token becomes an Actor, or the call ends here."""

import ipaddress
import re
from contextlib import suppress
from datetime import timedelta
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.core.action import Actor, Role
from bot.core.ports import Clock, Coordination
from bot.desk.answers import fault, later
from bot.errors import RetryableError
from bot.store.accounts import find_token, hash_token, touch_token
from bot.store.database import Database

ACTOR: Final = "crossdesk.actor"
"""Where the gate leaves the Actor in an ASGI scope."""

TRIES: Final = 30
PER_SECONDS: Final = 60.0
"""An address may fail this often in this time. A valid token always passes: colleagues share addresses."""

TOUCH_EVERY: Final = timedelta(minutes=1)
"""How exact `last used` is: a write for every call would cost more than the call."""

SHAPE: Final = re.compile(r"cd_[0-9]{1,15}_[A-Za-z0-9_-]{43}")


class UnknownCallerError(Exception):
    """No token, or none that is valid; `again_in` is set when this address has failed too often."""

    def __init__(self, message: str, *, invalid: bool, again_in: float | None = None) -> None:
        super().__init__(message)
        self.invalid = invalid
        self.again_in = again_in


class Doorman:
    """Knows tokens. Looks each one up: a revoked token or a disabled agent is out at the next call."""

    def __init__(self, database: Database, coordination: Coordination, clock: Clock) -> None:
        self._database = database
        self._coordination = coordination
        self._clock = clock

    async def admit(self, scope: Scope) -> Actor:
        """The agent who calls. Raises UnknownCallerError, or RetryableError when the store cannot be read."""
        shown = Headers(scope=scope).getlist("authorization")
        kind, _, secret = shown[0].strip().partition(" ") if len(shown) == 1 else ("", "", "")
        if kind.lower() != "bearer" or not secret.strip():
            raise UnknownCallerError(
                "No token: send 'Authorization: Bearer cd_...'; `crossdesk tokens add` makes one.",
                invalid=False,
            )
        actor = await self._known(secret.strip())
        if actor is not None:
            return actor
        await self.refused(scope)
        raise UnknownCallerError("This token is unknown, revoked, or its agent is disabled.", invalid=True)

    async def refused(self, scope: Scope) -> None:
        """Count a failed try of this address; raises UnknownCallerError if it has been too many."""
        if not await self._coordination.allow(f"refused:{source(scope)}", limit=TRIES, per=PER_SECONDS):
            raise UnknownCallerError(
                "Too many failed tries from this address: wait a minute.", invalid=True, again_in=PER_SECONDS
            )

    async def _known(self, secret: str) -> Actor | None:
        if not SHAPE.fullmatch(secret):
            return None
        found = await self._database.read(find_token, hash_token(secret))
        if found is None:
            return None
        now = self._clock()
        if now - found.last_used_at >= TOUCH_EVERY:
            with suppress(RetryableError):  # a full disk must not keep anybody from reading
                await self._database.write(touch_token, found.id, now)
        return Actor(found.agent_id, found.agent_name, Role(found.role))


class Gate:
    """Lets nobody without a token into the application behind it, not even to a path that does not exist."""

    def __init__(self, app: ASGIApp, doorman: Doorman, *, public: frozenset[str]) -> None:
        self._app = app
        self._doorman = doorman
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, 429 or 503, or pass the call on with its Actor."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["type"] == "http" and path not in self._public:
            try:
                scope[ACTOR] = await self._doorman.admit(scope)
            except UnknownCallerError as error:
                await refusal(error)(scope, receive, send)
                return
            except RetryableError as error:
                await later(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def refusal(error: UnknownCallerError) -> Response:
    """The answer to a caller without a valid token (RFC 6750 section 3)."""
    if error.again_in is not None:
        return fault(429, str(error), headers={"Retry-After": str(int(error.again_in))})
    challenge = 'Bearer realm="crossdesk"' + (', error="invalid_token"' if error.invalid else "")
    return fault(401, str(error), headers={"WWW-Authenticate": challenge})


def source(scope: Scope) -> str:
    """Where a call comes from, as far as limits care: an IPv4 address, or the /64 of one IPv6 line."""
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 4:  # noqa: PLR2004 - IPv4 is what it says
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)
