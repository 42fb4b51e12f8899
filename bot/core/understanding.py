"""What we believe the customer means."""

from dataclasses import dataclass
from enum import StrEnum

UNKNOWN = "unknown"
"""The intent of a message that no intent fits."""


class Certainty(StrEnum):
    """How far the reading can be trusted: act on it, ask what was meant, or give up."""

    SURE = "sure"
    UNSURE = "unsure"
    LOST = "lost"


class Scope(StrEnum):
    """The three subjects that are not handled here (fact X0.3)."""

    CUSTOMS = "customs"
    TAX = "tax"
    OWN_FAULT_FUNDS = "own_fault_funds"


@dataclass(frozen=True, slots=True)
class Part:
    """One matter of a message that holds several."""

    intent: str
    confidence: float
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of one message. Made by `intents.understand`, judged by `bot.core.decide`."""

    language: str
    """en, zh-Hans, ... (design section 6), or `und`."""
    language_confidence: float
    intent: str
    """What the customer mainly wants; `unknown` when no intent fits."""
    confidence: float
    """Calibrated, 0 to 1."""
    certainty: Certainty
    scope: Scope | None = None
    also: tuple[Part, ...] = ()
    """Further matters, in the order of the text."""
    choices: tuple[str, ...] = ()
    """Up to three intents to ask about, likeliest first; empty when `certainty` is sure."""
    order_numbers: tuple[str, ...] = ()
    """Normalised: upper case, no blanks: `ORD20241234`."""
    region: str | None = None
    """ISO 3166 code."""
    wants_done: bool = False
    """The customer asks for the thing to be done ("cancel ORD2024... now"), not how it is done."""
    asked_language: str | None = None
    """With intent `language.switch`: the language asked for, if it was named."""
    evidence: tuple[str, ...] = ()
    """The words that led to a refused scope."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer: its intent, how well it fits (0 to 1), and its English source."""

    intent: str
    score: float
    paragraphs: tuple[str, ...]
    """English source, a paragraph each; `bot.wording` translates and fills them."""
    facts: tuple[str, ...] = ()
