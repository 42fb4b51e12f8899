"""Every English text that is translated: the phrases and the articles of all profiles, in this order."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from bot.core.article import guard, split
from bot.wording.phrases import PHRASES
from bot.wording.wording import paragraph_context, title_context

_PHRASES_FILE = "bot/wording/phrases.py"


@dataclass(frozen=True, slots=True)
class Source:
    """One text to translate; `file` is where its English stands, from the top of the tree."""

    context: str
    """msgctxt: a phrase's id, `article:<intent>:<n>`, `article:<intent>:title`."""
    text: str
    plural: str = ""
    note: str = ""
    file: str = _PHRASES_FILE


def sources(articles: Path | None = None) -> Iterator[Source]:
    """All texts. `articles`: a folder of profiles; by default the installed one.

    The articles are read as plain files, since what they mean is `faq.library`'s business; a broken one is
    skipped here and reported there.
    """
    for phrase in PHRASES.values():
        yield Source(phrase.id, phrase.text, phrase.plural, phrase.note)
    for path in sorted((articles or Path(str(files("faq")))).glob("*/*.md")):
        source = split(path.read_text(encoding="utf-8"))
        if source is None:
            continue
        file = f"faq/{path.parent.name}/{path.name}"
        yield Source(title_context(path.stem), _title(source.front), file=file)
        for number, paragraph in enumerate(source.paragraphs, start=1):
            absent, text = guard(paragraph.text)
            note = f"Shown only while the shop gives no {{{absent}}}." if absent else ""
            yield Source(paragraph_context(path.stem, number), text, note=note, file=file)


def _title(front: str) -> str:
    try:
        return str(yaml.safe_load(front)["title"])
    except (yaml.YAMLError, KeyError, TypeError):
        return ""
