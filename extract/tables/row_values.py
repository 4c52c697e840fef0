"""Select the cells of a row that are its values: exactly as many as the form has, or none."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.model.document import GridCell
from gongkai.extract.model.report import Cell
from gongkai.extract.tables.row_recognition import FormRow


def select_values(
    row: FormRow, count: int, columns: Sequence[int] = (), open_end: bool = False
) -> list[GridCell] | None:
    """Return the cells of the `count` values of a row, None if the row has another shape.

    `columns` are the grid columns of the header, if they are known. A row that is as wide as its
    grid must have its values in them. A row that is shifted by padding is read by the number of its
    cells. Surplus blank cells are padding if the cells from the first to the last value are exactly
    as many as the form has. With `open_end` the last value may be merged with the empty columns to
    its right, as in tables whose rows differ in length.
    """
    cells = list(row.values)
    if len(columns) == count and _is_aligned(row):
        placed = _values_in_columns(cells, columns)
        if placed is not None:
            return placed
    if any(cell.columns > 1 or cell.rows > 1 for cell in cells[:count]) and len(cells) >= count:
        cells = _without_padding(cells, count)
    return _shaped(_trim(cells, count), count, open_end)


def _is_aligned(row: FormRow) -> bool:
    """Return whether the row ends where its grid ends, so that its cells stand under their headers."""
    last = row.cells[-1]
    return row.width > 0 and last.column >= 0 and last.column + last.columns == row.width


def _values_in_columns(cells: list[GridCell], columns: Sequence[int]) -> list[GridCell] | None:
    by_column = {cell.column: cell for cell in cells if cell.columns == 1 and cell.rows == 1}
    others = [c for c in cells if c.column not in columns and c.text.strip()]
    if others or any(column not in by_column for column in columns):
        return None
    return [by_column[column] for column in columns]


def _without_padding(cells: list[GridCell], count: int) -> list[GridCell]:
    """Return the cells without merged blank ones behind the last value (行政许可 | 0 | merged blank)."""
    while len(cells) > count and not cells[-1].text.strip():
        cells = cells[:-1]
    return cells


def _trim(cells: list[GridCell], count: int) -> list[GridCell]:
    """Return the cells without padding if there are too many, unchanged if that is not certain."""
    stated = [n for n, cell in enumerate(cells) if cell.text.strip()]
    spare = len(cells) - count
    if spare <= 0:
        return cells
    if not stated:
        return cells[:count]
    windows = [
        start for start in range(spare + 1) if start <= stated[0] and stated[-1] < start + count
    ]
    return cells[windows[0] : windows[0] + count] if len(windows) == 1 else cells


def _shaped(cells: list[GridCell], count: int, open_end: bool) -> list[GridCell] | None:
    if len(cells) != count or any(cell.rows > 1 for cell in cells):
        return None
    narrow = cells[:-1] if open_end else cells
    if any(cell.columns > 1 for cell in narrow):
        return None
    return cells


def texts_of(values: Sequence[GridCell]) -> list[str]:
    """Return the texts of values without differences that say nothing, to compare them."""
    return [normalize_text(cell.text) for cell in values]


def put_in_place(cell: Cell, printed: GridCell) -> Cell:
    """Return a cell that was read from a cell of the document, with its place."""
    return Cell(cell.raw, cell.value, cell.note, printed.place)
