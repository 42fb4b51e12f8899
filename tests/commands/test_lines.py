"""Lines in, lines out: in order, one for one, whatever a line holds."""

import json

from tests.commands.terminal import Terminal, json_lines

LONGEST = 64 * 1024


def test_a_subject_line_each(terminal: Terminal) -> None:
    said = terminal.types(
        "subject",
        put_in="Germany - Delay - ORD2024001\n\nEscalation - ORD2024001 - C-77\r\nhello",
    )
    assert said.status == 0
    order, nothing, escalation, other = said.rows
    assert order == {
        "kind": "order",
        "region": "DE",
        "type": "Delay",
        "order_numbers": ["ORD2024001"],
        "customer_id": None,
        "flags": [],
    }
    assert (nothing["kind"], nothing["region"]) == ("other", None)
    assert (escalation["kind"], escalation["order_numbers"]) == ("escalation", ["ORD2024001"])
    assert other["kind"] == "other"


def test_bad_lines_are_answered_in_their_place(terminal: Terminal) -> None:
    fit, long = b"x" * LONGEST, b"x" * (LONGEST + 1)
    said = terminal.types("subject", put_in=b"\n".join([b"a", long, b"\xff\xfe", fit, long * 40, b"b"]))
    assert ["error" in row for row in said.rows] == [False, True, True, False, True, False]
    assert said.rows[1] == {"error": "this line is longer than 65536 bytes"}
    assert said.rows[2] == {"error": "this line is no UTF-8: byte 1 cannot be read"}
    assert said.status == 0


def test_every_answer_comes_before_the_next_line_is_asked_for(terminal: Terminal) -> None:
    said = terminal.types("subject", put_in="")
    assert (said.out, said.status) == ("", 0)


def test_messages_are_read(terminal: Terminal) -> None:
    rows = [
        {"text": "Where is my order ORD20241234567?"},
        {"text": "Ich möchte meine Bestellung stornieren", "hint": "de"},
        {"text": "How much customs duty do I have to pay?", "subject": None, "hint": None},
        {"text": "hello \ud800"},
        {"text": "x" * 50_000},
    ]
    said = terminal.types("read", put_in=json_lines(rows).encode("utf-8", "surrogatepass"))
    assert said.status == 0, said.err
    order, cancel, customs, half, long = said.rows
    assert list(order) == [
        "lang",
        "lang_confidence",
        "intent",
        "confidence",
        "outcome",
        "scope",
        "also",
        "choices",
        "order_numbers",
        "region",
    ]
    assert (order["lang"], order["intent"], order["order_numbers"]) == (
        "en",
        "order.status",
        ["ORD20241234567"],
    )
    assert (cancel["lang"], cancel["intent"]) == ("de", "order.cancel")
    assert customs["outcome"] == "refuse"
    assert customs["scope"] in {"customs", "tax"}
    assert "error" in half  # no UTF-8
    assert 0 <= long["confidence"] <= 1


def test_what_is_no_message_is_answered_in_its_place(terminal: Terminal) -> None:
    lines = [
        "no JSON",
        "[]",
        '"text"',
        "{}",
        '{"text": 7}',
        '{"text": null}',
        '{"text": "hi", "hint": 7}',
        '{"text": "half \\ud800 a pair"}',
        "[" * 60_000,
        '{"text": ' + "9" * 5000 + "}",
        "",
        '{"text": "Where is my parcel?", "more": {"is": "ignored"}}',
    ]
    said = terminal.types("read", put_in="\n".join(lines))
    errors = [row.get("error", "") for row in said.rows]
    assert len(errors) == len(lines)
    assert [bool(error) for error in errors] == [True] * 7 + [False] + [True] * 3 + [False]
    assert errors[0].startswith("this line is no JSON (Expecting value)")
    assert errors[1] == 'this line is no JSON object: expected a line such as {"text": "..."}'
    assert errors[3] == '"text" is missing: expected a line such as {"text": "..."}'
    assert errors[6] == '"hint" is no text: expected a line such as {"hint": "..."}'
    assert said.err == ""


def test_how_well_messages_are_read(terminal: Terminal) -> None:
    rows = [
        {"text": "Where is my order?", "lang": "en", "intent": ["order.status"]},
        {
            "text": "Wo ist meine Bestellung ORD20241234567?",
            "lang": "de",
            "intent": "order.status",
            "order_no": "ORD20241234567",
        },
    ]
    (terminal.folder / "rows.jsonl").write_text(json_lines(rows), encoding="utf-8")
    said = terminal.types("evaluate", "rows.jsonl", "--json")
    assert said.status == 0, said.err
    figures = json.loads(said.out)
    assert figures["all"]["top1"]["of"] == 2
    assert set(figures["languages"]) == {"en", "de"}
    table = terminal.types("evaluate", "rows.jsonl")
    assert table.lines[0].split() == ["all", "de", "en"]
    assert "top1: the main intent is an acceptable one" in table.out


def test_rows_that_cannot_be_used_are_named(terminal: Terminal) -> None:
    (terminal.folder / "rows.jsonl").write_text(
        '{"text": "x", "lang": "en", "intent": "no.such"}\n', encoding="utf-8"
    )
    assert "line 1: no.such is no intent of the catalog" in terminal.fails("evaluate", "rows.jsonl")
