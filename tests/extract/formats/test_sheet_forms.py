"""Workbooks, new and old: a printed form is read back exactly, and nothing hidden is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.spreadsheet import read_xls, read_xlsx
from gongkai.extract.forms import Form
from gongkai.extract.model.document import Grid, GridCell, Paragraph
from tests.extract.printed_forms import (
    FORMS,
    SEEDS,
    STYLES,
    TITLE,
    balanced,
    flat,
    numbers,
    report_of,
)
from tests.printing.excel import Sheet, report, xls, xlsx
from tests.printing.matrix import Style

WRITERS = pytest.mark.parametrize(("write", "read"), [(xlsx, read_xlsx), (xls, read_xls)])


@pytest.mark.parametrize("write", [xlsx, xls])
@given(form=FORMS, style=STYLES, seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_read_back_exactly(write, form: Form, style: Style, seed: int) -> None:
    values = balanced(form, seed)
    sheet = report(TITLE[form.id], form, values, replace(style, cut=0, joined=False))
    found = report_of(write([sheet]))
    assert numbers(found) == flat(values)
    assert (found.status, found.findings) == ("complete", ())


@WRITERS
def test_titles_headings_and_prose_are_paragraphs(write, read) -> None:
    sheet = Sheet("a")
    sheet.line(["某县教育局2024年政府信息公开工作年度报告"])
    sheet.merged.append((0, 0, 0, 3))
    sheet.line(["二、主动公开政府信息情况"])
    sheet.line([None, "信息内容", "本年制发件数"])
    sheet.line([None, "规章", 3.0])
    sheet.line([None, "行政规范性文件", 0.5])
    sheet.line(
        [
            "  说明：一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十\n第二行"
        ]
    )
    sheet.line([])
    sheet.line(["甲", "乙"], row=8)
    assert read(write([sheet])).blocks == (
        Paragraph("某县教育局2024年政府信息公开工作年度报告"),
        Paragraph("二、主动公开政府信息情况"),
        Grid(
            (
                (GridCell("信息内容", 0), GridCell("本年制发件数", 1)),
                (GridCell("规章", 0), GridCell("3", 1)),
                (GridCell("行政规范性文件", 0), GridCell("0.5", 1)),
            )
        ),
        Paragraph(
            "说明：一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"
        ),
        Paragraph("第二行"),
        Grid(((GridCell("甲", 0), GridCell("乙", 1)),)),
    )


@WRITERS
def test_merged_cells_stand_once_with_their_span(write, read) -> None:
    sheet = Sheet("a")
    sheet.line(["（三）不予公开", "1.属于国家秘密", 1, None])
    sheet.line([None, "2.其他", 2, 3])
    sheet.merged += [(0, 0, 1, 0), (0, 2, 0, 3), (1, 0, 1, 0)]
    assert read(write([sheet])).blocks == (
        Grid(
            (
                (GridCell("（三）不予公开", 0, 2), GridCell("1.属于国家秘密", 1), GridCell("1", 2, 1, 2)),
                (GridCell("2.其他", 1), GridCell("2", 2), GridCell("3", 3)),
            )
        ),
    )  # fmt: skip


@WRITERS
def test_hidden_sheets_are_not_shown(write, read) -> None:
    hidden = Sheet("底稿", {(0, 0): "不", (0, 1): "该"}, state="hidden")
    shown = Sheet("表", {(0, 0): "甲", (0, 1): "乙"})
    assert read(write([hidden, shown, Sheet("空")])).blocks == (
        Grid(((GridCell("甲", 0), GridCell("乙", 1)),)),
    )


def test_a_formula_without_its_result_is_not_blank() -> None:
    raw = '<row r="1"><c r="A1" t="inlineStr"><is><t>总计</t></is></c><c r="B1"><f>SUM(C1:D1)</f><v></v></c><c r="C1"><f>1+1</f><v>2</v></c><c r="D1"><v>7</v></c></row>'
    (grid,) = read_xlsx(xlsx([Sheet("a")], {"a": raw})).blocks
    assert grid == Grid((tuple(GridCell(t, n) for n, t in enumerate(["总计", "=", "2", "7"])),))


EMPTY_ROWS = [
    '<row r="1048576" customFormat="false" ht="12.8" hidden="false" customHeight="true"></row>',
    '<row r="1048576" ht="12.8" customHeight="1"/>',
    '<row r="1048576"><c r="A1048576" s="3"/><c r="XFD1048576" s="3"></c></row>',
]


@pytest.mark.parametrize("last", EMPTY_ROWS, ids=["opened", "closed", "formatted cells"])
def test_rows_that_are_only_formatted_make_no_sheet_large(last: str) -> None:
    """LibreOffice writes the last rows of a sheet whose rows all got one height."""
    rows = '<row r="1"><c r="A1" s="0"><v>7</v></c><c r="C1" s="0"><v>8</v></c></row>'
    (grid,) = read_xlsx(xlsx([Sheet("a")], {"a": rows + last})).blocks
    assert grid == Grid(((GridCell("7", 0), GridCell("", 1), GridCell("8", 2)),))


FAR_ROWS = [
    '<row r="1048576"><c r="A1"/><c x:r="C1" t=" r="><v>8</v></c></row>',
    '<row r="1048576"><c><v>8</v></c></row>',
]


@pytest.mark.parametrize("last", FAR_ROWS)
def test_a_cell_without_a_place_stands_in_its_row(last: str) -> None:
    rows = '<row r="1"><c r="A1"><v>7</v></c></row>'
    with pytest.raises(TooLarge, match="1048576"):
        read_xlsx(xlsx([Sheet("a")], {"a": rows + last}))


@pytest.mark.parametrize(
    ("body", "read", "problem", "why"),
    [
        (xlsx([Sheet("a", {(0, 0): 1, (1_048_575, 16_383): 1})]), read_xlsx, TooLarge, '"columns": 16384, "rows": 1048576'),
        (xls([Sheet("a", {(0, 0): 1, (65_535, 255): 1})]), read_xls, TooLarge, '"columns": 256, "rows": 65536'),
        (xlsx([Sheet(str(n)) for n in range(41)]), read_xlsx, TooLarge, 'sheets {"most": 40}'),
        (xlsx([Sheet("a", {(n, 0): 1 for n in range(60_001)})]), read_xlsx, TooLarge, 'cells_too_many {"most": 60000}'),
        (xlsx([Sheet("a")], {"a": "<row><c r='A1'><v>1"}), read_xlsx, ExtractError, "workbook_damaged"),
        (xls([Sheet("a", {(0, 0): "x"})])[:700], read_xls, ExtractError, "workbook_damaged"),
    ],
    ids=["far", "far-old", "sheets", "cells", "xml", "cut"],
)  # fmt: skip
def test_refused(body: bytes, read, problem: type, why: str) -> None:
    with pytest.raises(problem, match=why):
        read(body)
