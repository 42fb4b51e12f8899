"""The few questions that a policy answers about itself."""

from bot.core.policy import UNKNOWN
from bot.policies.load import load_policy

XOOBAY = load_policy("xoobay")


def test_an_intent_that_nobody_wrote_a_rule_for_is_the_unknown_one() -> None:
    assert XOOBAY.rule("order.cancel").id == "order.cancel"
    assert XOOBAY.rule("weather.tomorrow") is XOOBAY.rule(UNKNOWN)


def test_the_clock_of_a_resolution() -> None:
    assert XOOBAY.rule("order.status").resolution_clock == "resolution_simple"
    assert XOOBAY.rule("order.cancel").resolution_clock == "resolution_general"
    assert XOOBAY.rule("product.recall").resolution_clock == "resolution_special"


def test_a_channel_by_any_of_its_names() -> None:
    assert XOOBAY.channel("mail") == "email"
    assert XOOBAY.channel("webchat") == "webchat"
    assert XOOBAY.channel("fax") == "fax"


def test_who_can_help_with_a_topic_and_with_any_other() -> None:
    customs = XOOBAY.scopes["customs"]
    assert customs.helpers("complaint") == ("hong_kong_customs",)
    assert (
        customs.helpers("anything")
        == customs.helpers()
        == ("seller", "clearing_agent", "destination_customs")
    )


def test_only_languages_with_texts_are_served_and_always_the_default_one() -> None:
    assert XOOBAY.with_languages({"de", "zh-Hans", "tlh"}).languages == ("en", "zh-Hans", "de")
    assert XOOBAY.with_languages(()).languages == ("en",)


def test_hours_that_never_close() -> None:
    assert XOOBAY.channels["email"].hours.always
    assert not XOOBAY.channels["webchat"].hours.always
