"""What to do with one message. No I/O: the same facts give the same decision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.case import WITH_PEOPLE, Case, State
from bot.core.decision import Decision, Deed, Move, Reason, Verdict
from bot.core.message import Kind, Message
from bot.core.policy import IntentRule, Policy
from bot.core.talk import Talk
from bot.core.understanding import UNKNOWN, Certainty, Hit, Part, Scope, Understanding

HUMAN = "human"
"""The choice that asks for a person."""

HUMAN_REQUEST = "human.request"
ORDER_STATUS = "order.status"
LANGUAGE_SWITCH = "language.switch"
MAX_CHOICES = 3

ABOUT_PAYING = frozenset({"payment.methods", "payment.fees"})
"""What a question on the cost of customs or tax is taken for when its sentence is read alone."""

DEEDS = {LANGUAGE_SWITCH: Deed.SWITCH_LANGUAGE, "chat.abuse": Deed.CALM}
"""What an intent with outcome `act` does; one without an entry is handed to a person."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known before the message.

    The talk so far and the case this conversation points to, if it is still open.
    """

    talk: Talk
    case: Case | None = None


def outcome_of(meant: Understanding, policy: Policy) -> Verdict:
    """What a reading leads to for a customer without a case; what `crossdesk read` and `evaluate` report."""
    return _verdict(Part(meant.intent, meant.confidence, meant.scope), meant.certainty, policy)


def _verdict(part: Part, certainty: Certainty, policy: Policy) -> Verdict:
    rule = policy.rule(part.intent)
    if part.scope is not None:
        return Verdict.REFUSE
    if part.intent == UNKNOWN or certainty is not Certainty.SURE:
        return Verdict.CLARIFY
    if rule.scope is not None:
        return Verdict.REFUSE
    return Verdict(rule.outcome)


def decide(
    situation: Situation, message: Message, meant: Understanding, hits: Sequence[Hit], policy: Policy
) -> Decision:
    """Judge one message.

    A press on something offered stands for words; a case that people have keeps the bot silent; a question
    the bot asked before is answered first; else every matter of the message gets its own move.
    """
    case, talk = situation.case, situation.talk
    if message.automatic:
        return _silent(meant.intent, Reason.AUTOMATIC)
    if message.kind is Kind.RATE:
        return Decision((Move(Verdict.ACT, "rate", Reason.PRESSED, deed=Deed.RATE),))
    if message.kind is Kind.LANGUAGE:
        return Decision((Move(Verdict.ACT, LANGUAGE_SWITCH, Reason.PRESSED, deed=Deed.SWITCH_LANGUAGE),))
    if case is not None and case.state in WITH_PEOPLE:
        return _with_people(case, message, meant, policy)
    pressed = _pressed(message, talk)
    if message.kind is Kind.HUMAN or pressed == HUMAN:
        return Decision((_over(Verdict.HANDOFF, talk.topic or HUMAN_REQUEST, Reason.ASKED_FOR_PERSON, None),))
    if pressed:
        meant = _as_pressed(pressed, meant, policy)
    elif talk.asked_for and (answer := _answered(situation, meant, hits, policy)):
        return answer
    return _judge(situation, meant, hits, policy)


def _with_people(case: Case, message: Message, meant: Understanding, policy: Policy) -> Decision:
    """Keep quiet; only while nobody has come yet may another language be asked for, or patience."""
    if case.state is State.QUEUED and message.kind is Kind.HUMAN:
        return Decision((Move(Verdict.ACT, HUMAN_REQUEST, Reason.PEOPLE_HAVE_IT, deed=Deed.REASSURE),))
    asked = meant.intent == LANGUAGE_SWITCH and meant.asked_language in policy.languages
    if case.state is State.QUEUED and asked and meant.certainty is Certainty.SURE:
        return Decision((Move(Verdict.ACT, LANGUAGE_SWITCH, Reason.UNDERSTOOD, deed=Deed.SWITCH_LANGUAGE),))
    return _silent(meant.intent, Reason.PEOPLE_HAVE_IT)


def _silent(intent: str, reason: Reason) -> Decision:
    return Decision((Move(Verdict.SILENT, intent, reason),))


def _pressed(message: Message, talk: Talk) -> str:
    """The choice that was pressed, or typed as its number; "" when the message is words."""
    if message.kind is Kind.CHOOSE:
        return message.value if message.value in talk.offered else ""
    typed = message.text.strip().rstrip(".)")
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= len(talk.offered):
        return talk.offered[int(typed[:4]) - 1]
    return ""


def _as_pressed(intent: str, meant: Understanding, policy: Policy) -> Understanding:
    scope = policy.rule(intent).scope
    return replace(
        meant,
        intent=intent,
        confidence=1.0,
        certainty=Certainty.SURE,
        scope=Scope(scope) if scope else None,
        also=(),
        choices=(),
    )


def _answered(
    situation: Situation, meant: Understanding, hits: Sequence[Hit], policy: Policy
) -> Decision | None:
    """The order number was asked for once: it is here, or the case opens without it (ruling on fact X4.0).

    None when the customer has turned to something else.
    """
    asked_for = situation.talk.asked_for
    other = meant.certainty is Certainty.SURE and meant.intent not in {asked_for, UNKNOWN}
    if meant.order_numbers and (not other or policy.rule(meant.intent).outcome == "chat"):
        return Decision((_over(Verdict.ACT, asked_for, Reason.UNDERSTOOD, _hit(hits, asked_for)),))
    if other or meant.scope is not None:
        return None
    return Decision((_over(Verdict.ACT, asked_for, Reason.NUMBER_ASKED_ONCE, None),))


def _judge(situation: Situation, meant: Understanding, hits: Sequence[Hit], policy: Policy) -> Decision:
    main = Part(meant.intent, meant.confidence, meant.scope)
    look = _Look(situation, meant, hits, policy)
    moves = [_move(look, main, meant.certainty), *(_move(look, part, Certainty.SURE) for part in meant.also)]
    moves = _without_leaks(_without_small_talk(_distinct(moves)))
    return Decision(tuple(moves), _choices(moves, look))


@dataclass(frozen=True, slots=True)
class _Look:
    """What every part of one message is judged by."""

    situation: Situation
    meant: Understanding
    hits: Sequence[Hit]
    policy: Policy


def _move(look: _Look, part: Part, certainty: Certainty) -> Move:
    situation, meant, rule = look.situation, look.meant, look.policy.rule(part.intent)
    verdict, hit = _verdict(part, certainty, look.policy), _hit(look.hits, part.intent)
    match verdict:
        case Verdict.REFUSE:
            return Move(verdict, part.intent, Reason.OUT_OF_SCOPE, part.scope or Scope(str(rule.scope)))
        case Verdict.CLARIFY:
            return _unclear(situation, part, meant)
        case Verdict.CHAT:
            return Move(verdict, part.intent, Reason.UNDERSTOOD)
        case Verdict.ANSWER:
            return _answer(situation, rule, meant, hit)
        case Verdict.ACT:
            return _act(situation, rule, meant, hit)
        case _:
            reason = Reason.ASKED_FOR_PERSON if part.intent == HUMAN_REQUEST else Reason.POLICY
            about = _about(look) if part.intent == HUMAN_REQUEST else part.intent
            return _hand_over(situation, about, reason, hit)


def _about(look: _Look) -> str:
    """What a person is asked for about: another matter of the message, else what was talked about before."""
    others = (part.intent for part in look.meant.also if look.policy.rule(part.intent).urgency is not None)
    return next(others, look.situation.talk.topic) or HUMAN_REQUEST


def _unclear(situation: Situation, part: Part, meant: Understanding) -> Move:
    """Asked once what is meant, then a person; a message without any words never opens a case."""
    wordless = meant.confidence <= 0 and not meant.choices
    if situation.talk.unclear == 0 or wordless:
        reason = Reason.NOT_UNDERSTOOD if part.intent == UNKNOWN else Reason.NOT_SURE
        return Move(Verdict.CLARIFY, part.intent, reason)
    return _hand_over(situation, part.intent, Reason.NOT_UNDERSTOOD, None)


def _answer(situation: Situation, rule: IntentRule, meant: Understanding, hit: Hit | None) -> Move:
    if hit is None:
        return _hand_over(situation, rule.id, Reason.NO_ARTICLE, None)
    if rule.offers_person and meant.wants_done:
        return _hand_over(situation, rule.id, Reason.ASKED_TO_DO_IT, hit)
    return Move(Verdict.ANSWER, rule.id, Reason.UNDERSTOOD, hit=hit)


def _act(situation: Situation, rule: IntentRule, meant: Understanding, hit: Hit | None) -> Move:
    if rule.id in DEEDS:
        return Move(Verdict.ACT, rule.id, Reason.UNDERSTOOD, hit=hit, deed=DEEDS[rule.id])
    if rule.id == ORDER_STATUS and not meant.order_numbers:
        return Move(Verdict.ACT, rule.id, Reason.NUMBER_MISSING, deed=Deed.ASK_NUMBER)
    moved = _hand_over(situation, rule.id, Reason.POLICY, hit)
    return replace(moved, verdict=Verdict.ACT) if moved.hand_over else moved


def _over(verdict: Verdict, intent: str, reason: Reason, hit: Hit | None) -> Move:
    return Move(verdict, intent, reason, hit=hit, hand_over=True)


def _hand_over(situation: Situation, intent: str, reason: Reason, hit: Hit | None) -> Move:
    """To a person, unless a person has handed this very cause back to the bot."""
    case = situation.case
    asked = reason in {Reason.ASKED_FOR_PERSON, Reason.ASKED_TO_DO_IT}
    if case is not None and case.state is State.BOT and intent in case.causes and not asked:
        verdict = Verdict.ANSWER if hit else Verdict.CLARIFY
        return Move(verdict, intent, Reason.SAME_CAUSE, hit=hit)
    return _over(Verdict.HANDOFF, intent, reason, hit)


def _hit(hits: Sequence[Hit], intent: str) -> Hit | None:
    return next((hit for hit in hits if hit.intent == intent), None)


def _distinct(moves: Sequence[Move]) -> list[Move]:
    """One move for each matter and one refusal for each subject."""
    kept: dict[tuple[Verdict, str], Move] = {}
    for move in moves:
        kept.setdefault((move.verdict, move.scope or move.intent), move)
    return list(kept.values())


def _without_small_talk(moves: Sequence[Move]) -> list[Move]:
    """A greeting before a question is not answered.

    A question that is unclear beside a clear one is dropped.
    """
    clear = [move for move in moves if move.verdict not in {Verdict.CHAT, Verdict.CLARIFY}]
    return clear or list(moves[:1])


def _without_leaks(moves: Sequence[Move]) -> list[Move]:
    """Without `What do I have to pay?` beside a question on customs or tax: it is about those."""
    if not any(move.scope in {Scope.CUSTOMS, Scope.TAX} for move in moves):
        return list(moves)
    return [move for move in moves if move.intent not in ABOUT_PAYING]


def _choices(moves: Sequence[Move], look: _Look) -> tuple[str, ...]:
    """What to press: the nearest matters when unsure, a person who may help, nothing after a hand-off."""
    if any(move.hand_over for move in moves):
        return ()
    if moves[0].verdict is Verdict.CLARIFY:
        return (*_nearest(look), HUMAN)
    return (HUMAN,) if any(_person_may_help(move, look.policy) for move in moves) else ()


def _nearest(look: _Look) -> tuple[str, ...]:
    """What the reader would have guessed; if it has no idea, the matters of articles with near titles."""
    offered = set(look.situation.talk.offered)
    titles = (hit.intent for hit in look.hits if hit.intent not in offered)
    return (look.meant.choices or tuple(titles))[:MAX_CHOICES]


def _person_may_help(move: Move, policy: Policy) -> bool:
    if move.scope is not None:
        return bool(policy.scopes[move.scope].person_may)
    offers = policy.rule(move.intent).offers_person or move.reason is Reason.SAME_CAUSE
    return move.verdict is Verdict.ANSWER and offers
