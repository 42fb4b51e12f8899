"""`crossdesk agents` and `crossdesk tokens` on a real database, from the first administrator on."""

import re
from pathlib import Path

from tests.commands.terminal import Terminal

PASSWORD = "correct horse battery\n"  # noqa: S105 - it opens nothing


def hire(terminal: Terminal, name: str, role: str = "agent") -> str:
    """What is said when somebody is added."""
    said = terminal.types("agents", "add", name, "--role", role, "--password-stdin", put_in=PASSWORD)
    assert said.status == 0, said.err
    return said.out


def test_agents_come_and_go(terminal: Terminal) -> None:
    nobody = terminal.types("agents", "list")
    assert nobody.lines == ["NAME  ROLE  STATE  SINCE"]
    assert "Nobody works here yet" in nobody.err
    assert "Anna works here now as supervisor." in hire(terminal, "Anna", "supervisor")
    hire(terminal, "王小明")
    table = terminal.types("agents", "list").lines
    assert [line.split()[:3] for line in table[1:]] == [
        ["Anna", "supervisor", "active"],
        ["王小明", "agent", "active"],
    ]
    assert terminal.types("agents", "disable", "anna").out == "Anna is locked out.\n"
    assert "disabled" in terminal.types("agents", "list").lines[1]
    assert "Anna is locked out" in terminal.fails("tokens", "add", "--agent", "Anna")
    assert terminal.types("agents", "disable", "Anna", "--undo").out == "Anna is let in again.\n"
    assert (
        terminal.types("agents", "reset", "Anna", "--password-stdin", put_in=PASSWORD).out
        == "Anna has a new password.\n"
    )


def test_what_is_refused(terminal: Terminal) -> None:
    hire(terminal, "Anna")
    add = ("agents", "add", "Ben", "--role", "agent")
    assert "A password has 12 to 256 characters, not 5." in terminal.fails(
        *add, "--password-stdin", put_in="short\n"
    )
    assert "pass it with --password-stdin" in terminal.fails(*add)
    assert "'chef'" in terminal.fails(
        "agents", "add", "Ben", "--role", "chef", "--password-stdin", put_in=PASSWORD
    )
    assert "an agent called 'Anna' already" in terminal.fails(
        "agents", "add", "ANNA", "--role", "agent", "--password-stdin", put_in=PASSWORD
    )
    assert "A name has no blanks around it" in terminal.fails(
        "agents", "add", " Ben", "--role", "agent", "--password-stdin", put_in=PASSWORD
    )
    assert "No agent is called 'Ben'; there are Anna." in terminal.fails("agents", "disable", "Ben")
    assert "No agent is called 'Ben'" in terminal.fails(
        "agents", "reset", "Ben", "--password-stdin", put_in=PASSWORD
    )
    assert "No agent is called 'Ben'" in terminal.fails("tokens", "add", "--agent", "Ben")


def test_a_token_is_printed_alone_on_the_last_line_and_never_again(terminal: Terminal) -> None:
    hire(terminal, "Anna")
    made = terminal.types("tokens", "add", "--agent", "Anna")
    assert re.fullmatch(r"cd_1_[\w-]{43}", made.lines[-1])
    assert made.out == made.lines[-1] + "\n"
    table = terminal.types("tokens", "list")
    assert table.lines[1].split()[:3] == ["1", "Anna", "valid"]
    assert made.lines[-1] not in table.out


def test_tokens_are_revoked_by_number_or_by_themselves(terminal: Terminal) -> None:
    hire(terminal, "Anna")
    second = [terminal.types("tokens", "add", "--agent", "Anna").lines[-1] for _ in range(2)][1]
    assert terminal.types("tokens", "revoke", "1").out == "Token 1 of Anna lets nobody in any more.\n"
    assert terminal.types("tokens", "revoke", second).out == "Token 2 of Anna lets nobody in any more.\n"
    assert [line.split()[2] for line in terminal.types("tokens", "list").lines[1:]] == ["revoked", "revoked"]
    assert "There is no token number 9" in terminal.fails("tokens", "revoke", "9")
    assert "Expected a token's number" in terminal.fails("tokens", "revoke", "mine")


def test_the_store_may_be_elsewhere(terminal: Terminal) -> None:
    (terminal.folder / "crossdesk.toml").write_text(
        f'[store]\nurl = "sqlite:///{terminal.folder / "elsewhere" / "desk.db"}"\n', encoding="utf-8"
    )
    hire(terminal, "Anna")
    assert Path(terminal.folder / "elsewhere" / "desk.db").exists()
    assert not Path(terminal.folder / "data").exists()
    assert "PostgreSQL" not in terminal.types("agents", "list").err
