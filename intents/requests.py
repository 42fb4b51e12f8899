"""Whether a thing is to be done or only explained, and which language is asked for (`requests.yaml`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale

from intents.datafile import compose, joined, mapping, patterns, strings
from intents.language import LANGUAGES
from intents.regions import LOCALES

WORDS = Path(__file__).parent / "requests.yaml"
_READ = 500
_ORDER = re.compile(r"\bord00\b")


@dataclass(frozen=True, slots=True)
class Words:
    """The patterns, and the names of languages."""

    how: re.Pattern[str]
    done: re.Pattern[str]
    refused: re.Pattern[str]
    spoken: re.Pattern[str]
    names: Mapping[str, str]


def read_words(file: Path = WORDS) -> Words:
    """Read the file. Raises `intents.datafile.DataFaultError` for the first thing that is wrong in it."""
    rows = {str(key.value): value for key, value in mapping(file, compose(file))}
    names = _babel_names()
    for code, listed in mapping(file, rows["languages"]):
        names.update((name, str(code.value)) for name, _ in strings(file, listed))
    longest_first = sorted(names, key=len, reverse=True)
    refused = "|".join(patterns(file, rows["not"]))
    return Words(
        joined(patterns(file, rows["how"])),
        joined(patterns(file, rows["done"])),
        re.compile(rf"(?:{refused})\s*(?:in |en |на |auf )?$"),
        joined([re.escape(name) for name in longest_first]),
        names,
    )


def _babel_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for locale in LOCALES:
        spoken = Locale.parse(locale).languages
        for code in LANGUAGES:
            name = spoken.get(code.replace("-", "_"))
            if name and len(name) > 1:
                names[str(name).lower()] = code
    return names


@cache
def words() -> Words:
    """The words that ship with the program, read once."""
    return read_words()


def wants_done(text: str) -> bool:
    """Whether a normalised text wants the thing done ("cancel ord00 now") rather than explained."""
    text = text[:_READ].strip()
    if words().how.search(text):
        return False
    return bool(words().done.search(text) or _ORDER.search(text))


def asked_language(text: str) -> str | None:
    """The language that a normalised text asks to go on in, if it names one."""
    for match in words().spoken.finditer(text[:_READ]):
        before = text[: match.start()]
        within = before[-1:].isascii() and before[-1:].isalpha()
        if not within and not words().refused.search(before):
            return words().names[match.group()]
    return None
