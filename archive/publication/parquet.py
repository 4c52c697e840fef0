"""A table as Parquet, where pyarrow is installed: typed columns for statistics programs."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from gongkai.archive.codebook.codebook import column_codes
from gongkai.archive.codebook.table_schema import (
    TableField,
    TableSchema,
    bilingual_description,
    bilingual_title,
)

BATCH = 20_000

_TYPES = {
    "string": "string",
    "integer": "int64",
    "number": "float64",
    "date": "date32",
}
"""Arrow's types by those of the schemas; a datetime is a timestamp in UTC; Parquet has none in seconds."""


def is_installed() -> bool:
    """Return whether Parquet can be written."""
    return importlib.util.find_spec("pyarrow") is not None


def write_parquet(conn: sqlite3.Connection, table: TableSchema, order: str, path: Path) -> None:
    """Write a table or view with the types of its schema.

    A missing value is null, whether the archive has it as NULL or as an empty text. Title, description,
    unit and codes of a column stand in its metadata, those of the table in that of the file.
    """
    import pyarrow  # heavy, and an extra
    from pyarrow import parquet

    def arrow_field(column: TableField) -> pyarrow.Field:
        kind = (
            pyarrow.timestamp("ms", tz="UTC")
            if column.type == "datetime"
            else getattr(pyarrow, _TYPES[column.type])()
        )
        return pyarrow.field(column.name, kind, metadata=_column_metadata(column))

    columns = list(table.fields.values())
    schema = pyarrow.schema(
        [arrow_field(each) for each in columns], metadata=_table_metadata(table)
    )
    found = conn.execute(f"SELECT {', '.join(table.fields)} FROM {table.name} ORDER BY {order}")
    with (
        path.open("wb") as file,  # pyarrow cannot open a name that is no UTF-8
        parquet.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        while rows := found.fetchmany(BATCH):
            arrays = [
                pyarrow.array(_converted(values, column), field.type)
                for values, column, field in zip(
                    zip(*rows, strict=True), columns, schema, strict=True
                )
            ]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))


def _converted(values: Sequence[object], column: TableField) -> Sequence[object]:
    """Return the values of a column as pyarrow takes them."""
    convert: Callable[[str], object]
    if column.type == "date":
        convert = date.fromisoformat
    elif column.type == "datetime":
        convert = _utc
    elif column.type == "string" and column.missing != "null":
        convert = str
    else:
        return values
    return [convert(str(value)) if value not in (None, "") else None for value in values]


def _utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _column_metadata(column: TableField) -> dict[str, str]:
    found = {"title": bilingual_title(column)}
    if description := bilingual_description(column):
        found["description"] = description
    if column.unit:
        found["unit"] = column.unit
    if codes := column_codes(column):
        labels = {each.code: f"{each.labels['zh']} · {each.labels['en']}" for each in codes}
        found["codes"] = json.dumps(labels, ensure_ascii=False)
    return found


def _table_metadata(table: TableSchema) -> dict[str, str]:
    description = f"{table.description('zh')} {table.description('en')}"
    return {"title": bilingual_title(table), "description": description}
