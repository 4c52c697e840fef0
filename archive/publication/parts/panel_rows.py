"""The rows of `panel`, made from the cells of reports and their rows in `report_summary`.

As with `cells`, the view says what is right. It goes through all variables for each of its rows, which
takes several times as long.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gongkai.archive.publication.parts.report_cells import (
    MOST_LAYOUTS,
    REPORTS,
    CellLayout,
    Columns,
    picker,
    read_cells,
)
from gongkai.archive.store.measures_sql import SERIES_SQL
from gongkai.archive.store.pooled.pooled_sql import (
    FORM_IDS,
    INCOMPLETE,
    MISSING,
    NOT_IN_FORM,
    SUMMARY,
    UNREAD,
    WHOLES,
    absent_share_sql,
)
from gongkai.archive.store.pooled.variables import (
    NUMERATORS,
    CellKey,
    PanelVariable,
    panel_variables,
)

_ABOUT = ("report_id", "agency_id", "agency", "region_code", "year", "form", "series")
"""The columns that each row of a report repeats."""

_VARIABLES = tuple(sorted(panel_variables(), key=lambda each: each.name))
_SHARES = {each.name: WHOLES[each.whole] for each in _VARIABLES if each.whole}
_SOURCES = {
    **{each.column: each.column for each in _VARIABLES if each.column},
    **{
        f"absence of {name}": absent_share_sql(f"s.{NUMERATORS[name]}", whole)
        for name, whole in _SHARES.items()
    },
    "nothing": "NULL",
}
"""What is read of the summary beside these, as SQL."""

_PLACES = {name: place for place, name in enumerate((*_ABOUT, *_SOURCES))}
_CELLS = len(_PLACES)
"""The place of the first value of a report's cells, which follow the summary."""


@dataclass(frozen=True, slots=True)
class PanelLayout:
    """Where the summary and the cells of a report have the values of the variables, in their order.

    `keys` are part, item and field of each as notes have them, empty where the form does not print it.
    """

    keys: tuple[CellKey, ...]
    pick: Callable[[tuple[object, ...]], tuple[object, ...]]

    @classmethod
    def of(cls, form: str, cells: CellLayout) -> PanelLayout:
        """Return the layout of a report of a form."""
        keys = tuple(_key(each, form) for each in _VARIABLES)
        return cls(keys, picker([_place(key, cells) for key in keys]))


_layout = lru_cache(MOST_LAYOUTS)(PanelLayout.of)


def _key(variable: PanelVariable, form: str) -> CellKey:
    if variable.column:
        return SUMMARY, "", variable.column
    return variable.cells.get(form, ("", "", ""))


def _place(key: CellKey, cells: CellLayout) -> int:
    if key[0] == SUMMARY:
        return _PLACES[key[2]]
    return _CELLS + cells.places[key] if key in cells.places else _PLACES["nothing"]


def panel_blocks(conn: sqlite3.Connection, ids: Sequence[str]) -> Iterator[Columns]:
    """Yield the columns of `panel` for some reports: rows in their order, then by variable."""
    names, units = [each.name for each in _VARIABLES], [each.unit for each in _VARIABLES]
    rows = len(_VARIABLES)
    for first in range(0, len(ids), REPORTS):
        summaries = _summaries(conn, ids[first : first + REPORTS])
        about: list[list[object]] = [[] for _ in _ABOUT]
        values: list[object] = []
        notes: list[str | None] = []
        absences: list[str | None] = []
        for cells in read_cells(conn, list(summaries)):
            row = summaries[cells.report] + cells.values
            layout = _layout(str(row[_PLACES["form"]]), cells.layout)
            own = layout.pick(row)
            noted = [cells.notes.get(key, ("", None))[1] for key in layout.keys]
            for column, value in zip(about, row[: len(_ABOUT)], strict=True):
                column += [value] * rows
            values += own
            notes += noted
            absences += _absences(layout, row, own, noted)
        if values:
            reports = len(values) // rows
            yield [*about, names * reports, values, units * reports, notes, absences]


def _summaries(conn: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[object, ...]]:
    """Return the summary of each complete report of a known layout among some, in their order."""
    about = ", ".join((*_ABOUT[:-1], f"{SERIES_SQL} AS series"))
    found = conn.execute(
        f"SELECT {about}, {', '.join(_SOURCES.values())} FROM report_summary s"
        f" WHERE status = 'complete' AND form IN ({', '.join('?' * len(FORM_IDS))})"
        f" AND report_id IN ({', '.join('?' * len(ids))}) ORDER BY report_id",
        [*FORM_IDS, *ids],
    )
    return {row[0]: row for row in found}


def _absences(
    layout: PanelLayout,
    row: tuple[object, ...],
    values: tuple[object, ...],
    notes: Sequence[str | None],
) -> list[str | None]:
    """Return why each value is missing, None where it is there."""
    if None not in values:
        return [None] * len(values)
    return [
        None if value is not None else _absence(row, variable.name, key, note)
        for variable, key, value, note in zip(_VARIABLES, layout.keys, values, notes, strict=True)
    ]


def _absence(row: tuple[object, ...], name: str, key: CellKey, note: str | None) -> str:
    part = key[0]
    if not part:
        return NOT_IN_FORM
    if part == SUMMARY:
        return str(row[_PLACES[f"absence of {name}"]]) if name in _SHARES else INCOMPLETE
    return MISSING if note is None else UNREAD.get(note, note)
