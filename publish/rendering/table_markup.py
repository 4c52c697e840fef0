"""Tables as they were read, for documents that no browser shows: Word, OFD, spreadsheets, text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from gongkai.extract.model.document import Grid, GridCell

MOST_CELLS = 5_000
"""Cells that are written. The three tables of the form have some 250."""


def write_tables(grids: Sequence[Grid]) -> str:
    """Return tables as markup. A cell has the id `c` and the number of its place."""
    return "".join(_parts(grids))


def _parts(grids: Sequence[Grid]) -> Iterator[str]:
    left = MOST_CELLS
    for grid in grids:
        yield "<table>"
        for row in grid.rows:
            left -= len(row)
            if left < 0:
                break
            yield f"<tr>{''.join(map(_cell, row))}</tr>"
        yield "</table>"


def _cell(cell: GridCell) -> str:
    spans = "".join(
        f' {name}="{count}"'
        for name, count in (("colspan", cell.columns), ("rowspan", cell.rows))
        if count > 1
    )
    id = f' id="c{cell.place.number}"' if cell.place and cell.place.number else ""
    text = "<br>".join(escape(line) for line in cell.text.splitlines())
    return f"<td{id}{spans}>{text}</td>"
