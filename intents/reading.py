"""What one model makes of one stretch of text, and whether it is about a refused subject."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bot.core.understanding import UNKNOWN, Part, Scope
from intents.catalog import catalog
from intents.features import Floats
from intents.model import Model
from intents.scope import Words

WARMTH = 1.4
"""Factor of the scores before they become shares: it makes them mean what they say (docs/reading.md)."""
FAMILIAR = 0.08
"""A text of which less than this is known to the model is in no language it has learnt."""
UNSETTLED = 0.5
"""Below this share the near-exact phrases are asked."""

REFUSED = 0.6
"""Share of the refused subjects that is enough without any word of one."""
REFUSED_BY_WORDS = 0.2
REFUSED_UNKNOWN = 0.02
"""With words of a subject: enough, and enough where the model otherwise knows no intent."""
REFUSED_LOOKALIKE = 0.8
"""The same when there is product talk that looks like one, and no other word of one."""
_REASONS = 2
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """The shares of all intents in one stretch of text; `clause` says that it is less than a sentence."""

    text: str
    shares: Floats
    scope: Scope | None
    evidence: tuple[str, ...]
    suspect: bool
    """Whether words of a refused subject, or their look-alikes, occur at all."""
    clause: bool = False


class Lens:
    """Reads with one language's model and words."""

    def __init__(self, model: Model, words: Words) -> None:
        intents = list(catalog().values())
        self._model = model
        self._words = words
        self._labels = tuple(intent.id for intent in intents)
        self._places = {label: place for place, label in enumerate(self._labels)}
        self._scopes = {
            scope: np.array([place for place, intent in enumerate(intents) if intent.scope is scope])
            for scope in Scope
        }
        self._refused = np.concatenate(list(self._scopes.values()))

    def read(self, text: str) -> Reading:
        """The reading of a text in the model's form (`intents.text.form`)."""
        plain = self._words.without_lookalikes(text)
        shares = self._shares(plain)
        found = self._words.found(plain)
        scope = self._scope(shares, found, lookalike=plain != text)
        evidence = () if scope is None else found.get(scope) or next(iter(found.values()), ())
        return Reading(plain, shares, scope, evidence, suspect=bool(found) or plain != text)

    def read_piece(self, text: str, whole: Reading, *, clause: bool = False) -> Reading:
        """The reading of a sentence or clause of what was read as `whole`."""
        if whole.suspect:
            return replace(self.read(text), clause=clause)
        shares = self._shares(text)
        scope = self._scope(shares, {}, lookalike=False)
        return Reading(text, shares, scope, (), suspect=False, clause=clause)

    def _shares(self, text: str) -> Floats:
        scores, known = self._model.scores(text)
        if known < FAMILIAR:
            scores = np.zeros_like(scores)
            scores[self._places[UNKNOWN]] = 1
        shares: Floats = np.exp(np.float32(WARMTH) * (scores - scores.max()))
        shares /= shares.sum()
        if shares.max() < UNSETTLED and (phrase := self._model.phrases.nearest(text)):
            place, likeness = phrase
            shares *= np.float32(1 - likeness)
            shares[place] += np.float32(likeness)
        return shares

    def _scope(
        self, shares: Floats, found: Mapping[Scope, tuple[str, ...]], *, lookalike: bool
    ) -> Scope | None:
        each = {scope: float(shares[places].sum()) for scope, places in self._scopes.items()}
        if found:
            unknown = int(shares.argmax()) == self._places[UNKNOWN]
            needed = REFUSED_UNKNOWN if unknown else REFUSED_BY_WORDS
        else:
            needed = REFUSED_LOOKALIKE if lookalike else REFUSED
        return max(each, key=lambda scope: each[scope]) if sum(each.values()) >= needed else None

    def share(self, reading: Reading, intent: str) -> float:
        """What a reading gives one intent."""
        return float(reading.shares[self._places[intent]])

    def refused(self, reading: Reading) -> float:
        """What a reading gives the refused subjects together."""
        return float(reading.shares[self._refused].sum())

    def part(self, reading: Reading) -> Part:
        """The likeliest matter; one of a refused subject only if the text was read as being about that."""
        if reading.scope:
            places = self._scopes[reading.scope]
            best = int(places[reading.shares[places].argmax()])
            return Part(self._labels[best], self.refused(reading), reading.scope)
        allowed = reading.shares.copy()
        allowed[self._refused] = 0
        best = int(allowed.argmax())
        return Part(self._labels[best], float(allowed[best]))

    def nearest(self, reading: Reading) -> list[str]:
        """The likeliest intents of any kind, best first."""
        return [self._labels[place] for place in np.argsort(-reading.shares)[:6]]

    def reasons(self, reading: Reading) -> tuple[str, ...]:
        """The words without which a text would least look refused; for texts without a listed word."""
        spoken = reading.text.split()
        if not 1 < len(spoken) <= _MOST_WORDS:
            return (reading.text.strip()[:60],)
        left = [
            float(self._shares(" ".join(spoken[:place] + spoken[place + 1 :]))[self._refused].sum())
            for place in range(len(spoken))
        ]
        chosen = sorted(np.argsort(left)[:_REASONS])
        return tuple(spoken[place].strip(".,;:!?") for place in chosen)
