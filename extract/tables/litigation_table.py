"""Read the table of section four: fifteen numbers in one row, or with rows and columns swapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.chinese.numbers import read_whole
from gongkai.extract.forms.litigation_items import PROCEEDINGS, RESULTS
from gongkai.extract.model.document import GridCell
from gongkai.extract.model.findings import (
    Shape,
    cells_found,
    conflicting_rows,
    doubtful_cell,
    missing_rows,
    unexpected_shape,
)
from gongkai.extract.model.report import Cell, Finding
from gongkai.extract.tables.row_recognition import FormRow
from gongkai.extract.tables.row_values import put_in_place, select_values, texts_of
from gongkai.messages import message

_KEYS = tuple((p.key, r.key) for p in PROCEEDINGS for r in RESULTS)
_ONE_ROW = Shape(f"一行{len(_KEYS)}格", message("shape_review_row", n=len(_KEYS)))
_RESULT_WORDS = ("维持", "纠正", "审结", "总计")


@dataclass(slots=True)
class _LitigationReader:
    """One pass over the rows of section four.

    `header` has the words since the last row of values, `proceeding` is the one that a header or
    label named last. If a row has another shape or contradicts an earlier one, all is refused.
    """

    header: str = ""
    proceeding: str = ""
    values: dict[tuple[str, str], GridCell] = field(default_factory=dict)
    refused: bool = False
    findings: list[Finding] = field(default_factory=list)

    def feed(self, row: FormRow) -> None:
        """Read the next row of the table."""
        if not _has_values(row) and not self._is_blank_form(row):
            self.header += row.text
            self.proceeding = _proceeding(row.text) or self.proceeding
            return
        keys = self._keys(row)
        cells = select_values(row, len(keys)) if keys else None
        if cells is None:
            self._refuse(row)
            return
        known = list(self.values.values())
        if any(cell.text for cell in known) and not any(texts_of(cells)):
            return
        if any(texts_of(cells)) and not any(texts_of(known)):
            self.values.clear()  # an earlier row was blank
        for key, cell in zip(keys, cells, strict=True):
            before = self.values.setdefault(key, cell)
            if normalize_text(before.text) != normalize_text(cell.text):
                self.refused = True
                self.findings.append(
                    conflicting_rows(row.place, key[0], [before.text], [cell.text])
                )
        if not row.labels:
            self.header = ""

    def _is_blank_form(self, row: FormRow) -> bool:
        """Return whether a row of the form was left blank: it is empty, and its header is above it."""
        return (
            not row.text
            and not self.values
            and all(word in self.header for word in ("复议", "诉", "维持", "总计"))
        )

    def _keys(self, row: FormRow) -> list[tuple[str, str]]:
        """Return which of the fifteen values the row has, by their number and the words around."""
        words = self.header
        label = "".join(normalize_text(text) for text in row.labels)
        proceeding, result = _proceeding(label), _result(label)
        if proceeding or result:
            return self._swapped_keys(row, proceeding or self.proceeding, result)
        if not _in_order(words):
            return []
        if len(row.values) >= 15:
            return list(_KEYS)
        suits = [n for n, mark in enumerate(("未经复议", "复议后"), 1) if mark in words]
        if len(row.values) >= 10 and suits and "行政复议" not in words:
            return list(_KEYS[5:])
        if len(suits) == 1 and len(row.values) < 10 and "行政复议" not in words:
            return list(_KEYS[5 * suits[0] : 5 * suits[0] + 5])
        if len(row.values) >= 5 and "行政复议" in words and not suits:
            return list(_KEYS[:5])
        return []

    def _swapped_keys(self, row: FormRow, proceeding: str, result: str) -> list[tuple[str, str]]:
        """Return the values of a row with a label, in a table with rows and columns swapped."""
        self.proceeding = proceeding
        if proceeding and result and row.stated <= 1:
            return [(proceeding, result)]
        if result:
            return [(p.key, result) for p in PROCEEDINGS] if len(row.values) >= 3 else []
        known = [word in self.header for word in _RESULT_WORDS]
        return [(proceeding, r.key) for r in RESULTS] if all(known) else []

    def _refuse(self, row: FormRow) -> None:
        if not self.refused:
            found = cells_found(
                len(row.values), [normalize_text(cell.text) for cell in row.values[:20]]
            )
            self.findings.append(unexpected_shape(row.place, "", _ONE_ROW, found))
        self.refused = True


def _has_values(row: FormRow) -> bool:
    """Return whether a row has values: digits, or nothing but blanks and dashes under a label."""
    texts = [normalize_text(cell.text) for cell in row.values]
    if any(any(char.isdigit() for char in text) for text in texts):
        return True
    return len(texts) >= 15 and any(texts)


def _proceeding(text: str) -> str:
    if "复议后" in text:
        return "suit_after_review"
    if "未经复议" in text or "直接起诉" in text:
        return "suit_direct"
    return "review" if "行政复议" in text and "行政诉讼" not in text else ""


def _result(text: str) -> str:
    found = [r.key for r in RESULTS if any(word in text for word in r.words)]
    return found[0] if len(found) == 1 else ""


def _in_order(header: str) -> bool:
    """Return whether the groups of the header are in the order of the form.

    Its words may be torn apart.
    """
    for marks in (("行政复议", "未经复议", "复议后"), ("结果维持", "结果纠正", "尚未审结")):
        places = [header.find(mark) for mark in marks if mark in header]
        if places != sorted(places):
            return False
    return True


def read_litigation(rows: Sequence[FormRow]) -> tuple[dict[str, dict[str, Cell]], list[Finding]]:
    """Return the cells by proceeding and result, and the findings."""
    reader = _LitigationReader()
    for row in rows:
        reader.feed(row)
    table: dict[str, dict[str, Cell]] = {}
    if reader.refused:
        return table, reader.findings
    for (proceeding, result), printed in reader.values.items():
        cell = put_in_place(read_whole(printed.text), printed)
        table.setdefault(proceeding, {})[result] = cell
        if cell.value is None and cell.note in ("unreadable", "odd"):
            label = next(p.label for p in PROCEEDINGS if p.key == proceeding)
            reader.findings.append(doubtful_cell(proceeding, label, cell.raw))
    missing = [p for p in PROCEEDINGS if len(table.get(p.key, {})) < len(RESULTS)]
    if missing:
        reader.findings.append(missing_rows("review_litigation", missing))
    return table, reader.findings
