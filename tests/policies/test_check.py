"""`crossdesk check` on a profile: which facts are cited, forgotten, or not ours to cite."""

from pathlib import Path

import pytest

from bot.policies.load import check_policy

FACTS = "profile: harbour\nfacts:\n  H1: First.\n  H2.1a: Second.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A profile of its own name and facts that stands on XOOBAY's values."""
    (tmp_path / "xoobay.yaml").write_text("extends: xoobay\n", encoding="utf-8")
    (tmp_path / "faq").mkdir()
    return tmp_path


def article(folder: Path, name: str, facts: str) -> None:
    text = f"---\nintent: {name}\nfacts: [{facts}]\n---\n\nWords.\n"
    (folder / "faq" / f"{name}.md").write_text(text, encoding="utf-8")


def faults(folder: Path, **more: object) -> list[str]:
    found = check_policy("xoobay", folder=folder, articles=folder / "faq", **more)  # type: ignore[arg-type]  # any option
    return [str(fault).removeprefix(f"{folder}/") for fault in found]


def test_nothing_wrong(folder: Path) -> None:
    article(folder, "order.cancel", "X3.2")
    assert faults(folder) == []


def test_without_articles_the_profile_alone_is_checked() -> None:
    assert check_policy("xoobay") == []


def test_an_article_may_not_rest_on_another_profiles_facts(folder: Path) -> None:
    article(folder, "order.cancel", "X3.2, D5.1")
    [fault] = faults(folder)
    assert fault.startswith("faq/order.cancel.md:3: facts.1: cites D5.1, which is no fact of xoobay")


def test_neither_may_the_profile(folder: Path) -> None:
    (folder / "xoobay.yaml").write_text(
        "extends: xoobay\nconduct: {requests: 1, facts: [L2]}\n", encoding="utf-8"
    )
    [fault] = faults(folder)
    assert fault.startswith("xoobay.yaml:2: conduct.facts.0: cites L2, which is no fact of xoobay")


def test_a_fact_that_is_cited_nowhere(folder: Path) -> None:
    book = "profile: xoobay\nfacts:\n" + "".join(f"  {fact}: Words.\n" for fact in [*all_facts(), "X9.9"])
    (folder / "xoobay.facts.yaml").write_text(book, encoding="utf-8")
    [fault] = faults(folder)
    assert fault == (
        f"xoobay.facts.yaml:{book.count(chr(10))}: facts.X9.9: is cited nowhere; "
        "cite it, or say why not under unused_facts of the profile"
    )
    article(folder, "policy.revision", "X9.9")
    assert faults(folder) == []


def test_the_list_of_unused_facts_is_true(folder: Path) -> None:
    (folder / "xoobay.yaml").write_text(
        "extends: xoobay\nunused_facts:\n  X2.1: Nobody needs it.\n  D1: Not ours.\n", encoding="utf-8"
    )
    assert [fault.split(" (")[0] for fault in faults(folder)] == [
        "xoobay.yaml:3: unused_facts.X2.1: is cited after all; take it off this list",
        "xoobay.yaml:4: unused_facts.D1: is no fact of xoobay",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no front matter", ":1: found no front matter; expected it between two lines `---`"),
        ("", ":1: found no front matter"),
        ("---\nfacts: [\n---\n", ": is no YAML: "),
        ("---\nfacts: [X3.2]\nfacts: [X3.2]\n---\n", ":3: facts stands here and in line 2; keep one of them"),
    ],
)
def test_an_article_that_cannot_be_read_is_a_fault_among_others(folder: Path, text: str, says: str) -> None:
    (folder / "faq" / "broken.md").write_text(text, encoding="utf-8")
    article(folder, "order.cancel", "D5.1")
    first, second = faults(folder)
    assert first.startswith("faq/broken.md")
    assert says in first
    assert "cites D5.1" in second


def test_an_article_that_is_no_text(folder: Path) -> None:
    (folder / "faq" / "broken.md").write_bytes(b"\xff\xfe")
    [fault] = faults(folder)
    assert fault.startswith("faq/broken.md: cannot be read: ")


def test_facts_that_are_no_list_are_left_to_whoever_reads_the_article(folder: Path) -> None:
    (folder / "faq" / "odd.md").write_text("---\nfacts: X3.2\n---\n", encoding="utf-8")
    assert faults(folder) == []


def test_the_intents_are_those_that_the_reader_knows(folder: Path) -> None:
    known = [*intents(), "weather.tomorrow"]
    known.remove("order.cancel")
    found = faults(folder, intents=known)
    assert found[0].endswith(
        "intents.order.cancel: is no intent that the reader knows; add phrases, or take it out"
    )
    assert found[1].endswith("intents: has no rule for weather.tomorrow, which the reader knows; add one")
    assert len(found) == 2


def test_a_profile_that_does_not_load_is_a_list_of_faults_too(folder: Path) -> None:
    (folder / "xoobay.yaml").write_text("extends: xoobay\nconduct: {requests: -1}\n", encoding="utf-8")
    [fault] = faults(folder)
    assert fault.startswith("xoobay.yaml:2: conduct.requests: found -1; ")


def test_a_profile_without_a_book_of_facts(folder: Path) -> None:
    (folder / "alone.yaml").write_text(flat().replace("profile: xoobay", "profile: alone"), encoding="utf-8")
    [fault] = [str(fault) for fault in check_policy("alone", folder=folder)]
    assert fault.endswith("alone.facts.yaml: is missing; expected the facts by number")


def test_the_operators_values_are_checked_too() -> None:
    [fault] = check_policy("xoobay", operator={"payment_method": "Visa"})
    assert "found the value 'payment_method' under [operator]" in fault.text


def home() -> Path:
    return Path(__file__).parents[2] / "bot" / "policies"


def flat() -> str:
    return (home() / "xoobay.yaml").read_text(encoding="utf-8")


def all_facts() -> list[str]:
    book = (home() / "xoobay.facts.yaml").read_text(encoding="utf-8")
    return [line.split(":")[0].strip() for line in book.splitlines() if line.startswith("  X")]


def intents() -> list[str]:
    lines = flat().split("\nintents:\n")[1].split("\n# ---")[0].splitlines()
    return [line.split(":")[0].strip() for line in lines if line.startswith("  ")]
