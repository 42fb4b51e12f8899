"""`crossdesk due`: the worked examples of the design, typed in."""

import pytest

from tests.commands.terminal import Terminal


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["first_response", "--from", "2025-12-24T20:00+08:00"], "2025-12-29T20:00:00+08:00"),
        (["first_response", "--from", "2025-12-24T12:00Z"], "2025-12-29T20:00:00+08:00"),
        (["resolution_general", "--from", "2026-02-16T10:00:00+08:00"], "2026-02-24T10:00:00+08:00"),
        (["pickup", "--channel", "webchat", "--from", "2026-03-02T23:58+08:00"], "2026-03-03T08:03:00+08:00"),
        (
            ["first_response", "--channel", "telegram", "--from", "2026-11-20T18:00+08:00"],
            "2026-11-20T19:00:00+08:00",
        ),
        (
            ["first_response", "--class", "complex", "--from", "2026-11-20T18:00+08:00"],
            "2026-11-22T18:00:00+08:00",
        ),
        (
            [
                "first_response",
                "--channel",
                "telegram",
                "--private",
                "--class",
                "complex",
                "--from",
                "2026-11-20T18:00+08:00",
            ],
            "2026-11-22T18:00:00+08:00",
        ),
        (["escalation_1_window", "--from", "2025-12-18T15:00+08:00"], "2025-12-24T00:00:00+08:00"),
    ],
)
def test_worked_examples(terminal: Terminal, words: list[str], due: str) -> None:
    said = terminal.types("due", "--clock", *words)
    assert (said.out, said.err, said.status) == (f"{due}\n", "", 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["first_response", "--from", "2025-12-24T20:00"], "has no zone"),
        (
            ["first_response", "--from", "soon"],
            "--from soon: expected a time such as 2025-12-24T20:00:00+08:00",
        ),
        (["tea_time", "--from", "2025-12-24T20:00Z"], "there is no clock 'tea_time'"),
        (["resolution_general", "--from", "1999-12-24T20:00Z"], "1999"),
        (["first_response", "--channel", "pigeon", "--from", "2025-12-24T20:00Z"], "pigeon"),
    ],
)
def test_what_cannot_be_worked_out(terminal: Terminal, words: list[str], said: str) -> None:
    assert said in terminal.fails("due", "--clock", *words)
