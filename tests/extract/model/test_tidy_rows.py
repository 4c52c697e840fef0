"""Readings as rows: every cell of the form once, with the values, reasons and labels of the report."""

from __future__ import annotations

import pytest

from gongkai.extract.forms import FORMS
from gongkai.extract.model.annual_report import Cell, Finding
from gongkai.extract.model.report import Report
from gongkai.extract.model.tidy_rows import CELL_COLUMNS, FINDING_COLUMNS, cell_rows, finding_rows
from gongkai.extract.report import read
from gongkai.messages import message
from tests.paths import REPORTS

CASES = ("html-word-paste", "html-2019", "xlsx-plain", "docx-plain")


@pytest.mark.parametrize("name", [name for name in CASES if (REPORTS / name).is_dir()])
def test_every_cell_of_a_report_has_one_row(name: str) -> None:
    report = read(next((REPORTS / name).glob("source.*")).read_bytes()).report
    assert report is not None
    rows = cell_rows(report, "a.html", "00")
    assert {tuple(row) for row in rows} == {CELL_COLUMNS}
    found = {(row["part"], row["item"], row["field"]): row["value"] for row in rows}
    assert len(found) == len(rows)
    read_cells = {
        (part, item, field): cell.value
        for part, table in report.tables.items()
        for item, row in table.items()
        for field, cell in row.items()
    }
    assert {key: found[key] for key in read_cells} == read_cells
    assert all(row["note"] for row in rows if row["value"] is None)
    assert all(row["label_zh"] and row["label_en"] for row in rows)
    assert {row["field"] for row in rows if row["unit"]} <= {
        column.key for form in FORMS.values() for row in form.disclosures for column in row.columns
        if column.unit
    }  # fmt: skip


def test_a_whole_row_and_a_whole_finding() -> None:
    finding = Finding("row_shape", "review", "extraction", "1", "2", message("verbatim", text="x"))
    table = {"review": {"upheld": Cell("2件", 2, "odd"), "other": Cell("见附件", None)}}
    report = Report(
        "题", 2024, "2021", "", None, "partial", (), {"review_litigation": table}, (finding,)
    )
    rows = {(row["item"], row["field"]): row for row in cell_rows(report, "a.pdf", "ab")}
    origin = {
        "file": "a.pdf",
        "sha256": "ab",
        "agency": "",
        "region": "",
        "year": 2024,
        "form": "2021",
    }
    assert rows["review", "upheld"] == origin | {
        "part": "review_litigation",
        "item": "review",
        "field": "upheld",
        "value": 2,
        "raw": "2件",
        "note": "odd",
        "label_zh": "行政复议 · 结果维持",
        "label_en": "Administrative review · Agency upheld",
        "unit": "",
    }
    assert (rows["review", "other"]["raw"], rows["review", "other"]["note"]) == (
        "见附件",
        "unreadable",
    )
    assert rows["review", "total"]["note"] == "unreadable"  # its row has a finding
    assert rows["suit_direct", "total"]["note"] == "missing"
    (found,) = finding_rows(report, "a.pdf", "ab")
    assert tuple(found) == FINDING_COLUMNS
    assert found == origin | {
        "rule": "row_shape",
        "scope": "review",
        "verdict": "extraction",
        "left": "1",
        "right": "2",
        "message_zh": "x",
        "message_en": "x",
    }
