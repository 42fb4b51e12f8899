"""The taxonomy: what a customer may want, from `catalog.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.core.understanding import Scope
from bot.errors import MisconfiguredError

CATALOG = Path(__file__).parent / "catalog.yaml"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a customer may want. `confusables` are the intents it is most often mistaken for."""

    id: str
    about: str
    confusables: tuple[str, ...] = ()
    scope: Scope | None = None


class Fault(MisconfiguredError):
    """One fault in a data file: where, what was found and what would be right."""

    def __init__(self, file: Path, line: int, text: str) -> None:
        super().__init__(f"{file}, line {line}: {text}")
        self.file = file
        self.line = line
        self.text = text


def read_catalog(file: Path = CATALOG) -> Mapping[str, Intent]:
    """All intents by id, in the order of the file. Raises `Fault` for the first thing that is wrong in it."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        raise Fault(file, 1, f"this is not UTF-8 ({error.reason}); save the file as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Fault(file, mark.line + 1 if mark else 1, f"this is not YAML: {error.problem}") from error
    if not isinstance(node, yaml.SequenceNode):
        raise Fault(file, 1, "expected a list of intents, each `- id: topic.name` with `about`")
    found: dict[str, Intent] = {}
    for entry in node.value:
        intent = _intent(file, entry)
        if intent.id in found:
            raise Fault(file, _line(entry), f"intent {intent.id} was defined before; keep one of the two")
        found[intent.id] = intent
    for entry, intent in zip(node.value, found.values(), strict=True):
        for other in intent.confusables:
            if other not in found or other == intent.id:
                raise Fault(
                    file, _line(entry), f"`not` of {intent.id} names {other}, which is no other intent"
                )
    return found


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _intent(file: Path, entry: yaml.Node) -> Intent:
    if not isinstance(entry, yaml.MappingNode):
        raise Fault(file, _line(entry), "expected `id:`, `about:` and perhaps `not:` and `scope:`")
    values = yaml.CSafeLoader("").construct_object(entry, deep=True)
    unknown = set(values) - {"id", "about", "not", "scope"}
    if unknown:
        raise Fault(file, _line(entry), f"unknown key {min(unknown)}; known are id, about, not, scope")
    for key in ("id", "about"):
        if not isinstance(values.get(key), str) or not values[key].strip():
            raise Fault(file, _line(entry), f"`{key}` is missing or empty; every intent needs a text there")
    confusables = values.get("not", [])
    if not isinstance(confusables, list):
        raise Fault(file, _line(entry), f"`not` must be a list like [topic.name], found {confusables!r}")
    try:
        scope = Scope(values["scope"]) if "scope" in values else None
    except ValueError:
        known = ", ".join(Scope)
        raise Fault(file, _line(entry), f"scope {values['scope']!r} is unknown; known are {known}") from None
    return Intent(values["id"], values["about"], tuple(map(str, confusables)), scope)


@cache
def catalog() -> Mapping[str, Intent]:
    """The intents that ship with the program, read once."""
    return read_catalog()
