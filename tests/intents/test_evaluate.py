"""The figures of a reading: each counts what it says."""

from pathlib import Path

import pytest

from bot.core.understanding import Certainty, Part, Scope, Understanding
from bot.errors import MisconfiguredError
from intents.evaluate import Row, evaluate, read_rows, table

OUTCOMES = {
    "order.cancel": "answer",
    "order.status": "act",
    "customs.held": "refuse",
    "unknown": "handoff",
    "shipping.time": "answer",
}


def meant(intent: str, *, sure: bool = True, **more: object) -> Understanding:
    certainty = Certainty.SURE if sure else Certainty.UNSURE
    return Understanding("en", 1.0, intent, 0.9, certainty, **more)  # type: ignore[arg-type]


def figures(row: Row, reading: Understanding) -> dict[str, float | None]:
    found = evaluate([row], lambda _: reading, lambda intent: OUTCOMES.get(intent, "chat"))
    return {name: score.percent for name, score in found.all.items() if score.of}


def test_right() -> None:
    row = Row("cancel", "en", ("order.cancel",), order_no=("ORD1",))
    full = dict.fromkeys(("top1", "helped", "outcome", "language", "order_numbers"), 100)
    assert figures(row, meant("order.cancel", order_numbers=("ORD1",))) == {**full, "false_refusals": 0}


def test_wrong_intent_with_the_right_outcome() -> None:
    found = figures(Row("cancel", "de", ("order.cancel",)), meant("shipping.time"))
    assert found == {"top1": 0, "helped": 0, "outcome": 100, "false_refusals": 0, "language": 0}


def test_asking_back_helps_but_is_not_the_outcome() -> None:
    asked = meant("shipping.time", sure=False, choices=("order.cancel",))
    found = figures(Row("cancel", "en", ("order.cancel",)), asked)
    assert (found["top1"], found["helped"], found["outcome"]) == (0, 100, 0)


def test_a_refusal_missed_and_a_refusal_too_many() -> None:
    assert (
        figures(Row("x", "en", ("customs.held",), kind="disguised"), meant("order.status"))[
            "disguised_refused"
        ]
        == 0
    )
    refused = meant("customs.held", scope=Scope.CUSTOMS)
    found = figures(Row("x", "en", ("order.status",), kind="lookalike"), refused)
    assert (found["false_refusals"], found["lookalike_refused"], found["outcome"]) == (100, 100, 0)
    assert figures(Row("x", "en", ("customs.held",)), refused)["scope_recall"] == 100


def test_both_parts_of_a_mixed_message() -> None:
    row = Row("x", "en", ("order.status",), also=("customs.held",))
    part = Part("customs.held", 0.9, Scope.CUSTOMS)
    assert figures(row, meant("order.status", also=(part,)))["mixed_both"] == 100
    assert figures(row, meant("order.status"))["mixed_both"] == 0


def test_off_topic_is_kept_unless_answered() -> None:
    row = Row("x", "en", ("unknown",))
    assert figures(row, meant("order.cancel"))["offtopic_kept"] == 0
    assert figures(row, meant("order.cancel", sure=False))["offtopic_kept"] == 100
    assert figures(row, meant("unknown", sure=False))["top1"] == 100


def test_the_table_and_the_json() -> None:
    rows = [Row("a", "en", ("order.cancel",)), Row("b", "de", ("order.status",))]
    found = evaluate(rows, lambda _: meant("order.cancel"), lambda _: "answer")
    head, *lines = table(found)
    assert list(head) == ["", "all", "de", "en"]
    assert ["top1", "50.0", "0.0", "100.0"] in [list(each) for each in lines]
    assert found.as_json()["confusions"] == [{"meant": "order.status", "read": "order.cancel", "times": 1}]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "line 2: this is not JSON"),
        ("[]", 'line 2: expected an object with "text"'),
        ('{"text": "a", "lang": "en"}', 'line 2: "intent" is empty'),
        ('{"text": "a", "lang": "en", "intent": ["nowhere"]}', "line 2: nowhere is no intent"),
    ],
)
def test_rows_that_cannot_be_used(tmp_path: Path, line: str, fault: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(f'{{"text": "a", "lang": "en", "intent": "order.cancel", "order_no": "ORD1"}}\n{line}\n')
    with pytest.raises(MisconfiguredError, match=fault):
        read_rows(file)
