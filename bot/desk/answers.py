"""Failures as JSON: one sentence under `error`, whatever went wrong."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import ConflictError, ForbiddenError, NotFoundError, RefusedError, RetryableError

RETRY_AFTER: Final = 5
"""Seconds, where the other side named none."""

MAX_BODY: Final = 64 * 1024
"""Bytes."""

WHAT: Final[Mapping[int, str]] = {
    400: "This request cannot be read: send JSON in UTF-8.",
    404: "There is nothing here: see /api/docs for what there is.",
    405: "This cannot be done here: see /api/docs for what can.",
    413: "The body is longer than 64 KiB: send less.",
}
PLACES: Final = frozenset({"body", "query", "path", "header"})


def fault(
    status: int, error: str, *, headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    """The answer to a failure; `more` are the further fields of schemas.Fault."""
    return JSONResponse({"error": error, **more}, status, dict(headers or {}))


def install(app: FastAPI) -> None:
    """Let every failure of this application leave as a fault."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(ForbiddenError, _forbidden)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(ConflictError, _conflict)
    app.add_exception_handler(RetryableError, _later)
    app.add_exception_handler(Exception, _broken)


def later(error: RetryableError) -> JSONResponse:
    """503 for a store that cannot be reached or has no room: nothing was stored."""
    seconds = RETRY_AFTER if error.after is None else max(1, math.ceil(error.after))
    return fault(503, str(error), headers={"Retry-After": str(seconds)})


class Bounded:
    """Refuses bodies over MAX_BODY: by their length where that is told, else when they grow so long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, with a body that ends in time."""
        length = Headers(scope=scope).get("content-length", "0") if scope["type"] == "http" else "0"
        if not length.isdecimal() or int(length[:20]) > MAX_BODY:
            await fault(413, WHAT[413])(scope, receive, send)
            return
        taken = 0

        async def receive_bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_bounded, send)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - that is what it is registered for
    fields = [_field(one) for one in error.errors()]
    wrong = ", ".join(dict.fromkeys(one["field"] for one in fields))
    kind = request.headers.get("content-type", "")
    if wrong == "body" and "json" not in kind:
        sentence = (
            f"The body came as {kind or 'nothing known'}: send JSON with Content-Type: application/json."
        )
    else:
        sentence = f"Not as expected: {wrong}. See `fields`."
    return fault(422, sentence, fields=fields)


def _field(one: Mapping[str, Any]) -> dict[str, str]:
    """Where and what, without the value that was sent: it may be a secret, or not be text at all."""
    where: Sequence[object] = one["loc"]
    if one["type"] == "json_invalid":
        return {"field": "body", "error": f"no JSON at character {where[-1]}: {one['ctx']['error']}"}
    if one["type"] in {"model_attributes_type", "model_type", "dict_type"}:
        return {"field": "body", "error": 'an object was expected, such as {"text": "..."}'}
    named = ".".join(str(part) for part in where if part not in PLACES) or str(where[0])
    return {"field": named, "error": str(one["msg"]).removeprefix("Value error, ")}


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - that is what it is registered for
    return fault(error.status_code, WHAT.get(error.status_code, error.detail), headers=error.headers)


async def _not_found(_request: Request, error: Exception) -> JSONResponse:
    return fault(404, str(error))


async def _forbidden(_request: Request, error: Exception) -> JSONResponse:
    return fault(403, str(error))


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    return fault(409, str(error), assignee=None)


async def _conflict(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ConflictError)  # noqa: S101 - that is what it is registered for
    return fault(409, str(error), assignee=error.assignee)


async def _later(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RetryableError)  # noqa: S101 - that is what it is registered for
    return later(error)


async def _broken(_request: Request, _error: Exception) -> JSONResponse:
    return fault(500, "Something broke on our side. It is in the log; the same request may work later.")
