"""Which articles may answer a message: those of the intents it was read as, and those with near titles."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from rapidfuzz import fuzz, process, utils

from bot.core.understanding import Certainty, Hit, Understanding
from faq.library import Article, Library

LONGEST = 400
"""Characters of a message that titles are compared with: a title is short, and hostile texts are long."""

NEAR = 70
"""From this likeness of 100 a title counts as near; chance matches were seen up to 62."""

MAX_NEAR = 3


def search(library: Library, text: str, understanding: Understanding, on: date) -> tuple[Hit, ...]:
    """The articles valid on this day (a date of the profile's zone), best first, each once.

    An article of an understood intent scores the reader's confidence in it. Titles are looked through only
    when the reader is not sure. A near one scores at most half: it can be offered as a "did you mean" but
    never passes for what was understood.
    """
    best: dict[str, Hit] = {}
    near = () if understanding.certainty is Certainty.SURE else _near(library, text)
    for intent, score in (*_understood(understanding), *near):
        article = library.article(intent, on)
        if article and (intent not in best or best[intent].score < score):
            best[intent] = _hit(article, score)
    return tuple(sorted(best.values(), key=lambda hit: -hit.score))


def _understood(understanding: Understanding) -> Iterator[tuple[str, float]]:
    yield understanding.intent, understanding.confidence
    for part in understanding.also:
        yield part.intent, part.confidence
    for place, intent in enumerate(understanding.choices, start=2):
        yield intent, understanding.confidence / place


def _near(library: Library, text: str) -> Iterator[tuple[str, float]]:
    titles = {
        (intent, number): title
        for intent, each in library.titles.items()
        for number, title in enumerate(each)
    }
    found = process.extract(
        text[:LONGEST],
        titles,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=NEAR,
        limit=None,
    )
    nearest: dict[str, float] = {}
    for _, likeness, (intent, _) in found:
        nearest.setdefault(intent, likeness)
    for intent, likeness in islice(nearest.items(), MAX_NEAR):
        yield intent, likeness / 200


def _hit(article: Article, score: float) -> Hit:
    return Hit(article.intent, score, article.paragraphs, article.facts)
