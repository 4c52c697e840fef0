"""Rows that are put into a sheet are those that XlsxWriter would write."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.publication.parts.sheet_rows import LONGEST_TEXT, SheetRows, fill_sheets

SHEET = "xl/worksheets/sheet1.xml"
ROWS: list[tuple[object, ...]] = [
    ("平罗县", 1, 0.25, None, "=cmd|A0"),
    ("a & b < c > d", -7, 1e300, "", " space before"),
    ("tab\tand\nline", 12345678901234567890, 0.1 + 0.2, None, "behind \n"),
    ("\0\x1f\x0b", 0, 1.0, None, "_x0041_ \ufffe\uffff"),
    ("😀" * 20_000, 0, 1.0, None, "长" * 40_000),
    ('"quoted"', None, None, None, "\u3000"),
]


def by_xlsxwriter(target: Any, rows: list[tuple[object, ...]], *, is_sample: bool) -> None:
    """Write a workbook cell by cell, or with the sample."""
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        head = book.add_format({"bold": True})
        quoted = book.add_format({"quote_prefix": True})
        share = book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet("甲")
        sheet.autofilter(0, 0, len(rows), 4)
        for place in range(5):
            sheet.write_string(0, place, "head", head)
        if is_sample:
            sheet.write_string(1, 0, "", quoted)
            sheet.write_number(1, 1, 0, share)
            rows = []
        for at, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(at, place, value, share if place == 2 else None)
                elif value not in (None, ""):
                    sheet.write_string(at, place, str(value)[:LONGEST_TEXT], quoted)


def sheets(rows: list[tuple[object, ...]], folder: Path) -> tuple[bytes, bytes]:
    """Return the sheet as we make it, and as XlsxWriter does."""
    sample, path, whole = BytesIO(), folder / "a.xlsx", BytesIO()
    by_xlsxwriter(sample, rows, is_sample=True)
    fill_sheets(sample, path, {SHEET: SheetRows(rows, len(rows), {2})})
    by_xlsxwriter(whole, rows, is_sample=False)
    with zipfile.ZipFile(path) as mine, zipfile.ZipFile(whole) as theirs:
        assert mine.namelist() == theirs.namelist()
        assert mine.testzip() is None
        others = set(mine.namelist()) - {SHEET}
        assert {name: mine.read(name) for name in others} == {
            name: theirs.read(name) for name in others
        }
        return mine.read(SHEET), theirs.read(SHEET)


def test_rows_are_written_as_the_library_does(tmp_path: Path) -> None:
    mine, theirs = sheets(ROWS, tmp_path)
    assert mine == theirs


@given(
    rows=st.lists(
        st.tuples(st.text(), st.integers(-(10**20), 10**20), st.floats(0, 1), st.none(), st.text()),
        min_size=1,
    )
)
def test_any_text_and_number(
    rows: list[tuple[object, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    # a style that is used by no cell is in no file
    mine, theirs = sheets([*ROWS[:1], *rows], tmp_path_factory.mktemp("rows"))
    assert mine == theirs


def test_a_sheet_without_a_sample_is_refused(tmp_path: Path) -> None:
    whole = BytesIO()
    by_xlsxwriter(whole, ROWS, is_sample=False)
    with pytest.raises(ValueError, match="no sample"):
        fill_sheets(whole, tmp_path / "a.xlsx", {SHEET: SheetRows(ROWS, len(ROWS), {2})})
