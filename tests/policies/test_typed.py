"""Versions and notices as somebody tries them: files in the data folder, and the command line."""

from pathlib import Path

import pytest

from tests.commands.terminal import Terminal

STORM = """\
reason: typhoon signal no. 10
from: 2026-09-08T06:00+08:00
until: 2026-09-09T00:00+08:00
hours: {webchat: []}
"""
NEXT = """\
extends: xoobay
version: "2027"
in_force: {from: 2027-01-01}
clocks: {pickup_webchat: {amount: 3 min}}
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal in a folder that has a notice and a version to come."""
    own = tmp_path / "data" / "policies" / "xoobay"
    for folder, name, text in (("notices", "storm", STORM), ("versions", "2027", NEXT)):
        (own / folder).mkdir(parents=True)
        (own / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Terminal(tmp_path)


def test_due_goes_by_the_version_and_the_notices_of_the_start(terminal: Terminal) -> None:
    for start, due in {
        "2026-09-08T09:00+08:00": "2026-09-09T08:05:00+08:00",
        "2026-09-10T09:00+08:00": "2026-09-10T09:05:00+08:00",
        "2027-01-01T09:00+08:00": "2027-01-01T09:03:00+08:00",
    }.items():
        said = terminal.types("due", "--clock", "pickup", "--channel", "webchat", "--from", start)
        assert (said.out, said.err) == (f"{due}\n", "")


def test_check_lists_what_is_in_force_and_what_comes_next(terminal: Terminal) -> None:
    said = terminal.types("check", environ={"CROSSDESK_CLOCK": "2026-09-08T12:00:00+08:00"})
    assert (said.status, said.err) == (0, "")
    assert said.lines[-4:] == [
        "Policy xoobay:",
        "now   version 2025-10-20, from 2025-10-20T00:00+08:00",
        "next  version 2027, from 2027-01-01T00:00+08:00",
        (
            "now   notice storm, from 2026-09-08T06:00+08:00 until 2026-09-09T00:00+08:00: hours of webchat "
            "(typhoon signal no. 10)"
        ),
    ]


def test_a_faulty_notice_is_told_with_its_line_and_no_command_goes_by_it(terminal: Terminal) -> None:
    storm = terminal.folder / "data" / "policies" / "xoobay" / "notices" / "storm.yaml"
    storm.write_text(STORM.replace("06:00+08:00", "06:00"), encoding="utf-8")
    told = "data/policies/xoobay/notices/storm.yaml:2: from: found '2026-09-08T06:00'; expected a moment"
    said = terminal.types("check")
    assert said.status == 1
    assert said.out.startswith(told)
    assert told in terminal.fails(
        "due", "--clock", "pickup", "--channel", "webchat", "--from", "2026-09-08T09:00Z"
    )
