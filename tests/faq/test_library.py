"""The library: our own articles keep the rules, broken ones are named with file and line, old ones rest."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.errors import MisconfiguredError
from bot.policies.load import load_policy
from bot.wording.values import value_names
from faq.library import Article, Library, articles_dir, check, read

TODAY = date(2026, 3, 2)
FRONT = "intent: order.cancel\ntitle: Cancel\nfacts: [X3.2]\nowner: support\n"
FACTS = Path(__file__).parents[2] / "bot" / "policies" / "xoobay.facts.yaml"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def written(text: str, name: str = "order.cancel") -> Path:
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
        return tmp_path

    return written


def known_facts() -> set[str]:
    return set(yaml.safe_load(FACTS.read_text(encoding="utf-8"))["facts"])


def library(*articles: Article) -> Library:
    return Library(
        {each.intent: each for each in articles}, {each.intent: (each.title,) for each in articles}
    )


def article(body: str = "Text.", valid_from: date | None = None, valid_until: date | None = None) -> Article:
    return Article(
        intent="order.cancel",
        title="Cancel",
        paragraphs=(body,),
        facts=("X3.2",),
        owner="support",
        valid_from=valid_from,
        valid_until=valid_until,
        file=Path("order.cancel.md"),
        lines=(7,),
    )


def test_our_own_articles_have_no_fault() -> None:
    policy = load_policy("xoobay")
    assert check(known_facts(), "xoobay", policy.intents, value_names(policy)) == []


def test_our_own_articles_cite_the_facts_of_their_rule() -> None:
    policy = load_policy("xoobay")
    for intent, each in Library.open().articles.items():
        rule = policy.rule(intent)
        assert set(each.facts) & set(rule.facts) or not rule.facts, (intent, each.facts, rule.facts)


@pytest.mark.parametrize(
    "word", ["customs", "duty", "duties", "VAT", "import tax", "tariff", "HS code", "declar"]
)
def test_no_answer_has_substance_on_refused_subjects(word: str) -> None:
    naming_alone = {"support.bot", "escalation.how", "language.translation"}
    for intent, each in Library.open().articles.items():
        text = " ".join(each.paragraphs)
        assert word not in text or (word == "customs" and intent in naming_alone), (intent, word)


def test_answers_are_short() -> None:
    for intent, each in Library.open().articles.items():
        assert len(" ".join(each.paragraphs)) <= 800, intent


@pytest.mark.parametrize(
    ("begins", "ends", "used"),
    [
        (None, None, True),
        (TODAY, None, True),
        (date(2026, 3, 3), None, False),
        (None, TODAY, True),
        (None, date(2026, 3, 1), False),
        (date(2026, 1, 1), date(2026, 12, 31), True),
    ],
)
def test_an_article_is_used_only_in_its_time(begins: date | None, ends: date | None, *, used: bool) -> None:
    found = library(article(valid_from=begins, valid_until=ends)).article("order.cancel", TODAY)
    assert (found is not None) is used
    assert library().article("order.cancel", TODAY) is None


def test_an_article_is_read_whole(write: Callable[[str], Path]) -> None:
    text = f"---\n{FRONT}valid_from: 2026-01-01\n---\n\nFirst\nparagraph.\n\n[without phone] Second.\n"
    articles, faults = read(write(text))
    assert faults == []
    found = articles["order.cancel"]
    assert found.paragraphs == ("First paragraph.", "[without phone] Second.")
    assert found.lines == (9, 12)
    assert (found.title, found.facts, found.owner) == ("Cancel", ("X3.2",), "support")
    assert (found.valid_from, found.valid_until) == (date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("Just text.\n", 1, "no front matter"),
        (f"---\n{FRONT}", 1, "no front matter"),
        (f"---\n{FRONT}---\n\n", 1, "no text below"),
        ("---\nintent: [\nfacts\n---\nText.\n", 3, "not YAML"),
        ("---\njust words\n---\nText.\n", 1, "front matter"),
        (f"---\n{FRONT}colour: red\n---\nText.\n", 6, "colour: Extra inputs"),
        (
            f"---\n{FRONT.replace('title: Cancel', 'title: 7')}---\nText.\n",
            3,
            "title: Input should be a valid string",
        ),
        (f"---\n{FRONT.replace('owner: support', '')}---\nText.\n", 1, "owner: Field required"),
        (f"---\n{FRONT}valid_until: soon\n---\nText.\n", 6, "valid_until: "),
        (
            f"---\n{FRONT.replace('order.cancel', 'order.status')}---\nText.\n",
            2,
            "the intent is 'order.status'",
        ),
    ],
)
def test_a_broken_article_is_named_with_its_line(
    write: Callable[[str], Path], text: str, line: int, fault: str
) -> None:
    articles, [(path, where, said)] = read(write(text))
    assert articles == {}
    assert path.name == "order.cancel.md"
    assert where == line
    assert fault in said


def test_an_article_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "order.cancel.md").write_bytes(b"\xff\xfe")
    _, [(path, line, said)] = read(tmp_path)
    assert (path.name, line) == ("order.cancel.md", 1)
    assert "UTF-8" in said


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("Call {phone}.", ""),
        ("1. First.\n2. Then {level1_answer}.", ""),
        ("We answer within 24 hours.", "states '2' by hand"),
        ("Write to help@example.org.", "states '@' by hand"),
        ("See https://example.org/help", "states 'https:' by hand"),
        ("Call {fax}.", "has a place for 'fax'"),
        ("[without fax] Write.", "has a place for 'fax'"),
    ],
)
def test_check_reads_the_text(body: str, fault: str) -> None:
    faults = library(article(body)).check({"X3.2"}, {"order.cancel"}, {"phone", "level1_answer"})
    assert [text[: len(fault)] for _, _, text in faults] == ([fault] if fault else [])
    assert all(line == 7 for _, line, _ in faults)


def test_check_knows_facts_intents_and_dates() -> None:
    old = article(valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1))
    said = [text for _, _, text in library(old).check({"X1.1"}, {"order.status"})]
    assert said == [
        "nobody knows the intent 'order.cancel'",
        "cites the fact 'X3.2', which the profile does not have",
        "ends on 2026-01-01, before it begins on 2026-02-01",
    ]
    assert library(article()).check({"X3.2"}) == []


def test_a_profile_without_articles_is_one_clear_sentence() -> None:
    with pytest.raises(MisconfiguredError, match=r"'nowhere' has no articles.*xoobay"):
        Library.open("nowhere")
    assert articles_dir("xoobay").is_dir()
