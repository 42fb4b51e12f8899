"""The widget's files as a browser gets them: their headers, their cookie, and what does not exist."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import httpx2
import pytest

from channels.webchat.pages import FOLDER, TYPES, read_folder
from channels.webchat.session import COOKIE, Sessions
from tests.channels.site import SECRET, SHOP, Site, open_site

Response = httpx2.Response


@pytest.fixture
async def shop() -> AsyncIterator[Site]:
    """A web chat with its demo shop."""
    async with open_site(demo=True) as running:
        yield running


@asynccontextmanager
async def visitor(site: Site) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=f"http://{site.host}", trust_env=False) as client:
        yield client


async def get(site: Site, path: str, **headers: str) -> Response:
    async with visitor(site) as client:
        return await client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


def directives(response: Response) -> dict[str, str]:
    """The page's Content-Security-Policy by directive."""
    parts = (part.strip().partition(" ") for part in response.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


def cookie(response: Response) -> str:
    """The session in the answer's cookie."""
    return SimpleCookie(response.headers["set-cookie"].replace("; Partitioned", ""))[COOKIE].value


async def test_every_answer_carries_the_headers_that_keep_it_in_its_place(shop: Site) -> None:
    files = [
        "/webchat/demo/" + path.name if path.name.startswith("shop") else "/webchat/static/" + path.name
        for path in FOLDER.iterdir()
        if path.suffix != ".html" and path.name != "widget.js"
    ]
    async with visitor(shop) as client:
        for path in ["/", "/widget.js", "/webchat/frame", "/nowhere", *files]:
            response = await client.get(path)
            assert response.status_code == (404 if path == "/nowhere" else 200), path
            assert response.headers["x-content-type-options"] == "nosniff", path
            assert response.headers["referrer-policy"] == "same-origin", path
            assert "camera=()" in response.headers["permissions-policy"], path
            assert directives(response)["default-src"] == "'none'", path
            assert "unsafe" not in directives(response).get("script-src", ""), path
            assert "frame-ancestors" in directives(response), path
            assert response.headers["cache-control"] in {"no-cache", "no-store"}, path


async def test_the_frame_may_be_embedded_by_the_listed_sites_alone(site: Site) -> None:
    response = await get(site, "/webchat/frame?lang=de&theme=dark")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert directives(response) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "connect-src": "'self'",
        "frame-ancestors": f"'self' {SHOP}",
    }
    assert "x-frame-options" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


async def test_with_no_site_listed_only_our_own_pages_may_embed_the_frame() -> None:
    async with open_site(origins=()) as site:
        assert directives(await get(site, "/webchat/frame"))["frame-ancestors"] == "'self'"


async def test_the_frame_gives_a_session_that_scripts_cannot_read(site: Site) -> None:
    response = await get(site, "/webchat/frame")
    header = response.headers["set-cookie"]
    token = cookie(response)
    assert header == (
        f"__Host-crossdesk={token}; Max-Age=31536000; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
    )
    async with site.socket(Cookie=f"{COOKIE}={token}") as browser:
        await browser.greet()
        assert browser.conversation == token.split(".")[1]
        assert "token" not in browser.welcome
        assert token not in response.text


async def test_a_browser_with_a_valid_session_keeps_it(site: Site) -> None:
    token = cookie(await get(site, "/webchat/frame"))
    assert "set-cookie" not in (await get(site, "/webchat/frame", cookie=f"{COOKIE}={token}")).headers
    site.clock.pass_by(timedelta(days=40))
    renewed = cookie(await get(site, "/webchat/frame", cookie=f"{COOKIE}={token}"))
    assert renewed != token
    assert renewed.split(".")[1] == token.split(".")[1]


async def test_a_stale_or_forged_session_is_replaced(site: Site) -> None:
    token = cookie(await get(site, "/webchat/frame"))
    forged = Sessions(b"x" * 32, site.clock)
    for other in (forged.token(forged.new()), "", "v1.a.b.c"):
        fresh = cookie(await get(site, "/webchat/frame", cookie=f"{COOKIE}={other}"))
        assert Sessions(SECRET, site.clock).read(fresh)
    site.clock.pass_by(timedelta(days=366))
    fresh = cookie(await get(site, "/webchat/frame", cookie=f"{COOKIE}={token}"))
    assert fresh.split(".")[1] != token.split(".")[1]


async def test_the_loader_may_run_on_any_page(site: Site) -> None:
    response = await get(site, "/widget.js", origin="https://anywhere.example")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in response.headers


async def test_other_files_are_for_our_own_pages(site: Site) -> None:
    response = await get(site, "/webchat/static/frame.js")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in response.headers


async def test_the_shop_page_is_strict(shop: Site) -> None:
    response = await get(shop, "/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert directives(response) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-src": "'self'",
        "connect-src": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }


async def test_without_the_demo_there_is_no_shop(site: Site) -> None:
    for path in ("/", "/webchat/demo/shop.css", "/webchat/static/shop.css", "/webchat/static/shop.html"):
        assert (await get(site, path)).status_code == 404, path


async def test_a_drawing_opened_by_itself_runs_nothing(shop: Site) -> None:
    response = await get(shop, "/webchat/demo/shop-icon.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    assert directives(response) == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "frame-ancestors": "'none'",
        "sandbox": "",
    }


async def test_a_file_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    first = await get(site, "/widget.js")
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await get(site, "/widget.js", if_none_match=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (await get(site, "/widget.js", if_none_match='"other"')).status_code == 200


async def test_head_answers_like_get_without_the_body(site: Site) -> None:
    async with visitor(site) as client:
        head = await client.head("/widget.js")
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len((await client.get("/widget.js")).content)
        refused = await client.post("/widget.js")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
        assert directives(refused)["default-src"] == "'none'"


@pytest.mark.parametrize(
    "path",
    [
        "/webchat/static/",
        "/webchat/static/../pages.py",
        "/webchat/static/..%2fpages.py",
        "/webchat/static/%2e%2e/%2e%2e/__init__.py",
        "/webchat/static/....//pages.py",
        "/webchat/static//etc/passwd",
        "/webchat/static/%2fetc%2fpasswd",
        "/webchat/static/frame.js%00.css",
        "/webchat/static/frame.html",
        "/webchat/static/FRAME.JS",
        "/webchat/demo/../static/frame.js",
        "/webchat/demo/frame.js",
        "/webchat/demo/shop.html",
        "/webchat/demo/shop/../../pages.py",
        "/webchat/",
        "/webchat/frame/",
        "/webchat/files",
    ],
)
async def test_no_path_leads_out_of_the_folder(shop: Site, path: str) -> None:
    """Asked over a bare connection, because clients tidy such paths up before they ask."""
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {shop.host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"import " not in answer


def test_a_file_of_unknown_type_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.js", "b.py", "c", "d.js~", "deep/e.svg", ".htaccess"):
        (tmp_path / name).write_bytes(b"x")
    assert sorted(read_folder(tmp_path)) == ["a.js", "deep/e.svg"]


def test_every_file_we_have_has_a_type() -> None:
    assert [path.name for path in FOLDER.rglob("*") if path.is_file() and path.suffix not in TYPES] == []
