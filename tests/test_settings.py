"""Settings: where they come from, what is refused in which words, and that each is documented."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import MisconfiguredError
from bot.settings import BadSettingsError, Settings, find_file, load_settings, start_clock
from bot.settings.faults import known_paths
from bot.settings.model import Mailbox

DOC = Path(__file__).parent.parent / "docs" / "settings.md"
SECTION = re.compile(r"^### `\[+([a-z.]+)\]+`$")
ROW = re.compile(r"^\| (`(?P<key>\w+)`|any) \| (?P<default>.+?) \| (?P<meaning>.+) \| `(?P<example>.+)` \|$")


def write(folder: Path, text: str) -> Path:
    """A settings file in `folder`."""
    file = folder / "crossdesk.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(folder: Path, text: str, **environ: str) -> list[str]:
    """What is wrong, without the folder's name."""
    with pytest.raises(BadSettingsError) as caught:
        load_settings(write(folder, text), environ=environ)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def documented() -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Every row of every table of docs/settings.md, by the path of its key."""
    section: tuple[str, ...] = ()
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if heading := SECTION.match(line):
            section = tuple(heading[1].split("."))
        elif row := ROW.match(line):
            path = section if row["key"] is None else (*section, row["key"])
            yield path, {name: str(text) for name, text in row.groupdict().items()}


def test_without_anything_there_are_defaults() -> None:
    settings = load_settings(None, environ={})
    assert settings == Settings()
    assert (settings.server.port, settings.store.url, settings.webchat.demo) == (8080, "", True)
    assert not settings.server.production


def test_environment_is_stronger_than_the_file_and_options_than_both(tmp_path: Path) -> None:
    file = write(tmp_path, '[server]\nhost = "a"\nport = 1\npublic_url = "https://x.example/"\n')
    settings = load_settings(
        file,
        environ={"CROSSDESK_SERVER__PORT": "2", "crossdesk_server__host": "b"},
        overrides={"server": {"host": "c"}},
    )
    assert (settings.server.host, settings.server.port) == ("c", 2)
    assert settings.server.public_url == "https://x.example"


def test_lists_and_tables_from_the_environment(tmp_path: Path) -> None:
    file = write(tmp_path, '[[mailbox]]\naddress = "help@x.example"\nimap_host = "imap"\n')
    settings = load_settings(
        file,
        environ={
            "CROSSDESK_MAILBOX__0__IMAP_PORT": "143",
            "CROSSDESK_MAILBOX__1__ADDRESS": "complaints@x.example",
            "CROSSDESK_MAILBOX__1__DUTIES": "complaints",
            "CROSSDESK_WEBCHAT__ORIGINS": "https://a.example, https://B.example:8443/",
            "CROSSDESK_OPERATOR__PAYMENT_METHODS": "Visa",
            "CROSSDESK_LOG": '{"level": "debug"}',
            "CROSSDESK_TELEGRAM__GROUPS": '[{"id": -5, "region": "DE"}]',
        },
    )
    first, second = settings.mailbox
    assert (first.address, first.imap_host, first.imap_port) == ("help@x.example", "imap", 143)
    assert (second.address, second.duties) == ("complaints@x.example", ("complaints",))
    assert settings.webchat.origins == ("https://a.example", "https://b.example:8443")
    assert settings.operator == {"payment_methods": "Visa"}
    assert settings.log.level == "debug"
    assert settings.telegram.groups[0].id == -5


def test_settings_cannot_be_changed() -> None:
    settings = load_settings(None, environ={})
    with pytest.raises(ValueError, match="frozen"):
        setattr(settings.server, "port", 1)  # noqa: B010 - mypy knows it, this asks the program
    with pytest.raises(ValueError, match="frozen"):
        setattr(settings, "server", Settings().server)  # noqa: B010 - the same


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[server]\n\nprot = 1\n", '3: [server] prot: no such setting; did you mean "port"?'),
        ("[sever]\n", '1: [sever]: no such section; did you mean "server"?'),
        (
            "[server]\ndemo = true\n",
            "2: [server] demo: no such setting here; demo belongs to [webchat]",
        ),
        (
            "[log]\nzzzzzzzz = 1\n",
            "2: [log] zzzzzzzz: no such setting; there are format, level",
        ),
        ('[server]\nport = "x"\n', "2: [server] port: expected a whole number, found 'x'"),
        (
            "server.port = 70000\n",
            "1: [server] port: expected a number from 0 to 65535, found 70000",
        ),
        ("server = 3\n", "1: [server]: expected a table of keys, found 3"),
        (
            "[server]\nhost = 3\n",
            '2: [server] host: expected a text in quotes, such as "value", found 3',
        ),
        (
            '[log]\nlevel = "loud"\n',
            "2: [log] level: expected one of 'debug', 'info', 'warning', 'error', found 'loud'",
        ),
        (
            '[server]\nproduction = "perhaps"\n',
            "2: [server] production: expected true or false, found 'perhaps'",
        ),
        (
            '[[mailbox]]\naddress = "a@b"\n[[mailbox]]\nduties = ["support"]\n',
            "3: [mailbox 2] address: expected a value; this key may not be left out",
        ),
        (
            '[[mailbox]]\naddress = "a@b"\nduties = ["cook"]\n',
            "3: [mailbox 1] duties 1: expected one of 'support', 'complaints', found 'cook'",
        ),
        (
            '[telegram]\ngroups = [{id = 1, langage = "de"}]\n',
            '2: [telegram] groups 1 langage: no such setting; did you mean "language"?',
        ),
        (
            '[webchat]\norigins = ["https://a.example/shop"]\n',
            "2: [webchat] origins 1: expected an origin such as https://shop.example.com, without a path",
        ),
        (
            '[server]\npublic_url = "shop.example"\n',
            "2: [server] public_url: expected an address such as https://support.example.com",
        ),
        (
            '[coordination]\nurl = "amqp://x"\n',
            "2: [coordination] url: expected an address such as redis://localhost:6379/0, or nothing",
        ),
        (
            "[server]\nport = 1\nhost = local\n",
            "3: this is no TOML: invalid value; texts need quotes",
        ),
        ('[server]\nhost = "', "2: this is no TOML: unterminated string; texts need quotes"),
    ],
)
def test_a_fault_names_the_line_and_what_was_expected(tmp_path: Path, text: str, said: str) -> None:
    assert faults(tmp_path, text) == [f"crossdesk.toml:{said}"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "[server]\nprot = 1\nport = -1\n[lock]\n", CROSSDESK_SEVER__PORT="1")) == 4


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CROSSDESK_SERVER__PROT", "1", 'CROSSDESK_SERVER__PROT: no such setting; did you mean "port"?'),
        (
            "CROSSDESK_SEVER__PORT",
            "1",
            'CROSSDESK_SEVER__PORT: no such setting; did you mean "CROSSDESK_SERVER__PORT"?',
        ),
        (
            "CROSSDESK_SERVER_PORT",
            "1",
            'CROSSDESK_SERVER_PORT: no such setting; did you mean "CROSSDESK_SERVER__PORT"?',
        ),
        ("CROSSDESK_SERVER__PORT", "x", "CROSSDESK_SERVER__PORT: expected a whole number, found 'x'"),
        ("CROSSDESK_LOG", "{", 'CROSSDESK_LOG...: expected JSON, such as {"key": "value"}'),
        (
            "CROSSDESK_MAILBOX__0__IMAP_PORT",
            "x",
            "CROSSDESK_MAILBOX__0__IMAP_PORT: expected a whole number, found 'x'",
        ),
    ],
)
def test_a_fault_of_the_environment_names_the_variable(name: str, value: str, said: str) -> None:
    with pytest.raises(BadSettingsError) as caught:
        load_settings(None, environ={name: value})
    assert f"environment: {said}" in str(caught.value).splitlines()


def test_a_fault_of_an_option_names_the_option() -> None:
    with pytest.raises(BadSettingsError, match="command line: --port: expected a number from 0 to 65535"):
        load_settings(None, environ={}, overrides={"server": {"port": 70000}})


def test_variables_of_others_are_let_be() -> None:
    kubernetes = {
        "CROSSDESK_SERVICE_HOST": "10.0.0.1",
        "CROSSDESK_PORT": "tcp://10.0.0.1:80",
        "CROSSDESK_PORT_80_TCP_ADDR": "10.0.0.1",
        "CROSSDESK_SERVICE_PORT_HTTP": "80",
    }
    assert load_settings(None, environ={"PATH": "/bin", "CROSSDESK_CLOCK": "x", **kubernetes}) == Settings()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(
        BadSettingsError, match=r"missing\.toml: there is no such settings file; --config names another"
    ):
        load_settings(tmp_path / "missing.toml", environ={})
    with pytest.raises(BadSettingsError, match="the file cannot be read: Is a directory"):
        load_settings(tmp_path, environ={})
    latin = tmp_path / "latin.toml"
    latin.write_bytes('[operator]\nx = "ä"\n'.encode("latin-1"))
    with pytest.raises(BadSettingsError, match=r"latin\.toml:2: the file is no UTF-8 text"):
        load_settings(latin, environ={})


def test_a_file_saved_by_windows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "crossdesk.toml"
    file.write_bytes("\ufeff[server]\r\nport = 9\r\n".encode())
    assert load_settings(file, environ={}).server.port == 9


def test_secrets_come_from_files_or_the_environment_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123:top-secret\n", encoding="utf-8")
    settings = load_settings(
        write(
            tmp_path, '[telegram]\ntoken_file = "token"\n[coordination]\nurl = "redis://:top-secret@h/0"\n'
        ),
        environ={
            "CROSSDESK_WEBCHAT__IDENTITY_KEY": "top-secret",
            "CROSSDESK_STORE__URL": "postgresql://u:top-secret@h/d",
        },
    )
    assert settings.telegram.secret("token") == "123:top-secret"
    assert settings.webchat.secret("identity_key") == "top-secret"
    assert Mailbox(address="a@b").secret("password") == ""
    assert "top-secret" not in repr(settings) + str(settings)


def test_a_secret_in_the_settings_file_is_refused_without_showing_it(tmp_path: Path) -> None:
    said = faults(tmp_path, '[telegram]\ntoken = "hush"\n[[mailbox]]\naddress = "a@b"\npassword = "hush"\n')
    refused = "a secret has no place here; name its file in"
    variable = "or set CROSSDESK_MAILBOX__0__PASSWORD"
    assert said == [
        f"crossdesk.toml:2: [telegram] token: {refused} token_file, or set CROSSDESK_TELEGRAM__TOKEN",
        f"crossdesk.toml:5: [mailbox 1] password: {refused} password_file, {variable}",
    ]
    assert "hush" not in str(faults(tmp_path, '[webchat]\nidentity_key = ["hush"]\n'))


def test_a_secret_set_twice_is_refused(tmp_path: Path) -> None:
    said = faults(tmp_path, '[telegram]\ntoken_file = "t"\n', CROSSDESK_TELEGRAM__TOKEN="1:x")  # noqa: S106 - it opens nothing
    assert said == ["crossdesk.toml:1: [telegram]: token and token_file are both set; keep one of them"]


def test_a_secret_file_that_is_missing_or_empty(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, '[telegram]\ntoken_file = "token"\n'), environ={})
    with pytest.raises(
        MisconfiguredError, match=r"token_file names .*/token, which cannot be read: No such file"
    ):
        settings.telegram.secret("token")
    (tmp_path / "token").write_text("\n", encoding="utf-8")
    with pytest.raises(MisconfiguredError, match="which is empty"):
        settings.telegram.secret("token")
    (tmp_path / "token").write_bytes(b"\xff")
    with pytest.raises(MisconfiguredError, match="it is no UTF-8 text"):
        settings.telegram.secret("token")


def test_the_file_is_looked_for_in_the_data_folder(tmp_path: Path) -> None:
    assert find_file(None, tmp_path) is None
    file = write(tmp_path, "")
    assert find_file(None, tmp_path) == file
    assert find_file(tmp_path / "other", tmp_path) == tmp_path / "other"


def test_the_clock_starts_where_it_is_told_and_runs_on() -> None:
    clock = start_clock({"CROSSDESK_CLOCK": "2026-02-16T10:00:00+08:00"}, production=False)
    start = datetime(2026, 2, 16, 2, tzinfo=UTC)
    first, second = clock(), clock()
    assert start <= first < second < start + timedelta(minutes=1)
    assert first.tzinfo is UTC


def test_the_true_clock_is_in_utc() -> None:
    assert start_clock({}, production=True)().utcoffset() == timedelta(0)


@pytest.mark.parametrize("wanted", ["soon", "2026-02-16", "2026-02-16T10:00:00"])
def test_a_clock_that_cannot_be_read_is_refused(wanted: str) -> None:
    with pytest.raises(
        MisconfiguredError, match=f"CROSSDESK_CLOCK='{wanted}': expected a time with its zone"
    ):
        start_clock({"CROSSDESK_CLOCK": wanted}, production=False)


def test_production_keeps_the_true_time() -> None:
    with pytest.raises(MisconfiguredError, match="a live desk keeps the true time"):
        start_clock({"CROSSDESK_CLOCK": "2026-02-16T10:00:00Z"}, production=True)


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    rows = [path for path, _ in documented()]
    assert sorted(rows) == sorted(known_paths())


def test_documented_defaults_are_the_defaults() -> None:
    told = {path: row["default"].strip("`") for path, row in documented()}
    for name in ("server", "store", "coordination", "profile", "webchat", "telegram", "log"):
        section = getattr(Settings(), name)
        for key, value in section:
            if (name, key) in told:
                assert told[name, key] == written(value), f"[{name}] {key}"
    for key, field in Mailbox.model_fields.items():
        if ("mailbox", key) in told:
            wanted = "required" if field.is_required() else written(field.default)
            assert told["mailbox", key] == wanted, key


def written(value: object) -> str:
    """A default as the documentation writes it."""
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(map(written, value))}]"
        case _:
            return str(value)


def test_documented_examples_are_accepted(tmp_path: Path) -> None:
    tree: dict[str, Any] = {}
    environ = {}
    for path, row in documented():
        value = tomllib.loads(f"x = {row['example']}")["x"]
        if path[-1] in {"token", "password"}:
            continue
        if path[-1] == "identity_key":
            environ = {"CROSSDESK_WEBCHAT__IDENTITY_KEY": value}
            continue
        at = tree
        for name in path[:-1]:
            at = at.setdefault(name, {})
        at[path[-1]] = {"payment_methods": value} if path == ("operator",) else value
    tree["telegram"]["groups"] = [tree["telegram"]["groups"]]
    tree["mailbox"] = [tree["mailbox"]]
    assert environ
    del tree["webchat"]["identity_key_file"]
    settings = load_settings(write(tmp_path, toml(tree)), environ={})
    assert settings.mailbox[0].oauth is not None
    assert settings.webchat.origins == ("https://shop.example.com",)
    assert load_settings(None, environ=environ).webchat.secret("identity_key")


def toml(tree: Mapping[str, Any]) -> str:
    """TOML in inline form: enough for the examples."""
    return "\n".join(f"{key} = {inline(value)}" for key, value in tree.items())


def inline(value: object) -> str:
    """One TOML value on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key} = {inline(each)}" for key, each in value.items()) + "}"
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case _:
            return written(value)


def test_the_example_file_of_the_documentation_is_accepted(tmp_path: Path) -> None:
    example = DOC.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    assert load_settings(write(tmp_path, example), environ={}).server.production
