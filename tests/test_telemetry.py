"""Log lines: one form for ours and other packages', and no secret in them. Figures: there to be read."""

import gc
import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import telemetry


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where log lines go during a test, as JSON."""
    before = (logging.getLogger().handlers[:], logging.getLogger().level)
    stream = io.StringIO()
    telemetry.set_up(level="debug", style="json", stream=stream)
    yield stream
    logging.getLogger().handlers[:] = before[0]
    logging.getLogger().setLevel(before[1])


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh12345678"),
        ("token cd_7_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ was used", "abcdefghijklm"),
        (f"socket of v1.{'ab' * 16}.1795181482.{'cd' * 32} closed", "abab"),
        ("POST /bot123456789:AAFakeFakeFakeFakeFakeFakeFakeFake123/getMe", "AAFake"),
        ("redis://:pa55word@cache:6379/0 is away", "pa55word"),
        ("postgresql+asyncpg://desk:pa55word@db/crossdesk", "pa55word"),
        ("C: A1 LOGIN help@x.example pa55word", "pa55word"),
        ('C: A1 LOGIN "help@x.example" "pa55 word"', "pa55 word"),
        ("AUTH PLAIN AGhlbHAAcGE1NXdvcmQ=", "AGhlbHAA"),
        ("C: A2 AUTHENTICATE XOAUTH2 dXNlcj1oZWxw", "dXNlcj1oZWxw"),
        ("identity eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl", "eyJzdWIi"),
        ('{"password": "hush hush"}', "hush hush"),
        ("smtp_password=hush&x=1", "hush"),
        ("my card is 4111 1111 1111 1111, charge it", "4111 1111"),
        ("4111-1111-1111-1111", "1111-1111"),
        ("378282246310005", "378282246310005"),
    ],
)
def test_secrets_are_hidden_by_their_look(text: str, secret: str) -> None:
    assert secret not in telemetry.redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "order ORD20241234567890123 is late",
        "4111 1111 1111 1112 is no card",
        "parcel 1Z999AA10123456784",
        "seen at 2026-02-16T10:00:00.123456+08:00",
        "https://shop.example:8443/a?b=c",
        "basically fine",
        "please log in, or login to your account",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert telemetry.redact(text) == text


@given(st.text())
def test_redacting_never_fails(text: str) -> None:
    assert isinstance(telemetry.redact(text), str)


def test_secrets_are_hidden_by_their_name_however_deep(lines: io.StringIO) -> None:
    telemetry.logger("test").info(
        "signed in",
        token="abc",  # noqa: S106 - it opens nothing
        nested={"headers": [{"Cookie": "abc"}, "Bearer abcabcabc"]},
        count=3,
        empty_password="",
    )
    line = json.loads(lines.getvalue())
    assert "abc" not in lines.getvalue()
    assert line["token"] == "[hidden]"  # noqa: S105 - not the secret
    assert (line["count"], line["empty_password"], line["event"]) == (3, "", "signed in")


def test_other_packages_lines_take_the_same_form_and_are_redacted(lines: io.StringIO) -> None:
    logging.getLogger("some.package").warning(
        "cannot reach %s",
        "redis://:pa55word@cache",
        extra={"token": "abc", "color_message": "the same in red"},
    )
    line = json.loads(lines.getvalue())
    assert line["event"] == "cannot reach redis://:[hidden]@cache"
    assert (line["level"], line["logger"], line["token"]) == ("warning", "some.package", "[hidden]")
    assert line["timestamp"].endswith("Z")
    assert "color_message" not in line


def test_tracebacks_are_redacted(lines: io.StringIO) -> None:
    try:
        int("password=hush")
    except ValueError:
        telemetry.logger("test").exception("failed")
    line = json.loads(lines.getvalue())
    assert "ValueError" in line["exception"]
    assert "password=[hidden]" in line["exception"].splitlines()[-1]


def test_lines_below_the_level_are_not_written(lines: io.StringIO) -> None:
    telemetry.set_up(level="warning", style="json", stream=lines)
    telemetry.logger("test").info("no")
    logging.getLogger("aioimaplib").info("no")
    telemetry.logger("test").warning("yes")
    assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["yes"]


def test_the_console_form_has_no_colours_in_a_file(lines: io.StringIO) -> None:
    telemetry.set_up(style="console", stream=lines)
    telemetry.logger("test").warning("careful", case="CD-1")
    assert "careful" in lines.getvalue()
    assert "case=CD-1" in lines.getvalue()
    assert "\x1b" not in lines.getvalue()


def test_figures_are_told() -> None:
    telemetry.MESSAGES_DECIDED.labels(channel="webchat", outcome="answer").inc()
    with telemetry.watch_gc():
        gc.collect()
    told = telemetry.exposition().decode()
    assert 'crossdesk_messages_decided_total{channel="webchat",outcome="answer"}' in told
    assert 'crossdesk_gc_pause_seconds_count{generation="2"}' in told
    assert "crossdesk_sockets_open 0.0" in told
    assert "process_resident_memory_bytes" in told
    assert not any("note" in getattr(each, "__name__", "") for each in gc.callbacks)
