"""Whether every value of a table fits the type that its schema names.

SQLite keeps a text in a column of numbers, and 1.5 in one of integers. Other formats cannot, or change it
without a word. A publication with such a value is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime

from gongkai.archive.codebook.table_schema import TableField, TableSchema
from gongkai.archive.errors import PublicationRefusedError

_LONGEST = 80

_STORED: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "date": (str,),
    "datetime": (str,),
}
"""What a value of a type is to SQLite."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

Row = Sequence[object]
"""Values of a row, or of a column."""


def check_columns(
    table: TableSchema, columns: Sequence[Row], distinct: Sequence[Collection[object]]
) -> None:
    """Check the values of columns. `distinct` has those of each, each once; 1.0 may stand for 1.

    Raises:
        PublicationRefusedError: a value has another type, is missing where it is required, is outside
            of the bounds of its column, or none of its codes.
    """
    for column, values, seen in zip(table.fields.values(), columns, distinct, strict=True):
        is_whole = column.type != "integer" or float not in set(map(type, values))
        if is_whole and all(fits(column, value) for value in seen):
            continue
        place = next(n for n, value in enumerate(values) if not fits(column, value))
        raise _refusal(table, column, [each[place] for each in columns], values[place])


def fits(column: TableField, value: object) -> bool:
    """Say whether a column may have a value."""
    is_required = bool(column.constraints.get("required"))
    if value is None or (value == "" and (is_required or column.missing != "null")):
        return not is_required
    if type(value) not in _STORED[column.type]:
        return False
    if column.type in ("date", "datetime") and not _is_time(column, str(value)):
        return False
    return _is_within(column, value)


def _is_within(column: TableField, value: object) -> bool:
    codes, least, most = map(column.constraints.get, ("enum", "minimum", "maximum"))
    if isinstance(codes, list) and value not in codes:
        return False
    if not isinstance(value, int | float):
        return True
    return not (
        (isinstance(least, int | float) and value < least)
        or (isinstance(most, int | float) and value > most)
    )


def _is_time(column: TableField, text: str) -> bool:
    """Say whether a text is a day, or a second in UTC, that there was."""
    is_day = column.type == "date"
    if not (_DAY if is_day else _TIME).fullmatch(text):
        return False
    try:
        _ = date.fromisoformat(text) if is_day else datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _refusal(
    table: TableSchema, column: TableField, row: Row, value: object
) -> PublicationRefusedError:
    values = dict(zip(table.fields, row, strict=True))
    key = {name: values[name] for name in table.primary_key} or values
    place = ", ".join(f"{name} = {value}" for name, value in list(key.items())[:4])
    return PublicationRefusedError(
        "value_unfit",
        table=table.name,
        column=column.name,
        row=place[:_LONGEST],
        value=repr(value)[:_LONGEST],
    )
