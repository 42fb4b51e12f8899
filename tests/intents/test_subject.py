"""Subject lines taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.subject import SubjectKind, decoded, read_subject

ORDER, ESCALATION, OTHER = SubjectKind.ORDER, SubjectKind.ESCALATION, SubjectKind.OTHER


@pytest.mark.parametrize(
    ("line", "region", "kind"),
    [
        ("HK - Order rules - ORD20240815", "HK", "Order rules"),
        ("HK-退款-ORD20240815", "HK", "退款"),
        ("HK－退款－ORD20240815", "HK", "退款"),
        ("TW｜退款｜ORD20240815", "TW", "退款"),
        ("HKー退款ーORD20240815", "HK", "退款"),
        ("Refund / United Kingdom / ORD20240815", "GB", "Refund"),
        ("ORD20240815 HK 退款", "HK", "退款"),
        ("[HK] 退款 #ORD20240815", "HK", "退款"),
        ("HK - Refund - ORD2024-0815", "HK", "Refund"),
        ("中国香港 - 退款 - ord 2024 0815", "HK", "退款"),
        ("RE: FW: SE - Retur - ORD20240815", "SE", "Retur"),
        ("SV: SE - Retur - ORD20240815", "SE", "Retur"),
        ("TR: FR - Remboursement - ORD20240815", "FR", "Remboursement"),
        ("TR - İade - ORD20240815", "TR", "İade"),
        ("回复：HK - 退款 - ORD20240815", "HK", "退款"),
        ("Ответ: RU - Возврат - ORD20240815", "RU", "Возврат"),
        ("[#123] Re[2]: DE - Lieferung - ORD20240815", "DE", "Lieferung"),
        ("=?iso-8859-1?Q?DE_-_R=FCckerstattung_-_ORD20240815?=", "DE", "Rückerstattung"),
        ("E-Mail-Adresse ändern - DE - ORD20240815", "DE", "E-Mail-Adresse ändern"),
        ("Question in my order, it is late - ORD20240815", None, "Question in my order, it is late"),
        ("订单号：ORD20240815", None, ""),
        ("escalator spare part - DE - ORD20240815", "DE", "escalator spare part"),
    ],
)
def test_order_lines(line: str, region: str | None, kind: str) -> None:
    found = read_subject(line)
    assert (found.kind, found.region, found.type) == (ORDER, region, kind)
    assert found.order_numbers == ("ORD20240815",)


@pytest.mark.parametrize(
    ("line", "numbers", "customer", "flag"),
    [
        ("Escalation - ORD20240815 - 10086", ("ORD20240815",), "10086", ""),
        ("升級 － ORD20240815 － C10086", ("ORD20240815",), "C10086", ""),
        ("升级 - C10086 - ORD20240815", ("ORD20240815",), "C10086", ""),
        ("升级 - ORD20240815 - 客户ID：10086", ("ORD20240815",), "10086", ""),
        ("Eskalation zweite Stufe: ORD20240815, Kunde C100", ("ORD20240815",), "C100", "second_level"),
        ("Second-level escalation", (), "", "second_level"),
        ("Final escalation request - ORD20240815", ("ORD20240815",), "", "final"),
        ("Fwd: Escalation - ORD20240815 - C1008", ("ORD20240815",), "C1008", "forward"),
    ],
)
def test_escalation_lines(line: str, numbers: tuple[str, ...], customer: str, flag: str) -> None:
    found = read_subject(line)
    assert (found.kind, found.order_numbers, found.customer_id) == (ESCALATION, numbers, customer)
    assert not flag or flag in found.flags


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("HK - Order rules - ORD2024XXXX", {"placeholder", "missing_order"}),
        ("HK - 退款 - 20240831", {"bare_number", "missing_order"}),
        ("ORD20240815", {"missing_region", "missing_type"}),
    ],
)
def test_what_is_missing_is_said(line: str, flags: set[str]) -> None:
    assert set(read_subject(line).flags) == flags


@pytest.mark.parametrize("line", ["", "Re:", "想升级会员 HK", "it is my order", "Hello"])
def test_other_lines(line: str) -> None:
    assert read_subject(line).kind is OTHER


@pytest.mark.parametrize(
    "line", ["=?utf-8?B?!!!?=", "=?nonsense?Q?abc?=", "=?utf-8?B?5Lit", "=?big5?B?pKQ=?= =?big5?B?pOU=?="]
)
def test_broken_words_are_no_reason_to_fail(line: str) -> None:
    assert isinstance(decoded(line), str)
    read_subject(line)


@given(st.text(max_size=150))
def test_any_line_is_read(line: str) -> None:
    read_subject(line)
