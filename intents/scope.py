"""The refused subjects (fact X0.3): words that speak for one, and product talk that does not (fact X10)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.core.understanding import Scope
from intents.datafile import DataFaultError, compose, joined, line_of, mapping, patterns

WORDS = Path(__file__).parent / "scope.yaml"
LOOKALIKES = "lookalikes"
ENGLISH = "en"
_KEYS = (*(scope.value for scope in Scope), LOOKALIKES)


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for in the texts of one language."""

    evidence: Mapping[Scope, re.Pattern[str]]
    lookalikes: re.Pattern[str]

    def without_lookalikes(self, text: str) -> str:
        """The text without product talk that only looks like a refused subject."""
        return self.lookalikes.sub(" ", text)

    def found(self, text: str) -> dict[Scope, tuple[str, ...]]:
        """The words of each subject in a normalised text, each once."""
        hits = {scope: _matches(pattern, text) for scope, pattern in self.evidence.items()}
        return {scope: words for scope, words in hits.items() if words}


def _matches(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group().strip() for match in pattern.finditer(text)))


def read_words(file: Path = WORDS) -> Mapping[str, Words]:
    """The patterns by language; every other language's texts are searched for the English ones too.

    Raises `DataFaultError` for the first thing that is wrong in the file.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for language, rows in mapping(file, compose(file)):
        entries = found.setdefault(str(language.value), {})
        for key, value in mapping(file, rows):
            if key.value not in _KEYS:
                raise DataFaultError(
                    file, line_of(key), f"{key.value} is unknown; known are {', '.join(_KEYS)}"
                )
            entries[key.value] = patterns(file, value)
    english = found.get(ENGLISH, {})
    words = {}
    for language_code, entries in found.items():
        more = english if language_code != ENGLISH else {}
        both = {key: joined([*entries.get(key, []), *more.get(key, [])]) for key in _KEYS}
        words[language_code] = Words({scope: both[scope] for scope in Scope}, both[LOOKALIKES])
    return words


@cache
def words() -> Mapping[str, Words]:
    """The patterns that ship with the program, read once."""
    return read_words()
