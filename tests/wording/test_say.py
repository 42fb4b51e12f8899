"""Replies in words: languages and their fallbacks, values, dates in zones, articles whole or not at all."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reply import Line, Reply, Value
from bot.wording import Wording
from bot.wording.catalog import Translations
from bot.wording.phrases import PHRASES
from bot.wording.render import language_name, zone, zone_name
from bot.wording.values import Amount, Weekly
from faq.library import Library

DUE = datetime(2025, 12, 29, 12, 0, tzinfo=UTC)
CASE: tuple[tuple[str, Value], ...] = (("case", "CD-1042"), ("due", DUE))
FULL = ("en", "de", "zh-Hans")


def said(wording: Wording, phrase: str, lang: str, timezone: str = "") -> str:
    return wording.say(Reply((Line(phrase, values=CASE),)), lang, timezone)


@pytest.mark.parametrize(
    ("lang", "answered_in"),
    [
        ("en", "en"),
        ("de", "de"),
        ("zh-Hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("de-AT", "de"),
        ("pt", "en"),
        ("und", "en"),
        ("", "en"),
        ("../de", "en"),
    ],
)
def test_answers_in_the_nearest_language_spoken(wording: Wording, lang: str, answered_in: str) -> None:
    assert wording.serve(lang) == answered_in


def test_traditional_readers_get_simplified_until_they_have_a_file(wording: Wording) -> None:
    some = Wording({lang: each for lang, each in wording.translations.items() if lang != "zh-Hant"}, {})
    assert [some.serve(lang) for lang in ("zh-Hant", "zh-TW", "zh-HK")] == ["zh-Hans"] * 3
    both = Wording({**some.translations, "zh-Hant": Translations("zh-Hant")}, {})
    assert both.serve("zh-TW") == "zh-Hant"
    assert "您好" in both.say(Reply((Line("chat.greeting"),)), "zh-Hant"), "a gap is filled from zh-Hans"


@pytest.mark.parametrize(
    ("lang", "timezone", "when"),
    [
        ("en", "", "Monday 29 December, 20:00 (Hong Kong Time)"),
        ("en", "America/New_York", "Monday 29 December, 07:00 (Eastern Time)"),
        ("en", "UTC", "Monday 29 December, 12:00 (UTC)"),
        ("en", "Pacific/Kiritimati", "Tuesday 30 December, 02:00 (Kiribati (Kiritimati) Time)"),
        ("de", "Europe/Berlin", "Montag, 29. Dezember, 13:00 Uhr (Mitteleuropäische Zeit)"),
        ("zh-Hans", "Asia/Shanghai", "12月29日周一 20:00（中国时间）"),
        ("zh-Hans", "Not/AZone", "12月29日周一 20:00（香港时间）"),
        ("en", "../../etc/passwd", "Monday 29 December, 20:00 (Hong Kong Time)"),
    ],
)
def test_due_times_are_in_the_customers_zone_and_language(
    wording: Wording, lang: str, timezone: str, when: str
) -> None:
    assert when in said(wording, "handoff.mail", lang, timezone)


def test_summer_time_moves_the_clock_but_not_the_zones_name(wording: Wording) -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    line = Line("handoff.mail", values=(("case", "CD-1"), ("due", summer)))
    assert "Wednesday 1 July, 14:00 (Central European Time)" in wording.say(
        Reply((line,)), "en", "Europe/Berlin"
    )


def test_lines_are_paragraphs(wording: Wording) -> None:
    reply = Reply((Line("chat.thanks"), Line(), Line("chat.goodbye")))
    assert wording.say(reply, "de").split("\n\n") == [
        "Gern geschehen! Wenn noch etwas ist, schreiben Sie mir einfach.",
        "Auf Wiedersehen und alles Gute!",
    ]


def test_policy_values_fill_sentences(wording: Wording) -> None:
    text = said(wording, "handoff.urgent", "de")
    assert "+852 9195 0500 (täglich 08:00–24:00 Uhr, Hongkong-Zeit)" in text
    assert "CD-1042" in text
    served = wording.label("act.language_unserved", "en")
    assert served.startswith("I'm sorry, I can't answer in that language. I can answer in: English, ")
    assert "German" in served


def test_languages_without_texts_are_not_offered() -> None:
    narrowed = Wording.open({"languages": "en xx de"})
    assert narrowed.values["languages"] == "en de"


def test_a_value_is_never_read_as_a_placeholder(wording: Wording) -> None:
    assert wording.label("case.joined", "en", {"name": "{phone}"}) == "{phone} is with you now."


def test_a_missing_value_leaves_a_mark_and_not_a_brace() -> None:
    text = Wording.open().label("greeting.automated", "en")
    assert text.startswith("I'm the automated assistant of ….")


def test_buttons_and_log_lines(wording: Wording) -> None:
    assert wording.label("choice.human", "zh-Hans") == "联系人工客服"
    assert wording.label("action.rate", "en", {"stars": "4"}) == "My rating: 4 out of 5."
    assert wording.label("action.language", "de", {"language": "ru"}).endswith("Russisch.")
    assert wording.label("no.such.phrase", "de") == "no.such.phrase"


@pytest.mark.parametrize(
    ("value", "lang", "text"),
    [
        (Amount(1, "hours"), "en", "1 hour"),
        (Amount(24, "hours"), "en", "24 hours"),
        (Amount(1, "workdays"), "de", "1 Arbeitstag"),
        (Amount(3, "workdays"), "de", "3 Arbeitstagen"),
        (Amount(3, "workdays"), "zh-Hans", "3 个工作日"),
        (date(2025, 10, 20), "en", "20 October 2025"),
        (date(2025, 10, 20), "zh-Hans", "2025年10月20日"),
        (Weekly((((480, 1440),),) * 7, "Asia/Hong_Kong"), "en", "every day 08:00–24:00, Hong Kong Time"),
        (
            Weekly((((540, 720), (780, 1080)),) * 5 + (((600, 900),), ()), "Asia/Hong_Kong"),
            "en",
            "Mon–Fri 09:00–12:00, 13:00–18:00, Sat 10:00–15:00, Hong Kong Time",
        ),
        (
            Weekly((((540, 720), (780, 1080)),) * 5 + (((600, 900),), ()), "Asia/Hong_Kong"),
            "zh-Hans",
            "香港时间周一至周五 09:00–12:00、13:00–18:00，周六 10:00–15:00",
        ),
        (Weekly((((540, 1080),),) * 5 + ((), ()), "Asia/Hong_Kong"), "ja", "香港時間で 月～金 09:00–18:00"),
        (7, "de", "7"),
    ],
)
def test_values_read_naturally(value: Value | Amount | Weekly | date, lang: str, text: str) -> None:
    wording = Wording.open({"phone": "0", "phone_hours": value})
    line = wording.label("handoff.urgent_now", lang, {"case": "CD-1"})
    assert f"0 ({text})" in line or f"0（{text}）" in line


@pytest.fixture
def article() -> Line:
    found = Library.open().articles["order.cancel"]
    return Line(article=found.intent, paragraphs=found.paragraphs)


def test_articles_are_translated(wording: Wording, article: Line) -> None:
    text = wording.say(Reply((article,)), "de")
    assert text.startswith("Sie können um Stornierung bitten")
    assert text.count("\n\n") == len(article.paragraphs) - 1


def test_an_article_with_a_stale_paragraph_is_told_whole_in_english(wording: Wording, article: Line) -> None:
    changed = Line(article="order.cancel", paragraphs=(article.paragraphs[0], "A sentence of today."))
    assert wording.say(Reply((changed,)), "de") == "\n\n".join(changed.paragraphs)


def test_a_paragraph_stands_in_for_a_value_the_operator_has_not_given(wording: Wording) -> None:
    found = Library.open().articles["payment.methods"]
    reply = Reply((Line(article=found.intent, paragraphs=found.paragraphs),))
    without = wording.say(reply, "en")
    assert "The checkout page shows the ways to pay for your order." in without
    assert "You can pay with" not in without
    given = Wording(wording.translations, {**wording.values, "payment_methods": "Visa, PayPal"})
    assert "You can pay with: Visa, PayPal." in given.say(reply, "en")
    assert "Sie können so bezahlen: Visa, PayPal." in given.say(reply, "de")
    assert "The checkout page shows the ways to pay" not in given.say(reply, "en")


def test_titles_are_known_in_every_language(wording: Wording) -> None:
    titles = wording.titles("order.cancel", "Cancel an order")
    assert {"Cancel an order", "Bestellung stornieren", "取消订单"} <= set(titles)


WORDS = st.text(max_size=20)
VALUES = st.dictionaries(
    st.sampled_from(["case", "due", "language", "languages", "name"]), WORDS | st.integers()
).map(lambda values: tuple(values.items()))
LINES = st.builds(Line, phrase=st.sampled_from(sorted(PHRASES)) | WORDS, values=VALUES) | st.builds(
    Line, article=WORDS, paragraphs=st.lists(WORDS | st.just("{phone}"), max_size=3).map(tuple), values=VALUES
)


@given(line=LINES, lang=st.sampled_from([*FULL, "zh-Hant", "und"]) | WORDS, timezone=WORDS)
def test_saying_never_fails(wording: Wording, line: Line, lang: str, timezone: str) -> None:
    wording.say(Reply((line,)), lang, timezone)
    wording.label(line.phrase, lang, dict(line.values))


@pytest.mark.parametrize(
    ("code", "lang", "name"),
    [
        ("zh-Hans", "ru", "китайский (упрощённый)"),
        ("zh-Hant", "ko", "중국어(번체)"),
        ("zh-Hant", "de", "Chinesisch (traditionell)"),
        ("de", "ru", "немецкий"),
    ],
)
def test_languages_have_their_usual_names(code: str, lang: str, name: str) -> None:
    assert language_name(code, lang) == name


def test_odd_names_are_shown_as_they_are() -> None:
    assert language_name("Klingon", "en") == "Klingon"
    assert zone("").key == "Asia/Hong_Kong"
    assert zone_name("Etc/UTC", "de") == "UTC"


def test_every_article_can_be_said_with_the_policys_values(wording: Wording) -> None:
    for lang in wording.languages:
        for intent, article in Library.open().articles.items():
            text = wording.say(Reply((Line(article=intent, paragraphs=article.paragraphs),)), lang)
            assert text, intent
            assert "{" not in text, intent
            assert "…" not in text, intent
