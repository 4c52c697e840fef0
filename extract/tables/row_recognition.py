"""Recognise by its words to which table of the form a row belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gongkai.extract.chinese.headings import is_numbered_heading, parse_heading
from gongkai.extract.chinese.normalize import before_explanation, normalize_text, strip_numbering
from gongkai.extract.forms import FORM_2021
from gongkai.extract.forms.header_words import (
    APPLICANT_GROUPS,
    DISCLOSURE_COLUMN_HINTS,
    DISCLOSURE_HEADERS,
    DISCLOSURE_LABELS,
    LITIGATION_COLUMN_HINTS,
    LITIGATION_HEADERS,
    PROCEEDING_WORDS,
    REQUEST_HEADERS,
)
from gongkai.extract.model.cell_place import are_one_column
from gongkai.extract.model.document import Block, Grid, GridCell, Paragraph
from gongkai.extract.tables.row_labels import (
    LONGEST_LABEL,
    find_group,
    find_item,
    last_label,
)
from gongkai.messages import Message, message

TableKind = Literal["disclosure", "requests", "litigation"]

_REQUEST_HEADERS = (*APPLICANT_GROUPS, *REQUEST_HEADERS)
_COLUMNS: Mapping[TableKind, tuple[str, ...]] = {
    "disclosure": (*DISCLOSURE_HEADERS, *DISCLOSURE_COLUMN_HINTS),
    "requests": _REQUEST_HEADERS,
    "litigation": LITIGATION_COLUMN_HINTS,
}
"""Words of the headers of each table; one of them is present even if others are misspelt."""
_WIDEST = 15
_HEADED = 2  # section headings in a table that contains the whole report


NOWHERE = message("place_table_row", table=0, row=0)
"""The place of a row that no finding is about."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A table row split into its label cells and the cells behind the last label."""

    labels: tuple[str, ...]
    values: tuple[GridCell, ...]
    cells: tuple[GridCell, ...]
    width: int  # columns of its grid, 0 where they are unknown
    place: Message
    text: str  # all words, normalized

    @property
    def label(self) -> str:
        """The last label, which names the row itself."""
        return self.labels[-1] if self.labels else ""

    @property
    def stated(self) -> int:
        """The number of cells behind the label that have text."""
        return sum(1 for cell in self.values if cell.text.strip())


def classify_row(row: FormRow) -> TableKind | None:
    """Return the table to which a row belongs, None if its words do not tell."""
    if any(
        len(label) > LONGEST_LABEL and len(before_explanation(label)) > LONGEST_LABEL
        for label in row.labels
    ):
        return None
    text = row.text
    if any(word in text for word in DISCLOSURE_HEADERS):
        return "disclosure"
    if any(word in text for word in _REQUEST_HEADERS):
        return "requests"
    item = find_item(row.label, FORM_2021)
    # 总计 alone is ambiguous: section four has three columns of that name
    if (item and item.key != "total_handled") or find_group(row.label):
        return "requests"
    if any(word in text for word in LITIGATION_HEADERS):
        return "litigation"
    named = strip_numbering(before_explanation(row.label))
    if any(named.endswith(word) for word in DISCLOSURE_LABELS):
        return "disclosure"
    return None


def split_row(cells: tuple[GridCell, ...], width: int, place: Message = NOWHERE) -> FormRow:
    """Return a row as labels and values; a blank cell in front of a label is padding."""
    cells = tuple(c if not c.text or normalize_text(c.text) else replace(c, text="") for c in cells)
    last = last_label(cells)
    labels = tuple(cell.text for cell in cells[: last + 1] if cell.text.strip())
    text = normalize_text("".join([cell.text for cell in cells]))
    return FormRow(labels, cells[last + 1 :], cells, width, place, text)


def page_of(row: FormRow) -> int:
    """Return the page on which a row stands, 0 in documents without pages."""
    page = row.place.params.get("page")
    return page if isinstance(page, int) else 0


def join_halves(upper: FormRow, lower: FormRow) -> FormRow:
    """Return a row whose label continues after a page break, with the values of either half."""
    label = upper.label + lower.label
    values = upper.values if upper.stated else lower.values
    labels = (*upper.labels[:-1], label)
    return FormRow(labels, values, upper.cells, upper.width, upper.place, upper.text)


def _place(grid: Grid, table: int, row: int) -> Message:
    if grid.page:
        return message("place_page_row", page=grid.page, row=row)
    return message("place_table_row", table=table, row=row)


def _width(grid: Grid) -> int:
    return max((cell.column + cell.columns for row in grid.rows for cell in row), default=0)


def split_rows(grid: Grid, table: int = 0) -> list[FormRow]:
    """Return the rows of a grid that have text, each with its place.

    `table` is the number of the table in its document. It names the place if there are no pages.
    """
    width = _width(grid)
    return [
        split_row(cells, width, _place(grid, table, number))
        for number, cells in enumerate(grid.rows, 1)
        # a row of fifteen blanks is section four left blank
        if any(cell.text.strip() for cell in cells) or len(cells) >= _WIDEST
    ]


AssignedRows = list[list[tuple[TableKind, FormRow]]]
"""For each grid of a document, its rows with the table of the form they belong to."""


