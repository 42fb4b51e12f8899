"""What one message leads to: words, choices, cases."""

from dataclasses import replace

import pytest

from bot.core.case import State
from bot.core.decide import HUMAN, outcome_of
from bot.core.decision import Reason, Verdict
from bot.core.event import EventKind
from bot.core.message import Kind
from bot.core.outcome import Outcome
from bot.core.talk import Talk
from bot.core.understanding import Certainty, Part, Scope
from tests.core.make import NIGHT, article, case, lost, message, offered, phrases, policy, reading, turn


def verdict(outcome: Outcome) -> Verdict:
    assert outcome.decision is not None
    return outcome.decision.main.verdict


def reason(outcome: Outcome) -> Reason:
    assert outcome.decision is not None
    return outcome.decision.main.reason


def kinds(outcome: Outcome) -> list[EventKind]:
    return [entry.kind for entry in outcome.entries]


def test_a_question_is_answered_and_the_first_answer_says_who_speaks() -> None:
    outcome = turn(reading("shipping.time"), talk=Talk(), articles=("shipping.time",))
    assert phrases(outcome) == ["greeting.automated", "article:shipping.time"]
    assert outcome.talk.greeted
    assert outcome.talk.topic == "shipping.time"
    assert outcome.case is None
    assert offered(outcome) == []


def test_an_answer_offers_a_person_where_policy_lets_one_help() -> None:
    outcome = turn(reading("order.cancel"), articles=("order.cancel",))
    assert phrases(outcome) == ["article:order.cancel", "offer.person"]
    assert offered(outcome) == [HUMAN]


def test_a_plain_request_opens_the_case_at_once_with_the_article_before() -> None:
    meant = reading("order.cancel", wants_done=True, order_numbers=("ORD20241234",))
    outcome = turn(meant, articles=("order.cancel",))
    assert verdict(outcome) is Verdict.HANDOFF
    assert phrases(outcome) == ["article:order.cancel", "handoff.live"]
    assert outcome.opened
    assert outcome.case is not None
    assert (outcome.case.state, outcome.case.order_number) == (State.QUEUED, "ORD20241234")
    assert offered(outcome) == []


def test_what_has_no_article_goes_to_a_person() -> None:
    outcome = turn(reading("shipping.cost"))
    assert (verdict(outcome), reason(outcome)) == (Verdict.HANDOFF, Reason.NO_ARTICLE)


@pytest.mark.parametrize(
    ("scope", "intent"),
    [(Scope.CUSTOMS, "customs.held"), (Scope.TAX, "tax.duty"), (Scope.OWN_FAULT_FUNDS, "funds.own_fault")],
)
def test_refused_subjects_are_refused_with_who_can_help(scope: Scope, intent: str) -> None:
    outcome = turn(reading(intent, scope=scope), articles=(intent,))
    assert verdict(outcome) is Verdict.REFUSE
    assert phrases(outcome)[0] == f"refuse.{scope}"
    assert outcome.case is None


def test_a_refused_subject_is_refused_even_when_the_intent_is_unsure() -> None:
    outcome = turn(reading("customs.held", scope=Scope.CUSTOMS, certainty=Certainty.UNSURE))
    assert verdict(outcome) is Verdict.REFUSE


def test_a_refused_intent_that_was_read_without_scope_is_refused_too() -> None:
    assert verdict(turn(reading("tax.duty"))) is Verdict.REFUSE


def test_a_person_may_still_be_had_for_papers() -> None:
    first = turn(reading("customs.held", scope=Scope.CUSTOMS))
    assert offered(first) == [HUMAN]
    then = turn(lost(), said=message(kind=Kind.CHOOSE, value=HUMAN), talk=first.talk)
    assert then.case is not None
    assert then.case.intent == "customs.held"
    assert reason(then) is Reason.ASKED_FOR_PERSON


def test_a_mixed_message_serves_one_part_and_refuses_the_other() -> None:
    meant = replace(
        reading("refund.missing"),
        also=(Part("customs.held", 0.8, Scope.CUSTOMS), Part("customs.clearance", 0.7, Scope.CUSTOMS)),
    )
    outcome = turn(meant)
    assert phrases(outcome) == ["handoff.urgent", "refuse.and", "refuse.customs"]
    assert outcome.case is not None
    assert outcome.case.urgency == "urgent"


