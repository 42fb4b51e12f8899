"""What is wrong with the translations: for `crossdesk check`."""

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

from babel.messages.catalog import Message

from bot.core.article import placeholders
from bot.errors import MisconfiguredError
from bot.wording.catalog import po_files, read, strings
from bot.wording.sources import Source, sources

Fault = tuple[Path, int, str]
"""Where something is wrong, and what: file, line (from 1), one sentence."""

LONGEST_LABEL = 40
"""Characters of a button; chat programs cut longer ones off."""

_LABELS = ("choice.", "intent.")

_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
    "zh-Hans": re.compile(r"[\u4e00-\u9fff]"),
    "zh-Hant": re.compile(r"[\u4e00-\u9fff]"),
}
"""A letter that a text in this language has; the others are written in Latin letters."""

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_FOREIGN = re.compile(r"[\u0370-\u1fff\u2e80-\ud7ff]")
"""A letter that a language of Latin letters does not have."""

_OTHER_CHINESE = {"zh-Hans": "TSCharacters.txt", "zh-Hant": "STCharacters.txt"}
"""OpenCC's table of the other script's characters, each with what it is in this one."""

_SHARED = frozenset("著乾瞭徵群台")
"""Characters that one table gives to one script, while both use them in some words."""


def check() -> list[Fault]:
    """Every fault in every language: missing, unfinished, unneeded, wrong values or script, too long."""
    return faults(po_files())


def faults(files: Mapping[str, Path]) -> list[Fault]:
    """Every fault of these languages' files, by language and line."""
    texts = {source.context: source for source in sources()}
    found: list[Fault] = []
    for lang, path in files.items():
        try:
            entries = {str(entry.context): entry for entry in read(path) if entry.id}
        except MisconfiguredError as error:
            found.append((path, 1, str(error)))
            continue
        found += [(path, line, text) for line, text in sorted(_faults(lang, texts, entries))]
    return found


def _faults(lang: str, texts: dict[str, Source], entries: dict[str, Message]) -> Iterator[tuple[int, str]]:
    for context, source in texts.items():
        entry = entries.get(context)
        if entry is None:
            yield 1, f"{context} is missing: run `make messages` and translate it"
            continue
        line = entry.lineno or 1
        for text in _judge(lang, source, entry):
            yield line, f"{context}: {text}"
    for context, entry in entries.items():
        if context not in texts:
            yield entry.lineno or 1, f"{context} is no longer said: run `make messages`"


def _judge(lang: str, source: Source, entry: Message) -> Iterator[str]:
    english = entry.id if isinstance(entry.id, (tuple, list)) else (entry.id,)
    said = strings(entry)
    if tuple(english) != ((source.text, source.plural) if source.plural else (source.text,)):
        yield "the English text has changed: run `make messages` and look it over"
    elif not all(said):
        yield "has no translation"
    elif entry.fuzzy:
        yield "is fuzzy: look it over and remove the mark"
    else:
        wanted = placeholders(" ".join(english))
        for text in said:
            if placeholders(text) != wanted:
                yield f"has places for {_names(placeholders(text))}; the English text for {_names(wanted)}"
            yield from _script(lang, text)
            if source.context.startswith(_LABELS) and len(text) > LONGEST_LABEL:
                yield f"has {len(text)} characters; a button takes {LONGEST_LABEL}"


def _names(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)) or "nothing"


def _script(lang: str, text: str) -> Iterator[str]:
    words = re.sub(r"\{\w+\}", "", text)
    own = _SCRIPTS.get(lang, _LATIN)
    if re.search(r"[^\W\d_]", words) and not own.search(words):
        yield f"is not written in the script of {lang}: {words[:40]!r}"
    if own is _LATIN and (foreign := _FOREIGN.search(words)):
        yield f"has {foreign.group()!r}, which is not a letter of {lang}"
    if lang in _OTHER_CHINESE:
        wrong = sorted({letter for letter in words if letter in _other_chinese(lang)})
        if wrong:
            yield f"has characters of the other Chinese script: {' '.join(wrong)}"


_tables: dict[str, frozenset[str]] = {}


def _other_chinese(lang: str) -> frozenset[str]:
    """Characters that only the other Chinese script has, by OpenCC's tables; read for a check alone."""
    if lang not in _tables:
        table = resources.files("opencc") / "dictionary" / _OTHER_CHINESE[lang]
        pairs = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if "\t" in line)
        _tables[lang] = frozenset(one for one, here in pairs if one not in here.split()) - _SHARED
    return _tables[lang]
