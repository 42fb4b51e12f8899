"""Read what customers write: the one door of this package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.core.understanding import UNKNOWN, Certainty, Part, Scope, Understanding
from intents import parts, regions, requests
from intents.catalog import catalog
from intents.entities import order_numbers
from intents.features import Floats
from intents.language import UNDETERMINED, Identifier, Tongue, served
from intents.model import Model
from intents.scope import Words, words
from intents.store import Store, group, groups, open_store
from intents.subject import Subject, read_subject
from intents.text import form

MAX_TEXT = 8000

WARMTH = 1.0
"""Factor of the scores before they become shares: calibrates them (docs/reading.md)."""
SURE = 0.5
UNSURE = 0.08
STRONG = 0.7
"""Share at which a part of a message counts as a matter of its own."""
SUPPORTED = 0.5
"""The same, when the whole message points there too."""
REFUSED = 0.5
"""Share of a refused subject that is enough without any word of it."""
REFUSED_BY_WORDS = 0.2
REFUSED_LOOKALIKE = 0.8
NEIGHBOURS = {"pt": "es", "it": "es"}
"""Languages without phrases that are read by the model of a near one; the others by the English one."""

_WORD = re.compile(r"\w")
_BARE_NUMBER = re.compile(r"[\W_]*(?:ord00[\W_]*)+")
ORDER_STATUS = "order.status"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a model makes of one stretch of text."""

    text: str
    shares: Floats
    known: float
    scope: Scope | None
    evidence: tuple[str, ...]


