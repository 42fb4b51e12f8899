"""Tables for terminals and for other programs: columns as wide as they need to be."""

import unicodedata
from collections.abc import Sequence

import typer


def show(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their head, two blanks between columns."""
    table = [head, *rows]
    widths = [max(_width(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: East Asian characters take two, marks on letters none."""
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )
