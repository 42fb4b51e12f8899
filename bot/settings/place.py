"""Where a setting stands in a TOML file, so that a fault can name the line."""

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]

TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]")
KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w-]+)((?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
PART = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of every table and key that begins a line: `("mailbox", 0, "address")`.

    What stands inside an inline table or a list has its key's line. A line inside a multi-line string may be
    taken for a key; then it names a path that no fault asks for, or the reader is sent a few lines too far.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := TABLE.match(line):
            table = _enter(_parts(heading[2]), heading[1] == "[[", counts)
            found.setdefault(table, number)
        elif key := KEY.match(line):
            found.setdefault(table + tuple(_parts(key[1] + key[2])), number)
    return found


def line_of(found: dict[Path, int], path: Sequence[str | int]) -> int | None:
    """The line of `path`, or of the nearest thing around it that has one; None if there is nothing."""
    for length in range(len(path), 0, -1):
        if line := found.get(tuple(path[:length])):
            return line
    return None


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in PART.findall(dotted)]


def _enter(names: list[str], is_list: bool, counts: dict[Path, int]) -> Path:  # noqa: FBT001 - read at one place only
    """The path of a table's heading, with the index of the list's entry that it stands in."""
    path: Path = ()
    for depth, name in enumerate(names, start=1):
        path += (name,)
        if is_list and depth == len(names):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path
