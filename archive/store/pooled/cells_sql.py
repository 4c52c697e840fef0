"""Every printed cell of the forms in one long table, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter

from gongkai.archive.store.pooled.variables import DISPUTES, REQUESTS
from gongkai.extract.forms import FORM_2019, FORM_2021

SPLIT_FORM = FORM_2019.id
SPLIT_ITEMS = tuple(
    item.key
    for item in FORM_2021.items
    if item.key not in {earlier.key for earlier in FORM_2019.items}
)
"""Rows of table two that are parts of （六）其他处理, which is one row in the layout of 2019."""

_IS_SPLIT = f"SELECT 1 FROM reports r WHERE r.id = v.report_id AND r.form = '{SPLIT_FORM}'"

ITEM_COLUMNS = {REQUESTS: "item", DISPUTES: "proceeding"}
"""The column that names the rows of a table; one with a single row for each report has none."""


@dataclass(frozen=True, slots=True)
class CellColumn:
    """A column of a table of the forms: each of its values is a cell."""

    part: str
    field: str

    @property
    def condition(self) -> str:
        """SQL for the rows `v` whose values are cells, "" for all: a split row is none in the layout of 2019."""
        if self.part != REQUESTS:
            return ""
        absent = ", ".join(f"'{key}'" for key in SPLIT_ITEMS)
        return f" WHERE NOT (v.item IN ({absent}) AND EXISTS ({_IS_SPLIT}))"

    def select(self) -> str:
        """Return the SELECT of its cells."""
        item = f"v.{ITEM_COLUMNS[self.part]}" if self.part in ITEM_COLUMNS else "''"
        return (
            f"SELECT v.report_id, '{self.part}' AS part, {item} AS item, '{self.field}' AS field,"
            f" v.{self.field} AS value, coalesce(n.raw, CAST(v.{self.field} AS TEXT)) AS raw"
            f" FROM {self.part} v LEFT JOIN cell_notes n ON n.report_id = v.report_id"
            f" AND n.part = '{self.part}' AND n.item = {item} AND n.field = '{self.field}'"
            f"{self.condition}"
        )


@cache
def cell_columns() -> tuple[CellColumn, ...]:
    """Return the columns of all tables, those of a table side by side."""
    return tuple(_columns())


def _columns() -> Iterator[CellColumn]:
    for form in (FORM_2021, FORM_2019):
        yield from (CellColumn(form.part, key) for key in form.disclosure_keys)
    yield from (CellColumn(REQUESTS, column.key) for column in FORM_2021.applicants)
    yield from (CellColumn(DISPUTES, column.key) for column in FORM_2021.results)


def cells_sql() -> str:
    """Return the SELECT of `cells`: one row for each printed cell."""
    return "\nUNION ALL\n".join(column.select() for column in cell_columns())


def cells_count_sql() -> str:
    """Return SQL for the number of cells. It reads each table once, where `cells` reads it for each column."""
    sums = []
    for part, columns in groupby(cell_columns(), attrgetter("part")):
        fields = list(columns)
        rows = f"(SELECT count(*) FROM {part} v{fields[0].condition})"
        sums.append(f"{len(fields)} * {rows}")
    return f"SELECT {' + '.join(sums)}"
