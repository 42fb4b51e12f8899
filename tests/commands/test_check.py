"""`crossdesk check`: what comes with the program is sound, and a fault is told with its file and line."""

from tests.commands.terminal import Terminal


def test_what_comes_with_the_program_is_sound(terminal: Terminal) -> None:
    said = terminal.types("check")
    assert said.status == 0, said.out
    assert said.out.startswith("All good: ")


def test_faulty_settings_and_operator_values_are_told(terminal: Terminal) -> None:
    (terminal.folder / "crossdesk.toml").write_text(
        '[server]\nprot = 1\n\n[operator]\npayment = "cash"\n', encoding="utf-8"
    )
    said = terminal.types("check")
    assert said.status == 1
    assert 'crossdesk.toml:2: [server] prot: no such setting; did you mean "port"?' in said.lines
    (terminal.folder / "crossdesk.toml").write_text('[operator]\npayment = "cash"\n', encoding="utf-8")
    said = terminal.types("check")
    assert said.status == 1
    assert "found the value 'payment' under [operator]" in said.out
    assert said.err == "1 fault found.\n"


def test_a_faulty_profile_of_the_operator_is_told_with_its_line(terminal: Terminal) -> None:
    own = terminal.folder / "data" / "policies"
    own.mkdir(parents=True)
    (own / "xoobay.yaml").write_text("extends: xoobay\nlanguages: 7\n", encoding="utf-8")
    said = terminal.types("check")
    assert said.status == 1
    assert "data/policies/xoobay.yaml:2: languages" in said.out


def test_an_unknown_profile_is_told(terminal: Terminal) -> None:
    said = terminal.types("check", environ={"CROSSDESK_PROFILE__NAME": "atlantis"})
    assert said.status == 1
    assert "atlantis" in said.out
