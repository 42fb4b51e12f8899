"""Read what customers write: the one door of this package."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bot.core.understanding import UNKNOWN, Certainty, Understanding
from bot.errors import MisconfiguredError
from intents import learn
from intents.catalog import catalog
from intents.model import Model, load_model, save_model
from intents.phrasebook import PHRASES, fingerprint, languages, read_phrases
from intents.text import normal

_SURE = 0.55
_UNSURE = 0.12


class Reader:
    """Reads one message at a time. Made by `Reader.open`; safe to use from several threads."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._models = models

    @classmethod
    def open(cls, cache: Path | None = None) -> Reader:
        """Load the models, training those that `cache` (a folder) does not hold or holds for other phrases.

        Blocks for seconds when it has to train. Raises MisconfiguredError, naming file and line, for a broken phrases file.
        """
        intents = catalog()
        models = {}
        for language in languages():
            file = PHRASES / f"{language}.yaml"
            stored = cache / f"{language}-{fingerprint([file])}.model" if cache else None
            if stored and stored.exists():
                models[language] = load_model(stored, tuple(intents))
                continue
            examples = [(normal(phrase.text), phrase.intent) for phrase in read_phrases(file, intents)]
            models[language] = learn.train(examples, tuple(intents))
            if stored:
                save_model(stored, models[language])
        if not models:
            raise MisconfiguredError(
                f"no phrases file in {PHRASES}; the installation is incomplete, install it again"
            )
        return cls(models)

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages in which intents are read."""
        return tuple(self._models)

    def understand(self, text: str, *, hint: str = "", earlier: str = "", subject: str = "") -> Understanding:
        """The reading of one message; any text has one, none raises.

        `hint` is the language the channel names, `earlier` the one the conversation was in so far, `subject` the subject line of
        a mail, still encoded or not.
        """
        language = _script(text) or earlier or hint or "en"
        model = self._models.get(language) or self._models["en"]
        scores, _ = model.scores(normal(f"{subject} {text}" if subject else text))
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        best = np.argsort(-shares)[:3]
        intent, confidence = model.labels[best[0]], float(shares[best[0]])
        certainty = (
            Certainty.SURE
            if confidence >= _SURE
            else Certainty.UNSURE
            if confidence >= _UNSURE
            else Certainty.LOST
        )
        if intent == UNKNOWN and certainty is Certainty.SURE:
            certainty = Certainty.LOST
        choices = tuple(model.labels[each] for each in best if model.labels[each] != UNKNOWN)
        return Understanding(
            language=language,
            language_confidence=1.0 if _script(text) else 0.5,
            intent=intent,
            confidence=confidence,
            certainty=certainty,
            scope=catalog()[intent].scope,
            choices=() if certainty is Certainty.SURE else choices,
        )


def _script(text: str) -> str:
    names = [unicodedata.name(char, "").split(" ")[0] for char in text[:200] if char.isalpha()]
    for script, language in (
        ("HIRAGANA", "ja"),
        ("KATAKANA", "ja"),
        ("HANGUL", "ko"),
        ("CJK", "zh-Hans"),
        ("CYRILLIC", "ru"),
    ):
        if script in names:
            return language
    return ""
