"""Read the tables of section two: rows of a label and one to three values, under several headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gongkai.extract.chinese.normalize import best_fuzzy_match, normalize_text, strip_numbering
from gongkai.extract.chinese.numbers import read_change, read_count, read_wan_yuan
from gongkai.extract.forms import FORM_2019, FORM_2021, Column, Disclosure, Form
from gongkai.extract.forms.header_words import ONLY_IN_2019, ONLY_IN_2021
from gongkai.extract.model.findings import (
    cells_after,
    cells_found,
    conflicting_rows,
    doubtful_cell,
    missing_rows,
    unexpected_shape,
    unit_unstated,
)
from gongkai.extract.model.report import Cell, Finding
from gongkai.extract.tables.row_recognition import FormRow, join_halves
from gongkai.extract.tables.row_values import select_values

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


def read_disclosure(rows: Sequence[FormRow], form: Form) -> tuple[dict[str, Cell], list[Finding]]:
    """Return the cells by key, and the findings.

    A row with a wrong shape is absent and has a finding.
    """
    raws: dict[str, list[str]] = {}
    units: dict[str, str] = {}
    findings: list[Finding] = []
    refused: set[str] = set()
    header: FormRow | None = None
    for row in _join_torn_rows(rows, form):
        disclosure = _find_disclosure(row, form) or _misspelt_disclosure(row, raws, form)
        if disclosure is None:
            header = row if _is_header(row, form) else header
            continue
        if not row.values and row.label in (r.zh for r in form.disclosures):
            continue
        raw = _row_values(row, disclosure, header, form)
        if raw is None:
            refused.add(disclosure.zh)
            expected = cells_after(disclosure, len(disclosure.columns))
            found = cells_found(len(row.values), [normalize_text(c.text) for c in row.values[:6]])
            findings.append(unexpected_shape(row.place, disclosure.columns[0].key, expected, found))
            continue
        known = raws.setdefault(disclosure.zh, raw)
        if [normalize_text(x) for x in known] != [normalize_text(x) for x in raw]:
            refused.add(disclosure.zh)
            findings.append(conflicting_rows(row.place, disclosure.columns[0].key, known, raw))
        units[disclosure.zh] = _stated_unit(header, disclosure)
    return _cells(form, raws, units, refused, findings)


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


def _cells(
    form: Form,
    raws: dict[str, list[str]],
    units: dict[str, str],
    refused: set[str],
    findings: list[Finding],
) -> tuple[dict[str, Cell], list[Finding]]:
    cells: dict[str, Cell] = {}
    for row in form.disclosures:
        if row.zh not in raws or row.zh in refused:
            continue
        for column, text in zip(row.columns, raws[row.zh], strict=True):
            cell = cells[column.key] = _cell(text, column, units[row.zh].strip("?") or column.unit)
            if _unit_in_doubt(cell, column, units[row.zh]):
                taken = not _looks_like_yuan(cell)
                cells[column.key] = cell if taken else Cell(cell.raw, None, "odd")
                findings.append(unit_unstated(column.key, column.label, text, taken))
            if cells[column.key].note == "unreadable":
                findings.append(doubtful_cell(column.key, column.label, text))
    missing = [row for row in form.disclosures if row.zh not in raws and row.zh not in refused]
    if missing:
        findings.append(missing_rows(form.part, missing))
    return cells, findings


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
    return read_change(text) if column.key.endswith("_change") else read_count(text)


def _find_disclosure(row: FormRow, form: Form) -> Disclosure | None:
    """Return the row of the form that a label names; brackets behind it may hold instructions."""
    label = strip_numbering(row.label.split("（")[0].split("(")[0] or row.label)
    for disclosure in form.disclosures:
        for word in disclosure.words:
            if label.endswith(word) or (label.startswith(word) and len(label) <= len(word) + 6):
                return disclosure
    return None


def _misspelt_disclosure(
    row: FormRow, known: Mapping[str, list[str]], form: Form
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


def _row_values(
    row: FormRow, disclosure: Disclosure, header: FormRow | None, form: Form
) -> list[str] | None:
    """Return the values of a row in the order of the form, by the header if it names all columns."""
    count = len(disclosure.columns)
    if header is not None and _names_no_column(header):
        return None
    header, row = _without_repetitions(header, row)
    places = _column_places(header, disclosure) if header is not None else None
    if places is None:
        return select_values(row, count, open_end=True)
    # columns of another grid differ; only their order counts
    known = _has_columns(header) and header is not None and header.width == row.width > 0
    if places == sorted(places):
        return select_values(row, count, places if known else (), open_end=True)
    return select_values(row, count, places) if known else None


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
