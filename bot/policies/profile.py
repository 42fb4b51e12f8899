"""Finds a profile's files, lays them over one another and checks their form; faults carry file and line.

Beside `<name>.yaml` there may be a folder `<name>` with further versions of the profile in `versions` and
with notices in `notices`. Of two files of the same name the operator's counts.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
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
VERSIONS, NOTICES = "versions", "notices"
"""Folders in the folder of a profile."""
LONGEST = 60
"""Characters of a wrong value that a message repeats."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_Model = TypeVar("_Model", bound=BaseModel)


def read_profile(
    name: str, folder: Path | None, version: Path | None = None
) -> tuple[Document, schema.Profile]:
    """The profile of this name with whatever it `extends` laid under it, in the right form.

    A file in `folder` goes before the one that comes with the program, and may extend it under the same name.
    `version` is the file of a further version of the profile. PolicyError for a profile that is not there,
    cannot be read or has a value of the wrong kind.
    """
    document = merge(list(_layers(version or _first(name, folder), folder)))
    value = {key: value for key, value in document.value.items() if key != "extends"}
    return document, validate(schema.Profile, Document(value, document.file, document.places))


def read_facts(name: str, folder: Path | None) -> tuple[Document, schema.FactBook]:
    """The facts that the profile may cite: `<name>.facts.yaml`, or that of the profile it extends."""
    found: list[tuple[str, yaml.MappingNode]] = []
    for file, _ in reversed(list(_layers(_first(name, folder), folder))):
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


def files_of(name: str, folder: Path | None, kind: str) -> list[Path]:
    """The further files of a profile, by name: its versions or its notices."""
    found: dict[str, Path] = {}
    for place in _homes(name, folder):
        found |= {path.stem: path for path in (place / kind).glob("*.yaml") if not path.name.startswith(".")}
    return [found[stem] for stem in sorted(found)]


def strays(name: str, folder: Path | None) -> Iterator[Fault]:
    """Files in the folder of a profile that nobody would read, because of their place or their ending."""
    for place in _homes(name, folder):
        read_so = {*(place / VERSIONS).glob("*.yaml"), *(place / NOTICES).glob("*.yaml")}
        for path in sorted(place.rglob("*.y*ml")):
            if path not in read_so and not path.name.startswith("."):
                wanted = " or ".join(f"{place / kind}/*.yaml" for kind in (VERSIONS, NOTICES))
                yield Fault(str(path), 0, f"is read by nobody; expected {wanted}")


def stamp(name: str, folder: Path | None) -> Sequence[tuple[str, int, int]]:
    """Name, age and size of every file that the profile may rest on; differs once one of them has changed."""
    places = [HOME, *([folder] if folder is not None else ())]
    files = [path for place in places for path in place.glob("*.yaml")]
    files += [path for place in _homes(name, folder) for path in place.rglob("*.yaml")]
    found = []
    for path in sorted(files):
        try:
            about = path.stat()
        except FileNotFoundError:  # it went away just now
            continue
        found.append((str(path), about.st_mtime_ns, about.st_size))
    return found


def validate(model: type[_Model], document: Document) -> _Model:
    """The document as this model. PolicyError that names every value that does not fit."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise PolicyError([_fault(model, document, detail) for detail in details])


def _homes(name: str, folder: Path | None) -> list[Path]:
    """Where further files of the profile may lie, ours first."""
    return [place / name for place in (HOME, folder) if place is not None]


def _first(name: str, folder: Path | None) -> Path:
    return _find(name, folder, [], Fault("", 0, ""))


def _layers(path: Path, folder: Path | None) -> Iterator[tuple[str, yaml.MappingNode]]:
    """The files, the one at the bottom first."""
    seen: list[tuple[Path, yaml.MappingNode]] = []
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
    profile, _, version = name.partition("/")
    for path in files_of(profile, folder, VERSIONS) if _NAME.fullmatch(profile) else ():
        if path.stem == version and path not in seen:
            return path
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
    given = detail["input"]
    found = given.isoformat() if isinstance(given, date) else repr(given)
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
