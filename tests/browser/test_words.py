"""The panel and its button in the reader's language: which it is, how days and times are written in it."""

import pytest
from playwright.async_api import expect

from tests.browser.chat import Customers
from tests.browser.running import Crossdesk, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

CODES = {
    "en-GB": "en",
    "de-AT": "de",
    "es-MX": "es",
    "fr-CA": "fr",
    "ru": "ru",
    "ja-JP": "ja",
    "KO_kr": "ko",
    "zh": "zh-Hans",
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-Hans-HK": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh_TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
    "zh-hant": "zh-Hant",
    "zh-Hant-CN": "zh-Hant",
    "yue-HK": "zh-Hant",
    "tr-TR": "tr",
}
"""What a browser or a shop may name, and the house's code for it."""

NORMALISE = """async codes => {
  const { normalise } = await import('/webchat/static/words.js');
  return codes.map(normalise);
}"""

SAYS = """async code => {
  const { Words } = await import('/webchat/static/words.js');
  const words = new Words();
  await words.load(code);
  const at = new Date(2026, 10, 20, 18, 5);
  const queued = words.say('case_queued_due', { time: words.due(at, new Date(2026, 10, 19)) });
  return [words.code, words.language(words.code), words.day(at, new Date(2026, 11, 1)), queued];
}"""

FONTS = """lang => {
  const node = document.querySelector('#who');
  node.lang = lang;
  return getComputedStyle(node).fontFamily;
}"""

SAID = {
    "es": ("Español", "Viernes, 20 de noviembre"),
    "fr": ("Français", "Vendredi 20 novembre"),
    "ru": ("Русский", "Пятница, 20 ноября"),
    "ja": ("日本語", "11月20日金曜日"),
    "ko": ("한국어", "11월 20일 금요일"),
    "zh-TW": ("繁體中文", "11月20日星期五"),
}

LAUNCHERS = {
    "en-GB": "Chat with support",
    "de-DE": "Chat mit dem Support",
    "es-MX": "Chat de atención al cliente",
    "fr-CA": "Chat du service client",
    "ru-RU": "Чат с поддержкой",
    "ja-JP": "サポートとチャット",
    "ko-KR": "고객 상담 채팅",
    "zh-CN": "联系客服",
    "zh-Hans-HK": "联系客服",
    "zh-TW": "聯絡客服",
    "kok": "Chat with support",
}


async def test_whatever_a_browser_names_becomes_a_code_of_the_house(
    customers: Customers, desk: Crossdesk
) -> None:
    chat = await customers.come()
    await chat.page.goto(f"{desk.origin}/webchat/frame")
    assert await chat.page.evaluate(NORMALISE, list(CODES)) == list(CODES.values())


async def test_days_and_times_fit_into_the_sentences(customers: Customers, desk: Crossdesk) -> None:
    chat = await customers.come()
    await chat.page.goto(f"{desk.origin}/webchat/frame")
    for asked, (name, day) in SAID.items():
        code, language, heading, queued = await chat.page.evaluate(SAYS, asked)
        assert (code, language, heading) == (CODES.get(asked, asked), name, day)
        assert heading.lower() in queued.lower()
        assert "{" not in queued


async def test_the_panel_and_its_button_speak_the_browsers_language(
    customers: Customers, desk: Crossdesk
) -> None:
    for locale in ("es-ES", "zh-HK"):
        chat = await (await customers.come(locale=locale)).visit(desk.origin)
        await expect(chat.find("html")).to_have_attribute("lang", CODES.get(locale, "es"))
        await expect(chat.find("#language")).to_have_value(CODES.get(locale, "es"))


async def test_the_button_is_named_in_the_shops_language(
    customers: Customers, desk: Crossdesk, elsewhere: tuple[int, dict[str, Page]]
) -> None:
    port, pages = elsewhere
    chat = await customers.come(locale="de-DE")
    for lang, name in LAUNCHERS.items():
        pages["/named"] = Page(
            f'<!doctype html><html lang="en"><title>Shop</title><body><h1>Shop</h1>'
            f'<script src="{desk.origin}/widget.js" data-lang="{lang}"></script></body></html>'
        )
        await chat.page.goto(f"http://localhost:{port}/named")
        await expect(chat.launcher).to_have_accessible_name(name)


async def test_each_language_is_drawn_with_its_own_fonts(customers: Customers, desk: Crossdesk) -> None:
    """One character has several shapes; the wrong one reads as a mistake."""
    chat = await customers.come()
    await chat.page.goto(f"{desk.origin}/webchat/frame")
    fonts = [await chat.page.evaluate(FONTS, lang) for lang in ("en", "zh-Hans", "zh-Hant", "ja", "ko")]
    assert len(set(fonts)) == len(fonts), fonts
