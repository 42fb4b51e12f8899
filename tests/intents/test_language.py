"""Sixteen languages told apart, short and long, with and without hints."""

import pytest

from intents.language import LANGUAGES, UNDETERMINED, served
from intents.understand import Reader

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my parcel?", "en"),
        ("Wo bleibt mein Paket?", "de"),
        ("¿Dónde está mi paquete?", "es"),
        ("Où est mon colis ?", "fr"),
        ("Onde está minha encomenda?", "pt"),
        ("Dov'è il mio pacco?", "it"),
        ("Siparişim nerede kaldı?", "tr"),
        ("Đơn hàng của tôi đang ở đâu?", "vi"),
        ("Pesanan saya sekarang di mana?", "id"),
        ("Где моя посылка?", "ru"),
        ("أين طردي؟", "ar"),
        ("พัสดุของฉันอยู่ที่ไหน", "th"),
        ("내 택배 어디 있어요?", "ko"),
        ("荷物はどこですか", "ja"),
        ("我的包裹在哪里，请帮我查一下订单", "zh-Hans"),
        ("我的包裹在哪裡，請幫我查一下訂單", "zh-Hant"),
        ("WO IST MEIN PAKET", "de"),
        ("donde esta mi pedido, llego tarde", "es"),
        ("ORD20241234 wo ist das bitte", "de"),
        ("https://example.com/a?b=1 quand est-ce que ça arrive", "fr"),
        ("我的 iPhone 15 Pro Max 到哪了", "zh-Hans"),
        ("DHL FedEx 何时到", "zh-Hans"),
    ],
)
def test_language(reader: Reader, text: str, language: str) -> None:
    meant = reader.understand(text)
    assert meant.language == language
    assert meant.language_confidence > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ORD20241234",
        "😀",
        "12.05.2024",
        "a@b.example",
        "де моє замовлення, будь ласка",
        "gdzie jest moja przesyłka, proszę o odpowiedź",
        "waar is mijn bestelling gebleven, graag antwoord",
        "πού είναι το δέμα μου",
    ],
)
def test_none_or_not_one_of_ours(reader: Reader, text: str) -> None:
    assert reader.understand(text).language == UNDETERMINED


@pytest.mark.parametrize(
    ("text", "hints", "language"),
    [
        ("退款", {}, "zh-Hans"),
        ("退款", {"hint": "zh-TW"}, "zh-Hant"),
        ("退款", {"hint": "zh-Hans", "earlier": "zh-Hant"}, "zh-Hant"),
        ("返金", {"earlier": "ja"}, "ja"),
        ("total", {"hint": "es"}, "es"),
        ("total", {"hint": "fr", "earlier": "es"}, "es"),
        ("Where is my parcel, it should have come on Monday", {"hint": "de"}, "en"),
        ("Wo ist mein Paket", {"hint": "nonsense", "earlier": "und"}, "de"),
    ],
)
def test_what_is_known_beforehand(reader: Reader, text: str, hints: dict[str, str], language: str) -> None:
    assert reader.understand(text, **hints).language == language


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh_CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hant-HK", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("pt_BR", "pt"),
        ("DE", "de"),
        ("in", "id"),
        ("nl", ""),
        ("", ""),
        ("und", ""),
    ],
)
def test_codes_of_channels(code: str, language: str) -> None:
    assert served(code) == language


def test_sixteen_languages() -> None:
    assert len(LANGUAGES) == len(set(LANGUAGES)) == 16
