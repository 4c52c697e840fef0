"""The rows of a table, or of a year of it, piece by piece."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.codebook.table_years import is_of_reports, row_order, year_sql
from gongkai.archive.publication.parts.file_pieces import Key, begins_piece
from gongkai.archive.publication.parts.fitting_values import Row
from gongkai.archive.publication.parts.panel_rows import panel_blocks
from gongkai.archive.publication.parts.report_cells import REPORTS, Columns, cell_blocks

BLOCK = 20_000
"""Rows that are written at a time."""


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Keys from `first` to before `end`; None for all before, or behind."""

    first: Key = None
    end: Key = None


ALL = KeyRange()


def key_place(table: TableSchema) -> int:
    """Return which column of a table its rows are sorted by first."""
    return list(table.fields).index(row_order(table)[0])


def table_pieces(
    conn: sqlite3.Connection,
    table: TableSchema,
    year: int | None,
    ids: Sequence[str],
    within: KeyRange = ALL,
) -> Iterator[list[Columns]]:
    """Yield the pieces of a part: the rows of each in their order, as blocks of columns.

    `ids` are the reports of the year in their order.
    """
    order = row_order(table)
    select, by = (
        f"SELECT {', '.join(table.fields)} FROM {table.name}",
        f"ORDER BY {', '.join(order)}",
    )
    if year is not None and is_of_reports(table):
        reader = _READERS.get(table.name)
        place = key_place(table)
        waiting: list[Columns] = []
        for some in _id_pieces(table.name, ids, within):
            if reader:
                blocks = list(reader(conn, some))
            else:
                blocks = _blocks(_rows_of_reports(conn, f"{select} WHERE report_id IN", by, some))
            # a report at which a piece would begin may have no rows
            if waiting and blocks and begins_piece(table.name, cast("Key", blocks[0][place][0])):
                yield waiting
                waiting = []
            waiting += blocks
        if waiting:
            yield waiting
        return
    conditions, values = _conditions(order[0], within)
    if year is not None:
        conditions.append(f"{year_sql(table)} = ?")
        values.append(year)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    found = conn.execute(f"{select} {where} {by}", values)
    for rows in _row_pieces(table.name, found, key_place(table)):
        yield _blocks(rows)


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
    """Yield the ids of each piece, if each of them has rows."""
    begin = 0 if within.first is None else bisect_left(ids, str(within.first))
    end = len(ids) if within.end is None else bisect_left(ids, str(within.end))
    for place in range(begin + 1, end):
        if begins_piece(table, ids[place]):
            yield ids[begin:place]
            begin = place
    if begin < end:
        yield ids[begin:end]


def _row_pieces(table: str, rows: Iterable[tuple[Any, ...]], place: int) -> Iterator[list[Row]]:
    """Yield rows piece by piece; their keys stand at a place."""
    piece: list[Row] = []
    last: object = object()
    for row in rows:
        key: Key = row[place]
        if key != last:
            last = key
            if piece and begins_piece(table, key):
                yield piece
                piece = []
        piece.append(row)
    if piece:
        yield piece


def _rows_of_reports(
    conn: sqlite3.Connection, select: str, order: str, ids: Sequence[str]
) -> list[Row]:
    rows: list[Row] = []
    for first in range(0, len(ids), REPORTS):
        some = ids[first : first + REPORTS]
        places = ", ".join("?" * len(some))
        rows += conn.execute(f"{select} ({places}) {order}", some)
    return rows
