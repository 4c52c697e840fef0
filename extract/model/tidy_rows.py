"""A reading as rows for programs of statistics: one row a cell, one row a finding.

The names of the columns are `CELL_COLUMNS` and `FINDING_COLUMNS`; every row is a dict with these
keys in this order, which pandas, polars and pyarrow take as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from gongkai.extract.forms import FORMS, Column, Disclosure, Form, Item
from gongkai.extract.model.annual_report import Report
from gongkai.extract.model.report_cells import ReportCell, report_cells

Row = dict[str, str | int | float | None]

_ORIGIN = ("file", "sha256", "agency", "region", "year", "form")
CELL_COLUMNS = (
    *_ORIGIN, "part", "item", "field", "value", "raw", "note", "label_zh", "label_en", "unit",
)  # fmt: skip
FINDING_COLUMNS = (
    *_ORIGIN, "rule", "scope", "verdict", "left", "right", "message_zh", "message_en",
)  # fmt: skip
JOINT = " · "
"""Between the label of a row and that of a column."""


def cell_rows(report: Report, file: str = "", sha256: str = "") -> list[Row]:
    """Return one row for each cell of the tables of a report.

    `value` is None where there is no number, and `note` says why: blank, dash, unreadable, missing.
    `unit` is 万元 for amounts of money, "" for counts. `region` is a GB/T 2260 code.
    """
    origin = _origin_of(report, file, sha256)
    return [origin | _cell_fields(report, cell) for cell in report_cells(report)]


def finding_rows(report: Report, file: str = "", sha256: str = "") -> list[Row]:
    """Return one row for each finding: a contradiction in the report, or a part that was not read."""
    origin = _origin_of(report, file, sha256)
    return [
        origin
        | {
            "rule": each.rule,
            "scope": each.scope,
            "verdict": each.verdict,
            "left": each.left,
            "right": each.right,
            "message_zh": each.message_zh,
            "message_en": each.message_en,
        }
        for each in report.findings
    ]


def _origin_of(report: Report, file: str, sha256: str) -> Row:
    return {
        "file": file,
        "sha256": sha256,
        "agency": report.agency.name if report.agency else "",
        "region": report.agency.region_code if report.agency else "",
        "year": report.year,
        "form": report.form,
    }


def _cell_fields(report: Report, cell: ReportCell) -> Row:
    label_zh, label_en, unit = _labels(report.form)[cell.part, cell.item, cell.field]
    return {
        "part": cell.part,
        "item": cell.item,
        "field": cell.field,
        "value": cell.value,
        "raw": cell.raw,
        "note": cell.note,
        "label_zh": label_zh,
        "label_en": label_en,
        "unit": unit,
    }


@cache
def _labels(form_id: str) -> Mapping[tuple[str, str, str], tuple[str, str, str]]:
    """Return label in Chinese, in English, and unit of every cell; those of one form come first."""
    found: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    for form in sorted(FORMS.values(), key=lambda each: each.id != form_id):
        for key, row, column in _printed_cells(form):
            label_zh, label_en = f"{row.zh}{JOINT}{column.zh}", f"{row.en}{JOINT}{column.en}"
            found.setdefault(key, (label_zh, label_en, column.unit))
    return found


def _printed_cells(
    form: Form,
) -> Iterator[tuple[tuple[str, str, str], Disclosure | Item, Column]]:
    for printed in form.disclosures:
        for column in printed.columns:
            yield (form.part, "", column.key), printed, column
    for part, items, columns in (
        ("requests", form.items, form.applicants),
        ("review_litigation", form.proceedings, form.results),
    ):
        for item in items:
            for column in columns:
                yield (part, item.key, column.key), item, column
