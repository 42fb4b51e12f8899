"""Simplified or Traditional, and one script for the models: by the character tables of OpenCC."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bot.errors import MisconfiguredError

_JAPANESE = frozenset("込働畑枠匂峠辻榊搾栃凪噺躾鰯雫")
"""Characters made in Japan that the tables do not list."""


@dataclass(frozen=True, slots=True)
class Characters:
    """Which characters belong to one script alone."""

    simplified: frozenset[str]
    traditional: frozenset[str]
    japanese: frozenset[str]
    to_simplified: Mapping[int, str]


def _table(name: str) -> dict[str, list[str]]:
    found = find_spec("opencc")
    if not found or not found.origin:
        raise MisconfiguredError(
            "the package opencc-python-reimplemented is not installed; install Crossdesk again"
        )
    text = (Path(found.origin).parent / "dictionary" / f"{name}.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {key: values.split() for key, values in rows if len(key) == 1}


@cache
def characters() -> Characters:
    """The tables, read once. Raises MisconfiguredError when OpenCC's are missing."""
    simple, full, japan = _table("STCharacters"), _table("TSCharacters"), _table("JPVariants")
    hans = {char for char, others in simple.items() if char not in others}
    hant = {char for char, others in full.items() if char not in others}
    new = {
        value for values in japan.values() for value in values if value not in simple and value not in full
    }
    return Characters(
        frozenset(hans - hant),
        frozenset(hant - hans),
        frozenset(new) | _JAPANESE,
        {ord(char): others[0] for char, others in full.items() if char not in others},
    )


def balance(text: str) -> int:
    """How many more characters are Simplified only than Traditional only.

    0 also where there are none of either.
    """
    tables = characters()
    return sum((char in tables.simplified) - (char in tables.traditional) for char in text)


def simplified(text: str) -> str:
    """The text with Traditional characters as Simplified ones, one by one."""
    return text.translate(characters().to_simplified)
