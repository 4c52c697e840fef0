"""The files of a table: CSV and Parquet, written from the same rows, by year where the rows have one.

csv/requests/2024.csv.gz
parquet/requests/report_year=2024/requests-2024.parquet
csv/regions.csv.gz, parquet/regions.parquet         a table without years, or without rows

A folder of Parquet is read as one table by DuckDB, Arrow and Polars. The name of its folders is
`report_year`, because Arrow refuses a folder `year=2024` where the files have a column `year` too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import cast

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.parts.csv_part import CsvPartWriter, csv_part_writer
from gongkai.archive.publication.parts.csv_rows import csv_columns, csv_lines, escaped_column
from gongkai.archive.publication.parts.file_pieces import (
    FilePiece,
    FileStretch,
    Key,
    begins_stretch,
)
from gongkai.archive.publication.parts.fitting_values import check_columns
from gongkai.archive.publication.parts.part_rows import key_place, table_pieces
from gongkai.archive.publication.parts.report_cells import Columns

CSV, PARQUET = "csv", "parquet"
YEAR_FOLDER = "report_year"

_CSV_PART = re.compile(rf"{CSV}/([a-z0-9_]+)/([0-9]{{4}})\.csv\.gz")
_PARQUET_PART = re.compile(rf"{PARQUET}/([a-z0-9_]+)/{YEAR_FOLDER}=([0-9]{{4}})/\1-\2\.parquet")


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """What a file has of a table: the rows of a year, or all where `year` is None."""

    table: str
    year: int | None = None

    @property
    def csv_name(self) -> str:
        """The path of its CSV file."""
        name = self.table if self.year is None else f"{self.table}/{self.year}"
        return f"{CSV}/{name}.csv.gz"

    @property
    def parquet_name(self) -> str:
        """The path of its Parquet file."""
        if self.year is None:
            return f"{PARQUET}/{self.table}.parquet"
        folder = f"{PARQUET}/{self.table}/{YEAR_FOLDER}={self.year}"
        return f"{folder}/{self.table}-{self.year}.parquet"


def part_of(name: str) -> Part | None:
    """Return the year of a table that a file with a path has, None for other files."""
    found = _CSV_PART.fullmatch(name) or _PARQUET_PART.fullmatch(name)
    return Part(found[1], int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class PartWriters:
    """What writes the CSV and the Parquet of a part; None where Parquet cannot be written."""

    lines: CsvPartWriter
    typed: parquet_part.ParquetPartWriter | None


TypedRows = Callable[[Columns, Sequence[Collection[object]]], None]
"""What takes columns, and the values of each of them, each once."""


def write_part(
    conn: sqlite3.Connection, table: TableSchema, year: int | None, folder: Path, ids: Sequence[str]
) -> list[FilePiece]:
    """Write the files of a part; return their pieces. Of a year without rows there is no file.

    `ids` are the reports of the year in their order.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column.
    """
    part = Part(table.name, year)
    found = []
    with ExitStack() as stack:
        writers = None
        for blocks in table_pieces(conn, table, year, ids):
            writers = writers or _writers(stack, table, part, folder)
            found.append(write_piece(writers, table, blocks))
        if writers is None and year is None:
            _writers(stack, table, part, folder)
    return found


def write_piece(writers: PartWriters, table: TableSchema, blocks: Iterable[Columns]) -> FilePiece:
    """Write the rows of a piece.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column.
    """
    typed = writers.typed
    stretches = write_lines(writers.lines, table, blocks, typed.write if typed else None)
    return FilePiece.of(stretches, typed.end_piece() if typed else 0)


def _writers(stack: ExitStack, table: TableSchema, part: Part, folder: Path) -> PartWriters:
    csv_path = folder / part.csv_name
    csv_path.parent.mkdir(parents=True, exist_ok=True)
    lines = stack.enter_context(csv_part_writer(csv_path, csv_lines([list(table.fields)])))
    if not parquet_part.is_installed():
        return PartWriters(lines, None)
    path = folder / part.parquet_name
    path.parent.mkdir(parents=True, exist_ok=True)
    return PartWriters(lines, stack.enter_context(parquet_part.parquet_part_writer(path, table)))


def write_lines(
    lines: CsvPartWriter, table: TableSchema, blocks: Iterable[Columns], typed: TypedRows | None
) -> list[FileStretch]:
    """Write rows as CSV, and give their columns to `typed`; return their stretches.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column.
    """
    place = key_place(table)
    found: list[FileStretch] = []
    key: Key = None
    rows = 0
    last: object = object()
    for columns in blocks:
        distinct = [set(values) for values in columns]
        check_columns(table, columns, distinct)
        keys = columns[place]
        begins = _stretch_begins(table.name, keys, distinct[place], last)
        last = keys[-1]
        ends = [*sorted(begins - {0}), len(keys)]
        begin = 0
        for end, body in zip(ends, _csv_bodies(table, columns, distinct, ends), strict=True):
            if rows and begin in begins:
                found.append(FileStretch(key, rows, *astuple(lines.end_stretch())))
                rows = 0
            if not rows:
                key = cast("Key", keys[begin])
            lines.write(body)
            rows += end - begin
            begin = end
        if typed:
            typed(columns, distinct)
    if rows:
        found.append(FileStretch(key, rows, *astuple(lines.end_stretch())))
    return found


def _stretch_begins(
    table: str, keys: Sequence[object], distinct: Collection[object], last: object
) -> set[int]:
    """Return at which of some rows a stretch begins; `last` is the key of the row before them."""
    return {
        keys.index(key)
        for key in distinct
        if key != last and begins_stretch(table, cast("Key", key))
    }


def _csv_bodies(
    table: TableSchema,
    columns: Columns,
    distinct: Sequence[Collection[object]],
    ends: Sequence[int],
) -> Iterator[bytes]:
    escaped = [
        escaped_column(values, seen) if column.type == "string" else values
        for values, seen, column in zip(columns, distinct, table.fields.values(), strict=True)
    ]
    shown = [
        seen if one is other else set(one)
        for one, other, seen in zip(escaped, columns, distinct, strict=True)
    ]
    return csv_columns(escaped, shown, ends)
