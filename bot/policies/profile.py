"""Finds a profile's files, lays them over one another and checks their form; faults carry file and line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.policies import schema
from bot.policies.document import Document, Fault, PolicyError, Where, merge, read

HOME = Path(__file__).parent
"""The profiles that come with the program."""

FACTS = ".facts"
LONGEST = 60
"""Characters of a wrong value that a message repeats."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_Model = TypeVar("_Model", bound=BaseModel)


def read_profile(name: str, folder: Path | None) -> tuple[Document, schema.Profile]:
    """The profile of this name with whatever it `extends` laid under it, in the right form.

    A file in `folder` goes before the one that comes with the program, and may extend it under the same name.
    PolicyError for a profile that is not there, cannot be read or has a value of the wrong kind.
    """
    document = merge(list(_layers(name, folder)))
    value = {key: value for key, value in document.value.items() if key != "extends"}
    return document, validate(schema.Profile, Document(value, document.file, document.places))


def read_facts(name: str, folder: Path | None) -> tuple[Document, schema.FactBook]:
    """The facts that the profile may cite: `<name>.facts.yaml`, or that of the profile it extends."""
    found: list[tuple[str, yaml.MappingNode]] = []
    for file, _ in reversed(list(_layers(name, folder))):
        beside = Path(file).with_suffix(f"{FACTS}.yaml")
        if beside.exists():
            found.append((str(beside), read(beside)))
            break
    if not found:
        raise PolicyError(
            [Fault(str(HOME / f"{name}{FACTS}.yaml"), 0, "is missing; expected the facts by number")]
        )
    document = merge(found)
    return document, validate(schema.FactBook, document)


def validate(model: type[_Model], document: Document) -> _Model:
    """The document as this model. PolicyError that names every value that does not fit."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise PolicyError([_fault(model, document, detail) for detail in details])


def _layers(name: str, folder: Path | None) -> Iterator[tuple[str, yaml.MappingNode]]:
    """The files, the one at the bottom first."""
    seen: list[tuple[Path, yaml.MappingNode]] = []
    path = _find(name, folder, [], Fault("", 0, ""))
    while True:
        node = read(path)
        seen.append((path, node))
        below = next((pair for pair in node.value if pair[0].value == "extends"), None)
        if below is None:
            break
        line = below[0].start_mark.line + 1
        path = _find(
            str(below[1].value), folder, [earlier for earlier, _ in seen], Fault(str(path), line, "extends: ")
        )
    yield from ((str(path), node) for path, node in reversed(seen))


def _find(name: str, folder: Path | None, seen: list[Path], asked: Fault) -> Path:
    places = [place for place in (folder, HOME) if place is not None]
    if _NAME.fullmatch(name):
        for place in places:
            path = place / f"{name}.yaml"
            if path.exists() and path not in seen:
                return path
    known = sorted(
        {path.stem for place in places for path in place.glob("*.yaml") if not path.stem.endswith(FACTS)}
    )
    what = "extends itself" if any(path.stem == name for path in seen) else "found no profile of this name"
    text = f"{asked.text}{name!r} {what}; there are: {', '.join(known)}"
    raise PolicyError([Fault(asked.file or str(places[0]), asked.line, text)])


def _fault(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Fault:
    where: Where = tuple(part for part in detail["loc"] if part != "[key]")
    found = repr(detail["input"])
    if len(found) > LONGEST:
        found = f"{found[:LONGEST]}..."
    match detail["type"]:
        case "missing":
            return document.fault(where, "is missing and has to be given")
        case "extra_forbidden":
            known = ", ".join(_keys(model, where[:-1]))
            return document.fault(where, f"found a key that is not known here; expected one of: {known}")
        case "value_error":
            return document.fault(where, f"found {found}; {detail['msg'].removeprefix('Value error, ')}")
        case "string_pattern_mismatch":
            fact = detail["ctx"]["pattern"].startswith("^[A-Z]")
            return document.fault(
                where,
                f"found {found}; expected {'a fact such as X2.1' if fact else 'an id such as order_page'}",
            )
        case _:
            wanted = detail["msg"].replace("Input should be", "expected", 1)
            return document.fault(where, f"found {found}; {wanted[:1].lower()}{wanted[1:]}")


def _keys(model: type[BaseModel], where: Where) -> list[str]:
    """The keys that are known at this path, found by following the annotations."""
    at: list[type[BaseModel]] = [model]
    for part in where:
        fields = {
            field.alias or name: field.annotation for here in at for name, field in here.model_fields.items()
        }
        at = list(_models(fields[part])) if part in fields else at
    return [field.alias or name for here in at for name, field in here.model_fields.items()]


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
