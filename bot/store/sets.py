"""One statement text for a set of any size, so that the statement cache stays hot."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, func, select


def in_set(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column IN (the set bound as name)`; bind it with `as_set`."""
    values = func.json_each(bindparam(name, type_=Text)).table_valued("value")
    return column.in_(select(values.c.value))


def as_set(values: Iterable[int | str]) -> str:
    """The values as the parameter that `in_set` expects."""
    return json.dumps(list(values))
