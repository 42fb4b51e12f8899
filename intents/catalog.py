"""The taxonomy: what a customer may want, from `catalog.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.core.understanding import Scope
from intents.datafile import DataFaultError, compose, line_of

CATALOG = Path(__file__).parent / "catalog.yaml"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a customer may want. `confusables` are the intents it is most often mistaken for."""

    id: str
    about: str
    confusables: tuple[str, ...] = ()
    scope: Scope | None = None


def read_catalog(file: Path = CATALOG) -> Mapping[str, Intent]:
    """All intents by id, in the order of the file. Raises `DataFaultError` for the first fault in it."""
    node = compose(file)
    if not isinstance(node, yaml.SequenceNode):
        raise DataFaultError(file, 1, "expected a list of intents, each `- id: topic.name` with `about`")
    found: dict[str, Intent] = {}
    for entry in node.value:
        intent = _intent(file, entry)
        if intent.id in found:
            raise DataFaultError(
                file, line_of(entry), f"intent {intent.id} was defined before; keep one of the two"
            )
        found[intent.id] = intent
    for entry, intent in zip(node.value, found.values(), strict=True):
        for other in intent.confusables:
            if other not in found or other == intent.id:
                raise DataFaultError(
                    file, line_of(entry), f"`not` of {intent.id} names {other}, which is no other intent"
                )
    return found


def _intent(file: Path, entry: yaml.Node) -> Intent:
    if not isinstance(entry, yaml.MappingNode):
        raise DataFaultError(file, line_of(entry), "expected `id:`, `about:` and perhaps `not:` and `scope:`")
    values = yaml.CSafeLoader("").construct_object(entry, deep=True)
    unknown = set(values) - {"id", "about", "not", "scope"}
    if unknown:
        raise DataFaultError(
            file, line_of(entry), f"unknown key {min(unknown)}; known are id, about, not, scope"
        )
    for key in ("id", "about"):
        if not isinstance(values.get(key), str) or not values[key].strip():
            raise DataFaultError(
                file, line_of(entry), f"`{key}` is missing or empty; every intent needs a text there"
            )
    confusables = values.get("not", [])
    if not isinstance(confusables, list):
        raise DataFaultError(
            file, line_of(entry), f"`not` must be a list like [topic.name], found {confusables!r}"
        )
    try:
        scope = Scope(values["scope"]) if "scope" in values else None
    except ValueError:
        known = ", ".join(Scope)
        raise DataFaultError(
            file, line_of(entry), f"scope {values['scope']!r} is unknown; known are {known}"
        ) from None
    return Intent(values["id"], values["about"], tuple(map(str, confusables)), scope)


@cache
def catalog() -> Mapping[str, Intent]:
    """The intents that ship with the program, read once."""
    return read_catalog()
