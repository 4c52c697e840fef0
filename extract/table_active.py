"""The tables of section two: a label and one to three values, under headers that change."""

from __future__ import annotations

from collections.abc import Sequence

from extract.findings import conflict, doubtful_cell, missing_rows, row_shape
from extract.forms import FORM_2019, FORM_2021, Column, Disclosure, Form
from extract.labels import core, squash
from extract.numbers import read_change, read_count, read_wan_yuan
from extract.recognise import Row
from extract.schema import Cell, Finding
from extract.values import take

_ONLY_2021 = ("制发件数", "废止件数", "止件数", "现行有效", "收费金额")
_ONLY_2019 = (
    "新制作",
    "新公开",
    "公开总数",
    "上一年项目",
    "增/减",
    "增减",
    "集中采购",
    "对外管理服务",
)


def form_by_headers(rows: Sequence[Row]) -> Form | None:
    """The layout whose headers the rows of section two show, None where they show neither."""
    text = "".join(row.text for row in rows)
    new = sum(word in text for word in _ONLY_2021)
    old = sum(word in text for word in _ONLY_2019)
    if new == old:
        return None
    return FORM_2021 if new > old else FORM_2019


def read_active(rows: Sequence[Row], form: Form) -> tuple[dict[str, Cell], list[Finding]]:
    """The cells by key, and what was wrong. A row of another shape is absent and has a finding."""
    raws: dict[str, list[str]] = {}
    units: dict[str, str] = {}
    findings: list[Finding] = []
    refused: set[str] = set()
    header: Row | None = None
    for row in rows:
        disclosure = _disclosure(row, form)
        if disclosure is None:
            header = row if _is_header(row, form) else header
            continue
        if not row.values and row.label in (r.zh for r in form.active):
            continue
        raw = _values(row, disclosure, header, form)
        if raw is None:
            refused.add(disclosure.zh)
            expected = f"“{disclosure.zh}”后{len(disclosure.columns)}格"
            found = f"{len(row.values)}格（{'，'.join(squash(c.text) or '空' for c in row.values[:6])}）"
            findings.append(row_shape(row.place, disclosure.columns[0].key, expected, found))
            continue
        known = raws.setdefault(disclosure.zh, raw)
        if [squash(x) for x in known] != [squash(x) for x in raw]:
            refused.add(disclosure.zh)
            one, other = "，".join(known), "，".join(raw)
            findings.append(conflict(row.place, disclosure.columns[0].key, one, other))
        if header is not None and "单位:元" in squash(header.labels[-1] if header.labels else ""):
            units[disclosure.zh] = "元"
    return _cells(form, raws, units, refused, findings)


def _cells(
    form: Form,
    raws: dict[str, list[str]],
    units: dict[str, str],
    refused: set[str],
    findings: list[Finding],
) -> tuple[dict[str, Cell], list[Finding]]:
    cells: dict[str, Cell] = {}
    for row in form.active:
        if row.zh not in raws or row.zh in refused:
            continue
        for column, text in zip(row.columns, raws[row.zh], strict=True):
            cells[column.key] = _cell(text, column, units.get(row.zh, column.unit))
            if cells[column.key].note == "unreadable":
                findings.append(doubtful_cell(column.key, f"{row.zh}／{column.zh}", text))
    missing = [row.zh for row in form.active if row.zh not in raws and row.zh not in refused]
    if missing:
        findings.append(missing_rows(form.part, missing))
    return cells, findings


def _cell(text: str, column: Column, unit: str) -> Cell:
    if column.unit:
        return read_wan_yuan(text, unit)
    return read_change(text) if column.key.endswith("_change") else read_count(text)


def _disclosure(row: Row, form: Form) -> Disclosure | None:
    """The row of the form a label names; brackets behind it may hold filling guidance."""
    label = core(row.label.split("（")[0].split("(")[0] or row.label)
    for disclosure in form.active:
        for word in disclosure.words:
            if label.endswith(word) or (label.startswith(word) and len(label) <= len(word) + 6):
                return disclosure
    return None


def _is_header(row: Row, form: Form) -> bool:
    words = [word for line in form.active for column in line.columns for word in column.words]
    return "信息内容" in row.text or any(word in row.text for word in words)


def _values(row: Row, disclosure: Disclosure, header: Row | None, form: Form) -> list[str] | None:
    """The row's values in the form's order, by the header's words where it has all of them."""
    count = len(disclosure.columns)
    places = _places(header, disclosure) if header is not None else None
    if places is None:
        return take(row, count, open_end=True)
    if places == sorted(places):
        return take(row, count, places if _placed(header) else (), open_end=True)
    return take(row, count, places) if _placed(header) and row.width else None


def _placed(header: Row | None) -> bool:
    return header is not None and all(
        cell.column >= 0 and cell.columns == 1 for cell in header.cells
    )


def _places(header: Row, disclosure: Disclosure) -> list[int] | None:
    """Where the header names the row's columns (grid column, else order), None unless it names all."""
    places: list[int] = []
    for column in disclosure.columns:
        named = [
            cell.column if cell.column >= 0 else order
            for order, cell in enumerate(header.cells)
            if any(word in squash(cell.text) for word in column.words)
        ]
        if len(named) != 1:
            return None
        places.append(named[0])
    return places
