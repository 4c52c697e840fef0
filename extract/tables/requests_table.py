"""Read the table of section three: 23 or 25 rows of seven applicant columns.

A page break can divide a row: its label from its values, or its label in two. The reader therefore
remembers the last row if its other half may follow (`_Open`), and all rows with values that it could
not name; these are compared with the rows that are missing in the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from gongkai.extract.chinese.normalize import best_fuzzy_match, normalize_text, strip_numbering
from gongkai.extract.chinese.numbers import read_whole
from gongkai.extract.forms import Form, Item
from gongkai.extract.forms.request_items import OTHERWISE
from gongkai.extract.model.findings import (
    BLANK,
    Shape,
    cell_texts,
    doubtful_cell,
    missing_rows,
    unexpected_shape,
)
from gongkai.extract.model.report import Cell, Finding
from gongkai.extract.tables.applicant_columns import ApplicantColumns, is_header
from gongkai.extract.tables.row_labels import find_group, find_item
from gongkai.extract.tables.row_recognition import FormRow, join_halves, page_of
from gongkai.extract.tables.row_values import put_in_place
from gongkai.extract.tables.taken_rows import TakenRows, is_blank, shown_cells
from gongkai.messages import message

_COUNT = 7
_KNOWN_ROW = Shape("表内规定的行名", message("shape_known_row"))
_TO_TOTAL = Shape(f"自然人至总计{_COUNT}列", message("shape_to_total", n=_COUNT))
_NO_TOTAL = Shape("没有总计一列", message("shape_no_total"))
_OTHER = ("其他", "其它", "其他情形", "其他情况")
_LEAST_SIMILARITY = 0.75
_NUMBERED = re.compile(r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）、.．]|[①-⑳]")


def read_requests(
    rows: Sequence[FormRow], form: Form
) -> tuple[dict[str, dict[str, Cell]], list[Finding]]:
    """Return the cells by item and applicant, and the findings. A refused row is absent."""
    reader = _RequestsReader(form)
    for row in rows:
        reader.feed(row)
    reader.take_misspelt_rows()
    taken = reader.taken
    table: dict[str, dict[str, Cell]] = {}
    findings = taken.findings
    for item in form.items:
        values = taken.values.get(item.key)
        if values is None or item.key in taken.refused:
            continue
        table[item.key] = {
            column.key: put_in_place(read_whole(cell.text), cell)
            for column, cell in zip(form.applicants, values, strict=False)
        }
        findings += _doubtful_cells(item, table[item.key])
    missing = [i for i in form.items if i.key not in table and i.key not in taken.refused]
    if missing or any(is_blank(values) for values in taken.values.values()):
        findings += [_unknown_row(stray.row) for stray in reader.strays[:10]]
    if missing:
        findings.append(missing_rows("requests", missing))
    if reader.columns.count < _COUNT:
        findings.append(unexpected_shape(None, "total", _TO_TOTAL, _NO_TOTAL))
    return table, findings


class _Open(Enum):
    """What the last row lacks, if a page break may divide it."""

    NOTHING = "the row is complete"
    VALUES = "a label whose values may follow"
    LABEL = "values whose label is not complete"


@dataclass(frozen=True, slots=True)
class _StrayRow:
    """A row with values that names no item. `after` is the number of the item taken before it."""

    row: FormRow
    after: int


class _RequestsReader:
    """One pass over the rows of section three."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.columns = ApplicantColumns(form)
        self.taken = TakenRows(form)
        self.strays: list[_StrayRow] = []
        self._group = ""
        self._number = 0
        self._previous: FormRow | None = None
        self._open_row: FormRow | None = None

    @property
    def _open(self) -> _Open:
        if self._open_row is None:
            return _Open.NOTHING
        return _Open.LABEL if self._open_row.stated else _Open.VALUES

    def feed(self, row: FormRow) -> None:
        """Read the next row of the table."""
        if is_header(row):
            self.taken.findings += self.columns.read_header(row)
            return
        self._number += 1
        for label in row.labels:
            self._group = find_group(label) or self._group
        previous, self._previous = self._previous, row
        if previous is not None and self._ends_label(previous, row):
            return
        item = self._item(row)
        if item is None:
            self._read_unnamed(row)
        elif row.stated:
            self._read_named(item, row)
        elif previous is None or not self._takes_values_above(item, previous, row):
            self._read_label(item, row)

    def _ends_label(self, above: FormRow, row: FormRow) -> bool:
        """Return whether a row is the rest of the label above it, over blank cells.

        Without this check the rest of a label (重新出具已获取信息) could pass for a blank row.
        """
        if row.stated or not row.labels or not above.stated or not above.labels:
            return False
        numbered = _NUMBERED.match(normalize_text(row.label))
        if find_group(row.label) or len(row.values) < _COUNT or numbered:
            return False
        whole = join_halves(above, row)
        item, upper = self._item(whole), self._item(above)
        if item is None:
            return False
        if upper is not None and upper is not item:
            # 2.其他｜法律行政法规禁止公开: the half names another row than the whole
            exact = strip_numbering(whole.label) == strip_numbering(item.zh)
            if not exact or not self.taken.withdraw(upper, above):
                return False
            self._take(item, whole)
        elif upper is None:
            self.strays = [stray for stray in self.strays if stray.row is not above]
            self._take(item, whole)
        return self._item(row) in (None, item)

    def _item(self, row: FormRow) -> Item | None:
        """Return the item that the labels of a row name, None if they name none for certain."""
        if row.stated and _has_merged_label(row):
            return None  # the labels of several rows run together
        if strip_numbering(row.label) in _OTHER and (
            self._group == OTHERWISE or len(row.labels) == 1
        ):
            return next((item for item in self.form.items if item.key == "other"), None)
        found = find_item(row.label, self.form)
        if found is None and not find_group(row.label):
            own = [label for label in row.labels if not find_group(label)]
            found = find_item("".join(own), self.form)
        if found and found.key == "other" and self.form.id == "2021" and not row.stated:
            return None  # （六）其他处理 as a heading of its own
        return found

    def _takes_values_above(self, item: Item, above: FormRow, row: FormRow) -> bool:
        """Return whether a label over blank cells was taken with the values at the end of a page."""
        torn = not above.labels and above.stated and page_of(above) + 1 == page_of(row)
        if not torn or item.key in self.taken.values or self.columns.values_of(above) is None:
            return False
        self.strays = [stray for stray in self.strays if stray.row is not above]
        self._take(item, join_halves(row, above))
        return True

    def _read_named(self, item: Item, row: FormRow) -> None:
        """Read a row with label and values."""
        if (
            self._open is _Open.VALUES
            and self._open_row is not None
            and self._item(self._open_row) is item
        ):
            self.taken.drop(item)  # the open row was the upper half of this one
        self._take(item, row)

    def _read_label(self, item: Item, row: FormRow) -> None:
        """Read a label without values: its row is blank, or its values follow."""
        if self.columns.values_of(row) is not None and len(row.values) >= _COUNT:
            self._take(item, row)
        self._open_row = row

    def _read_unnamed(self, row: FormRow) -> None:
        """Read a row without an item: the heading of a group, or one half of a torn row."""
        if self._completes_open_row(row):
            return
        self._open_row = None
        if row.labels and (row.stated or len(row.values) >= _COUNT):
            self._open_row = row
        if row.stated:
            self.strays.append(_StrayRow(row, self.taken.last))
            self.taken.drop_blanks_near(self._number)

    def _completes_open_row(self, row: FormRow) -> bool:
        """Return whether a row was taken together with the open one."""
        state, open_row = self._open, self._open_row
        if open_row is None:
            return False
        if not row.labels:
            has_values = state is _Open.VALUES and row.stated > 0
            return has_values and self._take_values(open_row, row)
        if state is _Open.LABEL and row.stated:
            return False
        return self._take_joined(open_row, row)

    def _take_values(self, labelled: FormRow, row: FormRow) -> bool:
        """Take the values of a row for the label in the row before it."""
        item = self._item(labelled)
        if item is None:
            return False
        self.taken.drop(item)
        if not self.columns.values_of(row):
            return False
        self._take(item, row)
        return True

    def _take_joined(self, upper: FormRow, lower: FormRow) -> bool:
        """Take two rows as one whose label continues in the second."""
        whole = join_halves(upper, lower)
        item = self._item(whole)
        if item is None:
            return False
        if lower.stated:
            self.taken.drop(item)  # the upper half was taken for a blank row
        self._take(item, whole)
        return True

    def _take(self, item: Item, row: FormRow) -> None:
        self._open_row = None
        values = self.columns.values_of(row)
        if values is None:
            self.taken.refuse(item, row, self.columns.count)
        else:
            self.taken.take(item, values, row, self._number)

    def take_misspelt_rows(self) -> None:
        """Take stray rows whose label is similar to one missing item that may stand there."""
        for stray in list(self.strays):
            missing = {
                item.key: item.zh
                for item in self.form.items[stray.after + 1 :]
                if item.key not in self.taken.values and item.key not in self.taken.refused
            }
            key = best_fuzzy_match(stray.row.label, missing, _LEAST_SIMILARITY)
            item = next((item for item in self.form.items if item.key == key), None)
            if item is not None and self.columns.values_of(stray.row) is not None:
                self.strays.remove(stray)
                self._take(item, stray.row)


def _has_merged_label(row: FormRow) -> bool:
    """Return whether the cell that should name this row stands beside several rows."""
    last = len(row.cells) - len(row.values) - 1
    return last >= 0 and row.cells[last].rows > 1


def _unknown_row(row: FormRow) -> Finding:
    label, texts = normalize_text(row.label)[:40], shown_cells(row.values)
    found = Shape(
        f"“{label}”{'，'.join(text or BLANK for text in texts)}",
        message("shape_other_row", label=label, cells=cell_texts(texts)),
    )
    return unexpected_shape(row.place, "", _KNOWN_ROW, found)


def _doubtful_cells(item: Item, cells: dict[str, Cell]) -> list[Finding]:
    return [
        doubtful_cell(item.key, item.label, cell.raw)
        for cell in cells.values()
        if cell.value is None and cell.note in ("unreadable", "odd")
    ]
