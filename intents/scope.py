"""The refused subjects (fact X0.3): words that speak for one, and product talk that only looks like it (fact X10)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.core.understanding import Scope
from intents.catalog import Fault

WORDS = Path(__file__).parent / "scope.yaml"
LOOKALIKES = "lookalikes"
_KEYS = (*Scope, LOOKALIKES)
_NOTHING = re.compile(r"(?!)")


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

    Raises `Fault` for the first thing that is wrong in the file.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Fault(
            file, line, f"this is not YAML: {error.problem}; put the pattern into single quotes"
        ) from error
    patterns = {
        language.value: {key.value: _patterns(file, key, value) for key, value in table.value}
        for language, table in node.value
    }
    english = patterns.get("en", {})
    found = {}
    for language, table in patterns.items():
        joined = {
            key: _joined([*table.get(key, []), *(english.get(key, []) if language != "en" else [])])
            for key in (*Scope, LOOKALIKES)
        }
        found[language] = Words({scope: joined[scope] for scope in Scope}, joined[LOOKALIKES])
    return found


def _patterns(file: Path, key: yaml.Node, value: yaml.Node) -> list[str]:
    line = key.start_mark.line + 1
    if key.value not in _KEYS:
        raise Fault(file, line, f"{key.value} is unknown; known are {', '.join(_KEYS)}")
    if not isinstance(value, yaml.SequenceNode):
        raise Fault(file, line, f"{key.value} needs a list of patterns")
    for entry in value.value:
        where = entry.start_mark.line + 1
        if not isinstance(entry, yaml.ScalarNode):
            raise Fault(file, where, "expected a pattern; put one that holds a colon into single quotes")
        try:
            re.compile(entry.value)
        except re.error as error:
            raise Fault(file, where, f"{entry.value} is no regular expression: {error}") from error
    return [entry.value for entry in value.value]


def _joined(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else _NOTHING


@cache
def words() -> Mapping[str, Words]:
    """The patterns that ship with the program, read once."""
    return read_words()
