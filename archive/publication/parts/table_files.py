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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.codebook.table_years import is_of_reports, year_sql
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.parts.csv_part import CsvPartWriter, csv_part_writer
from gongkai.archive.publication.parts.csv_rows import csv_columns, csv_lines, escaped_column
from gongkai.archive.publication.parts.fitting_values import Row, check_columns

CSV, PARQUET = "csv", "parquet"
YEAR_FOLDER = "report_year"

BLOCK = 20_000
"""Rows that are in memory at a time."""

REPORTS = 200
"""Reports whose rows are read at a time. SQLite looks up the parts of a view by a list of ids, but reads
all of them to compare with a longer list or with a table of ids."""

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


def write_part(
    conn: sqlite3.Connection, table: TableSchema, year: int | None, folder: Path, ids: Sequence[str]
) -> int:
    """Write the files of a part; return the number of rows. Of a year without rows there is no file.

    `ids` are the reports of the year in their order.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column.
    """
    part = Part(table.name, year)
    rows = 0
    with ExitStack() as stack:
        writers = None
        for block in _blocks(conn, table, year, ids):
            writers = writers or _writers(stack, table, part, folder)
            _write_block(writers, table, block)
            rows += len(block)
        if writers is None and year is None:
            _writers(stack, table, part, folder)
    return rows


def _writers(stack: ExitStack, table: TableSchema, part: Part, folder: Path) -> _Writers:
    csv_path = folder / part.csv_name
    csv_path.parent.mkdir(parents=True, exist_ok=True)
    lines = stack.enter_context(csv_part_writer(csv_path, csv_lines([list(table.fields)])))
    if not parquet_part.is_installed():
        return lines, None
    path = folder / part.parquet_name
    path.parent.mkdir(parents=True, exist_ok=True)
    return lines, stack.enter_context(parquet_part.parquet_part_writer(path, table))


_Writers = tuple[CsvPartWriter, parquet_part.ParquetPartWriter | None]


def _write_block(writers: _Writers, table: TableSchema, block: Sequence[Row]) -> None:
    lines, typed = writers
    columns: list[Sequence[object]] = list(zip(*block, strict=True))
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
    lines.write(csv_columns(escaped, shown))
    if typed:
        typed.write(columns, distinct)


def _blocks(
    conn: sqlite3.Connection, table: TableSchema, year: int | None, ids: Sequence[str]
) -> Iterator[list[Row]]:
    """Yield the rows of a part in their order: by report where rows are of reports, then by key."""
    select = f"SELECT {', '.join(table.fields)} FROM {table.name}"
    order = " ORDER BY " + ", ".join(row_order(table))
    if year is None:
        yield from _fetched(conn.execute(select + order))
    elif not is_of_reports(table):
        yield from _fetched(conn.execute(f"{select} WHERE {year_sql(table)} = ?{order}", [year]))
    else:
        yield from _joined(_rows_of_reports(conn, f"{select} WHERE report_id IN", order, ids))


def row_order(table: TableSchema) -> tuple[str, ...]:
    """Return the columns by which the rows of a part are sorted."""
    key = table.primary_key or table.unique_keys[0]
    if not is_of_reports(table):
        return key
    return ("report_id", *(name for name in key if name != "report_id"))


def _rows_of_reports(
    conn: sqlite3.Connection, select: str, order: str, ids: Sequence[str]
) -> Iterator[list[Row]]:
    for first in range(0, len(ids), REPORTS):
        some = ids[first : first + REPORTS]
        places = ", ".join("?" * len(some))
        yield from _fetched(conn.execute(f"{select} ({places}){order}", some))


def _joined(blocks: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Yield blocks of a good size: small ones are joined."""
    waiting: list[Row] = []
    for block in blocks:
        waiting += block
        if len(waiting) >= BLOCK:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _fetched(found: sqlite3.Cursor) -> Iterator[list[Row]]:
    while rows := found.fetchmany(BLOCK):
        yield rows
