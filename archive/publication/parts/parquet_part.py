"""A table, or a year of it, as Parquet, where pyarrow is installed: typed columns for programs."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai.archive.codebook.codebook import column_codes
from gongkai.archive.codebook.table_schema import (
    TableField,
    TableSchema,
    bilingual_description,
    bilingual_title,
    table_schemas,
)

if TYPE_CHECKING:
    import pyarrow

GROUP = 100_000
"""Rows of a row group, which is what a program reads at a time. The last one of a piece has fewer."""

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


class ParquetPartWriter:
    """Writes columns with the types of a schema. Use `parquet_part_writer`, which finishes the file.

    A missing value is null, whether the archive has it as NULL or as an empty text. Title, description,
    unit and codes of a column stand in its metadata, those of the table in that of the file.
    """

    def __init__(self, writer: Any, table: TableSchema) -> None:
        """Begin without rows."""
        self._writer = writer
        self._fields = list(table.fields.values())
        self._schema = arrow_schema(table.name)
        self._waiting: list[pyarrow.RecordBatch] = []

    def write(
        self, columns: Sequence[Sequence[object]], distinct: Sequence[Collection[object]]
    ) -> None:
        """Write columns. `distinct` has the values of each of them, each once."""
        self.write_batches([self.batch(columns, distinct)])

    def batch(
        self, columns: Sequence[Sequence[object]], distinct: Sequence[Collection[object]]
    ) -> pyarrow.RecordBatch:
        """Return columns with their types. `distinct` has the values of each of them, each once."""
        import pyarrow  # heavy, and an extra

        arrays = [
            pyarrow.array(_converted(values, seen, column), field.type)
            for values, seen, column, field in zip(
                columns, distinct, self._fields, self._schema, strict=True
            )
        ]
        return pyarrow.record_batch(arrays, schema=self._schema)

    def write_batches(self, batches: Iterable[pyarrow.RecordBatch]) -> None:
        """Write columns that have their types."""
        self._waiting += batches

    def end_piece(self) -> int:
        """Write what waits; return the number of row groups.

        The rows are joined before: how they were divided would show in the bytes of the pages.
        """
        import pyarrow

        waiting, self._waiting = self._waiting, []
        if not waiting:
            return 0
        table = pyarrow.Table.from_batches(waiting).combine_chunks()
        self._writer.write_table(table, row_group_size=GROUP)
        return -(-len(table) // GROUP)


@contextmanager
def parquet_part_writer(path: Path, table: TableSchema) -> Iterator[ParquetPartWriter]:
    """Give a writer of a new file, and finish the file."""
    from pyarrow import parquet

    with (
        path.open("wb") as file,  # pyarrow cannot open a name that is no UTF-8
        parquet.ParquetWriter(file, arrow_schema(table.name), compression="zstd") as inner,
    ):
        writer = ParquetPartWriter(inner, table)
        yield writer
        writer.end_piece()


def open_parquet(stack: ExitStack, path: Path) -> pyarrow.parquet.ParquetFile:
    """Open a file until a stack is left.

    Raises:
        ValueError: It is no Parquet file.
        OSError: It cannot be read.
    """
    from pyarrow import parquet

    file = stack.enter_context(path.open("rb"))
    return stack.enter_context(parquet.ParquetFile(file))


@cache
def arrow_schema(name: str) -> pyarrow.Schema:
    """Return the types of the columns of a table, with their metadata."""
    import pyarrow

    def arrow_field(column: TableField) -> pyarrow.Field:
        kind = (
            pyarrow.timestamp("ms", tz="UTC")
            if column.type == "datetime"
            else getattr(pyarrow, _TYPES[column.type])()
        )
        return pyarrow.field(column.name, kind, metadata=_column_metadata(column))

    table = table_schemas()[name]
    fields = [arrow_field(each) for each in table.fields.values()]
    return pyarrow.schema(fields, metadata=_table_metadata(table))


def _converted(
    values: Sequence[object], distinct: Collection[object], column: TableField
) -> Sequence[object]:
    """Return the values of a column as pyarrow takes them; each distinct one is converted once."""
    if column.type in ("date", "datetime"):
        convert = date.fromisoformat if column.type == "date" else _utc
        known = {each: convert(str(each)) if each else None for each in distinct}
        return [known[value] for value in values]
    if column.type == "string" and column.missing != "null" and "" in distinct:
        return [value or None for value in values]
    return values


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


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
