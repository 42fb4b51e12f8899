"""Is it alive, is it ready, what are its figures: for machines that watch over it."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import telemetry
from bot.core.access import Right, authorize
from bot.desk.access import Doorman, UnknownCallerError, refusal
from bot.desk.answers import fault, later
from bot.errors import ForbiddenError, RetryableError
from bot.store.accounts import count_agents
from bot.store.database import Database

Check = Callable[[], Awaitable[str]]
"""Gives "" if all is well, else what is wrong in a few words."""

FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


class Health:
    """The three addresses for watchers. `checks` are asked beside the store."""

    def __init__(self, database: Database, doorman: Doorman, checks: Mapping[str, Check]) -> None:
        self._database = database
        self._doorman = doorman
        self._checks = {"store": self._store, **checks}

    async def alive(self, _request: Request) -> Response:
        """The process answers; nothing else is asked."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """Every part works; 503 with the reasons if one does not."""
        found = {name: await check() for name, check in self._checks.items()}
        well = not any(found.values())
        checks = {name: wrong or "ok" for name, wrong in found.items()}
        return JSONResponse({"status": "ok" if well else "unready", "checks": checks}, 200 if well else 503)

    async def metrics(self, request: Request) -> Response:
        """Figures for Prometheus: for this machine itself, or with an administrator's token."""
        if not local(request):
            try:
                authorize(await self._doorman.admit(request.scope), Right.OPERATE)
            except ForbiddenError as error:
                return fault(403, str(error))
            except UnknownCallerError as error:
                return refusal(error)
            except RetryableError as error:
                return later(error)
        figures = await asyncio.to_thread(telemetry.exposition)  # asks the system about the process
        return Response(figures, media_type=telemetry.CONTENT_TYPE)

    async def _store(self) -> str:
        try:
            await self._database.read(count_agents)
        except RetryableError as error:
            return str(error)
        return ""


def local(request: Request) -> bool:
    """True for a caller on this machine itself; what a proxy passes on comes from elsewhere."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
