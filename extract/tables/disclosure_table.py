"""Read the tables of section two: rows of a label and one to three values, under several headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gongkai.extract.chinese.normalize import (
    before_explanation,
    best_fuzzy_match,
    normalize_text,
    strip_numbering,
)
from gongkai.extract.chinese.numbers import read_change, read_wan_yuan, read_whole
from gongkai.extract.forms import FORM_2019, FORM_2021, Column, Disclosure, Form
from gongkai.extract.forms.header_words import ONLY_IN_2019, ONLY_IN_2021
from gongkai.extract.model.findings import (
    cells_after,
    cells_found,
    conflicting_rows,
    contradicting_header,
    doubtful_cell,
    left_out_row,
    missing_rows,
    unexpected_shape,
    unit_unstated,
)
from gongkai.extract.model.report import Cell, Finding
from gongkai.extract.tables.disclosure_columns import RowValues, select_row_values
from gongkai.extract.tables.row_recognition import FormRow, join_halves, page_of
from gongkai.extract.tables.row_values import put_in_place, texts_of
from gongkai.extract.tables.stated_blanks import fill_blanks

_LOST_UNIT = "万元?"
_YUAN_SUSPECT_FROM = 1_000
_MAX_PLAUSIBLE_WAN = 100_000  # ten thousand yuan: a county office does not spend a thousand million
_UNIT = re.compile(r"(?:单位[:：]?|\()(亿元|万元|千元|元)")


def form_by_headers(rows: Sequence[FormRow]) -> Form | None:
    """Return the layout that the headers of section two show, None if they show neither."""
    text = "".join(row.text for row in rows)
    new = sum(word in text for word in ONLY_IN_2021)
    old = sum(word in text for word in ONLY_IN_2019)
    if new == old:
        return None
    return FORM_2021 if new > old else FORM_2019


@dataclass(slots=True)
class _Rows:
    """The rows of section two, as far as they were read, by the label of the form."""

    form: Form
    values: dict[str, RowValues] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    order: list[tuple[str, int]] = field(default_factory=list)
    """The rows in their order with their page, "" for headers and headings of a paragraph."""

    def take(self, row: FormRow, disclosure: Disclosure, header: FormRow | None) -> None:
        """Read the values of a row."""
        key = disclosure.columns[0].key
        found = select_row_values(row, disclosure, header)
        if found is None:
            self.refused.add(disclosure.zh)
            expected = cells_after(disclosure, len(disclosure.columns))
            shown = cells_found(len(row.values), [normalize_text(c.text) for c in row.values[:6]])
            self.findings.append(unexpected_shape(row.place, key, expected, shown))
            return
        known = self.values.setdefault(disclosure.zh, found)
        if texts_of(known.cells) != texts_of(found.cells):
            self.refused.add(disclosure.zh)
            before = [cell.text for cell in known.cells]
            after = [cell.text for cell in found.cells]
            self.findings.append(conflicting_rows(row.place, key, before, after))
        self.units[disclosure.zh] = _stated_unit(header, disclosure)

    @property
    def missing(self) -> list[Disclosure]:
        """The rows of the form that were not found."""
        known = self.values.keys() | self.refused
        return [row for row in self.form.disclosures if row.zh not in known]

    def is_left_out(self, row: Disclosure) -> bool:
        """Return whether the table has another row of the same paragraph and no place for this one.

        Departments make no 规章, and some leave its row out.
        """
        same = [other.zh for other in self.form.disclosures if other.article == row.article]
        place = same.index(row.zh)
        names = [name for name, _ in self.order]
        if place + 1 < len(same) and same[place + 1] in names:
            at = names.index(same[place + 1])
            return at > 0 and self._is_closed(self.order[at - 1], self.order[at])
        if place and same[place - 1] in names:
            at = names.index(same[place - 1]) + 1
            return at < len(names) and self._is_closed(self.order[at], self.order[at - 1])
        return False

    def _is_closed(self, edge: tuple[str, int], beside: tuple[str, int]) -> bool:
        """Return whether a row is beside a header or the next paragraph, on the same page."""
        return not edge[0] and edge[1] == beside[1]


def read_disclosure(
    rows: Sequence[FormRow], form: Form, zero_blanks: bool = False
) -> tuple[dict[str, Cell], list[Finding]]:
    """Return the cells by key, and the findings.

    A row with a wrong shape is absent and has a finding. A row that the agency left out is blank,
    even if blank cells are zeros (`zero_blanks`).
    """
    found = _Rows(form)
    header: FormRow | None = None
    for row in _join_torn_rows(rows, form):
        disclosure = _find_disclosure(row, form) or _misspelt_disclosure(row, found.values, form)
        if disclosure is None:
            begins = "第二十条第" in row.text
            if _is_header(row, form):
                header = row
            elif begins:
                header = None  # another paragraph begins, and with it another header
            found.order.append(("" if begins or header is row else "?", page_of(row)))
            continue
        if not row.values and row.label in (r.zh for r in form.disclosures):
            continue
        found.order.append((disclosure.zh, page_of(row)))
        found.take(row, disclosure, header)
    return _cells(found, zero_blanks)


def _join_torn_rows(rows: Sequence[FormRow], form: Form) -> Iterator[FormRow]:
    """Yield the rows, with the halves joined where a page break divides a label."""
    above: FormRow | None = None
    for row in rows:
        if above is not None:
            both = join_halves(above, row)
            halves = not (above.stated and row.stated) and _find_disclosure(row, form) is None
            whole = halves and bool(row.labels) and _find_disclosure(both, form) is not None
            yield both if whole else above
            above = None
            if whole:
                continue
        if row.labels and _find_disclosure(row, form) is None and not _is_header(row, form):
            above = row
        else:
            yield row
    if above is not None:
        yield above


def _cells(found: _Rows, zero_blanks: bool) -> tuple[dict[str, Cell], list[Finding]]:
    cells: dict[str, Cell] = {}
    findings = found.findings
    for row in found.form.disclosures:
        if row.zh not in found.values or row.zh in found.refused:
            continue
        values, unit = found.values[row.zh], found.units[row.zh]
        for column, printed in zip(row.columns, values.cells, strict=True):
            cell = _cell(printed.text, column, unit.strip("?") or column.unit)
            cell = cells[column.key] = put_in_place(cell, printed)
            heading = values.contradicted.get(column.key)
            if heading and cell.note not in ("blank", "dash") and not _states_unit(cell, column):
                cells[column.key] = replace(cell, value=None, note="unreadable")
                findings.append(contradicting_header(column.key, column, heading, cell.raw))
                continue
            if _unit_in_doubt(cell, column, unit):
                taken = not _looks_like_yuan(cell)
                cells[column.key] = cell if taken else replace(cell, value=None, note="odd")
                findings.append(unit_unstated(column.key, column.label, printed.text, taken))
            if cells[column.key].note == "unreadable":
                findings.append(doubtful_cell(column.key, column.label, printed.text))
    if zero_blanks:
        cells = fill_blanks(cells)
    left_out = [row for row in found.missing if found.is_left_out(row)]
    for row in left_out:
        cells |= {column.key: Cell("", None, "blank") for column in row.columns}
        findings.append(left_out_row(row.columns[0].key, row))
    if missing := [row for row in found.missing if row not in left_out]:
        findings.append(missing_rows(found.form.part, missing))
    return cells, findings


def _states_unit(cell: Cell, column: Column) -> bool:
    """Return whether a cell says itself that it is an amount of money, whatever its header says."""
    return bool(column.unit) and cell.value is not None and ("元" in cell.raw or "万" in cell.raw)


def _unit_in_doubt(cell: Cell, column: Column, unit: str) -> bool:
    """Return whether an amount may be in yuan.

    That is so if the header lost its unit, or if no unit is stated for a very large amount (the
    2019 layout prints none).
    """
    if not column.unit or not cell.value or "元" in cell.raw or unit not in ("", _LOST_UNIT):
        return False
    return unit == _LOST_UNIT or cell.value >= _MAX_PLAUSIBLE_WAN


def _looks_like_yuan(cell: Cell) -> bool:
    return isinstance(cell.value, int) and cell.value >= _YUAN_SUSPECT_FROM


def _cell(text: str, column: Column, unit: str) -> Cell:
    if column.unit:
        return read_wan_yuan(text, unit)
    if not column.key.endswith("_change"):
        return read_whole(text)
    cell = read_change(text)
    return Cell(cell.raw, None, "odd") if isinstance(cell.value, float) else cell


def _find_disclosure(row: FormRow, form: Form) -> Disclosure | None:
    """Return the row of the form that a label names; brackets behind it may hold instructions."""
    label = strip_numbering(before_explanation(row.label))
    for disclosure in form.disclosures:
        for word in disclosure.words:
            if label.endswith(word) or (label.startswith(word) and len(label) <= len(word) + 6):
                return disclosure
    return None


def _misspelt_disclosure(
    row: FormRow, known: Mapping[str, RowValues], form: Form
) -> Disclosure | None:
    """Return the row that a label with a wrong character means, None if that is not certain."""
    names = {line.zh: line.zh for line in form.disclosures if line.zh not in known}
    if not row.stated or len(row.labels) > 3 or _is_header(row, form):
        return None
    meant = best_fuzzy_match(row.label, names, 0.8)
    return next((line for line in form.disclosures if line.zh == meant), None)


def _stated_unit(header: FormRow | None, disclosure: Disclosure) -> str:
    """Return the unit of money that the header states for a row, "" if it need not state one."""
    if header is None or not any(column.unit for column in disclosure.columns):
        return ""
    for cell in header.cells:
        text = normalize_text(cell.text)
        if "金额" in text:
            found = _UNIT.search(text)
            asked = any("单位" in column.zh for column in disclosure.columns)
            return found[1] if found else (_LOST_UNIT if asked else "")
    return ""


def _is_header(row: FormRow, form: Form) -> bool:
    words = [word for line in form.disclosures for column in line.columns for word in column.words]
    return "信息内容" in row.text or any(word in row.text for word in words)
