"""One whole turn as a value: from a message and what is known to all that must be written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case, State, Step
from bot.core.deadlines import in_service
from bot.core.decide import HUMAN, ORDER_STATUS, Situation, decide
from bot.core.decision import Decision, Deed, Move, Reason, Verdict
from bot.core.event import Author, EventKind
from bot.core.lifecycle import PICKUP, advance, begin, promised
from bot.core.message import Kind, Message
from bot.core.outcome import Entry, Outcome, stepped
from bot.core.policy import Policy
from bot.core.reply import Choice, Line, Reply
from bot.core.talk import Talk
from bot.core.understanding import Hit, Scope, Understanding

SURE_OF_LANGUAGE = 0.8
"""A conversation under way changes its language only for a reading at least this sure."""

SCRIPTS = {
    "han": {"zh-Hans", "zh-Hant", "ja"},
    "hangul": {"ko"},
    "cyrillic": {"ru"},
    "arabic": {"ar"},
    "thai": {"th"},
}

BOT = "bot"

OFFERS = {
    Scope.CUSTOMS: "refuse.offer_person_customs",
    Scope.TAX: "refuse.offer_person_tax",
    Scope.OWN_FAULT_FUNDS: "refuse.offer_person_funds",
}
"""What a person may still do in a refused subject (facts X3.6, X3.9)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The facts of one turn, gathered by the shell."""

    message: Message
    meant: Understanding
    hits: Sequence[Hit]
    situation: Situation
    policy: Policy
    """The version that the open case goes by; without one the version in force."""
    now: datetime
    new_case_id: int
    """The id of a case opened in this turn."""
    person_id: int
    lang: str = ""
    """The conversation's language so far; "" at its beginning."""


def take_turn(turn: Turn) -> Outcome:
    """Decide, move the case, and put together what is said. Pure: a lost race costs one more call."""
    decision = decide(turn.situation, turn.message, turn.meant, turn.hits, turn.policy)
    lang = _language(turn, decision)
    case = _heard(turn)
    after = _handed_over(turn, decision, case, lang)
    talk = _talk(turn, decision, lang)
    entries = [_judged(turn, decision)]
    reply = _reply(turn, decision, after, lang)
    if reply.lines:
        entries.append(Entry(EventKind.MESSAGE, Author.BOT, reply))
        talk = replace(talk, greeted=True)
    if rating := _rating(turn, decision):
        entries.append(rating)
    entries.extend(_moved(turn, case, after))
    return Outcome(
        talk,
        lang,
        tuple(entries),
        after,
        opened=after is not None and turn.situation.case is None,
        decision=decision,
    )


def _language(turn: Turn, decision: Decision) -> str:
    """What the customer chose.

    Else what he writes if that is plain; else what was spoken before, or his app's language.
    """
    talk, meant = turn.situation.talk, turn.meant
    if (
        decision.main.deed is Deed.SWITCH_LANGUAGE
        and (asked := _asked_language(turn)) in turn.policy.languages
    ):
        return asked
    if talk.language:
        return talk.language
    words = turn.message.kind is Kind.TEXT and meant.language != "und"
    plain = meant.language_confidence >= SURE_OF_LANGUAGE or _script(meant.language) != _script(turn.lang)
    if words and (plain or not turn.lang):
        return meant.language
    return turn.lang or turn.message.language_hint or turn.policy.default_language


def _script(lang: str) -> str:
    """What a language is written in, as far as that alone tells that the customer has changed his."""
    return next((script for script, langs in SCRIPTS.items() if lang in langs), "latin")


def _asked_language(turn: Turn) -> str:
    return turn.message.value if turn.message.kind is Kind.LANGUAGE else turn.meant.asked_language or ""


def _heard(turn: Turn) -> Case | None:
    """The case with the customer's words noted: the order number it lacked (fact X6.1), and waiting ends."""
    case, numbers = turn.situation.case, turn.meant.order_numbers
    if case is None or turn.message.kind is not Kind.TEXT or turn.message.automatic:
        return case
    if numbers and not case.order_number:
        case = replace(case, order_number=numbers[0], version=case.version + 1)
    if case.state is not State.WAITING:
        return case
    return advance(case, Step.CUSTOMER_WROTE, turn.policy, turn.now, private=turn.message.private)


def _handed_over(turn: Turn, decision: Decision, case: Case | None, lang: str) -> Case | None:
    move = next((move for move in decision.moves if move.hand_over), None)
    if move is None:
        return case
    if case is None:
        case = begin(
            turn.new_case_id,
            move.intent,
            turn.policy,
            turn.now,
            channel=turn.message.conversation.channel,
            lang=lang,
            person_id=turn.person_id,
        )
        case = replace(case, region=turn.meant.region or "")
    numbers = turn.meant.order_numbers
    case = replace(
        case,
        causes=(*case.causes, move.intent),
        order_number=case.order_number or (numbers[0] if numbers else ""),
    )
    return advance(case, Step.HANDED_OFF, turn.policy, turn.now, private=turn.message.private)


def _moved(turn: Turn, case: Case | None, after: Case | None) -> Iterator[Entry]:
    """The steps the case has taken in this turn, in order."""
    before = turn.situation.case
    if case is not None and before is not None and case.state is not before.state:
        yield from stepped(case, Step.CUSTOMER_WROTE, "customer")
    if after is not None and after is not case:
        yield from stepped(after, Step.HANDED_OFF, BOT)


