"""Order numbers in every writing, and what must not be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.entities import luhn, mask, order_numbers, without_order_numbers


@pytest.mark.parametrize(
    "text",
    [
        "ORD20241234",
        "ord20241234",
        "ord 2024 1234",
        "Ord-2024-1234",
        "ORD#20241234",
        "#ORD20241234",
        "ORD：20241234",
        "ＯＲＤ２０２４１２３４",
        "我的ORD20241234到哪了",
        "ORD20241234の状況",
        "ord20241234where is it",
        "orderORD20241234",
        "ORD\u200b2024\u200b1234",
        "ORD20241234-HK",
        "ORD20241234 3 pieces",
        "ОРД20241234",
        "Cancel ORD20241234, I repeat: ord 20241234!",
        "ORD٢٠٢٤١٢٣٤",
    ],
)
def test_one_order_number(text: str) -> None:
    assert order_numbers(text) == ("ORD20241234",)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ORD20240815、ORD20240816", ("ORD20240815", "ORD20240816")),
        ("ORD20240816 then ORD20240815", ("ORD20240816", "ORD20240815")),
        ("ORD2024051177", ("ORD2024051177",)),
        ("ORD2024A1B2", ("ORD2024A1B2",)),
        ("ORD2024XXXX", ()),
        ("ORD2024", ()),
        ("record 20241234", ()),
        ("password20240101", ()),
        ("order 20241234", ()),
        ("20241234", ()),
        ("", ()),
    ],
)
def test_several_or_none(text: str, numbers: tuple[str, ...]) -> None:
    assert order_numbers(text) == numbers


def test_order_numbers_make_way() -> None:
    assert without_order_numbers("where is ord 2024 1234?", "X") == "where is X?"
    assert without_order_numbers("where is it?", "X") == "where is it?"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("my card 4111 1111 1111 1111 was charged", "my card •••• 1111 was charged"),
        ("4111-1111-1111-1111", "•••• 1111"),
        ("卡号５５００００００００００００００４", "卡号•••• 0004"),
        ("amex 378282246310005.", "amex •••• 0005."),
        ("ORD20241234", "ORD20241234"),
        ("parcel 4111111111111112", "parcel 4111111111111112"),
        ("call +852 9195 0500", "call +852 9195 0500"),
        ("password: hunter2!", "password: ••••"),
        ("Passwort = geheim", "Passwort = ••••"),
        ("my password is not working", "my password is not working"),
        ("my password is Tiger99", "my password is ••••"),
        ("the otp is 493021", "the otp is ••••"),
        ("验证码是382913", "验证码是••••"),
        ("CVV 123", "CVV ••••"),
        ("postal code 10115", "postal code 10115"),
        ("", ""),
    ],
)
def test_what_is_stored(text: str, kept: str) -> None:
    assert mask(text) == kept


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.integers(10**12, 10**18))
def test_one_last_digit_in_ten_is_right(number: int) -> None:
    assert sum(luhn(f"{number}{digit}") for digit in range(10)) == 1
