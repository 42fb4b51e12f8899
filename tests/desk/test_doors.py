"""Who gets in, who may do what, and what no answer ever shows."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select, update

from bot.core.action import Role
from bot.desk.access import source
from bot.desk.api import router
from bot.store import accounts
from bot.store.tables import case as case_table
from bot.store.tables import token as token_table
from tests.desk.office import STORED, Agent, Office

GRADES = {Role.AGENT, Role.SENIOR, Role.MANAGER, Role.DIRECTOR}
CHIEFS = {Role.SUPERVISOR, Role.ADMINISTRATOR}
CASE = "/v1/cases/{case_id}"


async def _new(_office: Office, holder: Agent) -> str:
    return await holder.takes_call()


async def _held(_office: Office, holder: Agent) -> str:
    return await holder.has_case()


async def _closed(_office: Office, holder: Agent) -> str:
    number = await holder.has_case()
    await holder.post(f"/cases/{number}/resolve")
    return number


Make = Callable[[Office, Agent], Awaitable[str]]
# Method, path, the case it is tried on (where it is held, a colleague has it), and the status for the four
# grades and for the two chiefs.
RULES: list[tuple[str, str, Make, int, int]] = [
    ("GET", "/v1/cases", _held, 200, 200),
    ("POST", "/v1/cases", _held, 201, 201),
    ("GET", CASE, _held, 200, 200),
    ("POST", f"{CASE}/claim", _new, 200, 200),
    ("POST", f"{CASE}/claim", _held, 409, 409),
    ("POST", f"{CASE}/reply", _held, 409, 409),
    ("POST", f"{CASE}/note", _held, 200, 200),
    ("POST", f"{CASE}/typing", _held, 403, 200),
    ("POST", f"{CASE}/release", _held, 403, 200),
    ("POST", f"{CASE}/handback", _held, 403, 200),
    ("POST", f"{CASE}/resolve", _held, 403, 200),
    ("POST", f"{CASE}/resolve", _new, 200, 200),
    ("POST", f"{CASE}/reopen", _closed, 200, 200),
]
BODIES = {"reply": {"text": "x"}, "note": {"text": "x"}, "cases": {"summary": "x"}}


def test_the_rules_name_every_route() -> None:
    routes = {
        (method, route.path)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert {(method, path) for method, path, *_ in RULES} == routes


@pytest.mark.parametrize("role", Role)
async def test_every_role_on_every_route(office: Office, role: Role) -> None:
    holder = await office.hire("Holder")
    caller = await office.hire("Caller", role)
    for method, path, make, grades, chiefs in RULES:
        number = await make(office, holder)
        address = path.removeprefix("/v1").replace("{case_id}", number)
        body = BODIES.get(path.rpartition("/")[2]) if method == "POST" else None
        answer = await caller.call(method, address, **({"json": body} if body else {}))
        assert answer.status_code == (chiefs if role in CHIEFS else grades), (method, path, make, answer.text)
        if answer.status_code == 403:
            assert "Holder" in answer.json()["error"]


@pytest.mark.parametrize("role", Role)
async def test_every_role_on_its_own_case(office: Office, role: Role) -> None:
    caller = await office.hire("Caller", role)
    for verb in ("typing", "release", "handback", "resolve", "reply", "note"):
        number = await caller.has_case()
        answer = await caller.post(f"/cases/{number}/{verb}", BODIES.get(verb))
        assert answer.status_code == 200, (verb, answer.text)


async def test_a_phone_call_is_not_answered_in_writing(office: Office) -> None:
    caller = await office.hire("Caller")
    number = await caller.takes_call()
    assert (await caller.post(f"/cases/{number}/claim")).status_code == 200
    answer = await caller.post(f"/cases/{number}/reply", BODIES["reply"])
    assert answer.status_code == 409
    assert "came by phone" in answer.json()["error"]


def _bad_headers(token: str) -> list[dict[str, str]]:
    number, secret = token.split("_", 2)[1:]
    return [
        {},
        {"Authorization": ""},
        {"Authorization": token},
        {"Authorization": f"Basic {token}"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {token}x"},
        {"Authorization": f"Bearer {token[:-1]}"},
        {"Authorization": f"Bearer {token} {token}"},
        {"Authorization": f"Bearer cd_{int(number) + 1}_{secret}x"},
        {"Authorization": "Bearer cd_1_" + "A" * 43},
        {"Authorization": "Bearer ' OR '1'='1"},
        {"Authorization": f"Bearer {STORED}"},
        {"X-Api-Key": token},
        {"Cookie": f"token={token}; Authorization={token}"},
        {"X-Forwarded-User": "Mei", "X-Remote-User": "Mei", "Remote-User": "Mei", "X-On-Behalf-Of": "Mei"},
    ]


async def test_nobody_gets_in_without_a_valid_token(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.takes_call()
    paths = [
        ("GET", "/cases"),
        ("POST", "/cases"),
        ("GET", f"/cases/{number}"),
        ("POST", f"/cases/{number}/claim"),
    ]
    paths += [("GET", "/nothing"), ("DELETE", f"/cases/{number}"), ("OPTIONS", "/cases"), ("HEAD", "/cases")]
    for headers in _bad_headers(mei.token):
        method, path = paths[len(str(headers)) % len(paths)]
        answer = await office.http.request(method, f"/api/v1{path}", headers=headers, content=b"{")
        assert answer.status_code == 401, (method, path, headers)
        assert answer.headers["www-authenticate"].startswith('Bearer realm="crossdesk"')
        if method != "HEAD":
            assert answer.json()["error"]
    assert (await mei.get(f"/cases/{number}")).json()["assignee"] is None


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/cases/1"), ("POST", "/cases"), ("PUT", "/x")]
)
async def test_every_path_asks_for_the_token_first(office: Office, method: str, path: str) -> None:
    answer = await office.http.request(method, f"/api/v1{path}", content=b"no json " * 20_000)
    assert answer.status_code == 401


async def test_a_token_in_the_address_is_none(office: Office) -> None:
    mei = await office.hire("Mei")
    for name in ("token", "access_token", "api_key"):
        answer = await office.http.get("/api/v1/cases", params={name: mei.token})
        assert answer.status_code == 401


async def test_a_revoked_token_and_a_disabled_agent_are_out_at_once(office: Office) -> None:
    mei, tom = await office.hire("Mei"), await office.hire("Tom")
    assert (await mei.get("/cases")).status_code == 200
    await office.database.write(accounts.revoke_token, int(mei.token.split("_")[1]))
    assert (await mei.get("/cases")).status_code == 401
    assert (await tom.get("/cases")).status_code == 200
    await office.database.write(accounts.set_disabled, "Tom", disabled=True)
    refused = await tom.get("/cases")
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


async def test_a_changed_role_holds_from_the_next_call(office: Office) -> None:
    mei, tom = await office.hire("Mei"), await office.hire("Tom")
    number = await mei.has_case()
    assert (await tom.post(f"/cases/{number}/release")).status_code == 403
    chief = await office.hire("Ann", Role.SUPERVISOR)
    assert (await chief.post(f"/cases/{number}/release")).status_code == 200


async def test_failed_tries_are_slowed_down_and_colleagues_are_not(office: Office) -> None:
    mei = await office.hire("Mei")
    wrong = {"Authorization": "Bearer cd_1_" + "A" * 43}
    answers = [await office.http.get("/api/v1/cases", headers=wrong) for _ in range(40)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [401] * 30 + [429] * 10
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await mei.get("/cases")).status_code == 200


async def test_last_use_is_written_at_most_once_a_minute(office: Office) -> None:
    mei = await office.hire("Mei")

    async def used() -> int:
        return int(
            await office.database.read(
                lambda connection: connection.execute(select(token_table.c.last_used_at)).scalar_one()
            )
        )

    await mei.get("/cases")
    first = await used()
    assert first == office.clock.now.timestamp() * 1000
    office.clock.now += timedelta(seconds=59)
    await mei.get("/cases")
    assert await used() == first
    office.clock.now += timedelta(seconds=1)
    await mei.get("/cases")
    assert await used() == first + 60_000


async def test_headers_keep_browsers_and_caches_out(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    answers = [
        await mei.get("/cases"),
        await mei.get(f"/cases/{number}"),
        await mei.get("/cases/none"),
        await mei.post(f"/cases/{number}/reply", {}),
        await mei.call("PUT", "/cases"),
        await office.http.get("/api/v1/cases"),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["content-type"] == "application/json"
        assert "server" not in answer.headers


async def test_other_sites_scripts_may_not_read(office: Office) -> None:
    mei = await office.hire("Mei")
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    answers = [
        await mei.call("GET", "/cases", headers=asked),
        await mei.call("OPTIONS", "/cases", headers=asked),
        await office.http.request("OPTIONS", "/api/v1/cases", headers=asked),
    ]
    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control")]


async def test_no_answer_shows_a_secret(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mei = await office.hire("Mei", Role.ADMINISTRATOR)
    number = await mei.has_case()
    hashed = await office.database.read(
        lambda connection: connection.execute(select(token_table.c.hash)).scalar_one()
    )
    answers = [
        await mei.get("/cases", q="argon2"),
        await mei.get(f"/cases/{number}"),
        await mei.post("/cases", {"summary": "x", "password_hash": "x"}),
        await mei.post(f"/cases/{number}/note", {"text": "x"}),
        await mei.get("/agents"),
        await mei.get("/tokens"),
        *[
            await office.http.get(path)
            for path in ("/api/openapi.json", "/api/docs", "/desk/", "/readyz", "/metrics")
        ],
    ]
    for answer in answers:
        assert not [secret for secret in ("$argon2", hashed, mei.token, STORED) if secret in answer.text]
    assert mei.token not in caplog.text


async def test_a_body_over_64_kib_is_refused_and_the_rest_goes_on(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()

    async def chunks() -> Any:  # noqa: ANN401 - an async generator of bytes
        for _ in range(100):
            yield b"x" * 1024

    sent: list[dict[str, Any]] = [{"content": b'{"text": "' + b"x" * 70_000 + b'"}'}, {"content": chunks()}]
    for body in sent:
        answer = await mei.call(
            "POST", f"/cases/{number}/note", headers={"Content-Type": "application/json"}, **body
        )
        assert answer.status_code == 413
        assert "64 KiB" in answer.json()["error"]
    assert (await mei.post(f"/cases/{number}/note", {"text": "x" * 4000})).status_code == 200


BROKEN: list[tuple[bytes, str, int]] = [
    (b'{"text": ', "application/json", 422),
    (b"", "application/json", 422),
    (b"text=hello", "application/x-www-form-urlencoded", 422),
    (b'{"text": "hello"}', "text/plain", 422),
    (b'{"text": "\xff"}', "application/json", 400),
    (b'{"text": "\\ud800"}', "application/json", 422),
    (b'{"text": "a", "text": NaN}', "application/json", 422),
    (b"[" * 30_000, "application/json", 400),
]


async def test_a_body_that_is_no_json_gets_one_sentence(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    for content, kind, status in BROKEN:
        headers = {"Content-Type": kind}
        answer = await mei.call("POST", f"/cases/{number}/note", content=content, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json"), content
        assert answer.json()["error"]
        if "json" not in kind:
            assert "Content-Type: application/json" in answer.json()["error"]


async def test_a_full_disk_refuses_what_is_new_and_still_shows_what_is_there(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    before = (await mei.get(f"/cases/{number}")).json()
    office.clock.now += timedelta(minutes=5)  # the token's last use would be written again
    await office.database.write(
        lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1").close()
    )
    for _ in range(3):
        answer = await mei.post(f"/cases/{number}/note", {"text": "x" * 4000})
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert "disk is full" in answer.json()["error"]
    assert (await mei.get(f"/cases/{number}")).json() == before
    await office.database.write(
        lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 999999").close()
    )
    assert (await mei.post(f"/cases/{number}/note", {"text": "x" * 4000})).status_code == 200


async def test_a_store_that_cannot_be_read_is_503_for_now(office: Office) -> None:
    mei = await office.hire("Mei")
    await office.database.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE agent RENAME TO away").close()
    )
    for answer in (await mei.get("/cases"), await office.http.get("/desk/")):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
    ready = await office.http.get("/readyz")
    assert (ready.status_code, "no such table" in ready.json()["checks"]["store"]) == (503, True)
    assert (await office.http.get("/healthz")).status_code == 200
    await office.database.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE away RENAME TO agent").close()
    )
    assert (await mei.get("/cases")).status_code == 200


async def test_a_fault_of_ours_shows_nothing_of_our_inside(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.takes_call()
    broken = update(case_table).values(causes=None)
    await office.database.write(lambda connection: connection.execute(broken).close())
    answer = await mei.get(f"/cases/{number}")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/json")
    assert list(answer.json()) == ["error"]
    assert "Traceback" not in answer.text
    assert "TypeError" not in answer.text
    assert (await mei.get("/cases", q="nothing of this")).status_code == 200


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("/run/crossdesk.sock", "/run/crossdesk.sock"),
    ],
)
def test_failed_tries_are_counted_by_line_not_by_address(host: str, counted: str) -> None:
    assert source({"client": (host, 1)}) == counted
    assert source({}) == "unknown"