def _talk(turn: Turn, decision: Decision, lang: str) -> Talk:
    talk, main = turn.situation.talk, decision.main
    if main.verdict is Verdict.SILENT:
        return talk
    unclear = talk.unclear + 1 if main.verdict is Verdict.CLARIFY else 0
    topic = next(
        (
            m.intent
            for m in decision.moves
            if m.verdict in {Verdict.ANSWER, Verdict.REFUSE, Verdict.ACT} and "." in m.intent
        ),
        "",
    )
    switched = main.deed is Deed.SWITCH_LANGUAGE and _asked_language(turn) == lang
    return replace(
        talk,
        topic=talk.topic if main.deed in {Deed.SWITCH_LANGUAGE, Deed.CALM} else topic or talk.topic,
        offered=decision.choices,
        asked_for=next((m.intent for m in decision.moves if m.deed is Deed.ASK_NUMBER), ""),
        unclear=unclear,
        language=lang if switched else talk.language,
        rate_case=0 if main.deed is Deed.RATE else talk.rate_case,
    )


def _judged(turn: Turn, decision: Decision) -> Entry:
    """For the desk: what was understood, why it was so decided, which article and facts it rests on."""
    main, meant = decision.main, turn.meant
    data: dict[str, object] = {
        "outcome": main.verdict.value,
        "intent": main.intent,
        "reason": main.reason.value,
        "also": [{"intent": move.intent, "outcome": move.verdict.value} for move in decision.moves[1:]],
        "understood": {
            "intent": meant.intent,
            "confidence": round(meant.confidence, 3),
            "language": meant.language,
        },
        "scope": main.scope.value if main.scope else None,
        "evidence": list(meant.evidence),
        "articles": [move.hit.intent for move in decision.moves if move.hit],
        "facts": list(turn.policy.rule(main.intent).facts),
        "order_numbers": list(meant.order_numbers),
    }
    return Entry(EventKind.DECISION, Author.BOT, data=data)


def _rating(turn: Turn, decision: Decision) -> Entry | None:
    rated = turn.situation.talk.rate_case
    if decision.main.deed is not Deed.RATE or not rated:
        return None
    return Entry(
        EventKind.RATING, Author.CUSTOMER, data={"case": f"CD-{rated}", "stars": int(turn.message.value)}
    )


def _reply(turn: Turn, decision: Decision, after: Case | None, lang: str) -> Reply:
    lines: list[Line] = []
    promised = False
    for move in decision.moves:
        said = list(_lines(turn, move, lang, decision.choices))
        if move.hand_over and after is not None and not promised:
            said.append(_promise(turn, after))
            promised = True
        if lines and said and Verdict.REFUSE in {move.verdict, decision.main.verdict}:
            lines.append(Line("refuse.and"))
        lines.extend(said)
    if HUMAN in decision.choices and decision.main.verdict is Verdict.ANSWER:
        lines.append(Line("offer.person"))
    if lines and not turn.situation.talk.greeted:
        lines.insert(0, Line("greeting.automated"))
    choices = tuple(
        Choice(key, "choice.human" if key == HUMAN else f"intent.{key}") for key in decision.choices
    )
    return Reply(tuple(lines), choices)


def _lines(turn: Turn, move: Move, lang: str, choices: Sequence[str]) -> Iterator[Line]:
    match move.verdict:
        case Verdict.REFUSE:
            yield Line(f"refuse.{move.scope}")
            if HUMAN in choices and move.scope is not None:
                yield Line(OFFERS[move.scope])
        case Verdict.CLARIFY:
            something = len(choices) > 1 and move.reason is not Reason.SAME_CAUSE
            yield Line("clarify.ask" if something else "clarify.offer_person")
        case Verdict.CHAT:
            yield Line(move.intent)
        case Verdict.ANSWER | Verdict.ACT | Verdict.HANDOFF:
            if move.hit is not None:
                yield Line(article=move.hit.intent, paragraphs=move.hit.paragraphs)
            elif move.hand_over and move.intent == ORDER_STATUS:
                yield Line("order.no_source")
            yield from _deed(turn, move, lang)
        case _:
            return


def _deed(turn: Turn, move: Move, lang: str) -> Iterator[Line]:
    case = turn.situation.case
    match move.deed:
        case Deed.ASK_NUMBER:
            yield Line("ask.order_number")
        case Deed.SWITCH_LANGUAGE if _asked_language(turn) == lang:
            yield Line("act.language_switched")
        case Deed.SWITCH_LANGUAGE:
            yield Line("act.language_unserved")
        case Deed.CALM:
            yield Line("chat.abuse")
        case Deed.RATE if turn.situation.talk.rate_case:
            yield Line("rate.thanks")
        case Deed.REASSURE if case is not None:
            yield Line("handoff.already", values=(("case", case.number),))
        case _:
            return


def _promise(turn: Turn, case: Case) -> Line:
    """When to expect an answer.

    The first clock of the hand-off, in the words of its channel (facts X2.2, X4, X7, X8).
    """
    values: list[tuple[str, str | datetime]] = [("case", case.number)]
    if not case.clocks:
        return Line("handoff.noted", values=tuple(values))
    told = case.clocks[0]
    values.append(("due", told.due))
    if case.urgency in {"feedback", "escalation"}:
        return Line(f"act.{case.urgency}_received", values=tuple(values))
    urgent = case.urgency == "urgent"
    if told.name != PICKUP:  # phone or live chat is advised for urgent matters (fact X4.1)
        at_once = "handoff.urgent_now" if told.due <= told.start else "handoff.urgent"
        return Line(at_once if urgent else "handoff.mail", values=tuple(values))
    rules = promised(case, turn.policy, private=turn.message.private)
    if not in_service(rules, turn.now, channel=case.channel):
        today = turn.now.astimezone(rules.zone).date()
        # The usual hours explain nothing to the customer on a day that has others.
        usual = rules.channels[rules.channel(case.channel)].hours.usual_on(today)
        return Line("handoff.closed" if usual else "handoff.mail", values=tuple(values))
    return Line("handoff.urgent" if urgent else "handoff.live", values=tuple(values))
