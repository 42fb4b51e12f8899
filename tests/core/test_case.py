"""Every (state, step) pair is in the table or refused, and an agent is named only while he has the case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.case import AGENT_HAS_IT, STEPS, IllegalStepError, State, Step, parse_number, step
from bot.core.lifecycle import FIRST_RESPONSE, PICKUP, advance, alarms
from tests.core.make import NIGHT, NOW, case, policy


@pytest.mark.parametrize("happened", Step)
@pytest.mark.parametrize("state", State)
def test_step_is_total(state: State, happened: Step) -> None:
    if (state, happened) in STEPS:
        after = step(case(state), happened)
        assert (after.state, after.version) == (STEPS[state, happened], 1)
    else:
        with pytest.raises(IllegalStepError, match=f"CD-1042 is {state}: it cannot be"):
            step(case(state), happened)


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_walks_name_an_agent_only_while_he_has_the_case(steps: list[Step]) -> None:
    now = case(State.BOT)
    for happened in steps:
        try:
            now = advance(
                now, happened, policy(), NOW, agent=(1, "Anna") if happened is Step.CLAIMED else None
            )
        except IllegalStepError:
            continue
        assert bool(now.assignee) == (now.assignee_id is not None) == (now.state in AGENT_HAS_IT)
        assert not (now.state in {State.BOT, State.RESOLVED} and now.clocks)
        assert all(clock.paused_at is not None for clock in now.clocks) or now.state is not State.WAITING
        assert (
            now.state is not State.QUEUED
            or any(clock.name == FIRST_RESPONSE for clock in now.clocks)
            or (Step.AGENT_REPLIED in steps)
        )


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_a_walk_replayed_ends_where_it_ended(steps: list[Step]) -> None:
    first = again = case(State.BOT)
    taken = []
    for happened in steps:
        try:
            first = step(first, happened)
        except IllegalStepError:
            continue
        taken.append(happened)
    for happened in taken:
        again = step(again, happened)
    assert again == first


def test_a_hand_off_starts_the_response_clocks_and_a_claim_ends_the_pick_up() -> None:
    queued = advance(case(State.BOT, urgency="regular"), Step.HANDED_OFF, policy(), NOW)
    assert [clock.name for clock in queued.clocks] == [PICKUP, FIRST_RESPONSE, "resolution_general"]
    assert queued.due_at == queued.clocks[0].due
    claimed = advance(queued, Step.CLAIMED, policy(), NOW, agent=(1, "Anna"))
    assert [clock.name for clock in claimed.clocks] == [FIRST_RESPONSE, "resolution_general"]
    assert advance(claimed, Step.RELEASED, policy(), NOW).clocks == claimed.clocks
    answered = advance(claimed, Step.AGENT_REPLIED, policy(), NOW)
    assert [clock.name for clock in answered.clocks] == ["resolution_general"]
    assert answered.due_at is None


def test_waiting_stops_what_is_left_and_the_customer_starts_it_again() -> None:
    waiting = advance(
        case(State.ASSIGNED, urgency="complaint"),
        Step.AGENT_REPLIED,
        policy(),
        NOW,
    )
    queued = advance(case(State.BOT, urgency="complaint"), Step.HANDED_OFF, policy(), NOW)
    assert queued.clocks
    assigned = advance(queued, Step.CLAIMED, policy(), NOW, agent=(1, "Anna"))
    paused = advance(assigned, Step.AGENT_REPLIED, policy(), NOW)
    assert paused.clocks
    assert all(clock.paused_at for clock in paused.clocks)
    assert paused.due_at is None
    assert alarms(paused) == ()
    twice = advance(paused, Step.AGENT_REPLIED, policy(), NIGHT)
    assert twice.clocks == paused.clocks
    resumed = advance(twice, Step.CUSTOMER_WROTE, policy(), NIGHT)
    assert all(clock.paused_at is None for clock in resumed.clocks)
    assert all(after.due > before.due for after, before in zip(resumed.clocks, assigned.clocks, strict=True))
    assert waiting.clocks == ()


def test_alarms_are_the_warnings_and_due_times_of_running_clocks() -> None:
    queued = advance(case(State.BOT, urgency="regular"), Step.HANDED_OFF, policy(), NOW)
    found = {alarm.kind: alarm.at for alarm in alarms(queued)}
    assert found["pickup:due"] == queued.clocks[0].due
    assert found["first_response:due"] == queued.clocks[1].due
    assert found["first_response:warning:0"] < found["first_response:due"]


def test_being_late_ends_with_an_answer_but_not_with_a_claim() -> None:
    late = case(State.QUEUED, overdue=True)
    claimed = advance(late, Step.CLAIMED, policy(), NOW, agent=(1, "Anna"))
    assert claimed.overdue
    assert not advance(claimed, Step.AGENT_REPLIED, policy(), NOW).overdue


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("CD-1042", 1042),
        ("cd-7", 7),
        (" 12 ", 12),
        ("CD-", None),
        ("x", None),
        ("-1", None),
        ("1" * 16, None),
        ("１２", None),
    ],
)
def test_case_numbers_are_read_as_people_write_them(text: str, number: int | None) -> None:
    assert parse_number(text) == number
