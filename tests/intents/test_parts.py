"""Messages taken into sentences and clauses."""

import pytest

from intents.parts import MAX_PARTS, clauses, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It leaks. Who pays for the return?", ["It leaks", "Who pays for the return"]),
        ("寄挪威要多久？到了要不要交税？", ["寄挪威要多久", "到了要不要交税"]),
        ("first line here\nsecond line here", ["first line here", "second line here"]),
        ("It cost 3.50 euros", ["It cost 3.50 euros"]),
        ("Hi. Hm.", []),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where is it and why is customs holding it", ["where is it", "why is customs holding it"]),
        ("how long does it take, and do I pay VAT", ["how long does it take", "do I pay VAT"]),
        ("我登不进去,今天还得改地址", ["我登不进去", "今天还得改地址"]),
        ("wo ist es und warum liegt es beim zoll", ["wo ist es", "warum liegt es beim zoll"]),
        ("salt and pepper", []),
        ("where is my order", []),
    ],
)
def test_clauses(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


def test_no_more_than_so_many() -> None:
    assert len(sentences("Where is it now? " * 100)) == MAX_PARTS
