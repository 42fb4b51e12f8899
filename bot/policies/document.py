"""Reading a profile's YAML without losing the line of any value, and laying one file over another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.errors import MisconfiguredError

Where = tuple[str | int, ...]
"""The path of a value: ("channels", "webchat", "hours")."""

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Both keep lines; the one in C reads a profile in a tenth of the time."""

DEEPEST = 20
"""Levels of nesting; a profile has six. An anchor that holds itself would have no end."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file; `line` counts from 1 and is 0 where there is no line to point at."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """`file:line: what was found and what was expected`, as compilers print it."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class PolicyError(MisconfiguredError):
    """A policy profile cannot be used. The message has a line for each fault; `faults` holds them apart."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML mapping as plain values, and where each of them stands."""

    value: Mapping[str, object]
    file: str
    places: Mapping[Where, tuple[str, int]] = field(repr=False)

    def fault(self, where: Where, text: str) -> Fault:
        """A fault at this path, or at the nearest thing around it that the file really has."""
        known = where
        while known and known not in self.places:
            known = known[:-1]
        file, line = self.places.get(known, (self.file, 1))
        path = ".".join(str(part) for part in where)
        return Fault(file, line, f"{path}: {text}" if path else text)

    def named(self, key: str) -> Iterator[tuple[Where, object]]:
        """Every value, however deep, that has this key."""
        yield from _named(self.value, key, ())


def read(path: Path) -> yaml.MappingNode:
    """The file's mapping as a node that knows its lines. PolicyError if it is no readable YAML mapping."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise PolicyError([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise PolicyError(
            [Fault(str(path), 0, f"is not UTF-8: {error.reason} at byte {error.start}")]
        ) from None


def parse(text: str, file: str, *, above: int = 0) -> yaml.MappingNode:
    """The text's mapping; `file` and the number of lines `above` are for messages. PolicyError as `read`."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 + above if error.problem_mark else 0
        raise PolicyError([Fault(file, line, f"is no YAML: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise PolicyError([Fault(file, 0, f"is no YAML: {str(error).splitlines()[0]}")]) from None
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError(
            [Fault(file, 1 + above, "found no mapping; expected lines such as `profile: xoobay`")]
        )
    return node


def merge(files: Sequence[tuple[str, yaml.MappingNode]], *, above: int = 0) -> Document:
    """The files laid over one another, later over earlier: mappings key by key, everything else as a whole.

    PolicyError for a key that stands twice in one mapping, is no text, or a value that YAML cannot make.
    """
    layers = _Layers(above=above)
    value: dict[str, object] = {}
    for file, node in files:
        value = layers.mapping(value, node, (), file)
    if layers.faults:
        raise PolicyError(layers.faults)
    return Document(value, files[-1][0], layers.places)


class _Layers:
    def __init__(self, *, above: int) -> None:
        self.above = above
        self.places: dict[Where, tuple[str, int]] = {}
        self.faults: list[Fault] = []

    def mapping(self, below: object, node: yaml.MappingNode, where: Where, file: str) -> dict[str, object]:
        laid: dict[str, object] = dict(below) if isinstance(below, dict) else {}
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1 + self.above
            key = self.scalar(key_node, file)
            if not isinstance(key, str):
                self.faults.append(
                    Fault(file, line, f"found the key {key!r}; expected a text: put it in quotes")
                )
                continue
            if key in seen:
                self.faults.append(
                    Fault(file, line, f"{key} stands here and in line {seen[key]}; keep one of them")
                )
                continue
            seen[key] = line
            self.places[(*where, key)] = (file, line)
            laid[key] = self.lay(laid.get(key), value_node, (*where, key), file)
        return laid

    def lay(self, below: object, node: yaml.Node, where: Where, file: str) -> object:
        if len(where) > DEEPEST:
            line = node.start_mark.line + 1 + self.above
            self.faults.append(Fault(file, line, f"found more than {DEEPEST} levels of nesting"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(below, node, where, file)
        if isinstance(node, yaml.SequenceNode):
            items = []
            for index, item in enumerate(node.value):
                self.places[(*where, index)] = (file, item.start_mark.line + 1 + self.above)
                items.append(self.lay(None, item, (*where, index), file))
            return items
        return self.scalar(node, file)

    def scalar(self, node: yaml.Node, file: str) -> object:
        line = node.start_mark.line + 1 + self.above
        try:
            value: object = yaml.constructor.SafeConstructor().construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError):
            text = node.value if isinstance(node, yaml.ScalarNode) else node.tag
            self.faults.append(Fault(file, line, f"found {text!r}, which is no value of the kind {node.tag}"))
            return None
        return value


def _named(value: object, key: str, where: Where) -> Iterator[tuple[Where, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield (*where, name), inner
            else:
                yield from _named(inner, key, (*where, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _named(inner, key, (*where, index))
