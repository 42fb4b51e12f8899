"""Lines in, JSON lines out: in order, one for one, whatever a line may hold."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final

from bot.commands.failure import in_words, leaves
from bot.errors import RefusedError

LONGEST: Final = 64 * 1024
"""Bytes of a line, its end not counted."""

Row = Mapping[str, object]


def answer_json(handle: Callable[[Row], Mapping[str, object]]) -> None:
    """Answer every JSON object of standard input; a line that is none gets `{"error": ...}` in its place."""
    answer_lines(lambda line: handle(_row(line)))


def answer_lines(handle: Callable[[str], Mapping[str, object]]) -> None:
    """Answer every line of standard input by one line on standard output, at once."""
    for line in _lines(sys.stdin.buffer):
        try:
            answer = handle(_text(line))
        except Exception as error:  # noqa: BLE001 - the other lines still want their answers
            answer = {"error": "; ".join(in_words(each) for each in leaves(error))}
        written = json.dumps(answer, ensure_ascii=False)
        sys.stdout.buffer.write(written.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()


def text_of(row: Row, key: str, *, needed: bool = False) -> str:
    """The text under this key, "" if there is none. RefusedError if it is no text, or missing but needed."""
    value = row.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        there = "is missing" if value is None else "is no text"
        raise RefusedError(f'"{key}" {there}: expected a line such as {{"{key}": "..."}}')
    # Half of a surrogate pair is no character: nothing behind this could store or print it.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _row(line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = (
            error.msg if isinstance(error, json.JSONDecodeError) else "nested too deep, or a number too long"
        )
        raise RefusedError(
            f'this line is no JSON ({why}): expected a line such as {{"text": "..."}}'
        ) from None
    if not isinstance(row, dict):
        raise RefusedError('this line is no JSON object: expected a line such as {"text": "..."}')
    return row


def _text(line: bytes | None) -> str:
    if line is None:
        raise RefusedError(f"this line is longer than {LONGEST} bytes")
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError(f"this line is no UTF-8: byte {error.start + 1} cannot be read") from None


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """Every line without its end; None for one that is too long, which is skipped without being kept."""
    while line := source.readline(LONGEST + 2):
        whole = line.endswith(b"\n")
        bare = line.removesuffix(b"\n").removesuffix(b"\r")
        if len(bare) <= LONGEST and (whole or len(line) < LONGEST + 2):
            yield bare
            continue
        while line and not line.endswith(b"\n"):
            line = source.readline(LONGEST)
        yield None
