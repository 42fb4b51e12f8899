"""How an article's text is cut: front matter, then paragraphs, some of which stand in for a missing value."""

import re
from dataclasses import dataclass

FENCE = "---"
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""A value's place in a sentence: `{help_mail}`."""
_GUARD = re.compile(r"\[without ([a-z][a-z0-9_]*)\]\s*")
_ITEM = re.compile(r"(?:[-*]|\d+\.)\s")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, its lines joined (list items keep their own), and the line it begins on, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A Markdown file with front matter. `front` is the text between the fences; it begins on line 2."""

    front: str
    paragraphs: tuple[Paragraph, ...]


def split(text: str) -> Source | None:
    """Cut a file into front matter and paragraphs; None if it does not begin with one between two `---`."""
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != FENCE:
        return None
    ends = [number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE]
    if not ends:
        return None
    end = ends[0]
    return Source(
        front="\n".join(lines[1:end]), paragraphs=tuple(_paragraphs(lines[end + 1 :], first=end + 2))
    )


def _paragraphs(lines: list[str], *, first: int) -> list[Paragraph]:
    found: list[Paragraph] = []
    joined = ""
    begins = first
    for number, line in enumerate([*lines, ""], start=first):
        words = line.strip()
        if words and not joined:
            joined, begins = words, number
        elif words:
            joined += ("\n" if _ITEM.match(words) else " ") + words
        elif joined:
            found.append(Paragraph(joined, begins))
            joined = ""
    return found


def guard(paragraph: str) -> tuple[str, str]:
    """The name of the value in whose absence alone a paragraph is shown ("" if always), and the text itself.

    `[without payment_methods] See the checkout.` gives `("payment_methods", "See the checkout.")`.
    """
    marked = _GUARD.match(paragraph)
    return (marked.group(1), paragraph[marked.end() :]) if marked else ("", paragraph)


def placeholders(text: str) -> frozenset[str]:
    """The names of the values that a text has places for."""
    return frozenset(PLACEHOLDER.findall(text))
