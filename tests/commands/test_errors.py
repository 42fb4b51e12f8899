"""Whatever goes wrong: one clear sentence on standard error, status 2, no traceback."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import COMMANDS, build
from bot.commands.failure import FAILED, explained, in_words
from bot.errors import MisconfiguredError, RefusedError
from tests.commands.terminal import Terminal


def test_help_explains_every_command(terminal: Terminal) -> None:
    said = terminal.types("--help")
    assert said.status == 0
    for command in COMMANDS:
        assert f" {command} " in said.out
        alone = CliRunner().invoke(build([command]), [command, "--help"])
        assert alone.exit_code == 0
        assert "--config" in alone.output or "Commands" in alone.output
    assert list(terminal.folder.iterdir()) == []


def test_the_version_is_told(terminal: Terminal) -> None:
    said = terminal.types("--version")
    assert (said.status, said.out.split()[0]) == (0, "crossdesk")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dance"], "No such command 'dance'"),
        (["due"], "Missing option '--clock'"),
        (["due", "--clok", "x"], "No such option: --clok"),
        (["run", "--port", "many"], "Invalid value for '--port'"),
        (["run", "--port", "70000"], "command line: --port: expected a number from 0 to 65535"),
        (["run", "--profile", "atlantis"], "atlantis"),
        (["migrate", "--config", "nowhere.toml"], "nowhere.toml: there is no such settings file"),
        (["--config", "nowhere.toml", "migrate"], "nowhere.toml: there is no such settings file"),
        (["replay", "CD-7"], "There is no case CD-7."),
        (["replay", "seven"], "'seven' is no case number: expected one such as CD-1042."),
        (["evaluate", "nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_wrong_words_are_explained(terminal: Terminal, words: list[str], said: str) -> None:
    assert said in terminal.fails(*words)


def test_faulty_settings_are_told_one_by_one(terminal: Terminal) -> None:
    (terminal.folder / "crossdesk.toml").write_text("[server]\nprot = 1\n[lok]\n", encoding="utf-8")
    said = terminal.fails("agents", "list", environ={"CROSSDESK_SERVER__PORT": "x"})
    assert said.splitlines() == [
        "crossdesk: environment: CROSSDESK_SERVER__PORT: expected a whole number, found 'x'",
        'crossdesk.toml:2: [server] prot: no such setting; did you mean "port"?',
        'crossdesk.toml:3: [lok]: no such section; did you mean "log"?',
    ]


def test_settings_are_found_in_the_data_folder_and_by_option(terminal: Terminal) -> None:
    (terminal.folder / "there").mkdir()
    (terminal.folder / "there" / "crossdesk.toml").write_text("[server]\nprot = 1\n", encoding="utf-8")
    for words in (["--data", "there", "migrate"], ["migrate", "--data", "there"]):
        assert "there/crossdesk.toml:2" in terminal.fails(*words)
    (terminal.folder / "other.toml").write_text("[servant]\n", encoding="utf-8")
    assert "other.toml:1" in terminal.fails("migrate", "--data", "there", "--config", "other.toml")
    assert terminal.types("migrate").status == 0


def test_the_clock_is_refused_in_production(terminal: Terminal) -> None:
    environ = {"CROSSDESK_CLOCK": "2026-02-16T10:00:00Z", "CROSSDESK_SERVER__PRODUCTION": "true"}
    assert "a live desk keeps the true time" in terminal.fails("migrate", environ=environ)


def test_a_database_newer_than_the_code_is_left_alone(terminal: Terminal) -> None:
    assert terminal.types("migrate").status == 0
    with sqlite3.connect(terminal.folder / "data" / "crossdesk.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "written by a newer version" in terminal.fails("agents", "list")


def test_a_data_folder_that_cannot_be(terminal: Terminal) -> None:
    (terminal.folder / "file").write_text("", encoding="utf-8")
    assert "cannot be made" in terminal.fails("agents", "list", "--data", "file/data")


def test_a_database_that_is_none(terminal: Terminal) -> None:
    (terminal.folder / "data").mkdir()
    (terminal.folder / "data" / "crossdesk.db").write_bytes(b"this is no database" * 100)
    assert "the file named as database is none" in terminal.fails("agents", "list")


def test_a_reader_that_stops_listening_is_no_fault(terminal: Terminal) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "subject"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=terminal.folder,
        env=dict(os.environ),
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    with process.stderr as errors:
        with process.stdin as lines:
            lines.write(b"Germany - Delay - ORD2024001\n" * 10)
        assert errors.read() == b""
    assert process.wait(20) == 1


def test_a_fault_of_our_own_goes_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise KeyError("password=hush")

    assert explained(broken) == FAILED
    said = capsys.readouterr().err
    report = Path(said.split()[-1])
    assert "a fault of the program itself (KeyError: 'password=[hidden]')" in said
    assert "Traceback" in report.read_text(encoding="utf-8")
    assert "hush" not in report.read_text(encoding="utf-8")
    report.unlink()


def test_errors_of_several_tasks_are_all_told(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        group = ExceptionGroup("inner", [RefusedError("two")])
        raise ExceptionGroup("outer", [MisconfiguredError("one"), group])

    assert explained(broken) == FAILED
    assert capsys.readouterr().err == "crossdesk: one\ncrossdesk: two\n"
    assert in_words(RefusedError("just so")) == "just so"
