"""Rows that are put into a sheet are those that XlsxWriter would write."""

from __future__ import annotations

import random
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.publication.parts import file_pieces
from gongkai.archive.publication.parts.file_pieces import FileStretch
from gongkai.archive.publication.parts.part_rows import KeyRange
from gongkai.archive.publication.parts.sheet_file import LastSheet, SheetRows, fill_sheets
from gongkai.archive.publication.parts.sheet_rows import LONGEST_TEXT

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


def sheet_of(rows: list[tuple[object, ...]], last: LastSheet | None = None) -> SheetRows:
    """Return a sheet of rows whose keys stand in the first column."""

    def read(within: KeyRange) -> list[tuple[object, ...]]:
        first, end = within.first, within.end
        return [
            row
            for row in rows
            if (first is None or str(row[0]) >= str(first))
            and (end is None or str(row[0]) < str(end))
        ]

    return SheetRows(read, len(rows), 5, {2}, "report_summary", last=last)


def sheets(rows: list[tuple[object, ...]], folder: Path) -> tuple[bytes, bytes]:
    """Return the sheet as we make it, and as XlsxWriter does."""
    sample, path, whole = BytesIO(), folder / "a.xlsx", BytesIO()
    by_xlsxwriter(sample, rows, is_sample=True)
    fill_sheets(sample, path, {SHEET: sheet_of(rows)})
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
        fill_sheets(whole, tmp_path / "a.xlsx", {SHEET: sheet_of(ROWS)})


def write_sheet(
    rows: list[tuple[object, ...]], path: Path, last: LastSheet | None = None
) -> list[FileStretch]:
    sample = BytesIO()
    by_xlsxwriter(sample, rows, is_sample=True)
    return fill_sheets(sample, path, {SHEET: sheet_of(rows, last)})[SHEET]


@pytest.mark.parametrize("keys", [1, 3, 7])
def test_a_sheet_made_from_the_last_one_has_the_bytes_of_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: int
) -> None:
    """Rows change, come and go, the first and the last too; what stands as it was is copied."""
    monkeypatch.setattr(file_pieces, "_KEYS", {})
    monkeypatch.setattr(file_pieces, "_STRETCHES", {})
    monkeypatch.setattr(file_pieces, "_SHORT_ROWS", keys)
    dice = random.Random(15)
    rows = {f"r{number:03}": number for number in range(60)}
    last: LastSheet | None = None
    kept = 0
    for night in range(20):
        touched = set(dice.sample(sorted(rows), 2))
        if night % 3 == 1:
            touched |= {f"r{dice.randrange(100):03}", min(rows)}
        for key in touched:
            if night % 4 == 2 and len(rows) > 40:
                rows.pop(key, None)
            else:
                rows[key] = dice.randrange(10**6)
        table = [(key, value, value / 7, None, f"<{value}>") for key, value in sorted(rows.items())]
        mine, theirs = tmp_path / f"mine{night}.xlsx", tmp_path / f"theirs{night}.xlsx"
        whole = write_sheet(table, theirs)
        if last:
            made = write_sheet(table, mine, LastSheet(last.path, last.stretches, touched))
            assert made == whole
            assert mine.read_bytes() == theirs.read_bytes()
            kept += len(set(made) & set(last.stretches))
        with zipfile.ZipFile(theirs) as archive:
            assert archive.testzip() is None
        assert sum(each.rows for each in whole) == len(table)
        last = LastSheet(theirs, whole, ())
    assert kept > 20


def test_a_last_file_with_another_head_is_refused(tmp_path: Path) -> None:
    rows = [(f"r{number}", 1, 0.5, None, "") for number in range(9)]
    stretches = write_sheet(rows, tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(b"no ZIP")
    for path, told in ((tmp_path / "a.xlsx", stretches[1:]), (tmp_path / "b.xlsx", stretches)):
        with pytest.raises(ValueError, match=path.name):
            write_sheet(rows, tmp_path / "new.xlsx", LastSheet(path, told, {"r1"}))
