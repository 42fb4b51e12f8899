"""Replies put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from bot.core.article import guard, placeholders
from bot.core.reply import Line, Reply
from bot.wording import render
from bot.wording.catalog import Translations, po_files
from bot.wording.phrases import PHRASES
from bot.wording.values import Values

SOURCE = "en"
"""The language that every sentence is written in first."""

_STAND_INS = {"zh-Hant": "zh-Hans"}
"""Who can at least read what: used until the language has a file, and where its file has a gap."""

_CHINESE = {
    "zh": "zh-Hans",
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
}
"""Region codes that stand for a script."""

_NONE = Translations(SOURCE)


@dataclass(frozen=True, slots=True)
class Wording:
    """All languages, and the values that hold everywhere: the policy's (`bot.wording.policy`)."""

    translations: Mapping[str, Translations]
    values: Values = field(default_factory=dict)

    @classmethod
    def open(cls, values: Values | None = None) -> "Wording":
        """Load every language. MisconfiguredError names file and line of a broken `.po`.

        The value `languages` is narrowed to those that have texts: the policy may name more than we speak.
        """
        loaded = {lang: Translations.load(lang, path) for lang, path in po_files().items()}
        render.prepare((SOURCE, *loaded))
        known = dict(values or {})
        if "languages" in known:
            codes = str(known["languages"]).split()
            known["languages"] = " ".join(code for code in codes if code == SOURCE or code in loaded)
        return cls(MappingProxyType(loaded), MappingProxyType(known))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that we speak, English first."""
        return (SOURCE, *(lang for lang in self.translations if lang != SOURCE))

    def serve(self, lang: str) -> str:
        """The language to answer in: this one if we speak it, else the nearest that we do, else English."""
        return next((near for near in _chain(lang) if near == SOURCE or near in self.translations), SOURCE)

    def say(self, reply: Reply, lang: str, timezone: str = "") -> str:
        """The reply's lines as paragraphs of plain text with Markdown emphasis, links and lists.

        Points in time are shown in `timezone` (an IANA name; Hong Kong if empty or unknown), and it is named.
        Never raises: what has no translation is said in the nearest language that has one.
        """
        said = (text for line in reply.lines for text in self._line(line, lang, timezone))
        return "\n\n".join(text for text in said if text)

    def label(self, phrase: str, lang: str, values: Values | None = None) -> str:
        """A phrase alone: a button, a short line of the log. An unknown id is returned as it is."""
        return self._phrase(phrase, lang, (values or {}, self.values), "")

    def titles(self, intent: str, title: str) -> tuple[str, ...]:
        """An article's English title and its translations."""
        key = (title_context(intent), title)
        return (title, *(each.single[key] for each in self.translations.values() if key in each.single))

    def _line(self, line: Line, lang: str, timezone: str) -> tuple[str, ...]:
        values = (dict(line.values), self.values)
        if not line.article:
            return (self._phrase(line.phrase, lang, values, timezone),)
        texts, spoken = self._article(line, lang)
        return tuple(
            self._fill(text, spoken, values, timezone)
            for absent, text in texts
            if _shown(absent, text, values)
        )

    def _article(self, line: Line, lang: str) -> tuple[list[tuple[str, str]], str]:
        """The paragraphs with their guards, and their language: one for all, none is half translated."""
        source = [guard(paragraph) for paragraph in line.paragraphs]
        for near in _chain(lang):
            if near == SOURCE:
                break
            known = self.translations.get(near, _NONE).single
            found = [
                (absent, known.get((paragraph_context(line.article, number), text), ""))
                for number, (absent, text) in enumerate(source, start=1)
            ]
            if all(text for _, text in found):
                return found, near
        return source, SOURCE

    def _phrase(self, phrase: str, lang: str, values: Sequence[Values], timezone: str) -> str:
        entry = PHRASES.get(phrase)
        if entry is None:
            return phrase
        for near in _chain(lang):
            text = self.translations.get(near, _NONE).single.get((phrase, entry.text))
            if text:
                return self._fill(text, near, values, timezone)
        return self._fill(entry.text, SOURCE, values, timezone)

    def _fill(self, text: str, lang: str, values: Sequence[Values], timezone: str) -> str:
        return render.fill(text, values, lang, timezone, partial(self._form, lang))

    def _form(self, lang: str, phrase: str, count: int) -> str:
        """A `form.` phrase in this language or in English, in the form that the number takes."""
        entry = PHRASES[phrase]
        spoken = self.translations.get(lang, _NONE)
        if not entry.plural:
            return spoken.single.get((phrase, entry.text), entry.text)
        forms = spoken.plural.get((phrase, entry.text))
        return forms[spoken.form(count)] if forms else (entry.text if count == 1 else entry.plural)


def paragraph_context(intent: str, number: int) -> str:
    """The msgctxt of an article's paragraph, counted from 1."""
    return f"article:{intent}:{number}"


def title_context(intent: str) -> str:
    """The msgctxt of an article's title."""
    return f"article:{intent}:title"


def _chain(lang: str) -> tuple[str, ...]:
    """What to try, nearest first: `zh-TW` gives zh-Hant, zh-Hans, en; `pt-BR` gives pt-BR, pt, en."""
    code = _CHINESE.get(lang, lang)
    near = [code, code.partition("-")[0]] if code not in _STAND_INS else [code, _STAND_INS[code]]
    return tuple(dict.fromkeys((*near, SOURCE)))


def _shown(absent: str, text: str, values: Sequence[Values]) -> bool:
    """A guarded paragraph stands in for a missing value; any other is left out if one of its own is."""
    known = {name for mapping in values for name in mapping}
    return absent not in known if absent else placeholders(text) <= known
