"""What a message is about, from the reading of the whole and the readings of its parts."""

from collections.abc import Sequence

from bot.core.understanding import UNKNOWN, Part
from intents import parts
from intents.catalog import catalog
from intents.reading import Lens, Reading

STRONG = 0.7
"""Share at which clauses of one sentence are looked at apart."""
FEW = 4
"""Only the sentences of messages with no more than these are looked at by clauses."""
SUPPORTED = 0.5
SUPPORT = 0.02
"""A sentence is a matter of its own from the first share on, if the whole gives its intent the second ..."""
ALONE = 0.8
"""... or from this one on by itself."""
CLAUSE = 0.9
CLAUSE_SUPPORT = 0.01
CLAUSE_BACKED = 0.1
CLEAR = 0.95
"""A clause is worth less: CLAUSE by itself, STRONG with some support of the whole, SUPPORTED with much of it.

Without any, it says nothing beside a whole that is CLEAR.
"""
BESIDE_REFUSED = 0.5
"""Share at which a sentence counts beside a refused one: what can be served must not be swallowed."""
REFUSED_PART = 0.8
REFUSED_PART_SUPPORT = 0.3
"""A sentence read as a refused subject without a word of one needs this, and the whole message this."""
SURE = 0.5
COURTESY = frozenset(
    {"escalation.request", "support.times", "feedback.submit", "support.bot", "human.request"}
)
"""Read into the closing sentences of many messages ("I ask for a solution"): no matter by themselves."""


def small_talk(intent: str) -> bool:
    """Whether an intent is only talk."""
    return intent.startswith("chat.")


def pieces(text: str, whole: Reading, lens: Lens) -> list[Reading]:
    """The readings of the sentences, or of the clauses of a sentence that holds several matters."""
    found = parts.sentences(text)
    simple = len(found) > FEW or _settled(whole, lens)
    read: list[Reading] = []
    for sentence in found:
        finer = [] if simple else parts.clauses(sentence)
        clauses = [lens.read_piece(clause, whole, clause=True) for clause in finer]
        if len(clauses) > 1 and _differ(clauses):
            read += clauses
        elif len(found) > 1:
            read.append(lens.read_piece(sentence, whole))
    return read


def _settled(whole: Reading, lens: Lens) -> bool:
    """Whether no clause can count, so that reading them would be for nothing (see `_counts`)."""
    if whole.suspect or whole.scope:
        return False
    first, second = (lens.share(whole, intent) for intent in lens.nearest(whole)[:2])
    return first >= CLEAR and second < CLAUSE_SUPPORT


def _differ(clauses: Sequence[Reading]) -> bool:
    if len({each.scope for each in clauses}) > 1:
        return True
    return len({int(each.shares.argmax()) for each in clauses if each.shares.max() >= STRONG}) > 1


def matters(whole: Reading, found: Sequence[Reading], lens: Lens) -> list[Part]:
    """The matters of a message, the main one first, the others in the order of the text."""
    main = lens.part(whole)
    strong: dict[str, Part] = {}
    for piece in found:
        part = lens.part(piece)
        if _counts(piece, part, main, whole, lens):
            strong.setdefault(part.intent, part)
    if len(strong) > 1:
        return _distinct(list(strong.values()), whole, lens)
    for only in strong.values():
        if only.intent == main.intent:
            return [main if main.confidence >= only.confidence else only]
        if main.confidence < SURE or small_talk(main.intent) or (only.scope and not main.scope):
            return [only]
    return [main]


def _counts(piece: Reading, part: Part, main: Part, whole: Reading, lens: Lens) -> bool:
    """Whether a part is a matter of its own."""
    if part.intent == UNKNOWN or small_talk(part.intent):
        return False
    if part.scope:
        by_model = part.confidence >= REFUSED_PART and lens.refused(whole) >= REFUSED_PART_SUPPORT
        return bool(piece.evidence) or (by_model and not piece.clause)
    if part.intent == main.intent:
        return part.confidence >= SUPPORTED
    support = lens.share(whole, part.intent)
    if piece.clause:
        if support < CLAUSE_SUPPORT and main.confidence >= CLEAR and main.scope is None:
            return False
        least = CLAUSE if support < CLAUSE_SUPPORT else SUPPORTED if support >= CLAUSE_BACKED else STRONG
        return part.confidence >= least
    if main.scope is not None or support >= SUPPORT:
        return part.confidence >= BESIDE_REFUSED
    return part.confidence >= ALONE and part.intent not in COURTESY


def _distinct(found: list[Part], whole: Reading, lens: Lens) -> list[Part]:
    """Without parts that say another's matter in other words, or lead up to another matter of an order."""
    kept = list(found)
    for part in found:
        share = lens.share(whole, part.intent)
        for other in found:
            beyond = lens.share(whole, other.intent)
            twins = (
                other.intent in catalog()[part.intent].confusables
                or part.intent in catalog()[other.intent].confusables
            )
            leads = _of_order(part) and _of_order(other) and share < SUPPORT and beyond >= SUPPORTED
            if other is not part and other in kept and ((twins and beyond > share) or leads):
                kept.remove(part)
                break
    return kept


def _of_order(part: Part) -> bool:
    return part.intent.startswith("order.")
