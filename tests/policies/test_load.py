"""Finding a profile, laying an operator's own file over it, and what is no profile at all."""

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bot.core.worktime import Span
from bot.policies.load import PolicyError, load_policy

ORIGINAL = (files("bot.policies") / "xoobay.yaml").read_text(encoding="utf-8")

Write = Callable[..., Path]
Complaint = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("profile: [", ": is no YAML: "),
        ("profile: 'x\n", ":2: is no YAML: "),
        ("profile: \x07", ": is no YAML: "),
        ("- profile", ":1: found no mapping; expected lines such as `profile: xoobay`"),
        ("", ":1: found no mapping"),
        ("profile: !!python/name:os.system x", ":1: found "),
        ("a: &a [*a]", "found more than 20 levels of nesting"),
        ("? [a, b]\n: c", ":1: found "),
    ],
)
def test_what_is_no_profile_at_all(write: Write, text: str, says: str, complaint: Complaint) -> None:
    assert says in complaint(write(text))


def test_a_file_that_cannot_be_read(tmp_path: Path, complaint: Complaint) -> None:
    (tmp_path / "xoobay.yaml").mkdir()
    assert "xoobay.yaml: cannot be read: Is a directory" in complaint(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"profile: caf\xe9")
    assert "latin.yaml: is not UTF-8: invalid continuation byte at byte 12" in complaint(
        tmp_path, "latin"
    ) or ("latin.yaml: is not UTF-8: unexpected end of data at byte 12" in complaint(tmp_path, "latin"))


@pytest.mark.parametrize("name", ["yoobay", "../settings", "xoobay.facts", ""])
def test_a_profile_that_is_not_there_names_those_that_are(
    name: str, tmp_path: Path, complaint: Complaint
) -> None:
    assert f"{name!r} found no profile of this name; there are: xoobay" in complaint(tmp_path, name)


# ------------------------------------------------------------ the operator's own file


def test_an_operators_file_says_only_what_differs(write: Write) -> None:
    folder = write(
        """
        extends: xoobay
        hours:
          live:
            sunday: ["10:00-18:00"]
            dates: [{date: 2026-09-08, hours: [], reason: typhoon signal no. 10}]
        calendar:
          closed: [{date: 2026-09-08, reason: typhoon signal no. 10}]
          open: [{date: 2026-09-12, reason: worked instead}]
        """
    )
    policy, original = load_policy("xoobay", folder=folder), load_policy("xoobay")
    assert policy.channels["webchat"].hours.week == (*((Span(480, 1440),),) * 6, (Span(600, 1080),))
    assert policy.channels["webchat"].hours.on(date(2026, 9, 8)) == ()
    assert not policy.calendar.works(date(2026, 9, 8))
    assert policy.calendar.works(date(2026, 9, 12))
    assert (policy.clocks, policy.intents) == (original.clocks, original.intents)


def test_a_fault_names_the_file_it_stands_in(write: Write, complaint: Complaint) -> None:
    folder = write("extends: xoobay\nlanguages:\n  default: tlh\n")
    assert complaint(folder).startswith(f"{folder / 'xoobay.yaml'}:3: languages.default: found 'tlh'")


def test_a_profile_of_another_name_may_stand_on_ours(write: Write) -> None:
    folder = write(
        "extends: xoobay\nprofile: harbour\ncontacts:\n  email: {value: hi@example.org, facts: [X2.1]}\n",
        "harbour",
    )
    policy = load_policy("harbour", folder=folder)
    assert (policy.name, policy.contacts["email"]) == ("harbour", "hi@example.org")
    assert policy.contacts["phone"] == load_policy("xoobay").contacts["phone"]


def test_profiles_that_stand_on_one_another_in_a_ring(write: Write, complaint: Complaint) -> None:
    write("extends: second", "first")
    folder = write("extends: first", "second")
    assert "second.yaml:1: extends: 'first' extends itself; there are: first, second, xoobay" in complaint(
        folder, "first"
    )


def test_what_a_profile_extends_must_be_there(write: Write, complaint: Complaint) -> None:
    folder = write("profile: harbour\nextends: yoobay", "harbour")
    assert "harbour.yaml:2: extends: 'yoobay' found no profile of this name" in complaint(folder, "harbour")


def test_two_days_that_contradict_one_another(write: Write, complaint: Complaint) -> None:
    folder = write(
        """
        extends: xoobay
        calendar:
          closed: [{date: 2026-09-08, reason: typhoon}]
          open: [{date: 2026-09-08, reason: sale}]
        """
    )
    assert "calendar.open.0: found 2026-09-08, which is under `closed` too; keep one of them" in complaint(
        folder
    )


def test_hours_of_one_date_that_stand_twice_and_names_that_are_taken(
    write: Write, complaint: Complaint
) -> None:
    day = '{date: 2026-09-08, hours: ["08:00-12:00"], reason: typhoon}'
    folder = write(
        f"""
        extends: xoobay
        hours:
          live: {{dates: [{day}, {day}]}}
          always: {{every_day: ["08:00-12:00"], facts: [X2.2]}}
        channels:
          telegram_private: {{serves: [], hours: live, facts: [X2.4]}}
        intents:
          order.cancel: {{resolution: special}}
        """
    )
    message = complaint(folder)
    assert "hours.live.dates.1: found 2026-09-08 a second time; keep one of them" in message
    assert "hours.always: found hours called 'always', which stands for around the clock" in message
    assert "channels.telegram_private: found a channel called telegram_private" in message


def test_a_profile_needs_the_unknown_intent_and_the_clocks_of_its_resolutions(
    write: Write, complaint: Complaint
) -> None:
    without = ORIGINAL.replace("  unknown: {outcome", "  mystery: {outcome").replace(
        "{clock: resolution_simple", "{clock: quick"
    )
    message = complaint(write(without))
    assert "intents: found no intent `unknown`; expected one, for what no other intent fits" in message
    assert "intents.order.status.resolution: found 'simple', but no clock resolution_simple" in message


# ------------------------------------------------------------ operator's values


def test_the_operator_supplies_what_the_policy_leaves_open() -> None:
    policy = load_policy("xoobay", operator={"payment_methods": "Visa, Alipay", "payment_fees": "  "})
    assert policy.operator["payment_methods"].value == "Visa, Alipay"
    assert policy.operator["payment_fees"].value is None


def test_a_value_that_the_policy_does_not_leave_open() -> None:
    with pytest.raises(
        PolicyError,
        match=r"found the value 'payment_method' under \[operator\]; expected one of: payment_methods, ",
    ):
        load_policy("xoobay", operator={"payment_method": "Visa"})
