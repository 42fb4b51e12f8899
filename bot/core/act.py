"""One act of a person at the desk as a value: who may, what becomes of the case, what the customer sees."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.access import authorize
from bot.core.action import Action, Verb
from bot.core.case import AGENT_HAS_IT, Case, IllegalStepError, Step
from bot.core.event import Author, EventKind
from bot.core.lifecycle import advance
from bot.core.outcome import Entry, Outcome, stepped
from bot.core.policy import Policy
from bot.core.reply import Line, Reply
from bot.core.talk import Talk
from bot.errors import ConflictError, RefusedError

STEP_OF = {
    Verb.CLAIM: Step.CLAIMED,
    Verb.RELEASE: Step.RELEASED,
    Verb.HANDBACK: Step.HANDED_BACK,
    Verb.REPLY: Step.AGENT_REPLIED,
    Verb.RESOLVE: Step.RESOLVED,
    Verb.REOPEN: Step.REOPENED,
}

SPOKEN = "phone"
"""The channel of cases made by hand: nothing written can be sent on it."""

SAID = {
    Verb.CLAIM: "case.joined",
    Verb.HANDBACK: "case.handed_back",
    Verb.RESOLVE: "case.resolved",
    Verb.REOPEN: "case.reopened",
}
"""What the customer is told; an agent who puts a case back into the queue is not announced."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What an act meets: the case and the conversation that the customer last wrote in."""

    case: Case
    talk: Talk
    lang: str
    policy: Policy
    now: datetime
    private: bool = True


def perform(action: Action, scene: Scene) -> Outcome | None:
    """What follows from the act; None when it has been done already (a claim by the agent who has the case).

    Raises RefusedError for a written answer to a phone call, ForbiddenError when the role may not, and
    ConflictError when somebody else has the case or it is not in a state for this; the message says which.
    """
    case, actor = scene.case, action.actor
    if action.verb is Verb.REPLY and case.assignee_id != actor.id:
        who = f"{case.assignee} has it" if case.assignee else "nobody has claimed it"
        raise ConflictError(
            f"{case.number}: {who}; claim it before you answer", assignee=case.assignee or None
        )
    if action.verb is Verb.REPLY and case.channel == SPOKEN:
        raise RefusedError(
            f"{case.number} came by phone: call the customer, and leave a note of what was said"
        )
    authorize(actor, action.verb, assignee_id=case.assignee_id, assignee=case.assignee)
    if action.verb is Verb.NOTE:
        note = Entry(EventKind.NOTE, Author.AGENT, text=action.text, name=actor.name, external_id=action.key)
        return Outcome(scene.talk, scene.lang, (note,))
    if action.verb is Verb.CLAIM and case.state in AGENT_HAS_IT:
        if case.assignee_id == actor.id:
            return None
        raise ConflictError(f"{case.number} was claimed by {case.assignee} first", assignee=case.assignee)
    after = _stepped(action, scene)
    return Outcome(_talk(action.verb, scene, after), scene.lang, _entries(action, after), after)


def _stepped(action: Action, scene: Scene) -> Case:
    agent = (action.actor.id, action.actor.name) if action.verb is Verb.CLAIM else None
    try:
        return advance(
            scene.case, STEP_OF[action.verb], scene.policy, scene.now, agent=agent, private=scene.private
        )
    except IllegalStepError as wrong:
        raise ConflictError(str(wrong), assignee=scene.case.assignee or None) from None


def _talk(verb: Verb, scene: Scene, after: Case) -> Talk:
    """A new owner ends what the bot had asked; a resolved case may be rated."""
    talk = replace(scene.talk, offered=(), asked_for="", unclear=0)
    match verb:
        case Verb.RESOLVE:
            return replace(talk, topic="", rate_case=after.id)
        case Verb.REOPEN:
            return replace(talk, rate_case=0)
        case _:
            return talk


def _entries(action: Action, after: Case) -> tuple[Entry, ...]:
    step = STEP_OF[action.verb]
    said: list[Entry] = []
    if action.verb is Verb.REPLY:
        said.append(
            Entry(
                EventKind.MESSAGE,
                Author.AGENT,
                text=action.text,
                name=action.actor.name,
                external_id=action.key,
            )
        )
    elif phrase := SAID.get(action.verb):
        line = Line(phrase, values=(("case", after.number), ("name", action.actor.name)))
        said.append(Entry(EventKind.MESSAGE, Author.SYSTEM, Reply((line,))))
    return (*said, *stepped(after, step, action.actor.name))
