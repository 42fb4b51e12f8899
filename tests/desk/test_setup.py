"""The first administrator's link."""

import asyncio
import html
import re

import httpx2

from bot.core.action import Role
from tests.desk.office import Office

FORM = {"name": "Mei", "password": "correct horse battery"}


async def link(office: Office) -> str:
    path = await office.desk.setup.path()
    assert path is not None
    return path


def token_in(page: httpx2.Response) -> str:
    found = re.search(r"cd_[0-9]+_[A-Za-z0-9_-]{43}", page.text)
    assert found, page.text
    return found[0]


async def test_the_link_makes_one_administrator_with_a_token_that_works(office: Office) -> None:
    path = await link(office)
    asked = await office.http.get(path)
    assert asked.status_code == 200
    made = await office.http.post(path, data=FORM)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    assert "curl" in made.text
    bearer = {"Authorization": f"Bearer {token_in(made)}"}
    assert (await office.http.get("/api/v1/cases", headers=bearer)).status_code == 200
    elsewhere = {**bearer, "X-Forwarded-For": "192.0.2.1"}
    assert (await office.http.get("/metrics", headers=elsewhere)).status_code == 200


async def test_the_link_works_once(office: Office) -> None:
    path = await link(office)
    await office.http.post(path, data=FORM)
    again = [await office.http.get(path), await office.http.post(path, data={**FORM, "name": "Eve"})]
    assert [answer.status_code for answer in again] == [410, 410]
    assert not any("cd_" in answer.text for answer in again)
    assert await office.desk.setup.path() is None


async def test_of_two_at_once_one_wins(office: Office) -> None:
    path = await link(office)
    answers = await asyncio.gather(
        *(office.http.post(path, data={**FORM, "name": name}) for name in ("Mei", "Eve", "Tom"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410]


async def test_there_is_no_link_once_somebody_works_here(office: Office) -> None:
    path = await link(office)
    await office.hire("Mei", Role.ADMINISTRATOR)
    assert await office.desk.setup.path() is None
    assert (await office.http.get(path)).status_code == 410
    assert (await office.http.post(path, data=FORM)).status_code == 410


async def test_a_wrong_link_is_none(office: Office) -> None:
    for secret in ("", "x", "A" * 43, "%00", "ü", "../setup"):
        path = f"/desk/setup/{secret}"
        answers = [await office.http.get(path), await office.http.post(path, data=FORM)]
        assert {answer.status_code for answer in answers} <= {404, 405}
    assert await office.desk.setup.path() is not None


async def test_guessing_links_is_slowed_down(office: Office) -> None:
    statuses = [(await office.http.get(f"/desk/setup/guess{n}")).status_code for n in range(40)]
    assert statuses == [404] * 30 + [429] * 10


WRONG: list[tuple[dict[str, str], str]] = [
    ({"password": "elevenchars"}, "password"),
    ({"password": ""}, "password"),
    ({"password": "x" * 5000}, "password"),
    ({"name": ""}, "name"),
    ({"name": "me"}, "name"),
    ({"name": "None"}, "name"),
    ({"name": "a\nb"}, "name"),
    ({"name": "x" * 200}, "name"),
]


async def test_a_form_that_is_not_right_is_shown_again(office: Office) -> None:
    path = await link(office)
    for change, field in WRONG:
        answer = await office.http.post(path, data={**FORM, **change})
        assert answer.status_code == 422, change
        assert f'href="#{field}"' in answer.text
        assert FORM["password"] not in answer.text
    assert (await office.http.post(path, data=FORM)).status_code == 200


async def test_what_is_no_form_makes_nobody(office: Office) -> None:
    bodies = [b"", b"name", b"\xff\xfe", b"a=1&" * 50, b"name=" + b"x" * 100_000, b'{"name": "Mei"}']
    for body in bodies:
        answer = await office.http.post(await link(office), content=body)
        assert answer.status_code == 422
    assert await office.desk.setup.path() is not None


async def test_only_our_own_page_may_send_the_form(office: Office) -> None:
    path = await link(office)
    foreign = [{"Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "none")]
    foreign += [{"Origin": origin} for origin in ("https://evil.example", "null", office.base + "0")]
    for headers in foreign:
        assert (await office.http.post(path, data=FORM, headers=headers)).status_code == 403, headers
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": office.base}
    assert (await office.http.post(path, data=FORM, headers=ours)).status_code == 200


async def test_an_old_browser_is_known_by_its_origin(office: Office) -> None:
    answer = await office.http.post(await link(office), data=FORM, headers={"Origin": office.base})
    assert answer.status_code == 200


async def test_a_name_is_shown_as_text(office: Office) -> None:
    name = "<img src=x onerror=alert(1)>"
    answer = await office.http.post(await link(office), data={**FORM, "name": name})
    assert answer.status_code == 200
    assert name not in answer.text
    assert html.escape(name) in answer.text


async def test_the_pages_run_no_script_of_others_and_fit_in_no_frame(office: Office) -> None:
    path = await link(office)
    pages = [
        await office.http.get(path),
        await office.http.post(path, data=FORM),
        await office.http.get(path),
        await office.http.get("/desk/"),
        await office.http.get("/desk/nothing"),
        await office.http.get("/api/docs"),
    ]
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert not re.search(
            r"<script(?![^>]*src=\"/desk/static/)|<style|\sstyle=|\son\w+=|javascript:", page.text
        )
        for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert address.startswith(("/", "#")), address


async def test_static_files_are_kept_but_asked_after(office: Office) -> None:
    first = await office.http.get("/desk/static/desk.css")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    again = await office.http.get("/desk/static/desk.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    for path in ("/desk/static/../setup.py", "/desk/static/%2e%2e/setup.py", "/desk/static/none.css"):
        assert (await office.http.get(path)).status_code == 404
