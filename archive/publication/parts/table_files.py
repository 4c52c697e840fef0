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
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.codebook.table_years import is_of_reports, row_order, year_sql
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.parts.csv_part import CsvPartWriter, csv_part_writer
from gongkai.archive.publication.parts.csv_rows import csv_columns, csv_lines, escaped_column
from gongkai.archive.publication.parts.file_pieces import FilePiece, Key, begins_piece
from gongkai.archive.publication.parts.fitting_values import Row, check_columns
from gongkai.archive.publication.parts.panel_rows import panel_blocks
from gongkai.archive.publication.parts.report_cells import REPORTS, Columns, cell_blocks

CSV, PARQUET = "csv", "parquet"
YEAR_FOLDER = "report_year"

BLOCK = 20_000
"""Rows that are written at a time."""

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


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Keys from `first` to before `end`; None for all before, or behind."""

    first: Key = None
    end: Key = None


ALL = KeyRange()


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
        for key, blocks in table_pieces(conn, table, year, ids):
            writers = writers or _writers(stack, table, part, folder)
            found.append(write_piece(writers, table, key, blocks))
        if writers is None and year is None:
            _writers(stack, table, part, folder)
    return found


def write_piece(
    writers: PartWriters, table: TableSchema, key: Key, blocks: Iterable[Columns]
) -> FilePiece:
    """Write the rows from a key on as a piece.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column.
    """
    rows = 0
    for columns in blocks:
        _write_block(writers, table, columns)
        rows += len(columns[0])
    packed = writers.lines.end_piece()
    groups = writers.typed.end_piece() if writers.typed else 0
    return FilePiece(key, rows, packed.packed, packed.crc, packed.unpacked, groups)


def _writers(stack: ExitStack, table: TableSchema, part: Part, folder: Path) -> PartWriters:
    csv_path = folder / part.csv_name
    csv_path.parent.mkdir(parents=True, exist_ok=True)
    lines = stack.enter_context(csv_part_writer(csv_path, csv_lines([list(table.fields)])))
    if not parquet_part.is_installed():
        return PartWriters(lines, None)
    path = folder / part.parquet_name
    path.parent.mkdir(parents=True, exist_ok=True)
    return PartWriters(lines, stack.enter_context(parquet_part.parquet_part_writer(path, table)))


def _write_block(writers: PartWriters, table: TableSchema, columns: Columns) -> None:
    distinct = [set(values) for values in columns]
    check_columns(table, columns, distinct)
    escaped = [
        escaped_column(values, seen) if column.type == "string" else values
        for values, seen, column in zip(columns, distinct, table.fields.values(), strict=True)
    ]
    shown = [
        seen if one is other else set(one)
        for one, other, seen in zip(escaped, columns, distinct, strict=True)
    ]
    writers.lines.write(csv_columns(escaped, shown))
    if writers.typed:
        writers.typed.write(columns, distinct)


def table_pieces(
    conn: sqlite3.Connection,
    table: TableSchema,
    year: int | None,
    ids: Sequence[str],
    within: KeyRange = ALL,
) -> Iterator[tuple[Key, list[Columns]]]:
    """Yield the pieces of a part: where each begins, and its rows in their order, as blocks of columns.

    `ids` are the reports of the year in their order.
    """
    order = row_order(table)
    select, by = (
        f"SELECT {', '.join(table.fields)} FROM {table.name}",
        f"ORDER BY {', '.join(order)}",
    )
    if year is not None and is_of_reports(table):
        reader = _READERS.get(table.name)
        for some in _id_pieces(table.name, ids, within):
            if reader:
                blocks = list(reader(conn, some))
            else:
                blocks = _blocks(_rows_of_reports(conn, f"{select} WHERE report_id IN", by, some))
            if blocks:
                yield some[0], blocks
        return
    conditions, values = _conditions(order[0], within)
    if year is not None:
        conditions.append(f"{year_sql(table)} = ?")
        values.append(year)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    found = conn.execute(f"{select} {where} {by}", values)
    for key, rows in _row_pieces(table.name, found, list(table.fields).index(order[0])):
        yield key, _blocks(rows)


_READERS = {"cells": cell_blocks, "panel": panel_blocks}
"""What reads the rows of reports in a view faster than the view computes them."""


def _blocks(rows: Sequence[Row]) -> list[Columns]:
    blocks = (rows[first : first + BLOCK] for first in range(0, len(rows), BLOCK))
    return [list(zip(*block, strict=True)) for block in blocks]


def _conditions(column: str, within: KeyRange) -> tuple[list[str], list[object]]:
    """Return SQL for a range of keys, and its values; a missing key comes before all others."""
    conditions: list[str] = []
    values: list[object] = []
    if within.first is not None:
        conditions.append(f"{column} >= ?")
        values.append(within.first)
    if within.end is not None:
        missing = f" OR {column} IS NULL" if within.first is None else ""
        conditions.append(f"({column} < ?{missing})")
        values.append(within.end)
    return conditions, values


def _id_pieces(table: str, ids: Sequence[str], within: KeyRange) -> Iterator[Sequence[str]]:
    """Yield the ids of each piece."""
    begin = 0 if within.first is None else bisect_left(ids, str(within.first))
    end = len(ids) if within.end is None else bisect_left(ids, str(within.end))
    for place in range(begin + 1, end):
        if begins_piece(table, ids[place]):
            yield ids[begin:place]
            begin = place
    if begin < end:
        yield ids[begin:end]


def _row_pieces(
    table: str, rows: Iterable[tuple[Any, ...]], place: int
) -> Iterator[tuple[Key, list[Row]]]:
    """Yield rows piece by piece; their keys stand at a place."""
    piece: list[Row] = []
    begin: Key = None
    last: object = object()
    for row in rows:
        key: Key = row[place]
        if key != last:
            last = key
            if piece and begins_piece(table, key):
                yield begin, piece
                piece = []
            if not piece:
                begin = key
        piece.append(row)
    if piece:
        yield begin, piece


def _rows_of_reports(
    conn: sqlite3.Connection, select: str, order: str, ids: Sequence[str]
) -> list[Row]:
    rows: list[Row] = []
    for first in range(0, len(ids), REPORTS):
        some = ids[first : first + REPORTS]
        places = ", ".join("?" * len(some))
        rows += conn.execute(f"{select} ({places}) {order}", some)
    return rows
