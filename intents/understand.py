"""Read what customers write: the one door of this package."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from bot.core.understanding import UNKNOWN, Certainty, Part, Understanding
from intents import regions, requests
from intents.entities import order_numbers
from intents.language import UNDETERMINED, Identifier, Tongue, served
from intents.matters import SURE, matters, pieces, small_talk
from intents.reading import Lens, Reading
from intents.scope import words
from intents.store import Store, group, groups, open_store
from intents.subject import Subject, read_subject
from intents.text import form

MAX_TEXT = 8000
"""Characters that are looked at; channels keep no more than half of that."""
UNSURE = 0.08
"""Share from which the likeliest matters are worth asking about."""
MAX_CHOICES = 3
REGION_WITHIN = 500
"""Characters in which a region is looked for."""
NEIGHBOURS = {"pt": "es", "it": "es"}
"""Languages without phrases that are read by the model of a near one; the others by the English one."""
ORDER_STATUS = "order.status"
LANGUAGE_SWITCH = "language.switch"

_WORD = re.compile(r"\w")
_BARE_NUMBER = re.compile(r"[\W_]*(?:ord00[\W_]*)+")


class Reader:
    """Reads one message at a time. Made by `Reader.open`; safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._identifier = Identifier(store.lexicon)
        self._lenses = {name: Lens(model, words()[name]) for name, model in store.models.items()}
        regions.prepare()
        requests.words()

    @classmethod
    def open(cls, cache: Path | None = None) -> Reader:
        """Load the models, making first those that `cache` (a folder) lacks for the phrases as they are now.

        Blocks for as long as that takes. Raises MisconfiguredError, naming file and line, for broken phrases.
        """
        return cls(open_store(cache))

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages in which intents are read."""
        return tuple(sorted(language for each in groups().values() for language in each))

    def understand(self, text: str, *, hint: str = "", earlier: str = "", subject: str = "") -> Understanding:
        """The reading of one message; any text has one, none raises.

        `hint` is the language the channel names, `earlier` the one the conversation was in so far,
        `subject` the subject line of a mail, still encoded or not.
        """
        text = text[:MAX_TEXT]
        line = read_subject(subject) if subject else None
        title = line.type if line else ""
        tongue = self._identifier.identify(text, hint=hint, earlier=earlier)
        if tongue.code == UNDETERMINED and title:
            tongue = self._identifier.identify(title, hint=hint, earlier=earlier)
        named = served(earlier) or served(hint) or tongue.guess
        name = self._model_of(named if tongue.code == UNDETERMINED else tongue.code)
        plain = form(f"{title}.\n{text}" if title else text, name)
        blank = _blank(tongue, text, line)
        if not _WORD.search(plain):
            return blank
        if _BARE_NUMBER.fullmatch(plain):
            # An order number and no word: what else could be asked than how it stands.
            return replace(blank, intent=ORDER_STATUS, confidence=0.9, certainty=Certainty.SURE)
        return _understand(plain, self._lenses[name], blank)

    def _model_of(self, language: str) -> str:
        name = group(language)
        if name not in self._lenses:
            name = NEIGHBOURS.get(name, "en")
        return name if name in self._lenses else next(iter(self._lenses))


def _blank(tongue: Tongue, text: str, line: Subject | None) -> Understanding:
    """What can be said of a message in which nothing is said: only emoji, blanks or signs."""
    numbers = (*(line.order_numbers if line else ()), *order_numbers(text))
    region = line.region if line else None
    return Understanding(
        language=tongue.code,
        language_confidence=tongue.confidence,
        intent=UNKNOWN,
        confidence=0.0,
        certainty=Certainty.LOST,
        order_numbers=tuple(dict.fromkeys(numbers)),
        region=region or next(regions.regions(text[:REGION_WITHIN]), None),
    )


def _understand(text: str, lens: Lens, blank: Understanding) -> Understanding:
    whole = lens.read(text)
    parts = pieces(text, whole, lens)
    main, *others = matters(whole, parts, lens)
    certainty = _certainty(main)
    return replace(
        blank,
        intent=main.intent,
        confidence=max(main.confidence, 0.001),
        certainty=certainty,
        scope=main.scope,
        also=tuple(others),
        choices=() if certainty is Certainty.SURE else _choices(main, whole, lens),
        wants_done=requests.wants_done(text),
        asked_language=requests.asked_language(text) if main.intent == LANGUAGE_SWITCH else None,
        evidence=_evidence([whole, *parts], lens) if main.scope or any(part.scope for part in others) else (),
    )


def _certainty(main: Part) -> Certainty:
    if main.intent == UNKNOWN:
        return Certainty.LOST
    if main.scope or main.confidence >= SURE:
        return Certainty.SURE
    return Certainty.UNSURE if main.confidence >= UNSURE else Certainty.LOST


def _choices(main: Part, whole: Reading, lens: Lens) -> tuple[str, ...]:
    nearest = dict.fromkeys([main.intent, *lens.nearest(whole)])
    return tuple(intent for intent in nearest if intent != UNKNOWN and not small_talk(intent))[:MAX_CHOICES]


def _evidence(readings: list[Reading], lens: Lens) -> tuple[str, ...]:
    refused = [each for each in readings if each.scope]
    listed = dict.fromkeys(word for each in refused for word in each.evidence)
    return tuple(listed) or (lens.reasons(refused[0]) if refused else ())