def test_what_do_i_have_to_pay_beside_customs_is_not_answered() -> None:
    meant = reading("customs.held", scope=Scope.CUSTOMS, also=("payment.methods", "shipping.time"))
    outcome = turn(meant, articles=("payment.methods", "shipping.time"))
    assert phrases(outcome)[-2:] == ["refuse.and", "article:shipping.time"]
    assert "article:payment.methods" not in phrases(outcome)


def test_unsure_asks_once_with_choices_then_a_person_comes() -> None:
    unsure = reading(
        "order.cancel", certainty=Certainty.UNSURE, choices=("order.cancel", "order.status", "a", "b")
    )
    first = turn(unsure)
    assert phrases(first) == ["clarify.ask"]
    assert offered(first) == ["order.cancel", "order.status", "a", HUMAN]
    then = turn(unsure, talk=first.talk)
    assert (verdict(then), reason(then)) == (Verdict.HANDOFF, Reason.NOT_UNDERSTOOD)


def test_the_unknown_is_clarified_first() -> None:
    outcome = turn(lost())
    assert (verdict(outcome), phrases(outcome)) == (Verdict.CLARIFY, ["clarify.offer_person"])
    assert outcome_of(lost(), policy()) is Verdict.CLARIFY


def test_near_titles_are_offered_when_the_reader_has_no_idea() -> None:
    outcome = turn(lost(), articles=("refund.time", "shipping.time"))
    assert (phrases(outcome), offered(outcome)) == (["clarify.ask"], ["refund.time", "shipping.time", HUMAN])


def test_a_message_without_words_never_opens_a_case() -> None:
    talk = Talk(greeted=True)
    for _ in range(4):
        outcome = turn(lost(confidence=0.0), said=message("😀"), talk=talk)
        assert verdict(outcome) is Verdict.CLARIFY
        talk = outcome.talk


@pytest.mark.parametrize(
    "said", [message("2"), message("2."), message(kind=Kind.CHOOSE, value="order.cancel")]
)
def test_a_choice_may_be_pressed_or_typed_as_its_number(said: object) -> None:
    talk = Talk(greeted=True, offered=("tax.duty", "order.cancel"), unclear=1)
    outcome = turn(lost(), said=said, talk=talk, articles=("order.cancel",))  # type: ignore[arg-type]
    assert phrases(outcome)[0] == "article:order.cancel"
    assert outcome.talk.unclear == 0


def test_choosing_a_refused_subject_is_refused() -> None:
    talk = Talk(greeted=True, offered=("tax.duty",))
    assert phrases(turn(lost(), said=message("1"), talk=talk))[0] == "refuse.tax"


def test_a_choice_that_was_not_offered_is_read_as_words() -> None:
    outcome = turn(lost(), said=message("Cancel", kind=Kind.CHOOSE, value="order.cancel"))
    assert verdict(outcome) is Verdict.CLARIFY


def test_order_status_asks_for_the_number_once_and_opens_a_simple_case() -> None:
    first = turn(reading("order.status"))
    assert (verdict(first), phrases(first)) == (Verdict.ACT, ["ask.order_number"])
    then = turn(lost(order_numbers=("ORD20241234",)), talk=first.talk)
    assert then.case is not None
    assert (then.case.resolution, then.case.order_number) == ("simple", "ORD20241234")
    assert phrases(then) == ["order.no_source", "handoff.live"]
    assert verdict(then) is Verdict.ACT


def test_without_a_number_the_case_opens_with_what_there_is() -> None:
    first = turn(reading("order.status"))
    then = turn(lost(), talk=first.talk)
    assert reason(then) is Reason.NUMBER_ASKED_ONCE
    assert then.case is not None
    assert then.case.order_number == ""


def test_a_number_given_with_thanks_counts_and_another_question_is_another_question() -> None:
    asked = turn(reading("order.status")).talk
    polite = turn(reading("chat.thanks", order_numbers=("ORD20241234",)), talk=asked)
    assert polite.case is not None
    other = turn(reading("shipping.time"), talk=asked, articles=("shipping.time",))
    assert (other.case, phrases(other)) == (None, ["article:shipping.time"])
    refused = turn(lost(scope=Scope.TAX), talk=asked)
    assert verdict(refused) is Verdict.REFUSE


