"""What lasts through a talk: its language, its rating, and what no talk may ever come to."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.case import State
from bot.core.decide import HUMAN
from bot.core.decision import Verdict
from bot.core.event import EventKind
from bot.core.message import Kind
from bot.core.outcome import Outcome
from bot.core.talk import Talk
from bot.core.understanding import Certainty, Scope
from tests.core.make import case, lost, message, offered, phrases, policy, reading, turn


def kinds(outcome: Outcome) -> list[EventKind]:
    return [entry.kind for entry in outcome.entries]


def test_language_follows_what_is_written_plainly() -> None:
    assert turn(reading(language="de", language_confidence=0.95), lang="en").lang == "de"
    assert turn(reading(language="de", language_confidence=0.6), lang="en").lang == "en"
    assert turn(reading(language="de", language_confidence=0.6), lang="").lang == "de"
    assert turn(lost(language="und"), lang="es").lang == "es"
    assert turn(lost(language="und"), said=message(language_hint="fr"), lang="").lang == "fr"
    assert turn(lost(language="und"), lang="").lang == "en"


def test_another_script_is_another_language_however_short_the_words() -> None:
    assert turn(reading(language="zh-Hans", language_confidence=0.6), lang="es").lang == "zh-Hans"
    assert turn(reading(language="en", language_confidence=0.6), lang="ru").lang == "en"
    assert turn(reading(language="zh-Hans", language_confidence=0.6), lang="ja").lang == "ja"


def test_a_language_asked_for_stays() -> None:
    switched = turn(reading("language.switch", language="en", asked_language="de"))
    assert (switched.lang, switched.talk.language) == ("de", "de")
    assert phrases(switched) == ["act.language_switched"]
    assert turn(reading(language="en"), talk=switched.talk, lang="de").lang == "de"
    unserved = turn(reading("language.switch", asked_language="tr"))
    assert (unserved.lang, phrases(unserved)) == ("en", ["act.language_unserved"])
    unnamed = turn(reading("language.switch"))
    assert phrases(unnamed) == ["act.language_unserved"]
    pressed = turn(
        lost(language="und"), said=message(kind=Kind.LANGUAGE, value="zh-Hans"), case=case(State.ASSIGNED)
    )
    assert pressed.lang == "zh-Hans"


def test_a_language_may_be_asked_for_while_nobody_has_come_yet() -> None:
    meant = reading("language.switch", asked_language="de")
    switched = turn(meant, case=case(State.QUEUED))
    assert (switched.lang, phrases(switched)) == ("de", ["act.language_switched"])
    assert turn(meant, case=case(State.ASSIGNED)).lang == "en"
    assert phrases(turn(reading("language.switch", asked_language="tr"), case=case(State.QUEUED))) == []


def test_a_rating_counts_once_and_only_after_a_case() -> None:
    rated = turn(lost(), said=message(kind=Kind.RATE, value="4"), talk=Talk(greeted=True, rate_case=1042))
    assert (phrases(rated), rated.talk.rate_case) == (["rate.thanks"], 0)
    assert {"case": "CD-1042", "stars": 4} in [entry.data for entry in rated.entries]
    again = turn(lost(), said=message(kind=Kind.RATE, value="4"), talk=rated.talk)
    assert (phrases(again), kinds(again)) == ([], [EventKind.DECISION])


INTENTS = st.sampled_from([*policy().intents, "no.such.intent"])
READINGS = st.builds(
    reading,
    INTENTS,
    certainty=st.sampled_from(Certainty),
    also=st.lists(INTENTS, max_size=3).map(tuple),
    scope=st.none() | st.sampled_from(Scope),
    language=st.sampled_from(["en", "de", "und", "pt"]),
    language_confidence=st.floats(0, 1),
    confidence=st.floats(0, 1),
    choices=st.lists(INTENTS, max_size=3).map(tuple),
    order_numbers=st.sampled_from([(), ("ORD20241234",)]),
    wants_done=st.booleans(),
)
SAID = st.one_of(
    st.builds(message, st.sampled_from(["?", "1", "2.", "human"])),
    st.builds(message, kind=st.just(Kind.CHOOSE), value=INTENTS | st.just(HUMAN)),
    st.builds(message, kind=st.just(Kind.HUMAN)),
    st.builds(message, kind=st.just(Kind.RATE), value=st.sampled_from("12345")),
    st.builds(message, kind=st.just(Kind.LANGUAGE), value=st.sampled_from(["de", "xx"])),
)


@given(st.lists(st.tuples(READINGS, SAID), max_size=8), st.none() | st.sampled_from(State))
def test_no_talk_ever_answers_a_refused_subject_or_speaks_for_people(
    talks: list[object], state: State | None
) -> None:
    talk, held, lang = Talk(), case(state) if state not in {None, State.RESOLVED} else None, ""
    for meant, said in talks:  # type: ignore[misc]
        outcome = turn(meant, said=said, talk=talk, case=held, lang=lang, articles=tuple(policy().intents))  # type: ignore[has-type]
        decision = outcome.decision
        assert decision is not None
        for move in decision.moves:
            if move.verdict is Verdict.ANSWER:
                assert policy().rule(move.intent).scope is None
        if held is not None and held.state in {State.ASSIGNED, State.WAITING}:
            assert decision.main.verdict in {Verdict.SILENT, Verdict.ACT}
        assert outcome.opened == (held is None and outcome.case is not None)
        assert outcome.case is None or outcome.case.state is not State.RESOLVED
        assert len(offered(outcome)) <= 4
        talk, held, lang = outcome.talk, outcome.case, outcome.lang
        assert Talk.from_json(talk.to_json()) == talk
