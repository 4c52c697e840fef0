"""The CSV files: whole, stable, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.csv_export import TABLES, VIEWS, export_tables
from gongkai.archive.store.csv_formulas import escape_formula
from tests.archive.folder import Folder, report_page


@pytest.fixture
def out(folder: Folder, tmp_path: Path) -> Path:
    """The exports of a small archive."""
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page(new__total="3"))
    folder.fetch("2025-01-21T02:01:00Z", "/b.html", report_page("平罗县民政局", new__total="=1+1"))
    folder.build()
    write(folder, tmp_path / "export")
    return tmp_path / "export"


def write(folder: Folder, out: Path) -> None:
    with closing(sqlite3.connect(folder.db)) as conn:
        export_tables(conn, out)


def test_every_table_and_view_has_a_file(out: Path) -> None:
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"{name}.csv" for name in (*TABLES, *VIEWS)
    )


def test_excel_reads_the_encoding(out: Path) -> None:
    text = (out / "agencies.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfid,name,region_code,level,kind,sector,lineage_id\r\n")
    assert "平罗县教育局".encode() in text


def test_rows_are_those_of_the_archive(out: Path, folder: Folder) -> None:
    for name in (*TABLES, *VIEWS):
        with (out / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            head, *rows = list(csv.reader(file))
        columns = [row[1] for row in folder.rows(f"PRAGMA table_info({name})")]
        expected = [
            ["" if value is None else str(escape_formula(value)) for value in row]
            for row in folder.rows(f"SELECT * FROM {name}")
        ]
        assert (head, sorted(rows)) == (columns, sorted(expected)), name


def test_numbers_stay_numbers_and_formulas_do_not_run(out: Path) -> None:
    text = (out / "cells.csv").read_text(encoding="utf-8-sig")
    assert ",requests,new,total,3,3" in text
    assert ",requests,new,total,,'=1+1" in text


def test_two_exports_are_the_same(out: Path, folder: Folder, tmp_path: Path) -> None:
    folder.rebuild()
    write(folder, tmp_path / "again")

    for path in out.iterdir():
        if path.name != "runs.csv":  # a rebuild is one more run
            assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_a_file_in_place_of_the_folder(folder: Folder, tmp_path: Path) -> None:
    folder.build()
    (tmp_path / "export").write_text("mine", encoding="utf-8")

    with pytest.raises(ArchiveError, match="export_folder_invalid"):
        write(folder, tmp_path / "export")

    assert (tmp_path / "export").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+86 0952", "'+86 0952"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+2", "'-1+2"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("—", "—"),
        ("-", "'-"),
        ("-5", "-5"),
        ("+5.5", "+5.5"),
        ("", ""),
        ("三", "三"),
        (-5, -5),
        (0.5, 0.5),
        (None, None),
    ],
)
def test_harmless(cell: object, expected: object) -> None:
    assert escape_formula(cell) == expected


@given(st.text(max_size=8) | st.text("=+-@ \t\r0.1'", max_size=6))
def test_no_text_begins_a_formula(text: str) -> None:
    shown = str(escape_formula(text))

    assert shown in (text, f"'{text}")
    stripped = shown.strip()
    if stripped[:1] in tuple("=+-@"):
        assert float(stripped) == float(text)
