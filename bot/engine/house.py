"""What people at the desk do to cases: every act is one transaction, decided by the core on fresh facts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4
from weakref import WeakValueDictionary

from bot.core.act import Scene, perform
from bot.core.action import Action, ActionResult, Actor, Verb
from bot.core.case import Case, Step
from bot.core.event import Author, EventKind
from bot.core.lifecycle import advance, begin
from bot.core.message import Address, Message
from bot.core.outcome import Entry, Outcome, stepped
from bot.core.policy import UNKNOWN, Policy
from bot.engine.hub import Hub
from bot.engine.rules import Rules
from bot.engine.words import change_of, desk_key
from bot.engine.worker import ATTEMPTS, CaseNumbers
from bot.errors import ConflictError, NotFoundError, RefusedError
from bot.store import inbox, turns
from bot.store.database import Database
from bot.store.facts import Facts, facts_of, facts_of_case, was_used
from bot.store.turns import Result


class House:
    """What people at the desk do."""

    def __init__(
        self,
        database: Database,
        hub: Hub,
        *,
        rules: Rules,
        clock: Callable[[], datetime],
        numbers: CaseNumbers,
        pushing: frozenset[str],
    ) -> None:
        self._database, self._hub, self._rules = database, hub, rules
        self._clock, self._numbers, self._pushing = clock, numbers, pushing
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self.wrote: Callable[[], None] = lambda: None
        """Called when there may be something to send."""

    async def act(self, action: Action) -> ActionResult:
        """As `bot.core.ports.House.act`."""
        # one after the other for each case: acts that race one another would only have to be decided again
        async with self._turns.setdefault(action.case_id, asyncio.Lock()):
            return await self._act(action)

    async def _act(self, action: Action) -> ActionResult:
        for _ in range(ATTEMPTS):
            facts, case = await self._facts(action.case_id)
            if action.key and await self._carried_out(facts, action.key):
                return ActionResult(case, repeated=True)
            if action.verb is Verb.REOPEN and facts.elsewhere:
                raise ConflictError(
                    f"{case.number} cannot be opened again: the customer has CD-{facts.elsewhere} open"
                )
            now = self._clock()
            policy = self._rules.of(case, now)
            outcome = perform(action, Scene(case, facts.talk, facts.lang, policy, now))
            if outcome is None:
                return ActionResult(case, repeated=True)
            result = await self._write(outcome, facts, policy, now)
            if result is Result.ALREADY:
                return ActionResult(case, repeated=True)
            if result is Result.WRITTEN:
                return ActionResult(outcome.case or case)
        raise ConflictError(f"CD-{action.case_id} keeps changing; look at it again")

    async def _carried_out(self, facts: Facts, key: str) -> bool:
        return await self._database.read(was_used, facts.conversation_id, desk_key(key))

    async def open_case(
        self,
        *,
        actor: Actor,
        channel: str,
        summary: str,
        name: str = "",
        phone: str = "",
        email: str = "",
        intent: str = "",
        order_number: str = "",
        key: str = "",
    ) -> Case:
        """Make a case by hand (a phone call, fact X2.3): queued, its clocks running, the summary as a note.

        The person is found by phone number or e-mail address, or is new. The same `key` by the same actor
        opens one case. RefusedError for an intent that the policy does not know.
        """
        now = self._clock()
        policy = self._rules.now(now)
        if intent and intent not in policy.intents:
            raise RefusedError(f"there is no intent {intent!r}; leave it out, or take one of the policy's")
        where = Address(channel, f"call-{actor.id}-{key}" if key else f"call-{uuid4().hex}")
        sender = _sender(where, phone, email)
        first = Message(where, sender, "", "", now, sender_name=name)
        conversation_id = await self._database.write(inbox.begin, where, first)
        facts = (await self._database.read(facts_of, [conversation_id]))[0]
        if facts.case is not None:
            return facts.case
        case = self._opened(facts, intent or UNKNOWN, order_number, policy, now)
        note = Entry(EventKind.NOTE, Author.AGENT, text=summary, name=actor.name)
        outcome = Outcome(
            facts.talk, "", (note, *stepped(case, Step.HANDED_OFF, actor.name)), case, opened=True
        )
        if await self._write(outcome, facts, policy, now) is not Result.WRITTEN:  # the same key at once
            raise ConflictError("this case is being opened already; look at the list")
        return case

    async def signal(self, address: str, what: str) -> None:
        """Pass on to a conversation (`webchat:<visitor>`) what is stored nowhere, such as `typing:agent`."""
        channel, _, key = address.partition(":")
        await self._hub.news(Address(channel, key), what)

    def _opened(self, facts: Facts, intent: str, order_number: str, policy: Policy, now: datetime) -> Case:
        case = begin(
            self._numbers.next,
            intent,
            policy,
            now,
            channel=facts.address.channel,
            lang=facts.lang,
            person_id=facts.person_id,
        )
        case = replace(case, order_number=order_number, causes=(intent,))
        self._numbers.take()
        return advance(case, Step.HANDED_OFF, policy, now)

    async def _facts(self, case_id: int) -> tuple[Facts, Case]:
        facts = await self._database.read(facts_of_case, case_id)
        if facts is None or facts.case is None:
            raise NotFoundError(f"there is no case CD-{case_id}")
        return facts, facts.case

    async def _write(self, outcome: Outcome, facts: Facts, policy: Policy, now: datetime) -> Result:
        pushes = facts.address.channel in self._pushing
        change = change_of(outcome, facts, self._rules.words(policy), now, pushes=pushes)
        result = (await self._database.write(turns.commit, [change]))[0]
        if result is Result.WRITTEN:
            self.wrote()
            await self._hub.news(facts.address, "read" if change.desk_read else "")
        return result


def _sender(where: Address, phone: str, email: str) -> Address:
    if phone:
        return Address("phone", phone)
    return Address("mail", email.lower()) if email else where
