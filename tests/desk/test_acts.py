"""What agents do to cases through the API, and what the customer sees of it."""

import asyncio
from typing import Any

import pytest

from bot.core.action import Action, Actor, Role, Verb
from tests.desk.office import Office


async def test_a_case_goes_from_the_queue_to_its_end(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await office.customer_wants_person("anna", "My parcel is late", name="Anna")
    claimed = (await mei.post(f"/cases/{number}/claim")).json()
    assert (claimed["id"], claimed["state"], claimed["assignee"]) == (number, "assigned", "Mei")
    noted = (await mei.post(f"/cases/{number}/note", {"text": "Looks like a strike."})).json()
    assert noted["events"][-1]["kind"] == "note"
    replied = (await mei.post(f"/cases/{number}/reply", {"text": "Good morning Anna."})).json()
    assert replied["state"] == "waiting"
    await office.customer_writes("anna", "Thank you!")
    assert (await mei.get(f"/cases/{number}")).json()["state"] == "assigned"
    resolved = (await mei.post(f"/cases/{number}/resolve")).json()
    assert (resolved["state"], resolved["assignee"], resolved["clocks"]) == ("resolved", None, [])
    reopened = (await mei.post(f"/cases/{number}/reopen")).json()
    assert (reopened["state"], reopened["assignee"]) == ("queued", None)
    seen = await office.said_to("anna")
    assert "Good morning Anna." in seen
    assert "Looks like a strike." not in seen


async def test_release_puts_it_back_into_the_queue_and_handback_gives_it_to_the_bot(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    released = (await mei.post(f"/cases/{number}/release")).json()
    assert (released["state"], released["assignee"]) == ("queued", None)
    await mei.post(f"/cases/{number}/claim")
    back = (await mei.post(f"/cases/{number}/handback", {})).json()
    assert (back["state"], back["assignee"], back["due_at"]) == ("bot", None, None)


async def test_the_whole_case_is_shown_with_what_led_to_it(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await office.customer_wants_person(
        "anna", "My parcel is <b>late</b>", name="<script>alert(1)</script>"
    )
    answer = await mei.get(f"/cases/{number}")
    assert answer.headers["content-type"] == "application/json"
    case = answer.json()
    assert case["person"]["name"] == "<script>alert(1)</script>"
    assert case["person"]["addresses"] == ["webchat:anna"]
    (thread,) = case["conversations"]
    assert (thread["channel"], thread["address"], thread["lang"]) == ("webchat", "webchat:anna", "en")
    assert {clock["clock"] for clock in case["clocks"]} == {"pickup", "first_response", "resolution_general"}
    pickup = next(clock for clock in case["clocks"] if clock["clock"] == "pickup")
    assert (pickup["started_at"], pickup["due_at"]) == ("2026-11-23T02:00:00Z", "2026-11-23T02:05:00Z")
    assert case["understood"]["outcome"] == "handoff"
    first = case["events"][0]
    assert (first["author"], first["text"], first["seq"]) == ("customer", "My parcel is <b>late</b>", 1)
    assert [event["id"] for event in case["events"]] == sorted(event["id"] for event in case["events"])
    assert case["earlier"] is None


async def test_a_second_case_of_a_customer_does_not_hold_the_first(office: Office) -> None:
    mei = await office.hire("Mei")
    first = await office.customer_wants_person("anna", "About the red shoes")
    await mei.post(f"/cases/{first}/claim")
    await mei.post(f"/cases/{first}/resolve")
    second = await office.customer_wants_person("anna", "About the blue coat")
    assert first != second
    texts = {number: (await mei.get(f"/cases/{number}")).text for number in (first, second)}
    assert "red shoes" in texts[first]
    assert "blue coat" in texts[second]
    assert "red shoes" not in texts[second]


async def test_a_long_case_is_read_in_parts(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.takes_call()
    for count in range(600):
        text = f"note {count}"
        await office.house.act(Action(Verb.NOTE, int(number[3:]), Actor(mei.id, "Mei", Role.AGENT), text))
    newest = (await mei.get(f"/cases/{number}")).json()
    assert len(newest["events"]) == 500
    older = (await mei.get(f"/cases/{number}", before=newest["earlier"])).json()
    assert older["earlier"] is None
    ids = [event["id"] for event in older["events"] + newest["events"]]
    assert ids == sorted(set(ids))
    notes = {event["text"] for event in older["events"] + newest["events"] if event["kind"] == "note"}
    assert {f"note {n}" for n in range(600)} <= notes


async def test_a_case_is_found_in_every_writing_of_its_number(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.takes_call()
    for written in (number, number.lower(), number.removeprefix("CD-")):
        assert (await mei.get(f"/cases/{written}")).json()["id"] == number


NO_CASES = (
    "CD-99999",
    "0",
    "-1",
    "CD-",
    "CD-CD-1001",
    "1001x",
    "９",
    "1e3",
    "9" * 40,
    "%27",
    "a%00b",
    "CD-1001;--",
)


async def test_a_case_that_is_none_is_404_whatever_is_asked_of_it(office: Office) -> None:
    mei = await office.hire("Mei")
    await mei.takes_call()
    for written in NO_CASES:
        answers = [await mei.get(f"/cases/{written}")]
        answers += [await mei.post(f"/cases/{written}/{verb}") for verb in ("claim", "resolve", "typing")]
        answers += [await mei.post(f"/cases/{written}/{verb}", {"text": "x"}) for verb in ("reply", "note")]
        assert {answer.status_code for answer in answers} == {404}, written
        assert all(answer.json()["error"] for answer in answers)


async def test_two_claim_at_once_and_the_loser_is_told_who_was_first(office: Office) -> None:
    mei, tom = await office.hire("Mei"), await office.hire("Tom")
    for _ in range(20):
        number = await mei.takes_call()
        answers = dict(
            zip(
                ("Mei", "Tom"),
                await asyncio.gather(mei.post(f"/cases/{number}/claim"), tom.post(f"/cases/{number}/claim")),
                strict=True,
            )
        )
        (winner,) = [name for name, answer in answers.items() if answer.status_code == 200]
        (loser,) = [answer for answer in answers.values() if answer.status_code == 409]
        assert loser.json()["assignee"] == winner
        assert winner in loser.json()["error"]
        assert (await mei.get(f"/cases/{number}")).json()["assignee"] == winner


async def test_claiming_twice_is_claiming_once(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    before = (await mei.get(f"/cases/{number}")).json()
    again = await mei.post(f"/cases/{number}/claim")
    assert (again.status_code, again.json()) == (200, before)


@pytest.mark.parametrize("in_header", [True, False])
@pytest.mark.parametrize("verb", ["reply", "note"])
async def test_the_same_key_is_said_once(office: Office, verb: str, *, in_header: bool) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    body = {"text": "Just once."} if in_header else {"text": "Just once.", "key": "k-1"}
    headers = {"Idempotency_Key": "k-1"} if in_header else {}
    answers = await asyncio.gather(*(mei.post(f"/cases/{number}/{verb}", body, **headers) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    case = (await mei.get(f"/cases/{number}")).json()
    assert [event["text"] for event in case["events"]].count("Just once.") == 1
    await mei.post(f"/cases/{number}/{verb}", {"text": "Just once.", "key": "k-2"})
    case = (await mei.get(f"/cases/{number}")).json()
    assert [event["text"] for event in case["events"]].count("Just once.") == 2


async def test_a_key_is_the_agents_own_and_the_acts_own(office: Office) -> None:
    mei, tom = await office.hire("Mei"), await office.hire("Tom")
    number = await mei.has_case()
    await mei.post(f"/cases/{number}/note", {"text": "Mei's note", "key": "1"})
    await tom.post(f"/cases/{number}/note", {"text": "Tom's note", "key": "1"})
    await mei.post(f"/cases/{number}/reply", {"text": "Mei's answer", "key": "1"})
    texts = [event["text"] for event in (await mei.get(f"/cases/{number}")).json()["events"]]
    assert {"Mei's note", "Tom's note", "Mei's answer"} <= set(texts)


async def test_two_different_keys_are_a_mistake(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    answer = await mei.post(f"/cases/{number}/reply", {"text": "x", "key": "a"}, Idempotency_Key="b")
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "key")


async def test_a_call_is_written_down_once_with_what_is_known_of_the_caller(office: Office) -> None:
    mei = await office.hire("Mei")
    call = {
        "summary": "Wants to cancel.\r\nIs in a hurry.",
        "name": "Anna Nowak",
        "phone": "+852 9195 0500",
        "email": "anna@example.org",
        "intent": "order.cancel",
        "order_number": "ord20241234",
        "channel": "phone",
    }
    made = await mei.post("/cases", call, Idempotency_Key="call-1")
    assert made.status_code == 201
    case = made.json()
    assert made.headers["location"] == f"/api/v1/cases/{case['id']}"
    assert (case["state"], case["channel"], case["intent"]) == ("queued", "phone", "order.cancel")
    assert (case["order_number"], case["person"]["name"]) == ("ORD20241234", "Anna Nowak")
    assert case["person"]["addresses"] == ["phone:+85291950500"]
    assert case["due_at"] is not None
    note = next(event for event in case["events"] if event["kind"] == "note")
    assert (
        note["text"]
        == "Wants to cancel.\nIs in a hurry.\n\nTelephone: +852 9195 0500\nE-mail: anna@example.org"
    )
    assert (note["author"], note["name"], note["seq"]) == ("agent", "Mei", None)
    again = await mei.post("/cases", call, Idempotency_Key="call-1")
    assert (again.status_code, again.json()["id"]) == (201, case["id"])
    other = await mei.post("/cases", call)
    assert other.json()["id"] != case["id"]
    assert other.json()["person"]["id"] == case["person"]["id"]


async def test_typing_shows_to_the_customer_and_stores_nothing(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await office.customer_wants_person("anna")
    await mei.post(f"/cases/{number}/claim")
    before = (await mei.get(f"/cases/{number}")).json()
    with office.web.listen("anna") as bell:
        answer = await mei.post(f"/cases/{number}/typing")
        assert await bell.wait(5) == {"typing:agent"}
    assert (answer.status_code, answer.json()) == (200, before)


NOT_ALLOWED = {
    "queued": ("release", "reopen", "reply"),
    "assigned": ("reopen",),
    "resolved": ("claim", "release", "handback", "resolve", "reply"),
}


async def test_a_step_that_the_state_does_not_allow_is_a_conflict(office: Office) -> None:
    mei = await office.hire("Mei", Role.ADMINISTRATOR)
    for state, verbs in NOT_ALLOWED.items():
        number = await mei.has_case() if state == "assigned" else await mei.takes_call()
        if state == "resolved":
            await mei.post(f"/cases/{number}/resolve")
        before = (await mei.get(f"/cases/{number}")).json()
        for verb in verbs:
            answer = await mei.post(f"/cases/{number}/{verb}", {"text": "x"} if verb == "reply" else None)
            assert answer.status_code == 409, (state, verb)
            assert number in answer.json()["error"]
            assert answer.json()["assignee"] == ("Mei" if state == "assigned" else None)
        assert (await mei.get(f"/cases/{number}")).json() == before


async def test_answering_a_colleagues_case_names_the_colleague(office: Office) -> None:
    mei, tom = await office.hire("Mei"), await office.hire("Tom", Role.SUPERVISOR)
    number = await mei.has_case()
    answer = await tom.post(f"/cases/{number}/reply", {"text": "Me too"})
    assert (answer.status_code, answer.json()["assignee"]) == (409, "Mei")


TEXTS: list[tuple[Any, str]] = [
    ({}, "text"),
    ({"text": ""}, "text"),
    ({"text": "  \n "}, "text"),
    ({"text": "x" * 4001}, "text"),
    ({"text": "a\x00b"}, "text"),
    ({"text": "a\x1b[31mb"}, "text"),
    ({"text": "a\x85b"}, "text"),
    ({"text": None}, "text"),
    ({"text": 5}, "text"),
    ({"text": ["a"]}, "text"),
    ({"text": "ok", "author": "system"}, "author"),
    ({"text": "ok", "name": "The boss"}, "name"),
    ({"text": "ok", "seq": 1}, "seq"),
    ({"text": "ok", "case_id": 1}, "case_id"),
    ({"text": "ok", "kind": "note"}, "kind"),
    ({"text": "ok", "private": True}, "private"),
    ({"text": "ok", "assignee_id": 1}, "assignee_id"),
    ({"text": "ok", "key": ""}, "key"),
    ({"text": "ok", "key": "x" * 201}, "key"),
    ({"text": "ok", "key": "with blank"}, "key"),
    ({"text": "ok", "key": 5}, "key"),
    ([], "body"),
    ("text", "body"),
    (5, "body"),
]


@pytest.mark.parametrize("verb", ["reply", "note"])
async def test_words_that_are_not_as_expected_are_refused_by_field(office: Office, verb: str) -> None:
    mei = await office.hire("Mei")
    number = await mei.has_case()
    before = (await mei.get(f"/cases/{number}")).json()
    for body, field in TEXTS:
        answer = await mei.post(f"/cases/{number}/{verb}", body)
        assert answer.status_code == 422, body
        assert [fault["field"] for fault in answer.json()["fields"]] == [field], body
        assert all(fault["error"] for fault in answer.json()["fields"])
    assert (await mei.get(f"/cases/{number}")).json() == before


async def test_text_arrives_as_it_was_written(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await office.customer_wants_person("anna")
    await mei.post(f"/cases/{number}/claim")
    text = "Grüß Gott \U0001f44b\u200d\n\tمرحبا {name} %s {{7*7}} <img src=x onerror=alert(1)>" + "好" * 3000
    await mei.post(f"/cases/{number}/reply", {"text": text})
    assert text in await office.said_to("anna")


CALLS: list[tuple[dict[str, object], str]] = [
    ({}, "summary"),
    ({"summary": "x", "phone": "call me"}, "phone"),
    ({"summary": "x", "phone": "1" * 60}, "phone"),
    ({"summary": "x", "email": "anna"}, "email"),
    ({"summary": "x", "email": "a@b.c\nBcc: all@example.org"}, "email"),
    ({"summary": "x", "name": "a\nb"}, "name"),
    ({"summary": "x", "name": "n" * 201}, "name"),
    ({"summary": "x", "intent": "no.such_intent"}, "intent"),
    ({"summary": "x", "intent": "'; DROP TABLE case_; --"}, "intent"),
    ({"summary": "x", "order_number": "<b>"}, "order_number"),
    ({"summary": "x", "channel": "webchat"}, "channel"),
    *(
        ({"summary": "x", column: 1}, column)
        for column in (
            "id",
            "state",
            "assignee",
            "assignee_id",
            "person_id",
            "due_at",
            "clocks",
            "version",
            "opened_at",
            "causes",
        )
    ),
]


async def test_a_case_takes_only_what_it_is_meant_to_take(office: Office) -> None:
    mei = await office.hire("Mei")
    for body, field in CALLS:
        answer = await mei.post("/cases", body)
        assert answer.status_code == 422, body
        assert [fault["field"] for fault in answer.json()["fields"]] == [field], body
    assert (await mei.get("/cases")).json()["items"] == []


async def test_an_act_without_words_takes_no_fields(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await mei.takes_call()
    for verb in ("claim", "release", "handback", "resolve", "reopen", "typing"):
        answer = await mei.post(f"/cases/{number}/{verb}", {"assignee": "Mei"})
        assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "assignee")
    assert (await mei.get(f"/cases/{number}")).json()["state"] == "queued"


async def test_nothing_that_was_said_can_be_changed(office: Office) -> None:
    mei = await office.hire("Mei", Role.ADMINISTRATOR)
    number = await mei.has_case()
    before = (await mei.get(f"/cases/{number}")).json()
    event = before["events"][0]["id"]
    paths = ["/cases", f"/cases/{number}", f"/cases/{number}/reply", f"/cases/{number}/note"]
    nowhere = [f"/cases/{number}/events/{event}", f"/events/{event}", f"/messages/{event}"]
    for method in ("PATCH", "DELETE", "PUT"):
        for path in paths:
            answer = await mei.call(method, path, json={"text": "never said that"})
            assert answer.status_code == 405
            assert answer.json()["error"]
        for path in nowhere:
            assert (await mei.call(method, path, json={"text": "x"})).status_code == 404
    assert (await mei.get(f"/cases/{number}")).json() == before
