"""The phrase a message all but repeats: for typos and clipped words that the n-grams do not settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

ALIKE = 90.0
"""Per cent of likeness (rapidfuzz ratio) from which a message is taken for the phrase."""
SHORTEST = 4
LONGEST = 80


@dataclass(frozen=True)
class Phrases:
    """The normalised phrases of a model, kept as bytes until they are first asked for."""

    text: NDArray[np.uint8]
    """All phrases in UTF-8, each ended by a line feed."""
    places: NDArray[np.uint8]
    """The label of each, as its place in the catalog."""

    @cached_property
    def _list(self) -> Sequence[str]:
        return self.text.tobytes().decode().split("\n")[:-1]

    def nearest(self, text: str) -> tuple[int, float] | None:
        """The label's place and the likeness (0 to 1) of the phrase that is nearly `text`.

        None when there is none.
        """
        bare = " ".join(text.split())
        if not SHORTEST <= len(bare) <= LONGEST:
            return None
        found = process.extractOne(bare, self._list, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return (int(self.places[found[2]]), found[1] / 100) if found else None


def pack(phrases: Sequence[tuple[str, int]]) -> Phrases:
    """Normalised phrases with the places of their labels, as they are stored."""
    lines = "".join(f"{' '.join(text.split())}\n" for text, _ in phrases)
    return Phrases(
        np.frombuffer(lines.encode(), np.uint8), np.array([place for _, place in phrases], np.uint8)
    )
