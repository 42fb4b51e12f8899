"""The web chat's frames as text: every line of the protocol, every bad input."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.event import Author, Event, EventKind
from bot.core.message import Kind
from channels.webchat import protocol
from channels.webchat.protocol import Code, Hello, Nack, Press, Read, Typing, Up, Write, parse

CID = "0f8fad5b-d9cb-469f-a165-70867728950e"
LANGUAGES = ("en", "de", "zh-Hans")
AT = datetime(2026, 11, 20, 12, 0, 0, 123_456, tzinfo=UTC)


def read(frame: object) -> Up | Nack:
    return parse(json.dumps(frame), LANGUAGES)


def nack(frame: object) -> Nack:
    refused = read(frame)
    assert isinstance(refused, Nack), refused
    return refused


def down(text: str | None) -> dict[str, Any]:
    assert text is not None
    frame: dict[str, Any] = json.loads(text)
    return frame


# ------------------------------------------------------------------------------------------ up


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        (
            {
                "t": "hello",
                "v": 1,
                "cursor": 7,
                "token": "x",
                "identity": "y",
                "lang": "de-AT",
                "tz": "Europe/Vienna",
            },
            Hello(7, "x", "de-AT", "Europe/Vienna"),
        ),
        ({"t": "hello", "v": 1}, Hello(0, None, "", "")),
        (
            {"t": "hello", "v": 1, "cursor": 0, "token": None, "lang": None, "tz": None},
            Hello(0, None, "", ""),
        ),
        ({"t": "msg", "cid": CID, "text": "Where is it?"}, Write(CID, "Where is it?")),
        ({"t": "msg", "cid": CID.upper(), "text": "hi", "files": []}, Write(CID.upper(), "hi")),
        ({"t": "msg", "cid": CID, "text": "a" * 4000}, Write(CID, "a" * 4000)),
        ({"t": "msg", "cid": CID, "text": "\U0001f4e6" * 4000}, Write(CID, "\U0001f4e6" * 4000)),
        ({"t": "msg", "cid": CID, "text": " " * 5000 + "hi"}, Write(CID, "hi")),
        ({"t": "msg", "cid": CID, "text": "one\r\ntwo\rthree\tfour\n"}, Write(CID, "one\ntwo\nthree\tfour")),
        (
            {"t": "msg", "cid": CID, "text": "\x00a\x07b\x1b[31mc\x7f\x85d\ufeff"},
            Write(CID, "ab[31mcd\ufeff"),
        ),
        ({"t": "msg", "cid": CID, "text": "👩‍👩‍👧 שלום"}, Write(CID, "👩‍👩‍👧 שלום")),
        ({"t": "action", "cid": CID, "name": "human"}, Press(CID, Kind.HUMAN, "")),
        ({"t": "action", "cid": CID, "name": "human", "value": {"x": 1}}, Press(CID, Kind.HUMAN, "")),
        ({"t": "action", "cid": CID, "name": "choose", "value": "refund"}, Press(CID, Kind.CHOOSE, "refund")),
        (
            {"t": "action", "cid": CID, "name": "choose", "value": "x" * 100},
            Press(CID, Kind.CHOOSE, "x" * 100),
        ),
        ({"t": "action", "cid": CID, "name": "rate", "value": 1}, Press(CID, Kind.RATE, "1")),
        ({"t": "action", "cid": CID, "name": "rate", "value": "5"}, Press(CID, Kind.RATE, "5")),
        (
            {"t": "action", "cid": CID, "name": "language", "value": "zh-Hans"},
            Press(CID, Kind.LANGUAGE, "zh-Hans"),
        ),
        ({"t": "typing"}, Typing()),
        ({"t": "typing", "author": "agent"}, Typing()),
        ({"t": "read", "upto": 3}, Read(3)),
    ],
)
def test_good_frames_are_read(frame: object, value: Up) -> None:
    assert read(frame) == value


@pytest.mark.parametrize(
    "frame",
    [
        [],
        "hello",
        7,
        None,
        True,
        {},
        {"t": None},
        {"t": ["msg"]},
        {"t": "shout", "cid": CID, "text": "x"},
        {"t": "ev", "seq": 1, "kind": "message", "author": "agent", "text": "x"},
        {"t": "ack", "cid": CID, "seq": 1},
        {"t": "msg", "text": "x"},
        {"t": "msg", "cid": None, "text": "x"},
        {"t": "msg", "cid": 7, "text": "x"},
        {"t": "msg", "cid": "", "text": "x"},
        {"t": "msg", "cid": "7", "text": "x"},
        {"t": "msg", "cid": CID.replace("-", ""), "text": "x"},
        {"t": "msg", "cid": "{" + CID + "}", "text": "x"},
        {"t": "msg", "cid": CID + "\n", "text": "x"},
        {"t": "msg", "cid": CID},
        {"t": "msg", "cid": CID, "text": None},
        {"t": "msg", "cid": CID, "text": ["x"]},
        {"t": "msg", "cid": CID, "text": ""},
        {"t": "msg", "cid": CID, "text": " \n\t "},
        {"t": "msg", "cid": CID, "text": "\x00\x01"},
        {"t": "msg", "cid": CID, "text": "half a \ud83d pair"},
        {"t": "msg", "cid": CID, "text": "x", "files": "a"},
        {"t": "action", "name": "human"},
        {"t": "action", "cid": CID},
        {"t": "action", "cid": CID, "name": "resolve"},
        {"t": "action", "cid": CID, "name": ["human"]},
        {"t": "action", "cid": CID, "name": "choose"},
        {"t": "action", "cid": CID, "name": "choose", "value": ""},
        {"t": "action", "cid": CID, "name": "choose", "value": " \x00"},
        {"t": "action", "cid": CID, "name": "choose", "value": "x" * 101},
        {"t": "action", "cid": CID, "name": "choose", "value": 3},
        {"t": "action", "cid": CID, "name": "choose", "value": "\udfff"},
        {"t": "action", "cid": CID, "name": "rate"},
        {"t": "action", "cid": CID, "name": "rate", "value": 0},
        {"t": "action", "cid": CID, "name": "rate", "value": 6},
        {"t": "action", "cid": CID, "name": "rate", "value": 4.5},
        {"t": "action", "cid": CID, "name": "rate", "value": True},
        {"t": "action", "cid": CID, "name": "rate", "value": "five"},
        {"t": "action", "cid": CID, "name": "rate", "value": [5]},
        {"t": "action", "cid": CID, "name": "language"},
        {"t": "action", "cid": CID, "name": "language", "value": "xx"},
        {"t": "action", "cid": CID, "name": "language", "value": {}},
        {"t": "read"},
        {"t": "read", "upto": -1},
        {"t": "read", "upto": 1.5},
        {"t": "read", "upto": "1"},
        {"t": "read", "upto": True},
        {"t": "read", "upto": 2**53},
    ],
)
def test_bad_frames_are_refused_and_counted(frame: object) -> None:
    refused = nack(frame)
    assert refused.code is Code.BAD_FRAME
    assert refused.counts
    assert refused.message


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "{'t':'typing'}",
        '{"t":"typing"} x',
        '{"t":"read","upto":NaN}',
        '{"t":"read","upto":Infinity}',
        '{"t":"read","upto":' + "9" * 5000 + "}",
        "[" * 60_000,
        '{"t":' * 10_000,
        '{"t":"action","cid":"' + CID + '","name":"rate","value":' + "[" * 900 + "]" * 900 + "}",
        b'{"t":"typing"}',
        b"\xff\x00",
    ],
)
def test_what_is_no_json_object_is_refused(raw: str | bytes) -> None:
    refused = parse(raw, LANGUAGES)
    assert isinstance(refused, Nack)
    assert refused.code is Code.BAD_FRAME


def test_a_text_over_4000_characters_is_too_long_and_counted() -> None:
    refused = nack({"t": "msg", "cid": CID, "text": "a" * 4001})
    assert (refused.cid, refused.code, refused.counts) == (CID, Code.TOO_LONG, True)
    assert "4001" in refused.message
    assert "4000" in refused.message


def test_files_are_refused_and_that_is_nobodys_fault() -> None:
    refused = nack({"t": "msg", "cid": CID, "text": "see the photo", "files": ["f-1"]})
    assert (refused.cid, refused.code, refused.counts) == (CID, Code.FILE_REFUSED, False)


@pytest.mark.parametrize(
    ("cid", "known"),
    [(CID, CID), ("my-own-7", "my-own-7"), (7, None), ("x" * 101, None), ("\ud800", None), (None, None)],
)
def test_a_nack_names_the_frame_if_the_frame_named_itself(cid: object, known: str | None) -> None:
    assert nack({"t": "msg", "cid": cid, "text": ""}).cid == known


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FRAMES = st.fixed_dictionaries(
    {"t": st.sampled_from(["hello", "msg", "action", "typing", "read"]) | JSON},
    optional={
        "v": st.just(1) | JSON,
        "cursor": JSON,
        "token": JSON,
        "lang": JSON,
        "tz": JSON,
        "identity": JSON,
        "cid": st.uuids().map(str) | JSON,
        "text": JSON,
        "files": JSON,
        "name": st.sampled_from(["choose", "human", "rate", "language"]) | JSON,
        "value": JSON,
        "upto": JSON,
    },
)


@given(st.text(st.characters(codec=None)) | st.binary())
def test_no_text_makes_the_reader_raise(raw: str | bytes) -> None:
    assert isinstance(parse(raw, LANGUAGES), Up | Nack)


@given(FRAMES)
def test_no_frame_makes_the_reader_raise_and_every_answer_can_be_sent(frame: object) -> None:
    answer = read(frame)
    if isinstance(answer, Nack):
        protocol.nack(answer).encode()
    if isinstance(answer, Write):
        assert 1 <= len(answer.text.encode()) <= 16_000
        assert not any(ord(sign) < 32 and sign not in "\n\t" for sign in answer.text)


# ---------------------------------------------------------------------------------------- down


def event(**changes: Any) -> Event:  # noqa: ANN401 - any field of an event
    given: dict[str, Any] = {
        "id": 99,
        "seq": 3,
        "kind": EventKind.MESSAGE,
        "author": Author.BOT,
        "at": AT,
        "text": "Hello",
        "lang": "en",
    }
    return Event(**(given | changes))


def test_a_message_shows_what_the_protocol_names_and_nothing_else() -> None:
    secret = {"outcome": "refuse", "intent": "customs", "choices": []}
    shown = down(protocol.event(event(external_id="key-1", case_id=1042, data=secret)))
    assert shown == {
        "t": "ev",
        "seq": 3,
        "kind": "message",
        "author": "bot",
        "text": "Hello",
        "lang": "en",
        "at": "2026-11-20T12:00:00.123+00:00",
    }


def test_a_customers_message_carries_its_cid_and_an_agents_its_name() -> None:
    mine = down(protocol.event(event(author=Author.CUSTOMER, external_id=CID, name="Anna")))
    assert mine["cid"] == CID
    assert "name" not in mine
    theirs = down(protocol.event(event(author=Author.AGENT, external_id="desk:7", name="Mei")))
    assert theirs["name"] == "Mei"
    assert "cid" not in theirs


def test_choices_are_ids_and_labels_alone() -> None:
    choices = [{"id": "a", "label": "Return it", "confidence": 0.4}, {"id": 7}, "x", {"label": "no id"}]
    shown = down(protocol.event(event(data={"choices": choices})))
    assert shown["choices"] == [{"id": "a", "label": "Return it"}]
    assert "choices" not in down(protocol.event(event(data={"choices": 7})))


def test_a_case_shows_its_name_state_and_due_time() -> None:
    due = datetime(2026, 11, 20, 20, 5, tzinfo=timezone(timedelta(hours=8)))
    data: dict[str, object] = {"case": "CD-1042", "state": "queued", "due": due.isoformat(), "assignee": 7}
    case = event(kind=EventKind.CASE, author=Author.SYSTEM, text="", data=data)
    assert down(protocol.event(case)) == {
        "t": "ev",
        "seq": 3,
        "kind": "case",
        "case": "CD-1042",
        "state": "queued",
        "due": "2026-11-20T20:05:00+08:00",
    }
    resolved = down(
        protocol.event(event(kind=EventKind.CASE, case_id=1042, data={"state": "resolved", "due": None}))
    )
    assert (resolved["case"], resolved["state"]) == ("CD-1042", "resolved")
    assert "due" not in resolved


@pytest.mark.parametrize("kind", [EventKind.NOTE, EventKind.STEP, EventKind.DECISION, EventKind.CLOCK])
def test_what_only_the_desk_may_see_is_never_written(kind: EventKind) -> None:
    assert protocol.event(event(kind=kind, text="a difficult customer")) is None
    assert protocol.event(event(kind=EventKind.MESSAGE, seq=None)) is None


def test_the_small_frames() -> None:
    assert down(protocol.ack(CID, 4)) == {"t": "ack", "cid": CID, "seq": 4}
    refused = Nack(None, Code.RATE_LIMITED, "slower")
    assert down(protocol.nack(refused)) == {
        "t": "nack",
        "cid": None,
        "code": "rate_limited",
        "message": "slower",
    }
    assert down(protocol.typing("agent")) == {"t": "typing", "author": "agent"}
    assert down(protocol.read(9)) == {"t": "read", "upto": 9}
    assert down(protocol.reset()) == {"t": "reset"}
    assert down(protocol.bye(2.345)) == {"t": "bye", "retry_in": 2.3}


def test_half_a_surrogate_pair_in_a_stored_text_does_not_break_the_connection() -> None:
    text = protocol.event(event(text="a \ud83d b"))
    assert text is not None
    assert down(text.encode().decode())["text"] == "a ? b"


def test_line_separators_and_other_scripts_travel_as_they_are() -> None:
    words = '</script> \u2028 退款 \U0001f4e6 "quoted" \\ back'
    assert down(protocol.event(event(text=words)))["text"] == words
