"""Of a workbook that is read which Excel shows: no hidden rows and columns, errors as they stand."""

from __future__ import annotations

import copy
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.formats.spreadsheet import read_xls, read_xlsx
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.document import Grid
from gongkai.extract.model.report import Cell
from tests.extract.printed_forms import TITLE, flat, numbers, report_of
from tests.printing.excel import Sheet, report, unpacked, xls, xlsx
from tests.printing.matrix import Style
from tests.printing.report import distinct
from tests.printing.word import packed

VALUES = distinct()
WRITERS = pytest.mark.parametrize("write", [xlsx, xls])


def sheet_of() -> Sheet:
    values = copy.deepcopy(VALUES)
    return report(TITLE["2021"], FORM_2021, values, Style())


def place_of(sheet: Sheet, part: str, item: str, key: str) -> tuple[int, int]:
    number = float(VALUES[part][item][key])
    return next(at for at, value in sheet.cells.items() if str(value) == f"{number:.0f}")


def with_gaps(sheet: Sheet, rows: list[int], columns: list[int]) -> Sheet:
    """The sheet with hidden rows and columns full of numbers between its own."""

    def moved(at: int, gaps: list[int]) -> int:
        for gap in sorted(gaps):
            at += at >= gap
        return at

    cells = {(moved(r, rows), moved(c, columns)): v for (r, c), v in sheet.cells.items()}
    merged = [
        (moved(top, rows), moved(left, columns), moved(bottom, rows), moved(right, columns))
        for top, left, bottom, right in sheet.merged
    ]
    covered = {
        (r, c)
        for top, left, bottom, right in merged
        for r in range(top, bottom + 1)
        for c in range(left, right + 1)
    }
    high, wide = max(r for r, _ in cells) + 1, max(c for _, c in cells) + 1
    extra = {(r, c): 77 for r in rows for c in range(wide)} | {
        (r, c): 88 for c in columns for r in range(high)
    }
    cells |= {place: n for place, n in extra.items() if place not in covered}
    return Sheet(sheet.name, cells, merged, hidden_rows=rows, hidden_columns=columns)


@WRITERS
@given(seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_hidden_rows_and_columns_change_nothing(write, seed: int) -> None:
    dice = random.Random(seed)
    sheet = sheet_of()
    rows = sorted(dice.sample(range(sheet.height), dice.randint(0, 5)))
    columns = sorted(dice.sample(range(10), dice.randint(0, 3)))
    found = report_of(write([with_gaps(sheet, rows, columns)]))
    assert numbers(found) == numbers(report_of(write([sheet])))
    assert found.status == "complete"


@WRITERS
@pytest.mark.parametrize("error", ["#REF!", "#N/A"])
def test_an_error_is_no_blank(write, error: str) -> None:
    sheet = sheet_of()
    at = place_of(sheet, "requests", "new", "business")
    del sheet.cells[at]
    sheet.errors[at] = error
    found = report_of(write([sheet]))
    assert found.tables["requests"]["new"]["business"] == Cell(error, None, "unreadable")
    assert found.status == "partial"
    assert [f for f in found.findings if f.verdict == "source"] == []


@WRITERS
@pytest.mark.parametrize(("stored", "shown"), [(124599.99999999999, "124600"), (0.1 + 0.2, "0.3"), (5259.9999999999991, "5260"), (12.345678, "12.345678"), (1e-9, "0"), (1234567890123.0, "1234567890123")])  # fmt: skip
def test_numbers_have_the_digits_that_excel_shows(write, stored: float, shown: str) -> None:
    read = read_xlsx if write is xlsx else read_xls
    (grid,) = read(write([Sheet("a", {(0, 0): "甲", (0, 1): stored})])).blocks
    assert isinstance(grid, Grid)
    assert grid.rows[0][1].text == shown


def test_a_format_that_prints_nothing_hides_its_number() -> None:
    sheet = sheet_of()
    members = unpacked(xlsx([sheet]))
    number = VALUES["requests"]["new"]["business"].encode()
    part = "xl/worksheets/sheet1.xml"
    assert members[part].count(b"<v>%s</v>" % number) == 1
    start = members[part].rindex(b"<c ", 0, members[part].index(b"<v>%s</v>" % number))
    members[part] = members[part][:start] + b'<c s="1" ' + members[part][start + 3 :]
    members["xl/styles.xml"] = (
        b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
        b'<numFmt numFmtId="170" formatCode=";;;"/></numFmts><cellXfs><xf numFmtId="0"/>'
        b'<xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    found = report_of(packed(members))
    assert found.tables["requests"]["new"]["business"] == Cell("", None, "blank")
    assert len(numbers(found)) == len(flat(VALUES))