class Reader:
    """Reads one message at a time. Made by `Reader.open`; safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._models = store.models
        self._identifier = Identifier(store.lexicon)
        self._labels = tuple(catalog())
        self._scopes = {
            scope: np.array(
                [place for place, intent in enumerate(catalog().values()) if intent.scope is scope]
            )
            for scope in Scope
        }
        words()
        regions.prepare()
        requests.prepare()

    @classmethod
    def open(cls, cache: Path | None = None) -> Reader:
        """Load the models, making first those that `cache` (a folder) does not hold for the phrases as they are now.

        Blocks for as long as that takes. Raises MisconfiguredError, naming file and line, for a broken phrases file.
        """
        return cls(open_store(cache))

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages in which intents are read."""
        return tuple(sorted(language for each in groups().values() for language in each))

    def understand(self, text: str, *, hint: str = "", earlier: str = "", subject: str = "") -> Understanding:
        """The reading of one message; any text has one, none raises.

        `hint` is the language the channel names, `earlier` the one the conversation was in so far, `subject` the subject line of
        a mail, still encoded or not.
        """
        text = text[:MAX_TEXT]
        line = read_subject(subject) if subject else None
        title = line.type if line else ""
        tongue = self._identifier.identify(text, hint=hint, earlier=earlier)
        if tongue.code == UNDETERMINED and title:
            tongue = self._identifier.identify(title, hint=hint, earlier=earlier)
        language = (
            tongue.code
            if tongue.code != UNDETERMINED
            else served(earlier) or served(hint) or tongue.guess or "en"
        )
        known = self._model_of(language)
        normal = form(f"{title}.\n{text}" if title else text, known)
        entities = _entities(text, line)
        if not _WORD.search(normal):
            return _nothing(tongue, entities)
        if _BARE_NUMBER.fullmatch(normal):
            return _number_only(tongue, entities)
        return self._understand(normal, known, tongue, entities)

    def _model_of(self, language: str) -> str:
        name = group(language)
        if name in self._models:
            return name
        return (
            NEIGHBOURS.get(name, "en")
            if NEIGHBOURS.get(name, "en") in self._models
            else next(iter(self._models))
        )

    def _understand(self, text: str, name: str, tongue: Tongue, entities: _Entities) -> Understanding:
        model, lexical = self._models[name], words()[name]
        whole = self._read(text, model, lexical)
        pieces = self._pieces(text, whole, model, lexical)
        matters = self._matters(whole, pieces)
        main, *others = matters
        ranked = np.argsort(-whole.shares)
        confidence = main.confidence
        certainty = Certainty.LOST
        if main.intent == UNKNOWN:
            certainty = Certainty.LOST
        elif confidence >= SURE or main.scope:
            certainty = Certainty.SURE
        elif confidence >= UNSURE:
            certainty = Certainty.UNSURE
        choices: tuple[str, ...] = ()
        if certainty is not Certainty.SURE:
            nearest = [self._labels[place] for place in ranked[:5]]
            choices = tuple(
                each
                for each in dict.fromkeys([main.intent, *nearest])
                if each != UNKNOWN and not each.startswith("chat.")
            )[:3]
        evidence = tuple(
            dict.fromkeys(word for each in (whole, *pieces) if each.scope for word in each.evidence)
        )
        return Understanding(
            language=tongue.code,
            language_confidence=tongue.confidence,
            intent=main.intent,
            confidence=confidence,
            certainty=certainty,
            scope=main.scope,
            also=tuple(others),
            choices=choices,
            order_numbers=entities.order_numbers,
            region=entities.region,
            wants_done=requests.wants_done(text),
            asked_language=requests.asked_language(text) if main.intent == "language.switch" else None,
            evidence=evidence if any(each.scope for each in matters) else (),
        )

    def _read(self, text: str, model: Model, lexical: Words) -> _Reading:
        plain = lexical.without_lookalikes(text)
        scores, known = model.scores(plain)
        shares = np.exp(WARMTH * (scores - scores.max()))
        shares /= shares.sum()
        found = lexical.found(plain)
        scope, evidence = self._scope(shares, found, lookalike=plain != text)
        return _Reading(plain, shares, known, scope, evidence)

    def _scope(
        self, shares: Floats, found: Mapping[Scope, tuple[str, ...]], *, lookalike: bool
    ) -> tuple[Scope | None, tuple[str, ...]]:
        """Whether a text is about a refused subject: by the model alone, or by fewer of its shares and words of the subject."""
        each = {scope: float(shares[places].sum()) for scope, places in self._scopes.items()}
        total, best = sum(each.values()), max(each, key=lambda scope: each[scope])
        needed = REFUSED_BY_WORDS if found else REFUSED_LOOKALIKE if lookalike else REFUSED
        if total < needed:
            return None, ()
        return best, found.get(best) or next(iter(found.values()), ())

    def _pieces(self, text: str, whole: _Reading, model: Model, lexical: Words) -> list[_Reading]:
        """The readings of the sentences, and of the clauses of those that are no matter of their own."""
        found = parts.sentences(text)
        read: list[_Reading] = []
        for sentence in found:
            reading = whole if len(found) == 1 else self._read(sentence, model, lexical)
            finer = (
                [self._read(clause, model, lexical) for clause in parts.clauses(sentence)]
                if len(found) < 5
                else []
            )
            if (
                finer
                and len({int(each.shares.argmax()) for each in finer if each.shares.max() >= STRONG}) > 1
            ):
                read += finer
            elif len(found) > 1:
                read.append(reading)
        return read

    def _matters(self, whole: _Reading, pieces: Sequence[_Reading]) -> list[Part]:
        """What the message is about: its strong parts in their order, else the whole."""
        main = self._part(whole)
        found: dict[str, Part] = {}
        for piece in pieces:
            part = self._part(piece)
            supported = whole.shares[self._labels.index(part.intent)] >= 0.05
            if part.intent == UNKNOWN or part.intent.startswith("chat."):
                continue
            if part.scope or part.confidence >= (SUPPORTED if supported else STRONG):
                found.setdefault(part.intent, part)
        if len(found) > 1:
            return self._distinct(list(found.values()))
        if found:
            (only,) = found.values()
            if only.intent == main.intent:
                return [main if main.confidence >= only.confidence else only]
            if main.confidence < SURE or main.intent.startswith("chat.") or (only.scope and not main.scope):
                return [only]
            return [main]
        return [main]

    def _part(self, reading: _Reading) -> Part:
        shares = reading.shares
        if reading.scope:
            places = self._scopes[reading.scope]
            best = int(places[shares[places].argmax()])
            return Part(
                self._labels[best],
                float(shares[np.concatenate(list(self._scopes.values()))].sum()),
                reading.scope,
            )
        allowed = shares.copy()
        for places in self._scopes.values():
            allowed[places] = 0
        best = int(allowed.argmax())
        return Part(self._labels[best], float(allowed[best]))

    def _distinct(self, found: list[Part]) -> list[Part]:
        """Without parts that are the same matter in other words."""
        kept: list[Part] = []
        for part in found:
            twins = catalog()[part.intent].confusables
            if not any(
                part.intent in catalog()[other.intent].confusables or other.intent in twins for other in kept
            ):
                kept.append(part)
        return kept


@dataclass(frozen=True, slots=True)
class _Entities:
    order_numbers: tuple[str, ...]
    region: str | None


def _entities(text: str, line: Subject | None) -> _Entities:
    numbers = order_numbers(text)
    if line:
        numbers = tuple(dict.fromkeys([*line.order_numbers, *numbers]))
    region = line.region if line else None
    return _Entities(numbers, region or next(regions.regions(text[:1000]), None))


def _nothing(tongue: Tongue, entities: _Entities) -> Understanding:
    """Only emoji, blanks or signs: nothing was said."""
    return Understanding(
        language=tongue.code,
        language_confidence=tongue.confidence,
        intent=UNKNOWN,
        confidence=0.0,
        certainty=Certainty.LOST,
        order_numbers=entities.order_numbers,
        region=entities.region,
    )


def _number_only(tongue: Tongue, entities: _Entities) -> Understanding:
    """An order number and no word: what else could be asked than how it stands."""
    return Understanding(
        language=tongue.code,
        language_confidence=tongue.confidence,
        intent=ORDER_STATUS,
        confidence=0.9,
        certainty=Certainty.SURE,
        order_numbers=entities.order_numbers,
        region=entities.region,
    )
