"""Health, readiness, figures and the pages that anybody may read."""

import json

from fastapi.routing import APIRoute

from bot.core.action import Role
from bot.desk.api import router
from tests.desk.office import Office


async def test_the_process_says_that_it_lives(office: Office) -> None:
    answer = await office.http.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_readiness_names_what_is_not_ready(office: Office) -> None:
    well = await office.http.get("/readyz")
    assert (well.status_code, well.json()) == (
        200,
        {"status": "ok", "checks": {"store": "ok", "reader": "ok"}},
    )
    office.sick["reader"] = "still loading"
    sick = await office.http.get("/readyz")
    assert (sick.status_code, sick.json()) == (
        503,
        {"status": "unready", "checks": {"store": "ok", "reader": "still loading"}},
    )


async def test_figures_are_for_this_machine(office: Office) -> None:
    answer = await office.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# HELP crossdesk_messages_accepted_total" in answer.text


async def test_figures_for_others_are_for_administrators(office: Office) -> None:
    agent, chief = await office.hire("Mei", Role.SUPERVISOR), await office.hire("Ann", Role.ADMINISTRATOR)
    for header, value in (
        ("X-Forwarded-For", "192.0.2.1"),
        ("Forwarded", "for=192.0.2.1"),
        ("X-Real-IP", "::1"),
    ):
        elsewhere = {header: value}
        assert (await office.http.get("/metrics", headers=elsewhere)).status_code == 401
        for caller, status in ((agent, 403), (chief, 200)):
            bearer = {"Authorization": f"Bearer {caller.token}", **elsewhere}
            assert (await office.http.get("/metrics", headers=bearer)).status_code == status


async def test_the_desk_says_how_to_begin(office: Office) -> None:
    before = await office.http.get("/desk/")
    assert "Nobody works here yet" in before.text
    await office.hire("Mei")
    after = await office.http.get("/desk/")
    assert "Nobody works here yet" not in after.text
    assert f"{office.base}/api/v1/cases" in after.text
    assert (await office.http.get("/desk")).headers["location"] == "/desk/"


async def test_a_page_that_is_none_says_so(office: Office) -> None:
    missing = await office.http.get("/desk/nothing")
    assert (missing.status_code, "There is nothing here" in missing.text) == (404, True)
    assert (await office.http.post("/desk/")).status_code == 405


async def test_the_reference_names_every_call_and_every_field(office: Office) -> None:
    document = (await office.http.get("/api/openapi.json")).json()
    page = await office.http.get("/api/docs")
    assert page.status_code == 200
    for route in router.routes:
        assert isinstance(route, APIRoute)
        assert f"/api{route.path}" in page.text
        assert route.path in document["paths"]
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert f"<code>{field}</code>" in page.text, (name, field)
    assert f"curl -X POST {office.base}/api/v1/cases/CD-1042/reply" in page.text


async def test_the_document_is_open_and_names_its_server_and_its_lock(office: Office) -> None:
    document = (await office.http.get("/api/openapi.json")).json()
    assert document["servers"] == [{"url": "/api"}]
    assert document["components"]["securitySchemes"] == {"HTTPBearer": {"type": "http", "scheme": "bearer"}}
    for methods in document["paths"].values():
        for one in methods.values():
            assert one["security"] == [{"HTTPBearer": []}]
            assert "401" in one["responses"]
    assert "$argon2" not in json.dumps(document)
