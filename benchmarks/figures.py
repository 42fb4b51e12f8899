"""Percentiles and tables, the same for every benchmark."""

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(seconds: float) -> str:
    """As a table shows it."""
    return f"{seconds * 1000:.1f} ms"


def megabytes(size: float) -> str:
    """As a table shows it."""
    return f"{size / 1e6:.0f} MB"


def table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """A Markdown table of two columns."""
    lines = [f"| {title} | |", "| --- | ---: |", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join(lines)
