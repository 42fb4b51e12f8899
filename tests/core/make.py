"""Values for the tests of the core, each with what a test does not care about filled in."""

from datetime import UTC, datetime
from functools import cache

from bot.core.action import Action, Actor, Role, Verb
from bot.core.case import Case, State
from bot.core.decide import Situation
from bot.core.message import Address, Kind, Message
from bot.core.outcome import Outcome
from bot.core.policy import Policy
from bot.core.talk import Talk
from bot.core.turn import Turn, take_turn
from bot.core.understanding import Certainty, Hit, Part, Scope, Understanding
from bot.policies.load import load_policy

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""A Friday, noon in Hong Kong: the live chat is open."""
NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
"""03:00 in Hong Kong: closed."""
HERE = Address("webchat", "v1")
ANNA = Actor(1, "Anna", Role.AGENT)
BEN = Actor(2, "Ben", Role.AGENT)


@cache
def policy() -> Policy:
    """The default profile, serving three languages."""
    return load_policy("xoobay").with_languages(("en", "de", "zh-Hans"))


def message(text: str = "?", *, kind: Kind = Kind.TEXT, value: str = "", **more: object) -> Message:
    """What a customer did in the web chat."""
    return Message(HERE, HERE, "m1", text, NOW, kind=kind, value=value, **more)  # type: ignore[arg-type]


def reading(
    intent: str = "order.cancel",
    *,
    certainty: Certainty = Certainty.SURE,
    also: tuple[str, ...] = (),
    scope: Scope | None = None,
    **more: object,
) -> Understanding:
    """A reading that is sure of itself unless told otherwise."""
    values: dict[str, object] = {"language": "en", "language_confidence": 0.99, "confidence": 0.9, **more}
    parts = tuple(Part(other, 0.8) for other in also)
    return Understanding(intent=intent, certainty=certainty, also=parts, scope=scope, **values)  # type: ignore[arg-type]


def lost(**more: object) -> Understanding:
    """A reading that fits nothing."""
    more = {"confidence": 0.1, **more}
    return reading("unknown", certainty=Certainty.LOST, **more)  # type: ignore[arg-type]


def article(intent: str) -> Hit:
    """An article for this intent."""
    return Hit(intent, 0.9, (f"About {intent}.",))


def case(state: State = State.QUEUED, **more: object) -> Case:
    """A case of this customer; an agent has it where the state says so."""
    has_it = state in {State.ASSIGNED, State.WAITING}
    values: dict[str, object] = {
        "intent": "refund.missing",
        "urgency": "urgent",
        "resolution": "general",
        "channel": "webchat",
        "lang": "en",
        "opened_at": NOW,
        "assignee_id": ANNA.id if has_it else None,
        "assignee": ANNA.name if has_it else "",
        "causes": ("refund.missing",),
        **more,
    }
    return Case(id=1042, state=state, **values)  # type: ignore[arg-type]


def turn(
    meant: Understanding,
    *,
    said: Message | None = None,
    talk: Talk | None = None,
    case: Case | None = None,
    articles: tuple[str, ...] = (),
    now: datetime = NOW,
    lang: str = "en",
    by: Policy | None = None,
) -> Outcome:
    """Take one turn."""
    return take_turn(
        Turn(
            message=said or message(),
            meant=meant,
            hits=[article(intent) for intent in articles],
            situation=Situation(talk or Talk(greeted=True), case),
            policy=by or policy(),
            now=now,
            new_case_id=1001,
            person_id=7,
            lang=lang,
        )
    )


def phrases(outcome: Outcome) -> list[str]:
    """What the bot says, by phrase id; an article by `article:<intent>`."""
    replies = [entry.reply for entry in outcome.entries if entry.reply is not None]
    return [line.phrase or f"article:{line.article}" for reply in replies for line in reply.lines]


def offered(outcome: Outcome) -> list[str]:
    """The ids of what may be pressed."""
    replies = [entry.reply for entry in outcome.entries if entry.reply is not None]
    return [choice.id for reply in replies for choice in reply.choices]


def act(verb: Verb, actor: Actor = ANNA, text: str = "", key: str = "") -> Action:
    """An act on case 1042."""
    return Action(verb, 1042, actor, text, key)
