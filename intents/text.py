"""One form of a text for all readers: compatible characters, lower case, no invisible ones."""

import re
import unicodedata

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
_INVISIBLE |= dict.fromkeys([*range(9), *range(14, 32), *range(127, 160)], " ")
_INVISIBLE |= dict.fromkeys(range(0xD800, 0xE000), " ")
_DIGITS = re.compile(r"\d")


def clean(text: str) -> str:
    """The first part of a text without control, bidi and zero-width characters and lone surrogates, in NFKC."""
    return unicodedata.normalize("NFKC", text[:MAX_READ].translate(_INVISIBLE))[:MAX_READ]


def normal(text: str) -> str:
    """`clean`, lower case, digits all alike: what the models see."""
    return _DIGITS.sub("0", clean(text).lower().replace("ё", "е"))
