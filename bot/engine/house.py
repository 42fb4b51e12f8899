"""The house as its edges see it: one facade for each channel, and one for the desk."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from bot import telemetry
from bot.core.act import Scene, perform
from bot.core.action import Action, ActionResult, Actor, Verb
from bot.core.case import Case, State, Step
from bot.core.event import Author, Event, EventKind
from bot.core.lifecycle import advance
from bot.core.message import Address, Message
from bot.core.outcome import Entry, Outcome, stepped
from bot.core.policy import Policy
from bot.core.ports import Receipt
from bot.engine.batcher import Batcher
from bot.engine.hub import Bell, Hub
from bot.engine.worker import ATTEMPTS, CaseNumbers
from bot.engine.words import change_of, shown
from bot.errors import ConflictError, NotFoundError, RetryableError
from bot.store import inbox, log, turns
from bot.store.database import Database
from bot.store.inbox import Arrival
from bot.store.turns import Facts, Result
from bot.wording import Wording


@dataclass(frozen=True, slots=True)
class Opened:
    """A case to be made by hand, after a phone call for example (fact X2.3)."""

    address: Address
    summary: str
    name: str = ""
    intent: str = "unknown"
    order_number: str = ""
    lang: str = "en"


class Desk:
    """What people at the desk do. Every act is one transaction, decided by the core on fresh facts."""

    def __init__(
        self,
        database: Database,
        hub: Hub,
        wording: Wording,
        policy: Policy,
        clock: Callable[[], datetime],
        numbers: CaseNumbers,
        pushing: frozenset[str],
    ) -> None:
        self._database, self._hub, self._wording, self._policy = database, hub, wording, policy
        self._clock, self._numbers, self._pushing = clock, numbers, pushing
        self.wrote: Callable[[], None] = lambda: None
        """Called when there may be something to send."""

    async def act(self, action: Action) -> ActionResult:
        """As `bot.core.ports.House.act`."""
        for _ in range(ATTEMPTS):
            facts = await self._facts(action.case_id)
            case = _case_of(facts)
            if action.verb is Verb.REOPEN and facts.elsewhere:
                raise ConflictError(f"{case.number} cannot be opened again: the customer has CD-{facts.elsewhere} open")
            outcome = perform(action, Scene(case, facts.talk, facts.lang, self._policy, self._clock()))
            if outcome is None:
                return ActionResult(case, repeated=True)
            result = await self._write(outcome, facts)
            if result is Result.ALREADY:
                return ActionResult(case, repeated=True)
            if result is Result.WRITTEN:
                return ActionResult(outcome.case or case)
        raise ConflictError(f"CD-{action.case_id} keeps changing; look at it again")

    async def open_case(self, made: Opened, by: Actor) -> Case:
        """A case made by hand, in the queue, with the summary as its first note."""
        now = self._clock()
        where = Address(made.address.channel, f"call-{uuid4().hex}")
        first = Message(where, made.address, "", "", now, sender_name=made.name)
        conversation_id = await self._database.write(inbox.begin, where, first)
        facts = (await self._database.read(turns.facts_of, [conversation_id]))[0]
        rule = self._policy.rule(made.intent)
        case = Case(
            id=self._numbers.next,
            state=State.BOT,
            intent=rule.id,
            urgency=rule.urgency or "regular",
            resolution=rule.resolution,
            channel=made.address.channel,
            lang=made.lang,
            opened_at=now,
            person_id=facts.person_id,
            order_number=made.order_number,
            causes=(rule.id,),
        )
        self._numbers.take()
        case = advance(case, Step.HANDED_OFF, self._policy, now)
        note = Entry(EventKind.NOTE, Author.AGENT, text=made.summary, name=by.name)
        outcome = Outcome(facts.talk, made.lang, (note, *stepped(case, Step.HANDED_OFF, by.name)), case, opened=True)
        if await self._write(outcome, facts) is not Result.WRITTEN:
            raise RetryableError("the case could not be opened; try again")
        return case

    async def typing(self, case_id: int) -> None:
        """Show the customer that somebody is writing."""
        facts = await self._facts(case_id)
        await self._hub.news(facts.address, "typing:agent")

    async def _facts(self, case_id: int) -> Facts:
        facts = await self._database.read(turns.facts_of_case, case_id)
        if facts is None:
            raise NotFoundError(f"there is no case CD-{case_id}")
        return facts

    async def _write(self, outcome: Outcome, facts: Facts) -> Result:
        pushes = facts.address.channel in self._pushing
        change = change_of(outcome, facts, self._wording, self._clock(), pushes=pushes)
        result = (await self._database.write(turns.commit, [change]))[0]
        if result is Result.WRITTEN:
            self.wrote()
            await self._hub.news(facts.address, "read" if change.desk_read else "")
        return result


class Intake:
    """Stores what arrives, many at a time, before anyone is told that it has."""

    def __init__(self, database: Database, hub: Hub, wording: Wording, mask: Callable[[str], str]) -> None:
        self._hub, self._wording, self._mask = hub, wording, mask
        self._arrivals: Batcher[Arrival, list[Receipt]] = Batcher(lambda batch: database.write(inbox.accept, batch))
        self.arrived: Callable[[], None] = lambda: None
        """Called when there is something to handle."""

    async def accept(self, channel: str, messages: Sequence[Message], state: Mapping[str, str]) -> Sequence[Receipt]:
        """Store the messages, masked, and the channel's state; returns once durable."""
        masked = [replace(message, text=self._mask(message.text)) for message in messages]
        arrival = Arrival(channel, [(message, shown(message, self._wording)) for message in masked], state)
        receipts = await self._arrivals.put(arrival)
        if any(receipt.new for receipt in receipts):
            telemetry.MESSAGES_ACCEPTED.labels(channel).inc(sum(receipt.new for receipt in receipts))
            self.arrived()
            for where in {message.conversation for message in messages}:
                await self._hub.news(where)
        return receipts


