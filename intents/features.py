"""A text as hashed n-grams: the input of the intent models.

Four blocks: words, word pairs, pairs of words with up to four between them, and the 1- to 5-character pieces of each word
(a run of Chinese or Japanese counts as one word, so its pieces do the work of a segmenter). Every n-gram is a 64-bit hash
computed for the whole text at once, so that reading costs microseconds and a vocabulary is one sorted array that can be
mapped from disk.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

MAX_WORDS = 60
MAX_WORD = 40
MAX_RUN = 200
"""Longest run kept of a script written without blanks."""
LONGEST = 5
REACH = 6
"""A pair with a gap joins words at most REACH - 1 apart."""
WORDS, PAIRS, GAPS, PIECES = range(4)

_WORD = re.compile(r"\w+")
_WIDE = "\u2e80"
"""From this code point on, scripts without blanks between words begin."""
_ROOM = MAX_WORDS * (MAX_RUN + 1) + 2
_PRIME = 0x9E3779B97F4A7C15
_INVERSE = pow(_PRIME, -1, 2**64)


def _powers(base: int) -> Keys:
    row = np.full(_ROOM, base, np.uint64)
    row[0] = 1
    return np.cumprod(row, dtype=np.uint64)


_POWER = _powers(_PRIME)
_UNPOWER = _powers(_INVERSE)
_SALT = np.array([0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3], np.uint64)
_FIRST = np.uint64(0x1D8E4E27C47D124F)
_SECOND = np.uint64(0xEB44ACCAB455D165)
_SHIFT = np.uint64(31)
_STIR = np.uint64(0xBF58476D1CE4E5B9)


def _stir(keys: Keys, block: int) -> Keys:
    keys = (keys ^ _SALT[block]) * _STIR
    return keys ^ (keys >> _SHIFT)


def words(text: str) -> list[str]:
    """The first words of a normalised text, overlong ones cut."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        found.append(word[:MAX_WORD] if word[-1] < _WIDE else word[:MAX_RUN])
        if len(found) == MAX_WORDS:
            break
    return found


def grams(text: str) -> list[tuple[int, Keys]]:
    """Hashes of all n-grams of a normalised text (`intents.text.normal`), with repeats, block by block."""
    found = words(text)
    if not found:
        return []
    codes = np.frombuffer(f" {' '.join(found)} ".encode("utf-32-le"), np.uint32).astype(np.uint64)
    size = len(codes)
    prefix = np.zeros(size + 1, np.uint64)
    np.cumsum((codes + np.uint64(1)) * _POWER[:size], out=prefix[1:])
    blank = codes == np.uint64(32)
    blanks = np.zeros(size + 1, np.int32)
    np.cumsum(blank, out=blanks[1:])
    parts: list[tuple[int, Keys]] = []
    for n in range(1, min(LONGEST, size) + 1):
        keys = (prefix[n:] - prefix[:-n]) * _UNPOWER[: size - n + 1]
        if n == 1:
            keys = keys[~blank]
        elif n > 2:  # noqa: PLR2004 - only the ends may be blank: no piece reaches over into the next word
            keys = keys[blanks[n - 1 : size] == blanks[1 : size - n + 2]]
        parts.append((PIECES, _stir(keys + np.uint64(n), PIECES)))
    edges = np.flatnonzero(blank)
    first, last = edges[:-1] + 1, edges[1:]
    each = (prefix[last] - prefix[first]) * _UNPOWER[first]
    parts.append((WORDS, _stir(each, WORDS)))
    head, tail = each * _FIRST, each * _SECOND
    for gap in range(1, min(REACH, len(each))):
        block = PAIRS if gap == 1 else GAPS
        parts.append((block, _stir(head[:-gap] + tail[gap:], block)))
    return parts


@dataclass(frozen=True, slots=True)
class Vector:
    """The known features of one text: columns of the vocabulary and their weights."""

    columns: Ints
    weights: Floats


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams a model knows, sorted by hash, each with its rarity already times the weight of its block."""

    keys: Keys
    rarity: Floats
    blocks: NDArray[np.uint8]
    shares: Floats
    """Weight of each of the four blocks in a text's vector."""

    def read(self, parts: list[tuple[int, Keys]]) -> tuple[Vector, float]:
        """Weigh a text's `grams`, (1 + ln tf) * idf, each block brought to its share; and say which share of them is known."""
        if not parts or not len(self.keys):
            return Vector(np.zeros(0, np.int32), np.zeros(0, np.float32)), 0.0
        found, counts = np.unique(np.concatenate([keys for _, keys in parts]), return_counts=True)
        place = np.searchsorted(self.keys, found)
        place[place == len(self.keys)] = 0
        known = self.keys[place] == found
        columns = place[known].astype(np.int32)
        weights = (1 + np.log(counts[known].astype(np.float32))) * self.rarity[columns]
        blocks = self.blocks[columns]
        length = np.sqrt(np.bincount(blocks, weights * weights, minlength=4))
        length[length == 0] = 1
        return Vector(columns, weights * (self.shares / length).astype(np.float32)[blocks]), len(
            columns
        ) / len(found)
