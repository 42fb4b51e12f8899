"""A text as hashed n-grams: the input of the intent models.

Four blocks: words, word pairs, pairs of words with up to four between them, and the 1- to 5-character
pieces of each word (a run of Chinese or Japanese counts as one word, so its pieces do the work of a
segmenter). A vocabulary is one sorted array of hashes that can be mapped from disk.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.hashing import Keys, find, line, stir

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Grams = Sequence[tuple[int, Keys]]
"""The hashed n-grams of a text, block by block, with repeats."""

MAX_WORDS = 60
MAX_WORD = 40
MAX_RUN = 160
"""Longest run kept of a script written without blanks."""
LONGEST = 5
REACH = 6
"""A pair with a gap joins words at most REACH - 1 apart."""
WORDS, PAIRS, GAPS, PIECES = range(4)

_WORD = re.compile(r"\w+")
_WIDE = "\u2e80"
"""From this code point on, scripts without blanks between words begin."""
_SALT = (0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3)
_FIRST = np.uint64(0x1D8E4E27C47D124F)
_SECOND = np.uint64(0xEB44ACCAB455D165)


def words(text: str) -> list[str]:
    """The first words of a normalised text, overlong ones cut."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        found.append(word[:MAX_WORD] if word[-1] < _WIDE else word[:MAX_RUN])
        if len(found) == MAX_WORDS:
            break
    return found


def grams(text: str, *, gaps: bool = False) -> Grams:
    """The n-grams of a normalised text (`intents.text.normal`)."""
    found = words(text)
    if not found:
        return []
    row = line(found)
    parts = [(PIECES, stir(row.pieces(length)[0], _SALT[PIECES])) for length in range(1, LONGEST + 1)]
    each = row.wholes()
    parts.append((WORDS, stir(each, _SALT[WORDS])))
    head, tail = each * _FIRST, each * _SECOND
    for gap in range(1, min(REACH if gaps else 2, len(each))):
        block = PAIRS if gap == 1 else GAPS
        parts.append((block, stir(head[:-gap] + tail[gap:], _SALT[block])))
    return parts


@dataclass(frozen=True, slots=True)
class Vector:
    """The known features of one text: columns of the vocabulary and their weights.

    And which share of all is known.
    """

    columns: Ints
    weights: Floats
    known: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams a model knows, sorted by hash, with the rarity (idf) and the block of each."""

    keys: Keys
    rarity: Floats
    blocks: NDArray[np.uint8]
    shares: Floats
    """Weight of each of the four blocks in a text's vector."""

    def vector(self, parts: Grams) -> Vector:
        """Weigh a text's `grams`: (1 + ln tf) * idf, each block brought to its share."""
        if not parts or not len(self.keys):
            return Vector(np.zeros(0, np.int32), np.zeros(0, np.float32), 0.0)
        found, counts = np.unique(np.concatenate([keys for _, keys in parts]), return_counts=True)
        place, known = find(self.keys, found)
        columns = place[known].astype(np.int32)
        weights = (1 + np.log(counts[known].astype(np.float32))) * self.rarity[columns]
        blocks = self.blocks[columns]
        length = np.sqrt(np.bincount(blocks, weights * weights, minlength=len(self.shares)))
        length[length == 0] = 1
        factor = (self.shares / length).astype(np.float32)[blocks]
        return Vector(columns, weights * factor, len(columns) / len(found))
