"""What the bot may do with a message, and why."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.understanding import Hit, Scope


class Verdict(StrEnum):
    """The outcomes of design section 6, and silence while people have the case."""

    ANSWER = "answer"
    ACT = "act"
    HANDOFF = "handoff"
    REFUSE = "refuse"
    CHAT = "chat"
    CLARIFY = "clarify"
    SILENT = "silent"


class Reason(StrEnum):
    """Why; kept with the decision for the desk."""

    UNDERSTOOD = "understood"
    PRESSED = "pressed"
    ASKED_FOR_PERSON = "asked_for_person"
    ASKED_TO_DO_IT = "asked_to_do_it"
    POLICY = "policy"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_SURE = "not_sure"
    NOT_UNDERSTOOD = "not_understood"
    NO_ARTICLE = "no_article"
    NUMBER_MISSING = "number_missing"
    NUMBER_ASKED_ONCE = "number_asked_once"
    SAME_CAUSE = "same_cause"
    PEOPLE_HAVE_IT = "people_have_it"
    AUTOMATIC = "automatic"
    FAILED = "failed"


class Deed(StrEnum):
    """What an `act` does, beside words."""

    NONE = ""
    ASK_NUMBER = "ask_number"
    SWITCH_LANGUAGE = "switch_language"
    RATE = "rate"
    CALM = "calm"
    REASSURE = "reassure"


@dataclass(frozen=True, slots=True)
class Move:
    """What is done about one matter of the message."""

    verdict: Verdict
    intent: str
    reason: Reason
    scope: Scope | None = None
    hit: Hit | None = None
    """The article to say, for an answer or before a hand-off."""
    hand_over: bool = False
    """Open a case, or put the one the bot holds into the queue."""
    deed: Deed = Deed.NONE


@dataclass(frozen=True, slots=True)
class Decision:
    """The moves of one turn, the main one first."""

    moves: tuple[Move, ...]
    choices: tuple[str, ...] = ()
    """What to offer: intents, or `human`."""

    @property
    def main(self) -> Move:
        """What is done about what the customer mainly wants."""
        return self.moves[0]
