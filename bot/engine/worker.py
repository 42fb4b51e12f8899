"""One message from the inbox to everything it leads to: read, understand, decide, write."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from bot import telemetry
from bot.core.case import State, Step
from bot.core.decide import HUMAN, Situation
from bot.core.event import Author, EventKind
from bot.core.lifecycle import advance, begin
from bot.core.message import Kind, Message
from bot.core.outcome import Entry, Outcome, stepped
from bot.core.policy import UNKNOWN, Policy
from bot.core.reply import Line, Reply
from bot.core.turn import Turn, take_turn
from bot.core.understanding import Certainty, Hit, Understanding
from bot.engine.batcher import Batcher
from bot.engine.hub import Hub
from bot.engine.rules import Rules
from bot.engine.words import change_of
from bot.store import turns
from bot.store.database import Database
from bot.store.facts import Facts, facts_of
from bot.store.inbox import Waiting
from bot.store.turns import Change, Result

log = structlog.get_logger(__name__)

ATTEMPTS = 8
"""How often a turn is decided again because an agent was first, before it is left for later."""

NOTHING = Understanding(
    language="und", language_confidence=0.0, intent=UNKNOWN, confidence=0.0, certainty=Certainty.LOST
)
"""The reading of a press: there are no words to read."""


class Understand(Protocol):
    """How a text is read: `intents.understand.Reader.understand`."""

    def __call__(self, text: str, *, hint: str = "", earlier: str = "") -> Understanding: ...


@dataclass(frozen=True, slots=True)
class Mind:
    """What a turn thinks with. `search` gives the articles for a reading on the day of `now`."""

    understand: Understand
    search: Callable[[str, Understanding, datetime], Sequence[Hit]]
    rules: Rules
    clock: Callable[[], datetime]


class CaseNumbers:
    """Gives out case numbers; one process owns the engine, so counting on from the highest is enough."""

    def __init__(self, highest: int) -> None:
        self._highest = highest

    @property
    def next(self) -> int:
        """The number a case would get; it stays free until taken."""
        return self._highest + 1

    def take(self) -> None:
        """The number has been used."""
        self._highest += 1


class Worker:
    """Handles inbox rows. Safe to call for many conversations at once; one row of each at a time."""

    def __init__(
        self, database: Database, hub: Hub, mind: Mind, numbers: CaseNumbers, pushing: frozenset[str]
    ) -> None:
        self._hub, self._mind, self._numbers, self._pushing = hub, mind, numbers, pushing
        self._facts: Batcher[int, Facts] = Batcher(lambda ids: database.read(facts_of, ids))
        self._commits: Batcher[Change, Result] = Batcher(
            lambda changes: database.write(turns.commit, changes)
        )
        self.wrote: Callable[[], None] = lambda: None
        """Called when there may be something to send."""

    async def handle(self, row: Waiting) -> bool:
        """Bring one row to its end: answered, handed over, or parked with the case given to a person.

        False if an agent kept being first; then it is tried again. Raises RetryableError when the store
        fails.
        """
        started = time.perf_counter()
        for _ in range(ATTEMPTS):
            facts = await self._facts.put(row.conversation_id)
            now = self._mind.clock()
            policy = self._mind.rules.of(facts.open_case, now)
            outcome, why = self._think(row, facts, policy, now)
            change = change_of(
                outcome,
                facts,
                self._mind.rules.words(policy),
                now,
                pushes=row.message.conversation.channel in self._pushing,
                inbox_id=row.id,
            )
            result = await self._commits.put(replace(change, parked=why) if why else change)
            if result is not Result.CONFLICT:
                break
        else:
            return False
        self._count(row.message, outcome, time.perf_counter() - started, parked=bool(why))
        if result is Result.WRITTEN:
            self.wrote()
            await self._hub.news(row.message.conversation)
        return True

    def _think(self, row: Waiting, facts: Facts, policy: Policy, now: datetime) -> tuple[Outcome, str]:
        """The outcome, and why the message has to be parked if thinking about it failed."""
        try:
            return self._decide(row.message, facts, policy, now), ""
        except Exception as error:
            log.exception(
                "a message could not be handled; a person gets it",
                inbox=row.id,
                conversation=str(facts.address),
            )
            return self._give_up(row.message, facts, policy, now), f"{type(error).__name__}: {error}"

    def _decide(self, message: Message, facts: Facts, policy: Policy, now: datetime) -> Outcome:
        mind, talk = self._mind, facts.talk
        meant = NOTHING
        if message.kind in {Kind.TEXT, Kind.CHOOSE}:
            meant = mind.understand(message.text, hint=message.language_hint, earlier=facts.lang)
        pending = (*(choice for choice in talk.offered if choice != HUMAN), *filter(None, (talk.asked_for,)))
        hits = mind.search(message.text, replace(meant, choices=(*meant.choices, *pending)), now)
        outcome = take_turn(
            Turn(
                message=message,
                meant=meant,
                hits=hits,
                situation=Situation(talk, facts.open_case),
                policy=policy,
                now=now,
                new_case_id=self._numbers.next,
                person_id=facts.person_id,
                lang=facts.lang,
            )
        )
        if outcome.opened:
            self._numbers.take()
        return outcome

    def _give_up(self, message: Message, facts: Facts, policy: Policy, now: datetime) -> Outcome:
        """The message itself is kept aside; the customer is told, and a person gets the case."""
        case = facts.open_case
        opened = case is None
        if case is None:
            case = begin(
                self._numbers.next,
                UNKNOWN,
                policy,
                now,
                channel=message.conversation.channel,
                lang=facts.lang,
                person_id=facts.person_id,
            )
            self._numbers.take()
        entries = [
            Entry(
                EventKind.DECISION,
                Author.BOT,
                data={"outcome": "handoff", "intent": UNKNOWN, "reason": "failed"},
            )
        ]
        entries.append(Entry(EventKind.MESSAGE, Author.BOT, Reply((Line("failure.temporary"),))))
        if case.state is State.BOT:
            case = advance(case, Step.HANDED_OFF, policy, now, private=message.private)
            entries.extend(stepped(case, Step.HANDED_OFF, "bot"))
        lang = facts.lang or message.language_hint or policy.default_language
        return Outcome(facts.talk, lang, tuple(entries), case, opened=opened)

    def _count(self, message: Message, outcome: Outcome, seconds: float, *, parked: bool) -> None:
        channel = message.conversation.channel
        telemetry.TURN_SECONDS.observe(seconds)
        if parked:
            telemetry.MESSAGES_PARKED.labels(channel).inc()
        verdict = outcome.decision.main.verdict.value if outcome.decision else "failed"
        telemetry.MESSAGES_DECIDED.labels(channel, verdict).inc()