def test_order_status_with_the_number_opens_the_case_at_once() -> None:
    outcome = turn(reading("order.status", order_numbers=("ORD20241234",)), articles=("order.status",))
    assert phrases(outcome) == ["article:order.status", "handoff.live"]
    assert verdict(outcome) is Verdict.ACT


@pytest.mark.parametrize("state", [State.QUEUED, State.ASSIGNED, State.WAITING])
def test_the_order_number_that_was_asked_for_is_kept_when_it_comes_later(state: State) -> None:
    late = turn(lost(order_numbers=("ORD2",)), case=case(state))
    assert late.case is not None
    assert (late.case.order_number, late.case.version) == ("ORD2", 1 + (state is State.WAITING))
    assert phrases(late) == []
    known = turn(lost(order_numbers=("ORD2",)), case=case(state, order_number="ORD1"))
    assert known.case is not None
    assert known.case.order_number == "ORD1"


@pytest.mark.parametrize("state", [State.QUEUED, State.ASSIGNED, State.WAITING])
def test_the_bot_is_silent_while_people_have_the_case(state: State) -> None:
    outcome = turn(reading("shipping.time"), case=case(state), articles=("shipping.time",))
    assert verdict(outcome) is Verdict.SILENT
    assert phrases(outcome) == []


def test_an_answer_of_the_customer_ends_waiting() -> None:
    outcome = turn(lost(), case=case(State.WAITING))
    assert outcome.case is not None
    assert outcome.case.state is State.ASSIGNED
    assert kinds(outcome) == [EventKind.DECISION, EventKind.STEP, EventKind.CASE]
    automatic = turn(lost(), case=case(State.WAITING), said=message(automatic="auto-reply"))
    assert automatic.case == case(State.WAITING)


def test_a_press_for_a_person_while_queued_is_reassured() -> None:
    outcome = turn(lost(), said=message(kind=Kind.HUMAN), case=case(State.QUEUED))
    assert phrases(outcome) == ["handoff.already"]
    assert turn(lost(), said=message(kind=Kind.HUMAN), case=case(State.ASSIGNED)).entries[0].data is not None


def test_automatic_mail_changes_nothing() -> None:
    outcome = turn(reading("order.cancel"), said=message(automatic="auto-reply"))
    assert (verdict(outcome), reason(outcome)) == (Verdict.SILENT, Reason.AUTOMATIC)
    assert kinds(outcome) == [EventKind.DECISION]


def test_a_case_handed_back_is_not_handed_over_again_for_the_same_cause() -> None:
    back = case(State.BOT)
    again = turn(reading("refund.missing"), case=back)
    assert (verdict(again), reason(again)) == (Verdict.CLARIFY, Reason.SAME_CAUSE)
    assert phrases(again) == ["clarify.offer_person"]
    with_article = turn(reading("refund.missing"), case=back, articles=("refund.missing",))
    assert phrases(with_article) == ["article:refund.missing", "offer.person"]
    assert offered(with_article) == [HUMAN]
    asked = turn(reading("human.request"), case=back)
    assert asked.case is not None
    assert asked.case.state is State.QUEUED
    assert not asked.opened
    other = turn(reading("shipping.lost"), case=back)
    assert other.case is not None
    assert other.case.causes == ("refund.missing", "shipping.lost")


def test_an_act_for_the_same_cause_stays_with_the_bot() -> None:
    outcome = turn(reading("escalation.request"), case=case(State.BOT, causes=("escalation.request",)))
    assert (verdict(outcome), outcome.case) == (
        Verdict.CLARIFY,
        case(State.BOT, causes=("escalation.request",)),
    )


def test_asking_for_a_person_is_about_what_was_talked_about() -> None:
    talk = Talk(greeted=True, topic="payment.failed")
    outcome = turn(reading("human.request"), talk=talk)
    assert outcome.case is not None
    assert (outcome.case.intent, outcome.case.urgency) == ("payment.failed", "urgent")
    assert turn(reading("human.request")).case.intent == "human.request"  # type: ignore[union-attr]
    pressed = turn(lost(), said=message(kind=Kind.HUMAN))
    assert pressed.case is not None
    assert pressed.case.intent == "human.request"


