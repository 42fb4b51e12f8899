"""Words and pieces of words as 64-bit hashes, for a whole text at once.

A polynomial prefix hash over ` word word ` gives the hash of any stretch as one subtraction and one
product, so numpy does all of them together. Hashes are the same on every machine; two different strings of
a language practically never share one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Places = NDArray[np.int32]

MAX_CHARACTERS = 12_000
"""More than any reader passes in; a longer line is cut."""

_PRIME = 0x9E3779B97F4A7C15
_BLANK = np.uint64(32)
_ONE = np.uint64(1)
_SHIFT = np.uint64(31)
_STIR = np.uint64(0xBF58476D1CE4E5B9)


def _powers(base: int) -> Keys:
    row = np.full(MAX_CHARACTERS + 2, base, np.uint64)
    row[0] = 1
    return np.cumprod(row, dtype=np.uint64)


_POWER = _powers(_PRIME)
_UNPOWER = _powers(pow(_PRIME, -1, 2**64))


def stir(keys: Keys, salt: int) -> Keys:
    """Spread hashes and set one kind of thing apart from another."""
    keys = (keys ^ np.uint64(salt)) * _STIR
    return keys ^ (keys >> _SHIFT)


@dataclass(frozen=True, slots=True)
class Line:
    """Words between single blanks, ready to be hashed. Made by `line`."""

    _prefix: Keys
    _blank: NDArray[np.bool_]
    _blanks: Places

    def wholes(self) -> Keys:
        """One hash for each word."""
        edges = np.flatnonzero(self._blank)
        first, last = edges[:-1] + 1, edges[1:]
        return (self._prefix[last] - self._prefix[first]) * _UNPOWER[first]

    def pieces(self, length: int) -> tuple[Keys, Places]:
        """Hashes of all stretches of `length` characters, and the number of the word each is of.

        The blank before and after a word counts as a character of it; no piece reaches over into the next
        word.
        """
        size = len(self._blank)
        if length > size:
            return np.zeros(0, np.uint64), np.zeros(0, np.int32)
        keys = (self._prefix[length:] - self._prefix[:-length]) * _UNPOWER[: size - length + 1] + np.uint64(
            length
        )
        owner = self._blanks[1 : size - length + 2] - 1
        if length == 1:
            inside = ~self._blank
        elif length == 2:
            return keys, owner
        else:
            inside = self._blanks[length - 1 : size] == self._blanks[1 : size - length + 2]
        return keys[inside], owner[inside]


def line(words: Sequence[str]) -> Line:
    """Prepare at least one word; none of them holds a blank."""
    joined = f" {' '.join(words)} "
    if len(joined) > MAX_CHARACTERS:
        joined = joined[: joined.rindex(" ", 0, MAX_CHARACTERS) + 1]
    codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(np.uint64)
    size = len(codes)
    prefix = np.zeros(size + 1, np.uint64)
    np.cumsum((codes + _ONE) * _POWER[:size], out=prefix[1:])
    blank = codes == _BLANK
    blanks = np.zeros(size + 1, np.int32)
    np.cumsum(blank, out=blanks[1:])
    return Line(prefix, blank, blanks)


def find(keys: Keys, wanted: Keys) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For each wanted hash its place in the sorted `keys`, and whether it is there at all."""
    if not len(keys):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.bool_)
    place = np.searchsorted(keys, wanted)
    place[place == len(keys)] = 0
    return place, keys[place] == wanted
