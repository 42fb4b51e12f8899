"""Which facts of the policy the profile and its articles rest on, and which they forgot."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.core.article import FENCE, split
from bot.policies.document import Document, Fault, PolicyError, merge, parse
from bot.policies.schema import FactBook, Profile


def fact_faults(
    document: Document, profile: Profile, book_document: Document, book: FactBook, articles: Path | None
) -> Iterator[Fault]:
    """Faults of citation: every fact of the book is cited or listed as unused, and nothing else is cited.

    A fact of another profile is not in the book, so a text that rests on one is found here too.
    """
    sources = [document]
    for path in sorted(articles.glob("*.md")) if articles is not None else ():
        try:
            sources.append(_front_matter(path))
        except PolicyError as error:
            yield from error.faults
    used = {fact for source in sources for _, fact in _cited(source)}
    yield from foreign_facts(sources, book_document, book)
    yield from _forgotten(document, profile, book_document, book, used)


def foreign_facts(sources: Iterable[Document], book_document: Document, book: FactBook) -> Iterator[Fault]:
    """Facts that these files cite and the book does not have; a notice need not cite any."""
    for source in sources:
        for where, fact in _cited(source):
            if fact not in book.facts:
                yield source.fault(
                    where, f"cites {fact}, which is no fact of {book.profile} ({book_document.file})"
                )


def _forgotten(
    document: Document, profile: Profile, book_document: Document, book: FactBook, used: set[object]
) -> Iterator[Fault]:
    for fact in profile.unused_facts:
        if fact in used:
            yield document.fault(("unused_facts", fact), "is cited after all; take it off this list")
        elif fact not in book.facts:
            yield document.fault(
                ("unused_facts", fact), f"is no fact of {book.profile} ({book_document.file})"
            )
    for fact in book.facts:
        if fact not in used and fact not in profile.unused_facts:
            yield book_document.fault(
                ("facts", fact), "is cited nowhere; cite it, or say why not under unused_facts of the profile"
            )


def _cited(source: Document) -> Iterator[tuple[tuple[str | int, ...], object]]:
    for where, facts in source.named("facts"):
        if isinstance(facts, list):
            yield from (((*where, index), fact) for index, fact in enumerate(facts))


def _front_matter(path: Path) -> Document:
    try:
        source = split(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError([Fault(str(path), 0, f"cannot be read: {error}")]) from None
    if source is None:
        raise PolicyError(
            [Fault(str(path), 1, f"found no front matter; expected it between two lines `{FENCE}`")]
        )
    return merge([(str(path), parse(source.front, str(path), above=1))], above=1)
