"""What sets languages in Latin letters apart: frequencies of pieces (langdetect) and words (wordfreq).

Both are condensed once into a file of a few megabytes that is mapped from then on; neither package is loaded
to read a message.
"""

import json
import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import MisconfiguredError
from intents.features import Floats
from intents.hashing import Keys, line
from intents.model import load, save

LATIN = ("en", "de", "es", "fr", "pt", "it", "tr", "vi", "id")
OUTSIDERS = (
    *("nl", "pl", "sv", "da", "no", "fi", "ro", "cs", "sk", "sl", "hr"),
    *("hu", "et", "lt", "lv", "sq", "af", "ca", "so", "sw", "tl", "cy"),
)
"""Languages that are not served but must not be taken for one that is."""
WORDS = 20_000
"""Words of each language, the commonest."""
SMOOTH = 0.05 / 10_000
RARE = 1e-7
SCALE = 15.5
"""Votes are stored as bytes: -SCALE * ln(frequency)."""
UNACCENTED = 1.0
"""Nats that a word loses when it is written without its accents."""
PIECE = 3
_EDITION = 1
_CEDILLA = str.maketrans("șț", "şţ")
_PLAIN = str.maketrans({"ı": "i", "đ": "d", "ß": "ss", "œ": "oe", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Sorted hashes with a row of ln-frequencies each."""

    pieces: Keys
    piece_rows: NDArray[np.float16]
    """pieces x (LATIN + OUTSIDERS)."""
    words: Keys
    word_rows: NDArray[np.uint8]
    """words x LATIN, as bytes."""


def spelling(text: str) -> str:
    """Lower-case text in the spelling of langdetect's profiles: marked Vietnamese vowels are one letter."""
    text = text.translate(_CEDILLA)
    return text if text.isascii() else "".join("ể" if "\u1ea0" <= char <= "\u1eff" else char for char in text)


def unaccented(word: str) -> str:
    """The word as typed on a keyboard without accents."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word.translate(_PLAIN))
    return "".join(char for char in parts if not unicodedata.combining(char))


def edition() -> str:
    """Changes whenever the tables would."""
    return f"{_EDITION}-{version('langdetect')}-{version('wordfreq')}"


def load_lexicon(file: Path) -> Lexicon:
    """Map a stored lexicon. Raises OSError or ValueError when it is missing or broken."""
    arrays, _ = load(file)
    try:
        return Lexicon(arrays["pieces"], arrays["piece_rows"], arrays["words"], arrays["word_rows"])
    except KeyError as error:
        raise ValueError(f"{file} lacks {error}") from error


def save_lexicon(file: Path, lexicon: Lexicon) -> None:
    """Store a lexicon for `load_lexicon`."""
    arrays: dict[str, NDArray[Any]] = {
        "pieces": lexicon.pieces,
        "piece_rows": lexicon.piece_rows,
        "words": lexicon.words,
        "word_rows": lexicon.word_rows,
    }
    save(file, arrays, {"edition": edition()})


def build_lexicon() -> Lexicon:
    """Condense both sources; takes about two seconds and loads wordfreq.

    Raises MisconfiguredError if one is missing.
    """
    pieces, piece_rows = _pieces()
    words, word_rows = _words()
    return Lexicon(pieces, piece_rows, words, word_rows)


def _pieces() -> tuple[Keys, NDArray[np.float16]]:
    found = find_spec("langdetect")
    if not found or not found.origin:
        raise MisconfiguredError("the package langdetect is not installed; install Crossdesk again")
    folder = Path(found.origin).parent / "profiles"
    table: dict[str, Floats] = {}
    for place, language in enumerate(LATIN + OUTSIDERS):
        profile = json.loads((folder / language).read_text(encoding="utf-8"))
        for piece, count in profile["freq"].items():
            if len(piece) <= PIECE and piece != " ":
                row = table.setdefault(piece, np.zeros(len(LATIN + OUTSIDERS), np.float32))
                row[place] = count / profile["n_words"][len(piece) - 1]
    # A piece that none of the served languages has says nothing about which of them a text is in.
    kept = {piece: row for piece, row in table.items() if row.any() and _plain_piece(piece)}
    keys = np.array([_piece_key(piece) for piece in kept], np.uint64)
    rows = np.log(np.stack(list(kept.values())) + np.float32(SMOOTH))
    order = np.argsort(keys)
    return keys[order], rows[order].astype(np.float16)


def _plain_piece(piece: str) -> bool:
    return piece == piece.lower() and " " not in piece[1:-1] and piece.strip() != ""


def _piece_key(piece: str) -> int:
    """The hash that `Line.pieces` gives the same stretch within a word."""
    core = piece.strip()
    start = 0 if piece.startswith(" ") else 1
    keys, _ = line([core]).pieces(len(piece))
    if len(piece) == 1:
        return int(keys[0])
    return int(keys[start])


def _words() -> tuple[Keys, NDArray[np.uint8]]:
    table: dict[str, Floats] = {}
    floor = np.float32(math.log(RARE))
    for place, language in enumerate(LATIN):
        listed = list(_commonest(language))
        total = sum(frequency for _, frequency in listed)
        for word, frequency in listed:
            row = table.setdefault(word, np.full(len(LATIN), floor, np.float32))
            row[place] = math.log(frequency / total + RARE)
    plain: dict[str, Floats] = {}
    for word, row in table.items():
        bare = unaccented(word)
        if bare != word:
            before = plain.get(bare)
            plain[bare] = row - UNACCENTED if before is None else np.maximum(before, row - UNACCENTED)
    for word, row in plain.items():
        table[word] = np.maximum(table[word], row) if word in table else np.maximum(row, floor)
    names = list(table)
    keys = _whole_keys(names)
    order = np.argsort(keys)
    rows = np.minimum(np.round(np.stack([table[names[place]] for place in order]) * -SCALE), 255)
    return keys[order], rows.astype(np.uint8)


def _whole_keys(words: list[str]) -> Keys:
    chunks = [line(words[start : start + 200]).wholes() for start in range(0, len(words), 200)]
    return np.concatenate(chunks)


def _commonest(language: str) -> Iterator[tuple[str, float]]:
    from wordfreq import cB_to_freq, get_frequency_list  # noqa: PLC0415 - slow to load, and only ever needed here

    bins: Iterable[list[str]] = get_frequency_list(language, "small")
    left = WORDS
    for centibels, group in enumerate(bins):
        for word in group:
            if left and word.replace("'", "").isalpha():
                left -= 1
                yield word, cB_to_freq(-centibels)
