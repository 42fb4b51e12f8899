"""Plain words for what is wrong with a setting."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.settings.model import Section, Settings

NEAR = 60
"""rapidfuzz's ratio, 0 to 100, above which a known name is worth proposing."""

EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": 'a text in quotes, such as "value"',
    "path_type": "the path of a file in quotes",
    "tuple_type": 'a list such as ["a", "b"]',
    "list_type": 'a list such as ["a", "b"]',
    "model_type": "a table of keys",
    "model_attributes_type": "a table of keys",
    "mapping_type": "a table of keys",
    "dict_type": "a table of keys",
    "missing": "a value; this key may not be left out",
    "string_too_short": "a text that is not empty",
    "too_short": "at least one entry",
    "string_pattern_mismatch": "an address such as help@shop.example.com",
}

SECRET = re.compile("password|token|secret|key|url")

BY_KUBERNETES = re.compile(r"CROSSDESK_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)")
"""Variables that Kubernetes gives every container beside a service named crossdesk; not meant for us."""


def describe(fault: ErrorDetails) -> str:
    """One clause for one fault of pydantic's."""
    kind, context = fault["type"], fault.get("ctx", {})
    found = _found(fault)
    if kind == "extra_forbidden":
        return _unknown_key(fault["loc"])
    if kind == "literal_error":
        return f"expected one of {context['expected'].replace(' or ', ', ')}{found}"
    if kind in {"greater_than_equal", "less_than_equal"}:
        return f"expected a number from 0 to 65535{found}"
    if kind == "value_error":
        return str(context["error"])
    return f"expected {EXPECTED.get(kind) or fault['msg'].lower()}{found}"


def _found(fault: ErrorDetails) -> str:
    """What stands there instead, if it is short and can be no secret."""
    key = str(next((part for part in reversed(fault["loc"]) if isinstance(part, str)), ""))
    value = fault["input"]
    if fault["type"] == "missing" or not isinstance(value, str | int | float) or SECRET.search(key):
        return ""
    return f", found {repr(value)[:40]}"


def unknown_variable(name: str) -> str:
    """Words for a CROSSDESK_ variable that names no section, or "" if it is none of our business."""
    if BY_KUBERNETES.fullmatch(name):
        return ""
    known = {"CROSSDESK_CLOCK", *(f"CROSSDESK_{'__'.join(path).upper()}" for path in known_paths())}
    return f"no such setting{_hint(name.upper(), known)}"


def known_paths() -> Iterator[tuple[str, ...]]:
    """Every setting there is: `("server", "port")`. Entries of lists are named without their number."""
    yield from _paths(Settings, ())


def _paths(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        inner = _section_in(field.annotation)
        if inner is None:
            yield (*above, name)
        else:
            yield from _paths(inner, (*above, name))


def _section_in(annotation: Any) -> type[Section] | None:  # noqa: ANN401 - a type, in any of its forms
    """The table that a field holds: itself, one of several, or perhaps none."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)


def _unknown_key(path: tuple[int | str, ...]) -> str:
    names = tuple(part for part in path if isinstance(part, str))
    key, around = names[-1], names[:-1]
    known = list(known_paths())
    if not around:
        return f"no such section{_hint(key, {each[0] for each in known})}"
    siblings = {each[len(around)] for each in known if each[: len(around)] == around}
    elsewhere = next((each[:-1] for each in known if each[-1] == key), None)
    if elsewhere:
        return f"no such setting here; {key} belongs to [{'.'.join(elsewhere)}]"
    return f"no such setting{_hint(key, siblings)}"


def _hint(name: str, known: set[str]) -> str:
    near = process.extractOne(name, sorted(known), scorer=fuzz.ratio, score_cutoff=NEAR)
    return f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(sorted(known))}"
