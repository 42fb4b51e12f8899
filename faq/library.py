"""The articles of one profile, read from `faq/<profile>/<intent>.md`."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.article import PLACEHOLDER, guard, placeholders, split
from bot.errors import MisconfiguredError

Fault = tuple[Path, int, str]
"""Where something is wrong, and what: file, line (from 1), one sentence."""

_HARMLESS = re.compile(r"^\d+\.\s|" + PLACEHOLDER.pattern, re.MULTILINE)
"""Digits that state nothing: a list's numbers, a placeholder's name."""
_TYPED_IN = re.compile(r"\d|https?:|www\.|@")
"""What no article may contain by hand: a figure or a contact comes from the profile, by placeholder."""


class _Front(BaseModel):
    """An article's front matter, as written."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    intent: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    title: str = Field(min_length=1)
    facts: tuple[str, ...]
    owner: str = Field(min_length=1)
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One answer in English. It is used from `valid_from` to `valid_until`, both days included."""

    intent: str
    title: str
    paragraphs: tuple[str, ...]
    facts: tuple[str, ...]
    owner: str
    """Who answers for what it says."""
    valid_from: date | None
    valid_until: date | None
    file: Path
    lines: tuple[int, ...]
    """The line each paragraph begins on."""

    def valid(self, on: date) -> bool:
        """True if the article may be used on this day."""
        return (self.valid_from or on) <= on <= (self.valid_until or on)


@dataclass(frozen=True, slots=True)
class Library:
    """The articles of a profile by intent, and the titles they are found by in the other languages."""

    articles: Mapping[str, Article]
    titles: Mapping[str, tuple[str, ...]]

    @classmethod
    def open(cls, profile: str = "xoobay") -> "Library":
        """Read all articles; MisconfiguredError names file, line and fault of the first that is broken."""
        articles, faults = read(articles_dir(profile))
        for file, line, text in faults:
            raise MisconfiguredError(f"{file}:{line}: {text}")
        titles = {intent: (article.title,) for intent, article in articles.items()}
        return cls(MappingProxyType(articles), MappingProxyType(titles))

    def with_titles(self, translated: Mapping[str, Iterable[str]]) -> "Library":
        """The same articles, found by their titles in further languages too."""
        titles = {
            intent: tuple(dict.fromkeys((article.title, *translated.get(intent, ()))))
            for intent, article in self.articles.items()
        }
        return Library(self.articles, MappingProxyType(titles))

    def article(self, intent: str, on: date) -> Article | None:
        """The article that answers this intent on this day; None if there is none, not yet or no longer."""
        found = self.articles.get(intent)
        return found if found and found.valid(on) else None

    def check(
        self, known_facts: Collection[str], known_intents: Collection[str] = (), values: Collection[str] = ()
    ) -> list[Fault]:
        """What is wrong with articles that can be read: see `check`."""
        return [
            fault
            for article in self.articles.values()
            for fault in _judge(article, known_facts, known_intents, values)
        ]


def articles_dir(profile: str) -> Path:
    """Where the articles of a profile are; MisconfiguredError if it has none."""
    folder = Path(str(files("faq"))) / profile
    if not folder.is_dir():
        known = ", ".join(sorted(path.name for path in folder.parent.iterdir() if any(path.glob("*.md"))))
        raise MisconfiguredError(
            f"the profile {profile!r} has no articles: {folder} is not a folder (there is: {known})"
        )
    return folder


def check(
    known_facts: Collection[str],
    profile: str = "xoobay",
    known_intents: Collection[str] = (),
    values: Collection[str] = (),
) -> list[Fault]:
    """Every fault of a profile's articles with file and line: broken files, unknown facts and so on.

    Empty `known_intents` or `values` are not compared.
    """
    articles, faults = read(articles_dir(profile))
    library = Library(articles, {})
    return sorted([*faults, *library.check(known_facts, known_intents, values)])


def read(folder: Path) -> tuple[dict[str, Article], list[Fault]]:
    """All articles of a folder that can be read, and the faults of those that cannot."""
    articles: dict[str, Article] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.md")):
        article = _read(path, faults)
        if article is not None:
            articles[article.intent] = article
    return articles, faults


def _read(path: Path, faults: list[Fault]) -> Article | None:
    try:
        source = split(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        faults.append((path, 1, f"the article cannot be read as UTF-8 text: {error}"))
        return None
    if source is None:
        faults.append((path, 1, "no front matter: the first line must be ---, and another --- must end it"))
        return None
    front = _front(path, source.front, faults)
    if front is None:
        return None
    if not source.paragraphs:
        faults.append((path, 1, "the article has no text below its front matter"))
        return None
    if front.intent != path.stem:
        text = f"the intent is {front.intent!r}, but the file is called {path.name}: make them the same"
        faults.append((path, _line_of("intent", source.front), text))
        return None
    return Article(
        intent=front.intent,
        title=front.title,
        paragraphs=tuple(paragraph.text for paragraph in source.paragraphs),
        facts=front.facts,
        owner=front.owner,
        valid_from=front.valid_from,
        valid_until=front.valid_until,
        file=path,
        lines=tuple(paragraph.line for paragraph in source.paragraphs),
    )


def _front(path: Path, front: str, faults: list[Fault]) -> _Front | None:
    try:
        return _Front.model_validate(yaml.safe_load(front))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        faults.append((path, line, f"the front matter is not YAML: {getattr(error, 'problem', error)}"))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False):
            key = str(each["loc"][0]) if each["loc"] else "front matter"
            faults.append((path, _line_of(key, front), f"{key}: {each['msg']}, found {each['input']!r:.80}"))
    return None


def _line_of(key: str, front: str) -> int:
    """The line of the file on which a key of the front matter stands; the first if it is missing."""
    lines = front.splitlines()
    return next((number for number, line in enumerate(lines, start=2) if line.startswith(f"{key}:")), 1)


def _judge(
    article: Article, known_facts: Collection[str], known_intents: Collection[str], values: Collection[str]
) -> Iterable[Fault]:
    if known_intents and article.intent not in known_intents:
        yield article.file, 1, f"nobody knows the intent {article.intent!r}"
    for fact in article.facts:
        if fact not in known_facts:
            yield article.file, 1, f"cites the fact {fact!r}, which the profile does not have"
    if article.valid_from and article.valid_until and article.valid_until < article.valid_from:
        yield article.file, 1, f"ends on {article.valid_until}, before it begins on {article.valid_from}"
    for line, text in zip(article.lines, article.paragraphs, strict=True):
        if typed := _TYPED_IN.search(_HARMLESS.sub("", text)):
            yield (
                article.file,
                line,
                f"states {typed.group()!r} by hand: use a placeholder for a value of the profile",
            )
        absent, shown = guard(text)
        for name in sorted({*placeholders(shown), absent} - {""}):
            if values and name not in values:
                yield article.file, line, f"has a place for {name!r}, which is not a value of the profile"
