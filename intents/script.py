"""Which script a text is mostly in: the first half of telling its language."""

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from intents.text import clean

MAX_READ = 1000
LATIN, CYRILLIC, ARABIC, THAI, KANA, HANGUL, HAN, OTHER = range(1, 9)

WEIGHTS = np.array([0, 1, 3, 3, 3, 5, 7, 7, 1], np.float64)
"""Of one letter, in the order above: a product name must not outvote the Russian or Chinese around it."""

_RANGES = (
    ((0x300, 0x370), 0),
    ((0x400, 0x530), CYRILLIC),
    ((0x600, 0x700), ARABIC),
    ((0x750, 0x780), ARABIC),
    ((0x8A0, 0x900), ARABIC),
    ((0xE00, 0xE80), THAI),
    ((0x1100, 0x1200), HANGUL),
    ((0x1E00, 0x1F00), LATIN),
    ((0x3041, 0x30A0), KANA),
    ((0x30A1, 0x30FB), KANA),
    ((0x30FD, 0x3100), KANA),
    ((0x3130, 0x3190), HANGUL),
    ((0x3400, 0x4DC0), HAN),
    ((0x4E00, 0xA000), HAN),
    ((0xAC00, 0xD7A4), HANGUL),
    ((0xF900, 0xFB00), HAN),
    ((0xFB50, 0xFE00), ARABIC),
    ((0xFE70, 0xFEFF), ARABIC),
    ((0x20000, 0x31350), HAN),
)
_SIZE = 0x31350

# ASCII tokens with a digit (order numbers, dates) and addresses have no language. Every repeat is bounded:
# customers also send 100 kB without a blank.
_NO_LANGUAGE = re.compile(
    r"(?:https?://|www\.)[^\s\u2e80-\uffff]{1,300}"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|net|org|io|ru|de|cn|jp|kr|fr|it|es|br|tr|vn|th|id|co|hk|tw|uk)\b"
    r"(?:/[!-~]{0,200})?"
    r"|[@#/][\w]{1,64}"
    r"|(?<![A-Za-z0-9_-])[A-Za-z_-]{0,30}[0-9][A-Za-z0-9_.:-]{0,100}",
    re.IGNORECASE,
)
_UKRAINIAN = frozenset("іїєґІЇЄҐўЎәғқңөұүһӘҒҚҢӨҰҮҺјљњћђџЈЉЊЋЂЏѓќѕ")
"""Cyrillic letters that Russian has not."""
_PERSIAN = frozenset("پچژگکیےٹڈڑںہھۀ")
"""Arabic letters that Arabic has not."""


@cache
def _table() -> NDArray[np.uint8]:
    table = np.zeros(_SIZE, np.uint8)
    for code in range(0x2000):
        if chr(code).isalpha():
            table[code] = LATIN if code < 0x250 else OTHER
    for (start, end), script in _RANGES:
        letters = [code for code in range(start, end) if end > 0x3000 or chr(code).isalpha()]
        table[letters] = script
    return table


def wording(text: str) -> str:
    """The part of a text that is in some language: no addresses, links, mentions, codes, numbers."""
    return _NO_LANGUAGE.sub(" ", clean(text[:MAX_READ]))


def counts(words: str) -> NDArray[np.int64]:
    """How many letters there are of each script, in the order above; place 0 counts all that are none."""
    codes = np.frombuffer(words.encode("utf-32-le", "replace"), np.uint32)
    codes = np.minimum(codes, _SIZE - 1)
    return np.bincount(_table()[codes], minlength=9)


def foreign_cyrillic(words: str) -> bool:
    """Whether letters occur that Russian has not."""
    return not _UKRAINIAN.isdisjoint(words)


def foreign_arabic(words: str) -> bool:
    """Whether letters occur that Arabic has not."""
    return not _PERSIAN.isdisjoint(words)