@dataclass(frozen=True, slots=True)
class ChannelHouse:
    """The `House` of one channel; it can reach no other channel's conversations."""

    channel: str
    database: Database
    hub: Hub
    intake: Intake
    desk: Desk

    async def accept(self, messages: Sequence[Message], state: Mapping[str, str] | None = None) -> Sequence[Receipt]:
        """As `House`."""
        foreign = {message.conversation.channel for message in messages} - {self.channel}
        if foreign:
            raise ValueError(f"the channel {self.channel} brought messages of {', '.join(sorted(foreign))}")
        return await self.intake.accept(self.channel, messages, state or {})

    async def recall(self, key: str) -> str | None:
        """As `House`."""
        return await self.database.read(inbox.recall, self.channel, key)

    async def since(self, conversation: str, seq: int, limit: int = 200) -> Sequence[Event]:
        """As `House`."""
        return await self.database.read(log.since, Address(self.channel, conversation), seq, limit)

    async def head(self, conversation: str) -> tuple[int, int]:
        """As `House`."""
        return await self.database.read(log.head, Address(self.channel, conversation))

    async def read(self, conversation: str, upto: int) -> None:
        """As `House`."""
        await self.database.write(log.mark_read, Address(self.channel, conversation), upto)

    def listen(self, conversation: str) -> AbstractContextManager[Bell]:
        """As `House`."""
        return self.hub.listen(Address(self.channel, conversation))

    async def signal(self, conversation: str, what: str) -> None:
        """As `House`."""
        await self.hub.news(Address(self.channel, conversation), what)

    async def act(self, action: Action) -> ActionResult:
        """As `House`."""
        return await self.desk.act(action)


def _case_of(facts: Facts) -> Case:
    if facts.case is None:  # facts_of_case joins on it
        raise NotFoundError("there is no such case")
    return facts.case


