"""The desk's few pages: how to begin, and the API's reference."""

import hashlib
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.desk import reference
from bot.desk.answers import RETRY_AFTER
from bot.store.accounts import count_agents
from bot.store.database import Database

HERE: Final = Path(__file__).parent
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Read once, while the program starts: later nobody has to wait for a file.
_PAGES: Final = {name: _TEMPLATES.get_template(name) for name in _TEMPLATES.list_templates()}
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FILES: Final = {path.name: path for path in sorted((HERE / "static").iterdir())}
_STATIC: Final = {name: (path.read_bytes(), _TYPES[path.suffix]) for name, path in _FILES.items()}
_TAGS: Final = {name: f'"{hashlib.sha256(body).hexdigest()[:32]}"' for name, (body, _) in _STATIC.items()}


def show(template: str, request: Request, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - any value
    """A page; `values` is what its template names."""
    shown = {"here": "", "server": server(request), **values}
    return HTMLResponse(_PAGES[template].render(shown), status)


async def static(request: Request) -> Response:
    """A style, a script or a picture; kept by browsers, but asked after each time."""
    name = request.path_params["name"]
    if name not in _STATIC:
        raise HTTPException(404)
    headers = {"ETag": _TAGS[name], "Cache-Control": "no-cache"}
    if _TAGS[name] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body, kind = _STATIC[name]
    return Response(body, headers=headers, media_type=kind)


def server(request: Request) -> str:
    """The address the caller used, for examples to copy: `https://shop.example`."""
    return f"{request.url.scheme}://{request.url.netloc}"


class Pages:
    """Pages that read; they need no token and tell nothing about anybody."""

    def __init__(self, database: Database, api: FastAPI) -> None:
        self._database = database
        self._document = {**api.openapi(), "servers": [{"url": "/api"}]}

    async def desk(self, request: Request) -> HTMLResponse:
        """How to work at the desk."""
        staffed = await self._database.read(count_agents) > 0
        return show("desk.html", request, here="desk", staffed=staffed)

    async def api(self, request: Request) -> HTMLResponse:
        """What the API does."""
        return show(
            "reference.html",
            request,
            here="api",
            version=self._document["info"]["version"],
            operations=reference.operations(self._document, f"{server(request)}/api"),
            models=reference.models(self._document),
        )


async def failed(request: Request, error: Exception) -> HTMLResponse:
    """The page for an address that is none, or a call that it does not take."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headings = {404: "There is nothing here", 405: "This page only wants to be read"}
    heading = headings.get(status, "This did not work")
    return show("message.html", request, status, heading=heading, text="The desk has one page for now.")


async def later(request: Request, error: Exception) -> HTMLResponse:
    """The page while the store cannot be used."""
    answer = show(
        "message.html", request, 503, heading="Not just now", text=f"Try again in a moment: {error}"
    )
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


async def broken(request: Request, _error: Exception) -> HTMLResponse:
    """The page for a fault of ours."""
    return show("message.html", request, 500, heading="Something broke on our side", text="It is in the log.")
