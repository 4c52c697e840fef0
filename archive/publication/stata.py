"""A table as a Stata file with variable labels and value labels, where pandas is installed.

Codes are numbers with labels, in the order of the codebook. The codes of a form and of a region stay
texts: "2021" and "110000" are no quantities.
"""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from gongkai.archive.codebook.codebook import column_codes
from gongkai.archive.codebook.table_schema import TableField, TableSchema, bilingual_title
from gongkai.archive.publication.parts.stata_rows import LastStata, renew_stata

FOLDER = "dta"
VERSION = 118
"""Of the format: the first with texts in UTF-8; Stata 14 and later read it."""

TEXTS = ("form", "region_code")
_LABEL = 80
"""Characters that Stata takes for the label of a variable."""

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The time in the head of every file, so that the same content gives the same bytes."""


def is_installed() -> bool:
    """Return whether Stata files can be written."""
    return importlib.util.find_spec("pandas") is not None


def write_stata(
    conn: sqlite3.Connection,
    table: TableSchema,
    path: Path,
    year: int | None = None,
    last: LastStata | None = None,
) -> int:
    """Write a table of reports, or a year of one; return the number of its rows, which are all in memory.

    A missing number, date or code is `.`, a missing text is empty. `last` is the file of the last
    publication.
    """
    if last:
        integers = {
            place for place, each in enumerate(table.fields.values()) if each.type == "integer"
        }
        rows = renew_stata(last, path, partial(write_rows, conn, table, year), integers)
        if rows is not None:
            return rows
    return write_rows(conn, table, year, path)


def write_rows(
    conn: sqlite3.Connection,
    table: TableSchema,
    year: int | None,
    path: Path,
    reports: Collection[str] | None = None,
) -> int:
    """Write the rows of some reports, or of all; return how many they are."""
    import pandas  # heavy, and an extra

    conditions, asked = [], []
    if year is not None:
        conditions.append(f"year = {year:d}")
    if reports is not None:
        conditions.append("report_id IN (SELECT value FROM json_each(?))")
        asked.append(json.dumps(list(reports)))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    select = f"SELECT {', '.join(table.fields)} FROM {table.name} {where} ORDER BY report_id"
    found = conn.execute(select, asked)
    columns = list(zip(*found.fetchall(), strict=True)) or [()] * len(table.fields)
    fields = list(table.fields.values())
    series = {
        field.name: _series(pandas, field, values)
        for field, values in zip(fields, columns, strict=True)
    }
    with path.open("wb") as file:
        pandas.DataFrame(series).to_stata(
            file,
            version=VERSION,
            write_index=False,
            byteorder="little",
            time_stamp=_MADE,
            data_label=bilingual_title(table)[:_LABEL],
            variable_labels={each.name: bilingual_title(each)[:_LABEL] for each in fields},
            value_labels={each.name: labels for each in fields if (labels := _labels(each))},
            convert_dates={each.name: "td" for each in fields if each.type == "date"},
        )
    return len(columns[0])


def _is_coded(field: TableField) -> bool:
    return field.type == "string" and field.name not in TEXTS and "enum" in field.constraints


def _labels(field: TableField) -> dict[float, str]:
    """Return the label of each number that stands for a code: the code, then its words."""
    codes = column_codes(field) if _is_coded(field) else ()
    return {
        place: f"{each.code}: {each.labels['zh']} · {each.labels['en']}"
        for place, each in enumerate(codes, 1)
    }


def _series(pandas: Any, field: TableField, values: Sequence[Any]) -> Any:
    """Return a column as pandas writes it."""
    if _is_coded(field):
        places = {each.code: place for place, each in enumerate(column_codes(field), 1)}
        return pandas.Series([places.get(value) for value in values], dtype="Int16")
    if field.type == "integer":
        return pandas.Series(values, dtype="Int64")
    if field.type == "number":
        return pandas.Series(values, dtype="float64")
    if field.type == "date":
        days = [date.fromisoformat(value) if value else None for value in values]
        return pandas.Series(pandas.to_datetime(days))
    return pandas.Series(["" if value is None else str(value) for value in values], dtype=object)
