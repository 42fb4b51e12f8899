"""The first administrator: one link, good for one use, printed by the program when nobody works here yet."""

import asyncio
import hmac
import secrets
import shlex
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.core.ports import Clock
from bot.desk.access import Doorman, UnknownCallerError
from bot.desk.pages import show
from bot.errors import ConflictError, RefusedError
from bot.store.accounts import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    add_first,
    check_name,
    check_password,
    count_agents,
    hash_password,
)
from bot.store.database import Database

MAX_FORM: Final = 16 * 1024


class Setup:
    """Makes the first administrator for whoever knows the link, once.

    The secret lives in this process only: a restart makes a new link, and none once there is an agent.
    """

    def __init__(self, database: Database, doorman: Doorman, clock: Clock) -> None:
        self._database = database
        self._doorman = doorman
        self._clock = clock
        self._secret = secrets.token_urlsafe(32)

    async def path(self) -> str | None:
        """The path to print at the first start, None if somebody works here already."""
        staffed = await self._database.read(count_agents)
        return None if staffed else f"/desk/setup/{self._secret}"

    async def form(self, request: Request) -> Response:
        """Ask for a name and a password."""
        return await self._turned_away(request) or _form(request)

    async def create(self, request: Request) -> Response:
        """Make the administrator and show the token, the only time it is ever shown."""
        if not same_origin(request):
            return show(
                "message.html",
                request,
                403,
                heading="Not from there",
                text="This form can only be sent from its own page.",
            )
        if refused := await self._turned_away(request):
            return refused
        fields = await _fields(request)
        name, password = fields.get("name", "").strip(), fields.get("password", "")
        if faults := _faults(name, password):
            return _form(request, 422, name=name, faults=faults)
        hashed = await asyncio.to_thread(hash_password, password)
        try:
            token = await self._database.write(add_first, name, hashed, self._clock())
        except ConflictError:
            return _gone(request)
        return show("done.html", request, name=name, shell_name=shlex.quote(name), token=token)

    async def _turned_away(self, request: Request) -> Response | None:
        """The answer to a wrong link, or to one that has had its day; None if the link is good."""
        shown = request.path_params["secret"]
        if not hmac.compare_digest(shown.encode(), self._secret.encode()):
            try:
                await self._doorman.refused(request.scope)
            except UnknownCallerError as error:
                return show("message.html", request, 429, heading="Too many tries", text=str(error))
            return show(
                "message.html",
                request,
                404,
                heading="No such link",
                text="The link for the first administrator is printed at the start. Copy all of it.",
            )
        return _gone(request) if await self._database.read(count_agents) else None


def same_origin(request: Request) -> bool:
    """Whether a form comes from a page of ours; who sends neither header is no browser with cookies."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _form(
    request: Request, status: int = 200, *, name: str = "", faults: dict[str, str] | None = None
) -> HTMLResponse:
    return show(
        "setup.html",
        request,
        status,
        name=name,
        faults=faults or {},
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )


def _gone(request: Request) -> HTMLResponse:
    return show(
        "message.html",
        request,
        410,
        heading="This link has been used",
        text="There is an administrator. Others are added with `crossdesk agents add`.",
    )


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields; none of them if it is too long or no form at all."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            return {}
    try:
        found = parse_qs(body.decode("utf-8"), max_num_fields=10, errors="strict")
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _faults(name: str, password: str) -> dict[str, str]:
    """What is wrong with them, by field."""
    faults = {}
    for field, check, value in (("name", check_name, name), ("password", check_password, password)):
        try:
            check(value)
        except RefusedError as error:
            faults[field] = str(error)
    return faults
