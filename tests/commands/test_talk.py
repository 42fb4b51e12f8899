"""`crossdesk chat` and `replay`: a talk by JSON lines and one at a terminal, also beside a server."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.commands.terminal import Terminal, json_lines


def test_a_talk_by_json_lines(terminal: Terminal) -> None:
    lines = json_lines(
        [
            {"text": "Hello!"},
            {},
            {"text": "x" * 4001},
            {"text": "I want to talk to a person"},
            {"text": "hello?"},
        ]
    )
    said = terminal.types("chat", "--jsonl", put_in=lines)
    assert said.status == 0, said.err
    greeting, nothing, long, person, silent = said.rows
    assert set(greeting) == {"replies", "decision", "case"}
    assert set(greeting["replies"][0]) == {"text", "lang", "choices"}
    assert set(greeting["decision"]) == {"outcome", "intent", "also"}
    assert greeting["case"] is None
    assert nothing == {"error": '"text" is missing: expected a line such as {"text": "..."}'}
    assert long == {"error": "the text has 4001 characters; at most 4000 are taken"}
    assert person["decision"]["outcome"] == "handoff"
    assert person["case"]["state"] == "queued"
    assert silent["decision"]["outcome"] == "silent"
    assert silent["replies"] == []
    replayed = terminal.types("replay", person["case"]["id"])
    assert replayed.status == 0, replayed.err
    assert "customer: I want to talk to a person" in replayed.out
    assert replayed.lines[-1] == f"{person['case']['id']}: 1 step to queued, as stored."


def test_a_talk_begins_in_the_language_asked_for(terminal: Terminal) -> None:
    said = terminal.types("chat", "--jsonl", "--lang", "de", put_in=json_lines([{"text": "ok"}]))
    assert said.rows[0]["replies"][0]["lang"] == "de"


def test_a_talk_beside_a_running_server(terminal: Terminal) -> None:
    with serving(terminal):
        lines = json_lines([{"text": "I want to talk to a person"}])
        said = terminal.types("chat", "--jsonl", put_in=lines)
        assert said.status == 0, said.err
        assert said.rows[0]["case"]["state"] == "queued"
        assert terminal.types("agents", "list").status == 0
        assert "another process serves" in terminal.fails("run", "--port", "0")


def test_a_story_that_the_steps_do_not_tell_is_found(terminal: Terminal) -> None:
    lines = json_lines([{"text": "I want to talk to a person"}])
    case = terminal.types("chat", "--jsonl", put_in=lines).rows[0]["case"]["id"]
    change(terminal.folder / "data" / "crossdesk.db", "UPDATE case_ SET state = 'resolved'")
    said = terminal.types("replay", case)
    assert said.status == 1
    assert "the steps lead to queued, but resolved is stored" in said.err


def change(database: Path, statement: str) -> None:
    """Meddle with the database."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(database), statement], check=True)


def test_a_talk_at_a_terminal(terminal: Terminal) -> None:
    with talking(terminal) as (process, screen):
        hear(screen, until="> ")
        os.write(screen, b"I want to talk to a person\n")
        hear(screen, until=r"CD-\d+(.|\s)*> ")
        os.write(screen, b"hello?\n")
        assert "is queued" in hear(screen, until=r"queued(.|\s)*> ")
        os.write(screen, b"\n")
        assert process.wait(30) == 0


def test_ctrl_c_ends_a_talk_quietly(terminal: Terminal) -> None:
    with talking(terminal) as (process, screen):
        hear(screen, until="> ")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert "Traceback" not in hear(screen, until=None)


@contextmanager
def talking(terminal: Terminal) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`crossdesk chat` at a terminal: the process, and the terminal's other side."""
    screen, theirs = pty.openpty()
    # Whoever starts the tests in the background has told them, and so their children, to ignore Ctrl+C.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "bot", "chat"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=terminal.folder)
    os.close(theirs)
    try:
        yield process, screen
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def hear(screen: int, *, until: str | None) -> str:
    """What is printed until it matches, or to the end."""
    heard, deadline = "", time.monotonic() + 50
    while until is None or not re.search(until, heard):
        ready, _, _ = select.select([screen], [], [], max(0, deadline - time.monotonic()))
        assert ready, f"waited for {until!r}, heard {heard!r}"
        part = b""
        with contextlib.suppress(OSError):  # how Linux says that nobody holds the other end any more
            part = os.read(screen, 65536)
        if not part:
            assert until is None, f"waited for {until!r}, heard {heard!r}"
            break
        heard += part.decode()
    return heard


@contextmanager
def serving(terminal: Terminal) -> Iterator[None]:
    """`crossdesk run` in this folder, until SIGTERM ends it with status 0."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--port", "0"], stdout=subprocess.PIPE, cwd=terminal.folder
    )
    assert process.stdout is not None
    with process.stdout as told:
        try:
            assert b"Crossdesk is running" in told.readline()
            yield
        finally:
            process.terminate()
            status = process.wait(30)
    assert status == 0
