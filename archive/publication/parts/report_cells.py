"""The cells of reports, read from the tables of the forms: rows of `cells`, as fast as they can be had.

The view `cells` reads a table once for each of its columns and looks for a note beside each cell. Here a
report is read once. Most reports have the same rows, so that their cells stand in one order, which is
found once for each layout. The view says what is right: tests compare both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter, itemgetter

from gongkai.archive.store.pooled.cells_sql import (
    ITEM_COLUMNS,
    SPLIT_FORM,
    SPLIT_ITEMS,
    cell_columns,
)
from gongkai.archive.store.pooled.variables import REQUESTS, CellKey

Columns = list[Sequence[object]]

REPORTS = 200
"""Reports whose rows are read at a time. SQLite looks up the parts of a view by a list of ids, but reads
all of them to compare with a longer list or with a table of ids."""

MOST_LAYOUTS = 256
"""Layouts that are kept. There are few, but as many as there are tables with missing rows."""

_LEADING = 2
"""Values before those of a row: its report and its item."""

_FIELDS: Mapping[str, tuple[str, ...]] = {
    part: tuple(column.field for column in columns)
    for part, columns in groupby(cell_columns(), attrgetter("part"))
}
"""The columns of each table of the forms."""


@dataclass(frozen=True, eq=False)
class CellLayout:
    """Which cells a report has.

    `places` are the places of the values of its rows in `ReportCells.values`. `order` has the place of
    those that are cells in the order of `cells`, `columns` their parts, items and fields, and `pick` takes
    their values in this order.
    """

    places: Mapping[CellKey, int]
    order: Mapping[CellKey, int]
    columns: tuple[tuple[str, ...], ...]
    pick: Callable[[tuple[object, ...]], tuple[object, ...]]

    @classmethod
    def of(cls, form: str, rows: tuple[tuple[str, tuple[str, ...]], ...]) -> CellLayout:
        """Return the layout of a report; `rows` are the tables that it has rows in, with their items."""
        places: dict[CellKey, int] = {}
        first = 0
        for part, items in rows:
            for item in items:
                names = enumerate(_FIELDS[part], first + _LEADING)
                places |= {(part, item, name): place for place, name in names}
                first += _LEADING + len(_FIELDS[part])
        is_split = form == SPLIT_FORM
        cells = sorted(
            key for key in places if not (is_split and key[0] == REQUESTS and key[1] in SPLIT_ITEMS)
        )
        columns = tuple(zip(*cells, strict=True)) or ((), (), ())
        order = {key: place for place, key in enumerate(cells)}
        return cls(places, order, columns, picker([places[key] for key in cells]))


def picker(places: Sequence[int]) -> Callable[[tuple[object, ...]], tuple[object, ...]]:
    """Return what takes the values at some places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


_layout = lru_cache(MOST_LAYOUTS)(CellLayout.of)


@dataclass(frozen=True, slots=True)
class ReportCells:
    """The values of one report with its layout, and raw text and note of its cells that have one.

    `values` are its rows one after the other, each with report and item before its values.
    """

    report: str
    layout: CellLayout
    values: tuple[object, ...]
    notes: Mapping[CellKey, tuple[str, str]] = field(default_factory=dict)


def read_cells(conn: sqlite3.Connection, ids: Sequence[str]) -> Iterator[ReportCells]:
    """Yield the cells of some reports, in the order of the ids."""
    marks = ", ".join("?" * len(ids))
    forms = dict(conn.execute(f"SELECT id, form FROM reports WHERE id IN ({marks})", ids))
    tables = {part: _rows(conn, part, marks, ids) for part in _FIELDS}
    notes: dict[str, dict[CellKey, tuple[str, str]]] = {}
    found = conn.execute(
        "SELECT report_id, part, item, field, raw, note FROM cell_notes"
        f" WHERE report_id IN ({marks})",
        ids,
    )
    for report, part, item, name, raw, note in found:
        notes.setdefault(report, {})[part, item, name] = raw, note
    for report in ids:
        rows, values = [], []
        for part, by_report in tables.items():
            if own := by_report.get(report):
                rows.append((part, own[1 :: _LEADING + len(_FIELDS[part])]))
                values.append(own)
        layout = _layout(forms[report], tuple(rows))
        yield ReportCells(report, layout, tuple(chain.from_iterable(values)), notes.get(report, {}))


def _rows(
    conn: sqlite3.Connection, part: str, marks: str, ids: Sequence[str]
) -> dict[str, tuple[object, ...]]:
    """Return the rows of each report in a table, one after the other: id, item and values of each."""
    item = ITEM_COLUMNS.get(part, "''")
    found = conn.execute(
        f"SELECT report_id, {item}, {', '.join(_FIELDS[part])} FROM {part}"
        f" WHERE report_id IN ({marks}) ORDER BY report_id, {item}",
        ids,
    )
    return {
        report: tuple(chain.from_iterable(rows)) for report, rows in groupby(found, itemgetter(0))
    }


def cell_blocks(conn: sqlite3.Connection, ids: Sequence[str]) -> Iterator[Columns]:
    """Yield the columns of `cells` for some reports: rows in their order, then by key."""
    raw_texts = RawTexts(conn)
    for first in range(0, len(ids), REPORTS):
        names: list[object] = []
        keys: list[list[object]] = [[], [], []]
        values: list[object] = []
        noted: dict[int, str] = {}
        for report in read_cells(conn, ids[first : first + REPORTS]):
            layout = report.layout
            for key, (raw, _) in report.notes.items():
                if key in layout.order:
                    noted[len(values) + layout.order[key]] = raw
            names += [report.report] * len(layout.order)
            for column, own in zip(keys, layout.columns, strict=True):
                column += own
            values += layout.pick(report.values)
        raws = list(map(raw_texts.__getitem__, values))
        for place, raw in noted.items():
            raws[place] = raw
        if names:
            yield [names, *keys, values, raws]


class RawTexts(dict[object, str | None]):
    """Values of cells as SQLite writes them, each written once.

    No two of them are equal and written in two ways: the columns of cells have an affinity by which SQLite
    stores 1.0 as 1.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Begin with no value."""
        self._conn = conn

    def __missing__(self, value: object) -> str | None:
        text: str | None = str(value)
        if type(value) is not int:
            (text,) = self._conn.execute("SELECT CAST(? AS TEXT)", [value]).fetchone()
        self[value] = text
        return text
