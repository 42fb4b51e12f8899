"""The files of the widget and of the demo shop, each with the headers that keep it in its place."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from channels.webchat.options import WebchatOptions
from channels.webchat.session import Sessions, set_cookie

FOLDER: Final = Path(__file__).parent / "static"

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""What a file is, by its name alone: neither the system's tables nor the browser's guess decides."""

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
}
_SHOP: Final = {
    "frame-src": "'self'",
    "connect-src": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
_INERT: Final = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "frame-ancestors": "'none'",
    "sandbox": "",
}
"""For what is not a page: opened by itself it can do nothing. Drawings may keep the styles inside them."""

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file in memory; `tag` is its ETag."""

    body: bytes
    type: str
    tag: str


class Pages:
    """Serves what lies in `folder`, read once; names beginning with `shop` belong to the demo alone."""

    def __init__(self, options: WebchatOptions, sessions: Sessions, folder: Path = FOLDER) -> None:
        self._options = options
        self._sessions = sessions
        self._folder = folder
        self._files: Mapping[str, File] | None = None
        ancestors = " ".join(("'self'", *options.origins))
        self._frame_policy = policy(_POLICY | {"connect-src": "'self'", "frame-ancestors": ancestors})

    def app(self) -> Starlette:
        """The paths of design section 6, those of the shop only while it is shown.

        Every other path of the house is answered here too: the channel is mounted last, at the root.
        """
        routes: list[BaseRoute] = [
            Route("/widget.js", self._widget),
            Route("/webchat/frame", self._frame),
            Route("/webchat/static/{name:path}", self._static),
        ]
        if self._options.demo:
            routes += [Route("/", self._shop), Route("/webchat/demo/{name:path}", self._demo)]
        app = Starlette(routes=routes, exception_handlers={404: _nowhere, 405: _unwritable})
        app.router.redirect_slashes = False  # a redirect would be built from whatever Host the request names
        return app

    async def _widget(self, request: Request) -> Response:
        """Give the loader: the one file that pages of other origins run."""
        public = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
        return await self._send(request, "widget.js", public)

    async def _frame(self, request: Request) -> Response:
        """Give the panel, and a session to a browser that has none."""
        session = self._sessions.from_cookies(request.scope["headers"])
        kept = session and self._sessions.renewed(session)
        headers = {
            "Content-Security-Policy": self._frame_policy,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "no-store",
        }
        if kept is None or kept != session:
            headers["Set-Cookie"] = set_cookie(self._sessions.token(kept or self._sessions.new()))
        return await self._send(request, "frame.html", headers)

    async def _static(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        return (
            missing()
            if name.startswith("shop") or name.endswith(".html")
            else await self._send(request, name)
        )

    async def _shop(self, request: Request) -> Response:
        return await self._send(request, "shop.html", {"Content-Security-Policy": policy(_POLICY | _SHOP)})

    async def _demo(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        return (
            await self._send(request, name)
            if name.startswith("shop") and not name.endswith(".html")
            else missing()
        )

    async def _send(self, request: Request, name: str, headers: Mapping[str, str] | None = None) -> Response:
        """Give one file by its exact name: what is not in the table does not exist."""
        if self._files is None:
            self._files = await asyncio.to_thread(read_folder, self._folder)
        file = self._files.get(name)
        if file is None:
            return missing()
        given = plain(file.type) | {"Cache-Control": "no-cache", "ETag": file.tag} | dict(headers or {})
        if given["Cache-Control"] == "no-store":
            del given["ETag"]
        elif _has(request, file.tag):
            return Response(status_code=304, headers=given)
        return Response(file.body, headers=given)


def read_folder(folder: Path) -> dict[str, File]:
    """Read every file of a known type below `folder`, by its path within it (`/` between the parts)."""
    found = {}
    for path in sorted(folder.rglob("*")):
        kind = TYPES.get(path.suffix)
        if kind and path.is_file():
            body = path.read_bytes()
            found[path.relative_to(folder).as_posix()] = File(
                body, kind, f'"{hashlib.sha256(body).hexdigest()[:24]}"'
            )
    return found


def policy(directives: Mapping[str, str]) -> str:
    """Write a Content-Security-Policy."""
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())


def plain(content_type: str) -> dict[str, str]:
    """The headers of whatever is no page: it may be loaded by our own pages and do nothing by itself."""
    return _ALWAYS | {
        "Content-Type": content_type,
        "Content-Security-Policy": policy(_INERT),
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def missing() -> Response:
    """Answer for a path that leads nowhere."""
    return _note("There is no such page.\n", 404)


def _note(text: str, status: int) -> Response:
    headers = plain("text/plain; charset=utf-8") | {"Cache-Control": "no-store"}
    return Response(text, status, headers=headers)


def _nowhere(_request: Request, _error: Exception) -> Response:
    return missing()


def _unwritable(_request: Request, _error: Exception) -> Response:
    response = _note("This can only be read.\n", 405)
    response.headers["Allow"] = "GET, HEAD"
    return response


def _has(request: Request, tag: str) -> bool:
    """True if the browser's copy is this one (RFC 9110 section 13.1.2, weak comparison)."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag in {item.strip().removeprefix("W/") for item in known.split(",")}
