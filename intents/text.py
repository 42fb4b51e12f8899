"""One form of a text for all readers: compatible characters, lower case, nothing invisible."""

import re
import unicodedata

from intents.chinese import simplified
from intents.entities import without_order_numbers

MAX_READ = 2000
"""Characters that are read; what a customer wants is said before."""

_INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        0xAD,
        0x61C,
        0x180E,
        *range(0xFE00, 0xFE10),
    ]
)
_BLANKED = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000)], " ")
_CLEANED: dict[int, str | None] = {**_INVISIBLE, **_BLANKED, 13: "\n"}
_DIGITS = re.compile(r"\d")
_ORDER = " ord00 "
"""Stands for an order number: which one it is says nothing about what is wanted."""


def clean(text: str) -> str:
    """The first part of a text in NFKC, without control, bidi and zero-width characters and surrogates."""
    return unicodedata.normalize("NFKC", text[:MAX_READ].translate(_CLEANED))[:MAX_READ]


def normal(text: str) -> str:
    """`clean`, lower case, digits all alike, order numbers one word: the same for phrases and messages."""
    lower = without_order_numbers(clean(text), _ORDER).lower().replace("ё", "е").replace("’", "'")
    return _DIGITS.sub("0", lower)


def form(text: str, language: str) -> str:
    """What the model of a language reads: `normal`, and Chinese in Simplified characters."""
    return simplified(normal(text)) if language.startswith("zh") else normal(text)
