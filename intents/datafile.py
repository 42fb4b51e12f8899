"""The YAML files beside the code, read so that a fault can be named with its line."""

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from bot.errors import MisconfiguredError


class DataFaultError(MisconfiguredError):
    """One fault in a data file: where, what was found and what would be right."""

    def __init__(self, file: Path, line: int, text: str) -> None:
        super().__init__(f"{file}, line {line}: {text}")
        self.file = file
        self.line = line
        self.text = text


NOTHING = re.compile(r"(?!)")
"""Matches nowhere."""


def compose(file: Path) -> yaml.Node:
    """The file's content as nodes that know their lines.

    Raises `DataFaultError` for what is no YAML or no UTF-8 or empty.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        raise DataFaultError(
            file, 1, f"this is not UTF-8 ({error.reason}); save the file as UTF-8"
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or error
        hint = "what holds a colon or # needs single quotes"
        raise DataFaultError(
            file, mark.line + 1 if mark else 1, f"this is not YAML: {problem}; {hint}"
        ) from error
    if node is None:
        raise DataFaultError(file, 1, "this file is empty")
    return node


def line_of(node: yaml.Node) -> int:
    """The line of the file, counted from 1, on which a node begins."""
    return int(node.start_mark.line) + 1


def mapping(file: Path, node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    """Keys and values of a mapping. Raises `DataFaultError` for anything else."""
    if not isinstance(node, yaml.MappingNode):
        raise DataFaultError(file, line_of(node), "expected `key:` with something below it")
    return list(node.value)


def strings(file: Path, node: yaml.Node) -> list[tuple[str, int]]:
    """The entries of a list of texts, each with its line. Raises `DataFaultError` for anything else."""
    if not isinstance(node, yaml.SequenceNode):
        raise DataFaultError(file, line_of(node), "expected a list")
    for entry in node.value:
        if not isinstance(entry, yaml.ScalarNode):
            raise DataFaultError(
                file, line_of(entry), "expected a text; put one that holds a colon into single quotes"
            )
    return [(entry.value, line_of(entry)) for entry in node.value]


def patterns(file: Path, node: yaml.Node) -> list[str]:
    """A list of regular expressions. Raises `DataFaultError` for one that is none."""
    found = strings(file, node)
    for pattern, line in found:
        try:
            re.compile(pattern)
        except re.error as error:
            raise DataFaultError(file, line, f"{pattern} is no regular expression: {error}") from error
    return [pattern for pattern, _ in found]


def joined(alternatives: Sequence[str], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """One pattern that matches where any of these does."""
    return re.compile("|".join(f"(?:{each})" for each in alternatives), flags) if alternatives else NOTHING


def table(file: Path) -> dict[str, list[str]]:
    """A file of lists of patterns by name."""
    rows = mapping(file, compose(file))
    return {
        str(key.value): patterns(file, value) for key, value in rows if isinstance(value, yaml.SequenceNode)
    }
