"""What people at the desk do: who may, what becomes of the case, what the customer is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.act import Scene, perform
from bot.core.action import Actor, Role, Verb
from bot.core.case import Case, State
from bot.core.event import EventKind
from bot.core.outcome import Outcome
from bot.core.ranking import rank
from bot.core.talk import Talk
from bot.errors import ConflictError, ForbiddenError, RefusedError
from tests.core.make import ANNA, BEN, NOW, act, case, phrases, policy

CHIEF = Actor(9, "Chief", Role.SUPERVISOR)


def do(verb: Verb, held: Case, actor: Actor = ANNA, **more: str) -> Outcome | None:
    scene = Scene(held, Talk(greeted=True, offered=("human",), asked_for="order.status"), "en", policy(), NOW)
    return perform(act(verb, actor, **more), scene)


def after(verb: Verb, held: Case, actor: Actor = ANNA, **more: str) -> Case:
    outcome = do(verb, held, actor, **more)
    assert outcome is not None
    assert outcome.case is not None
    return outcome.case


def test_a_claim_names_the_agent_and_tells_the_customer() -> None:
    outcome = do(Verb.CLAIM, case(State.QUEUED))
    assert outcome is not None
    assert outcome.case is not None
    assert (outcome.case.state, outcome.case.assignee) == (State.ASSIGNED, "Anna")
    assert phrases(outcome) == ["case.joined"]
    assert (outcome.talk.offered, outcome.talk.asked_for) == ((), "")


def test_the_second_to_claim_is_told_who_has_it() -> None:
    with pytest.raises(ConflictError, match="CD-1042 was claimed by Anna first") as lost:
        do(Verb.CLAIM, case(State.ASSIGNED), BEN)
    assert lost.value.assignee == "Anna"
    assert do(Verb.CLAIM, case(State.ASSIGNED), ANNA) is None


def test_a_reply_is_the_agents_words_and_then_the_customer_is_waited_for() -> None:
    outcome = do(Verb.REPLY, case(State.ASSIGNED), text="Good news.", key="k1")
    assert outcome is not None
    said = outcome.entries[0]
    assert (said.kind, said.text, said.name, said.external_id) == (
        EventKind.MESSAGE,
        "Good news.",
        "Anna",
        "k1",
    )
    assert outcome.case is not None
    assert outcome.case.state is State.WAITING


def test_only_whoever_has_the_case_replies() -> None:
    with pytest.raises(ConflictError, match="Anna has it; claim it"):
        do(Verb.REPLY, case(State.ASSIGNED), BEN, text="x")
    with pytest.raises(ConflictError, match="nobody has claimed it"):
        do(Verb.REPLY, case(State.QUEUED), text="x")


def test_a_phone_call_is_not_answered_in_writing() -> None:
    with pytest.raises(RefusedError, match="CD-1042 came by phone"):
        do(Verb.REPLY, case(State.ASSIGNED, channel="phone"), text="x")


def test_a_note_changes_nothing_but_the_log() -> None:
    outcome = do(Verb.NOTE, case(State.RESOLVED), BEN, text="He called.")
    assert outcome is not None
    assert outcome.case is None
    assert [entry.kind for entry in outcome.entries] == [EventKind.NOTE]


def test_release_hand_back_resolve_and_reopen() -> None:
    assert after(Verb.RELEASE, case(State.ASSIGNED)).state is State.QUEUED
    assert after(Verb.HANDBACK, case(State.WAITING)).state is State.BOT
    resolved = do(Verb.RESOLVE, case(State.ASSIGNED))
    assert resolved is not None
    assert resolved.talk.rate_case == 1042
    assert phrases(resolved) == ["case.resolved"]
    reopened = do(Verb.REOPEN, case(State.RESOLVED), BEN)
    assert reopened is not None
    assert reopened.case is not None
    assert (reopened.case.state, reopened.talk.rate_case) == (State.QUEUED, 0)
    assert reopened.case.clocks


@pytest.mark.parametrize("verb", [Verb.RELEASE, Verb.HANDBACK, Verb.RESOLVE])
def test_another_agents_case_is_for_chiefs_only(verb: Verb) -> None:
    with pytest.raises(ForbiddenError, match="Anna"):
        do(verb, case(State.ASSIGNED), BEN)
    assert after(verb, case(State.ASSIGNED), CHIEF).assignee == ""


def test_what_the_state_does_not_allow_is_a_conflict() -> None:
    with pytest.raises(ConflictError, match="CD-1042 is resolved"):
        do(Verb.RESOLVE, case(State.RESOLVED))
    with pytest.raises(ConflictError, match="it cannot be reopened now"):
        do(Verb.REOPEN, case(State.QUEUED))


@given(st.sampled_from(Verb), st.sampled_from(State), st.sampled_from(Role), st.sampled_from([ANNA.id, 5]))
def test_every_act_on_every_state_by_every_role_ends_well(
    verb: Verb, state: State, role: Role, who: int
) -> None:
    refused = ""
    try:
        outcome = do(verb, case(state), Actor(who, "Somebody", role), text="words")
    except (ConflictError, ForbiddenError) as error:
        outcome, refused = None, str(error)
    if refused:
        assert any(named in refused for named in ("CD-1042", "This case is with"))
    else:
        assert outcome is None or outcome.entries


def test_the_queue_goes_by_due_time_then_age() -> None:
    older = case(State.QUEUED, opened_at=NOW.replace(hour=1))
    assert min(case(State.QUEUED), older, key=rank) is older
