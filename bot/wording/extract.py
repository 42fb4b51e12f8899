"""Refreshes `locales/*.po` from the English texts: `python -m bot.wording.extract [new language ...]`.

New texts come with an empty translation, a changed English text makes its translation fuzzy and keeps the old
English beside it, texts that are gone are dropped. A second run changes nothing.
"""

import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import denormalize, write_po

from bot.wording.catalog import locales_dir, read, strings
from bot.wording.sources import Source, sources

_HEADER = """\
# {name} texts of Crossdesk. English changes make entries fuzzy: check them and remove the mark.
msgid ""
msgstr ""
"Project-Id-Version: crossdesk\\n"
"Language: {lang}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
_WIDTH = 110


def update_catalogs(
    folder: Path | None = None, new: Iterable[str] = (), articles: Path | None = None
) -> list[Path]:
    """Write every language's file anew and return those files; `new` names languages to begin."""
    folder = folder or locales_dir()
    texts = list(sources(articles))
    paths = sorted({*folder.glob("*.po"), *(folder / f"{lang}.po" for lang in new)})
    for path in paths:
        known = {str(entry.context): entry for entry in read(path) if entry.id} if path.exists() else {}
        path.write_bytes(_render(path.stem, texts, known))
    return paths


def _render(lang: str, texts: Iterable[Source], known: dict[str, Message]) -> bytes:
    locale = Locale.parse(lang.replace("-", "_"))
    plural = get_plural(locale)
    catalog = Catalog(locale, fuzzy=False)
    for text in texts:
        if text.text:
            _add(catalog, text, known.get(text.context), plural.num_plurals)
    body = BytesIO()
    write_po(body, catalog, width=_WIDTH, omit_header=True, include_previous=True, include_lineno=False)
    header = _HEADER.format(name=locale.english_name, lang=lang, plural=plural.plural_forms)
    return header.encode() + body.getvalue()


def _add(catalog: Catalog, text: Source, old: Message | None, forms: int) -> None:
    english: str | tuple[str, str] = (text.text, text.plural) if text.plural else text.text
    said: str | tuple[str, ...] = ("",) * forms if text.plural else ""
    fuzzy = False
    previous: tuple[str, ...] = ()
    if old is not None and any(strings(old)):
        was = old.id if isinstance(old.id, (tuple, list)) else (old.id,)
        same = tuple(was) == (english if isinstance(english, tuple) else (english,))
        if same or bool(text.plural) == old.pluralizable:
            said = strings(old) if text.plural else strings(old)[0]
            fuzzy = old.fuzzy or not same
            previous = tuple(was) if not same else _previous(old) if old.fuzzy else ()
    catalog.add(
        english,
        said,
        locations=[(text.file, 0)],
        flags=["fuzzy"] if fuzzy else [],
        auto_comments=[text.note] if text.note else [],
        user_comments=[] if old is None else [each for each in old.user_comments if not each.startswith("|")],
        previous_id=previous,
        context=text.context,
    )


def _previous(entry: Message) -> tuple[str, ...]:
    """The English text of before, which Babel writes as `#| msgid` and reads back as a comment."""
    texts: list[list[str]] = []
    for comment in entry.user_comments:
        if comment.startswith("| msgid"):
            texts.append([comment.split(" ", 2)[2]])
        elif comment.startswith('| "') and texts:
            texts[-1].append(comment[2:])
    return tuple(denormalize("\n".join(lines)) for lines in texts)


if __name__ == "__main__":
    for written in update_catalogs(new=sys.argv[1:]):
        sys.stdout.write(f"{written}\n")
