"""Read the settings file and the environment into `Settings`, or say in plain words what is wrong where."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from bot.errors import MisconfiguredError
from bot.settings.clock import CLOCK
from bot.settings.faults import describe, unknown_variable
from bot.settings.model import ONLY_FROM_ENVIRONMENT, Settings
from bot.settings.place import line_of, lines_of

FILE = "crossdesk.toml"
PREFIX = "CROSSDESK_"

Tree = dict[str, Any]
Overrides = Mapping[str, Mapping[str, object]]


class Fault(NamedTuple):
    """Something wrong: `file` is a path, "environment" or "command line"; `line` from 1, 0 if unknown."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """`file:line: text`, the form editors jump from."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class BadSettingsError(MisconfiguredError):
    """The settings are wrong; `faults` has each of them, the message all of them, a line each."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def find_file(config: Path | None, data: Path) -> Path | None:
    """The file to read: `config` if given, else crossdesk.toml here or in the data folder, else None."""
    if config is not None:
        return config
    return next((file for file in (Path(FILE), data / FILE) if file.is_file()), None)


def load_settings(
    file: Path | None, *, environ: Mapping[str, str] | None = None, overrides: Overrides | None = None
) -> Settings:
    """Merge the file, the environment (os.environ unless given) and `overrides`, each stronger than the last.

    `overrides` are the command line's own: `{"server": {"port": 9000}}`. Paths in the file are relative to
    its folder. Raises BadSettingsError with every fault found, in plain words and with its place.
    """
    environ = os.environ if environ is None else environ
    text, in_file = _read_file(file)
    in_environ = _read_environ(environ)
    merged = _merge(
        _merge(in_file, in_environ), {name: dict(keys) for name, keys in (overrides or {}).items()}
    )
    faults = [*_misplaced_secrets(in_file), *_unknown_variables(environ)]
    settings = None
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        faults += [(fault["loc"], describe(fault)) for fault in error.errors()]
    if settings is None or faults:
        origin = _Origin(file, text, environ, overrides or {})
        raise BadSettingsError([origin.fault(path, words) for path, words in faults])
    return settings


class _Origin:
    """Knows where each value came from."""

    def __init__(
        self, file: Path | None, text: str, environ: Mapping[str, str], overrides: Overrides
    ) -> None:
        self._file = str(file or FILE)
        self._lines = lines_of(text)
        self._variables = {name.upper(): name for name in environ if name.upper().startswith(PREFIX)}
        self._overrides = overrides

    def fault(self, path: tuple[str | int, ...], words: str) -> Fault:
        """A fault with its place: an option of the command line, a variable, or a line of the file."""
        section, key = (*path, "", "")[:2]
        if section in self._overrides and key in self._overrides[str(section)]:
            return Fault("command line", 0, f"--{key}: {words}")
        for length in range(len(path), 0, -1):
            variable = PREFIX + "__".join(map(str, path[:length])).upper()
            if variable in self._variables:
                return Fault("environment", 0, f"{self._variables[variable]}: {words}")
        return Fault(
            self._file, line_of(self._lines, path) or 0, f"{_written(path)}: {words}" if path else words
        )


def _written(path: tuple[str | int, ...]) -> str:
    """`[server] port`, as the documentation writes it; entries are counted from 1: `[mailbox 2] address`."""
    words = [str(part + 1) if isinstance(part, int) else part for part in path]
    head = 2 if len(path) > 1 and isinstance(path[1], int) else 1
    return f"[{' '.join(words[:head])}] {' '.join(words[head:])}".rstrip()


def _read_file(file: Path | None) -> tuple[str, Tree]:
    if file is None:
        return "", {}
    try:
        text = file.read_bytes().decode("utf-8-sig")
        tree = tomllib.loads(text)
    except FileNotFoundError:
        raise BadSettingsError(
            [Fault(str(file), 0, "there is no such settings file; --config names another")]
        ) from None
    except OSError as error:
        raise BadSettingsError([Fault(str(file), 0, f"the file cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadSettingsError(
            [Fault(str(file), line, "the file is no UTF-8 text; save it as UTF-8")]
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettingsError([_syntax(file, text, str(error))]) from None
    return text, _with_full_paths(tree, file.parent)


def _syntax(file: Path, text: str, message: str) -> Fault:
    """The parser ends its message with `(at line 3, column 5)` or `(at end of document)`."""
    what, _, place = message.rpartition(" (at ")
    words = place.rstrip(")").replace(",", "").split()
    line = int(words[1]) if words[:1] == ["line"] else text.count("\n") + 1
    return Fault(str(file), line, f"this is no TOML: {what[:1].lower()}{what[1:]}; texts need quotes")


def _with_full_paths(tree: Any, folder: Path) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Files named in the settings file stand beside it, wherever the program was started."""
    if isinstance(tree, list):
        return [_with_full_paths(item, folder) for item in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: str(folder / value)
        if key.endswith("_file") and isinstance(value, str)
        else _with_full_paths(value, folder)
        for key, value in tree.items()
    }


def _read_environ(environ: Mapping[str, str]) -> Tree:
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in environ.items() if name.upper() != CLOCK}
    try:
        return source()
    except SettingsError as error:
        section = str(error).split('"')[1] if '"' in str(error) else "section"
        words = f'{PREFIX}{section.upper()}...: expected JSON, such as {{"key": "value"}}'
        raise BadSettingsError([Fault("environment", 0, words)]) from None


def _merge(under: Any, over: Any) -> Any:  # noqa: ANN401 - whatever TOML and JSON hold
    """Lay one tree over another. `{"0": {...}}` changes the first entry of a list, or adds it."""
    if not isinstance(over, dict):
        return over
    if over and all(key.isdecimal() for key in over):
        entries = list(under) if isinstance(under, list) else []
        for key, value in sorted(over.items(), key=lambda item: int(item[0])):
            at = int(key)
            entries[at : at + 1] = [_merge(entries[at] if at < len(entries) else None, value)]
        return entries
    return {
        **(under if isinstance(under, dict) else {}),
        **{
            key: _merge(under.get(key) if isinstance(under, dict) else None, value)
            for key, value in over.items()
        },
    }


def _misplaced_secrets(
    tree: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Secrets that stand in the file itself."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        if key in ONLY_FROM_ENVIRONMENT and path[:1] in {("telegram",), ("mailbox",)}:
            variable = PREFIX + "__".join(map(str, (*path, key))).upper()
            yield (*path, key), f"a secret has no place here; name its file in {key}_file, or set {variable}"
        else:
            yield from _misplaced_secrets(value, (*path, key))


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Variables that look like settings and are none; unknown keys of a known section are found later."""
    for name in environ:
        if name.upper().startswith(PREFIX) and name.upper() != CLOCK:
            path = tuple(name.upper().removeprefix(PREFIX).lower().split("__"))
            if path[0] not in Settings.model_fields and (words := unknown_variable(name)):
                yield path, words