def assign_rows(grids: Sequence[Grid]) -> AssignedRows:
    """Return, for each grid, its rows with the table of the form they belong to.

    Other tables get an empty list. A row whose words do not tell belongs with the rows before it,
    in the same grid or in the one directly before: page breaks divide tables, and rows of values
    have no words.
    """
    found: AssignedRows = []
    kind: TableKind | None = None
    for number, grid in enumerate(grids, 1):
        rows = split_rows(grid, number)
        used: list[tuple[TableKind, FormRow]] = []
        last = next((grid[-1][1] for grid in reversed(found) if grid), None)
        if any(classify_row(row) for row in rows) or _continues(rows, kind, last):
            for row in rows:
                kind = classify_row(row) or kind
                if kind is not None:
                    used.append((kind, row))
        else:
            kind = None
        found.append(used)
    if not any(kind == "litigation" for grid in found for kind, _ in grid):
        for number, grid in enumerate(grids):
            bare = None if found[number] else _bare_review(split_rows(grid, number + 1))
            found[number] = [("litigation", bare)] if bare else found[number]
    return _without_repeated(found)


def _bare_review(rows: list[FormRow]) -> FormRow | None:
    """Return the row of section four if it lost its header, None for other grids.

    It has fifteen numbers, and each fifth is the sum of the four before it.
    """
    if len(rows) != 1 or len(rows[0].cells) != _WIDEST:
        return None
    texts = [normalize_text(cell.text) for cell in rows[0].cells]
    if not all(text.isascii() and text.isdigit() and len(text) < 7 for text in texts):
        return None
    numbers = [int(text) for text in texts]
    kept = all(sum(numbers[n : n + 4]) == numbers[n + 4] for n in (0, 5, 10))
    return rows[0] if kept else None


def _without_repeated(assigned: AssignedRows) -> AssignedRows:
    """Return the rows without small tables that only repeat words of the form.

    A table of figures in the prose (规范性文件 | 件 | 3) has no header of the form, and names nothing
    that a table with a header does not name too.
    """
    kinds: tuple[TableKind, ...] = ("disclosure", "requests", "litigation")
    for kind in kinds:
        rows = [[row for k, row in grid if k == kind] for grid in assigned]
        headed = [_has_words("\n".join(row.text for row in grid), kind) for grid in rows]
        known = {
            name for n, grid in enumerate(rows) if headed[n] for name in _named_parts(kind, grid)
        }
        for n, grid in enumerate(rows):
            names = set(_named_parts(kind, grid))
            if names and names <= known and not headed[n]:
                assigned[n] = [(k, row) for k, row in assigned[n] if k != kind]
    return assigned


def _has_words(text: str, kind: TableKind) -> bool:
    """Return whether a text has a word of the headers of a table."""
    return any(word in text for word in _COLUMNS[kind])


def _named_parts(kind: TableKind, rows: Sequence[FormRow]) -> Iterator[str]:
    """Yield the parts of the form that the rows of a table plainly name."""
    for row in rows:
        text = strip_numbering(row.label)
        if kind == "disclosure":
            yield from (word for word in DISCLOSURE_LABELS if word in text)
        elif kind == "requests" and (item := find_item(row.label, FORM_2021)):
            yield item.key
        elif kind == "litigation":
            yield from (word for word in PROCEEDING_WORDS if word in row.text)


def _continues(rows: list[FormRow], kind: TableKind | None, last: FormRow | None) -> bool:
    """Return whether a table without words of the form can continue the one before it.

    It then has the values of section four, or the lower half of a row that a page break divides: of
    its label (行政事业｜性收费) or of its numbers.
    """
    if kind == "litigation":
        return any(not row.labels and len(row.values) >= 5 for row in rows)
    if kind is None or last is None or len(rows) != 1:
        return False
    row = rows[0]
    below = page_of(last) + 1 == page_of(row) and _stand_below(last, row)
    if not row.labels or not last.labels:
        return below and not row.labels
    if row.stated and last.stated and not below:
        return False
    whole = classify_row(join_halves(last, row))
    return whole == kind and (below or classify_row(last) is None)


def _stand_below(above: FormRow, row: FormRow) -> bool:
    """Return whether all cells with text stand in columns of another row."""
    return all(
        any(are_one_column(cell.place, other.place) for other in above.cells)
        for cell in row.cells
        if cell.text.strip()
    )


def text_outside_form(grid: Grid) -> list[str]:
    """Return the headings and paragraphs of a report that is a single table.

    They are the rows with one cell. The result is empty for a table in which fewer than two rows
    are section headings.
    """
    stated = [[cell.text for cell in row if cell.text.strip()] for row in grid.rows]
    alone = [texts[0] for texts in stated if len(texts) == 1]
    if sum(map(is_numbered_heading, alone)) < _HEADED:
        return []
    return [
        text
        for text in alone
        if is_numbered_heading(text)
        or "。" in text
        or classify_row(split_row((GridCell(text),), 0)) is None
    ]


def anchor_kinds(block: Block) -> frozenset[str]:
    """Return which certain parts of a report a block is: its tables of the form, or a heading."""
    if isinstance(block, Paragraph):
        heading = parse_heading(block.text) if is_numbered_heading(block.text) else None
        return frozenset() if heading is None else frozenset((str(heading.number),))
    rows = split_rows(block)
    kinds = [kind for row in rows if (kind := classify_row(row))]
    of_form = len(kinds) >= 2 or (len(kinds) == 1 and len(rows) <= 3 and len(rows[0].cells) > 2)
    return frozenset(kinds) if of_form else frozenset()
