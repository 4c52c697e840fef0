"""Find the values of a row of section two by the header above it, and what contradicts the form.

A header that says something else than the form refuses the values below it: a number of projects is
not an amount of money, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.forms import Column, Disclosure
from gongkai.extract.forms.header_words import DISCLOSURE_COLUMNS
from gongkai.extract.model.document import GridCell
from gongkai.extract.tables.row_recognition import FormRow
from gongkai.extract.tables.row_values import select_values


@dataclass(frozen=True, slots=True)
class RowValues:
    """The cells with the values of a row, in the order of the form.

    `contradicted` has the columns, by key, whose header names something else, with that header.
    """

    cells: tuple[GridCell, ...]
    contradicted: Mapping[str, str] = field(default_factory=dict)


def select_row_values(
    row: FormRow, disclosure: Disclosure, header: FormRow | None
) -> RowValues | None:
    """Return the values of a row, by the header if it names all columns, None for another shape."""
    count = len(disclosure.columns)
    if header is not None and _names_no_column(header):
        return None
    header, row = _without_repetitions(header, row)
    places = _column_places(header, disclosure) if header is not None else None
    if places is None:
        cells = select_values(row, count, open_end=True)
        if cells is None or header is None:
            return None if cells is None else RowValues(tuple(cells))
        headings = _headings(header, row, count)
        if _is_reordered(headings, disclosure):
            return None
        return RowValues(tuple(cells), _contradicted(headings, disclosure))
    # columns of another grid differ; only their order counts
    known = _has_columns(header) and header is not None and header.width == row.width > 0
    if places == sorted(places):
        cells = select_values(row, count, places if known else (), open_end=True)
    else:
        cells = select_values(row, count, places) if known else None
    return None if cells is None else RowValues(tuple(cells))


def _headings(header: FormRow, row: FormRow, count: int) -> list[str]:
    """Return what the header says above each of `count` values.

    Where it cannot be told which heading belongs to which value, each stands below all of them.
    """
    above = [cell for cell in header.cells if not _is_first(cell)]
    values = row.values[:count]
    if 0 < header.width == row.width and all(cell.column >= 0 for cell in (*above, *values)):
        return ["".join(_over(cell, above)) for cell in values]
    if len(above) == count:
        return [normalize_text(cell.text) for cell in above]
    return [normalize_text("".join(cell.text for cell in above))] * count


def _is_first(cell: GridCell) -> bool:
    text = normalize_text(cell.text)
    return text == "信息内容" or text.startswith("第二十条第")


def _over(value: GridCell, above: Sequence[GridCell]) -> list[str]:
    """Return the texts of the header cells over a value."""
    end = value.column + value.columns
    return [
        normalize_text(cell.text)
        for cell in above
        if cell.column < end and value.column < cell.column + cell.columns
    ]


def _is_reordered(headings: Sequence[str], disclosure: Disclosure) -> bool:
    """Return whether a heading names another column of the same row and not its own."""
    if len(set(headings)) < len(headings):
        return False
    return any(
        not _names(heading, column) and any(_names(heading, other) for other in disclosure.columns)
        for heading, column in zip(headings, disclosure.columns, strict=False)
    )


def _contradicted(headings: Sequence[str], disclosure: Disclosure) -> dict[str, str]:
    return {
        column.key: heading
        for heading, column in zip(headings, disclosure.columns, strict=False)
        if not _names(heading, column) and any(word in heading for word in DISCLOSURE_COLUMNS)
    }


def _names(heading: str, column: Column) -> bool:
    return any(word in heading for word in column.words)


def _names_no_column(header: FormRow) -> bool:
    """Return whether a header has only its first cell, as in text whose columns were printed apart.

    Nothing then tells to which columns the figures below belong.
    """
    texts = [normalize_text(cell.text) for cell in header.cells if cell.text.strip()]
    placeless = all(cell.column < 0 for cell in header.cells)
    return placeless and all("第二十条第" in text or text == "信息内容" for text in texts)


def _without_repetitions(header: FormRow | None, row: FormRow) -> tuple[FormRow | None, FormRow]:
    """Return header and row without repeated cells.

    Some programs write the text of a merged cell into every column that it covers, in the header
    and below it.
    """
    if header is None or len(header.cells) != len(row.cells):
        return header, row
    kept = [
        n
        for n, cell in enumerate(header.cells)
        if n == 0
        or not normalize_text(cell.text)
        or normalize_text(cell.text) != normalize_text(header.cells[n - 1].text)
    ]
    again = [n for n in range(len(row.cells)) if n not in kept]
    if not again or any(row.cells[n].text != row.cells[n - 1].text for n in again):
        return header, row
    behind = len(row.cells) - len(row.values)
    return (
        replace(header, cells=tuple(header.cells[n] for n in kept)),
        replace(
            row,
            cells=tuple(row.cells[n] for n in kept),
            values=tuple(row.cells[n] for n in kept if n >= behind),
        ),
    )


def _has_columns(header: FormRow | None) -> bool:
    return header is not None and all(
        cell.column >= 0 and cell.columns == 1 for cell in header.cells
    )


def _column_places(header: FormRow, disclosure: Disclosure) -> list[int] | None:
    """Return the places of the columns in the header, None unless the header names all of them.

    A place is a column of the grid, or the order of the cell if that is unknown.
    """
    places: list[int] = []
    for column in disclosure.columns:
        named = [
            cell.column if cell.column >= 0 else order
            for order, cell in enumerate(header.cells)
            if any(word in normalize_text(cell.text) for word in column.words)
        ]
        if len(named) != 1:
            return None
        places.append(named[0])
    return places
