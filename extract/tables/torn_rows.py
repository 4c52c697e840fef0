"""Join the halves of table rows that a page break divides between or within their numbers.

A number that is wrapped in its cell can be divided by the break: 2170 stands at the end of a page, and
8 at the top of the next one. The first half is a number by itself, so it must never stand alone. In
cells that are aligned differently, some numbers stand before the break and others behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gongkai.extract.chinese.normalize import normalize_text, strip_numbering
from gongkai.extract.forms import FORM_2021, FORMS
from gongkai.extract.model.cell_place import are_one_column
from gongkai.extract.model.document import GridCell
from gongkai.extract.tables.row_labels import find_item, is_label
from gongkai.extract.tables.row_recognition import (
    AssignedRows,
    FormRow,
    TableKind,
    classify_row,
    page_of,
)

_ENDS_IN_DIGIT = re.compile(r"\d[.,，]?$")
_BEGINS_WITH_DIGIT = re.compile(r"^[.,，]?\d")
_NUMBERED = re.compile(r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）、.．]|[①-⑳]")
_SHORT_LABELS = ("总计", "合计", "其他", "其它")


def join_torn_numbers(assigned: AssignedRows) -> AssignedRows:
    """Return the rows with those joined whose numbers a page break divides.

    A number is joined if its first half fills its cell, so that the rest had no room there. Halves
    of which that is not certain are no number.
    """
    found: AssignedRows = []
    for grid in assigned:
        rows = list(grid)
        above = next((n for n in range(len(found) - 1, -1, -1) if found[n]), None)
        place = _first_with_numbers(rows)
        if above is not None and place is not None:
            kind, upper = found[above][-1]
            other, lower = rows[place]
            follow = len(found[above]) > 1 and _follow(found[above][-2][1], lower)
            if kind == other and (whole := _whole(kind, upper, lower, follow)) is not None:
                found[above][-1] = kind, whole
                del rows[place]
        found.append(rows)
    return found


def _first_with_numbers(rows: Sequence[tuple[object, FormRow]]) -> int | None:
    """Return the place of the first row of a page that is no repeated header."""
    return next((n for n, (_, row) in enumerate(rows) if any(map(_is_number, row.values))), None)


def _is_number(cell: GridCell) -> bool:
    return _BEGINS_WITH_DIGIT.search(cell.text) is not None


def _follow(above: FormRow, row: FormRow) -> bool:
    """Return whether two rows of section three follow each other in the form."""
    return any(
        one in form.items[:-1]
        and form.items[form.items.index(one) + 1] == find_item(row.label, form)
        for form in FORMS.values()
        if (one := find_item(above.label, form)) is not None
    )


def _whole(kind: TableKind, upper: FormRow, lower: FormRow, follow: bool) -> FormRow | None:
    """Return the row of which two rows are the halves, None if they are rows by themselves.

    A row without a label is the first half of the next one if it shares no column with it, or if the
    form has no row between the row above it and that one (`follow`).
    """
    if page_of(upper) + 1 != page_of(lower) or not any(map(_is_number, upper.values)):
        return None
    if _continues_label(kind, upper, lower):
        label = upper.label + _own_label(lower)
        values = tuple(_joined(cell, _same_column(cell, lower.cells)) for cell in upper.values)
        labels = (*upper.labels[:-1], label) if label else ()
        return (
            _with_values(replace(upper, labels=labels), values) if values != upper.values else None
        )
    beside = [_same_column(cell, upper.cells) for cell in lower.values]
    shared = any(
        above and above.text and cell.text for above, cell in zip(beside, lower.values, strict=True)
    )
    if upper.labels or (shared and not follow):
        return None
    values = tuple(
        _joined(above, cell) if above is not None and above.text else cell
        for cell, above in zip(lower.values, beside, strict=True)
    )
    return _with_values(lower, values)


def _with_values(row: FormRow, values: tuple[GridCell, ...]) -> FormRow:
    labels = row.cells[: len(row.cells) - len(row.values)]
    return replace(row, values=values, cells=(*labels, *values))


def _joined(above: GridCell, below: GridCell | None) -> GridCell:
    """Return a cell of which the second half stands behind a page break."""
    if below is None or not _is_number(below):
        return above
    if not above.text.strip():
        return below
    certain = above.is_full and _ENDS_IN_DIGIT.search(above.text) is not None
    return replace(above, text=above.text + ("" if certain else " ") + below.text)


def _same_column(cell: GridCell, cells: Sequence[GridCell]) -> GridCell | None:
    """Return the cell that stands in the same column on another page."""
    return next((other for other in cells if are_one_column(cell.place, other.place)), None)


def _continues_label(kind: TableKind, upper: FormRow, lower: FormRow) -> bool:
    """Return whether a row has no label of its own, or the rest of the label above it."""
    rest = _own_label(lower)
    if not rest:
        return True
    if strip_numbering(rest) in _SHORT_LABELS or _NUMBERED.match(normalize_text(rest)):
        return False
    if kind != "requests":
        return kind == "disclosure" and classify_row(lower) is None
    above, both = (find_item(label, FORM_2021) for label in (upper.label, upper.label + rest))
    return both is not None and above in (None, both)


def _own_label(row: FormRow) -> str:
    """Return the label of the row itself; a cell beside several rows has the label of a group."""
    labels = [cell.text for cell in row.cells if cell.rows == 1 and is_label(cell.text)]
    return labels[-1] if labels else ""