def test_a_person_asked_for_in_the_same_breath_gets_the_matter() -> None:
    outcome = turn(
        reading("human.request", also=("refund.missing",)), talk=Talk(greeted=True, topic="order.cancel")
    )
    assert outcome.case is not None
    assert (outcome.case.intent, outcome.case.urgency) == ("refund.missing", "urgent")
    assert phrases(outcome) == ["handoff.urgent"]


def test_small_talk_is_answered_only_when_it_is_all_there_is() -> None:
    assert phrases(turn(reading("chat.greeting"))) == ["chat.greeting"]
    meant = reading("chat.greeting", also=("shipping.time",))
    assert phrases(turn(meant, articles=("shipping.time",))) == ["article:shipping.time"]


def test_abuse_is_met_calmly() -> None:
    outcome = turn(reading("chat.abuse"), talk=Talk(greeted=True, topic="order.cancel"))
    assert (phrases(outcome), outcome.talk.topic) == (["chat.abuse"], "order.cancel")


def test_hand_off_lines_fit_channel_hour_and_class() -> None:
    assert phrases(turn(reading("human.request"), now=NIGHT)) == ["handoff.closed"]
    assert phrases(turn(reading("refund.missing"))) == ["handoff.urgent"]
    assert phrases(turn(reading("feedback.submit"))) == ["act.feedback_received"]
    assert phrases(turn(reading("escalation.request"))) == ["act.escalation_received"]
    mail = replace(message(), conversation=replace(message().conversation, channel="mail"))
    assert phrases(turn(reading("human.request"), said=mail)) == ["handoff.mail"]
    assert phrases(turn(reading("refund.missing"), said=mail)) == ["handoff.urgent"]
    private = replace(message(), conversation=replace(message().conversation, channel="telegram"))
    assert phrases(turn(reading("refund.missing"), said=private)) == ["handoff.urgent_now"]


def test_a_policy_without_promises_still_opens_the_case() -> None:
    quiet = replace(policy(), handoff_clocks={**policy().handoff_clocks, "regular": ()})
    outcome = turn(reading("human.request"), by=quiet)
    assert phrases(outcome) == ["handoff.noted"]
    assert outcome.case is not None
    assert outcome.case.due_at is None


def test_a_channel_that_the_policy_does_not_name_keeps_mails_promises() -> None:
    radio = replace(message(), conversation=replace(message().conversation, channel="radio"))
    assert phrases(turn(reading("human.request"), said=radio)) == ["handoff.mail"]


def test_an_address_is_written_as_commands_take_it() -> None:
    assert str(message().sender) == "webchat:v1"


def test_a_person_asked_for_after_a_topic_gets_the_article_on_persons() -> None:
    outcome = turn(
        reading("human.request"), talk=Talk(greeted=True, topic="refund.time"), articles=("human.request",)
    )
    assert phrases(outcome) == ["article:human.request", "handoff.live"]
    assert outcome.case is not None
    assert outcome.case.intent == "refund.time"


def test_the_decision_is_kept_for_the_desk() -> None:
    outcome = turn(
        reading("order.cancel", also=("tax.duty",), evidence=("duty",)), articles=("order.cancel",)
    )
    data = outcome.entries[0].data
    assert data is not None
    assert (data["outcome"], data["articles"], data["facts"]) == ("answer", ["order.cancel"], ["X3.2"])
    assert data["also"] == [{"intent": "tax.duty", "outcome": "refuse"}]


@pytest.mark.parametrize(
    ("meant", "expected"),
    [
        (reading("order.cancel"), Verdict.ANSWER),
        (reading("order.status"), Verdict.ACT),
        (reading("shipping.lost"), Verdict.HANDOFF),
        (reading("chat.thanks"), Verdict.CHAT),
        (reading("order.cancel", scope=Scope.TAX), Verdict.REFUSE),
        (reading("tax.duty"), Verdict.REFUSE),
        (reading("order.cancel", certainty=Certainty.UNSURE), Verdict.CLARIFY),
    ],
)
def test_outcome_of_a_reading(meant: object, expected: Verdict) -> None:
    assert outcome_of(meant, policy()) is expected  # type: ignore[arg-type]


def test_hits_of_other_intents_do_not_answer() -> None:
    assert article("order.cancel").intent == "order.cancel"
    assert verdict(turn(reading("shipping.time"), articles=("order.cancel",))) is Verdict.HANDOFF
