"""The search: what was understood first, near titles after it, nothing that has expired."""

from dataclasses import replace
from datetime import date

import pytest

from bot.core.understanding import Certainty, Part, Understanding
from bot.wording import Wording
from faq.library import Library
from faq.search import search

TODAY = date(2026, 3, 2)
LIBRARY = Library.open()


def read_as(
    intent: str, confidence: float = 0.9, also: tuple[Part, ...] = (), choices: tuple[str, ...] = ()
) -> Understanding:
    return Understanding(
        "en",
        1.0,
        intent,
        confidence,
        Certainty.SURE if confidence else Certainty.LOST,
        also=also,
        choices=choices,
    )


NOTHING = read_as("unknown", 0.0)


def found(text: str, meant: Understanding, library: Library = LIBRARY) -> list[tuple[str, float]]:
    return [(hit.intent, hit.score) for hit in search(library, text, meant, TODAY)]


def test_the_understood_article_scores_the_readers_confidence() -> None:
    [hit] = search(LIBRARY, "zzz", read_as("order.cancel"), TODAY)
    article = LIBRARY.articles["order.cancel"]
    assert (hit.intent, hit.score) == ("order.cancel", 0.9)
    assert (hit.paragraphs, hit.facts) == (article.paragraphs, article.facts)


def test_every_matter_of_a_message_is_found_best_first() -> None:
    meant = read_as(
        "refund.time", 0.6, also=(Part("order.cancel", 0.8),), choices=("shipping.delay", "payment.fx")
    )
    assert found("zzz", meant) == [
        ("order.cancel", 0.8),
        ("refund.time", 0.6),
        ("shipping.delay", 0.3),
        ("payment.fx", pytest.approx(0.2)),
    ]


def test_a_refused_subject_has_no_article() -> None:
    assert found("customs", read_as("customs.clearance")) == []


def test_near_titles_are_offered_but_never_pass_for_understood() -> None:
    hits = found("how do i cancle an order", NOTHING)
    assert hits[0][0] == "order.cancel"
    assert all(score <= 0.5 for _, score in hits)
    assert len(hits) <= 3


def test_titles_are_found_in_other_languages_too() -> None:
    wording = Wording.open()
    titles = {intent: wording.titles(intent, each.title) for intent, each in LIBRARY.articles.items()}
    assert found("bestellung stornieren", NOTHING) == []
    assert found("bestellung stornieren", NOTHING, LIBRARY.with_titles(titles))[0] == ("order.cancel", 0.5)


def test_an_article_that_is_both_is_found_once() -> None:
    assert found("cancel an order", read_as("order.cancel"))[0] == ("order.cancel", 0.9)
    assert len({intent for intent, _ in found("cancel an order", read_as("order.cancel"))}) == len(
        found("cancel an order", read_as("order.cancel"))
    )


def test_an_expired_article_is_not_found() -> None:
    expired = replace(LIBRARY.articles["order.cancel"], valid_until=date(2026, 3, 1))
    library = Library({**LIBRARY.articles, "order.cancel": expired}, LIBRARY.titles)
    assert "order.cancel" not in dict(found("cancel an order", read_as("order.cancel"), library))


@pytest.mark.parametrize("text", ["", " ", "\x00", "?" * 100_000, "cancel " * 20_000])
def test_odd_texts_are_harmless(text: str) -> None:
    assert len(found(text, NOTHING)) <= 3
