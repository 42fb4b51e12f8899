"""Listing, searching and paging through cases."""

from typing import Any

import pytest

from bot.desk.views import read_cursor, write_cursor
from bot.store.desk import Place
from tests.desk.office import Agent, Office, minutes


def ids(answer: Any) -> list[str]:  # noqa: ANN401 - a response of httpx2
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_an_empty_desk_lists_nothing(office: Office) -> None:
    mei = await office.hire("Mei")
    assert (await mei.get("/cases")).json() == {"items": [], "next": None}


async def test_a_line_says_what_an_agent_needs_to_choose(office: Office) -> None:
    mei = await office.hire("Mei")
    number = await office.customer_wants_person("anna", "Where is <b>my</b> parcel?", name="Anna")
    (item,) = (await mei.get("/cases")).json()["items"]
    assert item.pop("last")["author"] == "bot"
    assert item.pop("opened_at") == "2026-11-23T02:00:00Z"
    assert item == {
        "id": number,
        "state": "queued",
        "assignee": None,
        "intent": item["intent"],
        "urgency": "regular",
        "resolution": item["resolution"],
        "channel": "webchat",
        "lang": "en",
        "order_number": "",
        "causes": [item["intent"]],
        "due_at": "2026-11-23T02:05:00Z",
        "overdue": False,
        "person_name": "Anna",
    }


async def test_the_last_words_are_the_customers_when_the_customer_spoke_last(office: Office) -> None:
    mei = await office.hire("Mei")
    await office.customer_wants_person("anna", name="Anna")
    await office.customer_writes("anna", "Hello? " + "x" * 400, name="Anna")
    last = (await mei.get("/cases")).json()["items"][0]["last"]
    assert (last["author"], last["name"], last["text"][:6], len(last["text"])) == (
        "customer",
        "Anna",
        "Hello?",
        200,
    )


async def test_those_due_first_come_first_and_closed_ones_last_newest_first(office: Office) -> None:
    mei = await office.hire("Mei")
    closed = [await mei.takes_call(), await mei.takes_call()]
    for number in closed:
        assert (await mei.post(f"/cases/{number}/resolve")).status_code == 200
    office.clock.now += minutes(60)
    late = await mei.takes_call("second")
    office.clock.now -= minutes(30)
    early = await mei.takes_call("first")
    assert ids(await mei.get("/cases")) == [early, late, closed[1], closed[0]]


async def test_pages_follow_one_another_without_gap_or_repeat(office: Office) -> None:
    mei = await office.hire("Mei")
    numbers = [await mei.takes_call(f"call {count}") for count in range(7)]
    for number in numbers[:3]:
        await mei.post(f"/cases/{number}/resolve")
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        page = (await mei.get("/cases", limit=2, cursor=cursor)).json()
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        cursor = page["next"]
    assert pages == 4
    assert seen == [*numbers[3:], *reversed(numbers[:3])]


async def test_a_page_that_is_just_full_is_the_last(office: Office) -> None:
    mei = await office.hire("Mei")
    for _ in range(2):
        await mei.takes_call()
    assert (await mei.get("/cases", limit=2)).json()["next"] is None


async def test_filters_by_state_and_assignee(office: Office) -> None:
    mei, tom = await office.hire("Mei"), await office.hire("Tom O'Neill")
    queued, hers, his = await mei.takes_call(), await mei.has_case(), await tom.has_case()
    assert ids(await mei.get("/cases", state="queued")) == [queued]
    assert sorted(ids(await mei.get("/cases", state="assigned"))) == [hers, his]
    assert ids(await mei.get("/cases", state="resolved")) == []
    assert ids(await mei.get("/cases", assignee="me")) == [hers]
    assert ids(await mei.get("/cases", assignee="none")) == [queued]
    assert ids(await mei.get("/cases", assignee="Tom O'Neill")) == [his]
    assert ids(await mei.get("/cases", assignee="nobody of that name")) == []
    assert ids(await mei.get("/cases", state="assigned", assignee="me")) == [hers]
    assert len(ids(await mei.get("/cases", state="", assignee="", q="", cursor=""))) == 3


async def _searchable(office: Office) -> tuple[Agent, dict[str, str]]:
    mei = await office.hire("Mei")
    return mei, {
        "call": await mei.takes_call(
            "Discount of 50% was not given", name="Ärger GmbH", order_number="ord2024-77"
        ),
        "note": await mei.takes_call("Other matter", intent="order.cancel"),
        "chat": await office.customer_wants_person("olga", "Посылка не пришла", name="Ольга"),
    }


SEARCHES: dict[str, list[str]] = {
    "ORD2024-77": ["call"],
    "ord2024": ["call"],
    "ord 2024-77": ["call"],
    "order.cancel": ["note"],
    "ärger": ["call"],
    "discount OF": ["call"],
    "посылка": ["chat"],
    "ОЛЬГА": ["chat"],
    "50%": ["call"],
    "5_%": [],
    "%": ["call"],
    "_": [],
    "\\": [],
    "' OR '1'='1": [],
    '"; DROP TABLE case_; --': [],
    "no such words": [],
}


async def test_search_finds_words_and_nothing_else(office: Office) -> None:
    mei, cases = await _searchable(office)
    for words, found in SEARCHES.items():
        assert sorted(ids(await mei.get("/cases", q=words))) == sorted(cases[name] for name in found), words


async def test_search_finds_a_case_by_its_number_in_every_writing(office: Office) -> None:
    mei, cases = await _searchable(office)
    for written in (cases["note"], cases["note"].lower(), cases["note"].removeprefix("CD-")):
        assert ids(await mei.get("/cases", q=written)) == [cases["note"]]


HOSTILE = ("'", "\"';--", "1' OR 1=1 --", "%27", "\x00", "\ud7ff", "[]", "a" * 300, "-1")


@pytest.mark.parametrize("field", ["state", "assignee", "q", "cursor", "limit"])
async def test_no_filter_can_be_broken_out_of(office: Office, field: str) -> None:
    mei = await office.hire("Mei")
    await mei.takes_call("the only case")
    for value in HOSTILE:
        answer = await mei.get("/cases", **{field: value})
        if answer.status_code == 200:
            assert answer.json() == {"items": [], "next": None}, value
        else:
            assert answer.status_code == 422, value
            assert answer.json()["fields"][0]["field"] == field
    assert len(ids(await mei.get("/cases"))) == 1


REFUSED: list[tuple[str, str]] = [
    ("state", "open"),
    ("limit", "0"),
    ("limit", "201"),
    ("limit", "many"),
    ("cursor", "MS4uMQ="),
    ("cursor", "bm9uc2Vuc2U"),
    ("stat", "queued"),
    ("sort", "id; DROP TABLE case_"),
]


async def test_a_query_that_is_not_understood_is_refused_by_name(office: Office) -> None:
    mei = await office.hire("Mei")
    for field, value in REFUSED:
        answer = await mei.get("/cases", **{field: value})
        assert answer.status_code == 422, (field, value)
        body = answer.json()
        assert field in body["error"]
        assert [fault["field"] for fault in body["fields"]] == [field]


@pytest.mark.parametrize("place", [Place(None, 1), Place(1_795_000_000_000, 42), Place(0, 10**14)])
def test_a_cursor_comes_back_as_it_was(place: Place) -> None:
    assert read_cursor(write_cursor(place)) == place
