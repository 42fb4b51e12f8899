"""The data files: what ships is sound, and a broken one is named with file, line and cure."""

from pathlib import Path

import pytest

from intents.catalog import catalog, read_catalog
from intents.check import check
from intents.datafile import DataFaultError
from intents.phrasebook import PHRASES, fingerprint, languages, read_phrases
from intents.requests import read_words as read_requests
from intents.scope import read_words as read_scope

ENOUGH = "".join(f"- phrase {name}\n" for name in ("ash", "birch", "cedar", "elm", "fir"))


def test_what_ships_is_sound() -> None:
    assert check() == []


def test_every_intent_of_the_taxonomy() -> None:
    assert len(catalog()) == 67
    assert [intent.id for intent in catalog().values() if intent.scope] == [
        "customs.clearance", "customs.held", "tax.duty", "tax.dispute", "funds.own_fault",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a.b:\n- one\n- two\n", r"line 1: a\.b needs a list of at least 5 phrases"),
        (f"a.b:\n{ENOUGH}x.y:\n{ENOUGH}", r"line 7: x\.y is no intent of catalog\.yaml"),
        (f"a.b:\n{ENOUGH}a.b:\n{ENOUGH}", r"line 7: a\.b has been listed before"),
        (f"a.b:\n{ENOUGH}- Phrase Elm\n", r"line 7: 'Phrase Elm' stands in line 5 already"),
        (f"a.b:\n{ENOUGH}- where: here\n", r"line 7: expected a phrase, found a list or a mapping"),
        (f"a.b:\n{ENOUGH}- ''\n", r"line 7: empty phrase under a\.b"),
        (f"a.b:\n{ENOUGH}- {'x' * 1001}\n", r"line 7: phrase of 1001 characters"),
        (f"a.b:\n{ENOUGH}- [\n", r"this is not YAML"),
        ("- a\n", r"line 1: expected `intent\.id:` with a list"),
        ("", r"line 1: this file is empty"),
        (f"a.b:\n{ENOUGH}", r"line 1: c\.d has no phrases"),
        (
            f"a.b:\n{ENOUGH}c.d:\n{ENOUGH}",
            r"line 8: 'phrase ash' stands under c\.d and, in line 2, under a\.b",
        ),
    ],
)
def test_a_broken_phrases_file(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "en.yaml"
    file.write_text(text)
    with pytest.raises(DataFaultError, match=fault) as caught:
        read_phrases(file, ("a.b", "c.d"))
    assert str(file) in str(caught.value)


def test_a_phrases_file_in_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "de.yaml"
    file.write_bytes("a.b:\n- schön\n".encode("latin-1"))
    with pytest.raises(DataFaultError, match="not UTF-8"):
        read_phrases(file, ("a.b",))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: b\n", "line 1: expected a list of intents"),
        ("- id: a\n", "line 1: `about` is missing or empty"),
        ("- id: a\n  about: b\n- id: a\n  about: b\n", "line 3: intent a was defined before"),
        ("- id: a\n  about: b\n  not: [c]\n", "line 1: `not` of a names c"),
        ("- id: a\n  about: b\n  scope: d\n", "line 1: scope 'd' is unknown"),
        ("- id: a\n  about: b\n  what: d\n", "line 1: unknown key what"),
        ("- id: a\n  about: b\n  not: c\n", "line 1: `not` must be a list"),
        ("- a\n", "line 1: expected `id:`"),
    ],
)
def test_a_broken_catalog(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text(text)
    with pytest.raises(DataFaultError, match=fault):
        read_catalog(file)
    assert check(catalog_file=file)[0][0] == file


def test_check_finds_all_faults(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("a.b:\n- x\nnowhere:\n- y\n")
    faults = check(tmp_path)
    assert len(faults) == len(catalog()) + 2
    assert check(tmp_path / "empty")[0][2].startswith("no phrases file here")


def test_check_finds_a_crowded_intent(tmp_path: Path) -> None:
    few = ("ash", "birch", "cedar", "elm", "fir")
    rows = [f"{intent}:\n" + "".join(f"- {intent} {name}\n" for name in few) for intent in catalog()]
    rows[0] += "".join(f"- far too many {'x' * number}\n" for number in range(40))
    (tmp_path / "en.yaml").write_text("".join(rows))
    assert ["more than 6 times the median" in text for _, _, text in check(tmp_path)] == [True]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("en:\n  customs:\n    - '('\n", r"line 3: \( is no regular expression"),
        ("en:\n  coustoms:\n    - a\n", "line 2: coustoms is unknown"),
        ("en:\n  customs: a\n", "line 2: expected a list"),
        ("en:\n  customs:\n    - a: b\n", "line 3: expected a text"),
        ("- en\n", "line 1: expected `key:`"),
    ],
)
def test_broken_scope_words(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "scope.yaml"
    file.write_text(text)
    with pytest.raises(DataFaultError, match=fault):
        read_scope(file)


def test_broken_request_words(tmp_path: Path) -> None:
    file = tmp_path / "requests.yaml"
    file.write_text("how: ['(']\ndone: []\nnot: [a]\nlanguages: {en: [english]}\n")
    with pytest.raises(DataFaultError, match="is no regular expression"):
        read_requests(file)


def test_a_fingerprint_follows_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one")
    before = fingerprint([file])
    assert fingerprint([file]) == before
    file.write_text("two")
    assert fingerprint([file]) != before


def test_nine_phrases_files() -> None:
    assert languages() == ("de", "en", "es", "fr", "ja", "ko", "ru", "zh-Hans", "zh-Hant")
    assert all((PHRASES / f"{language}.yaml").exists() for language in languages())
