"""What we say back, before it is put into words of one language."""

from dataclasses import dataclass
from datetime import datetime

Value = str | int | datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or article: a phrase of `bot.wording` by its id, or an article's English paragraphs.

    `values` fill the sentence's placeholders; a datetime is shown in the customer's zone and language.
    """

    phrase: str = ""
    article: str = ""
    paragraphs: tuple[str, ...] = ()
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press: `id` comes back in the answer, `phrase` is the id of its label."""

    id: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the customer: its lines in order, and what may be pressed."""

    lines: tuple[Line, ...] = ()
    choices: tuple[Choice, ...] = ()
