"""Workbooks of Excel 95, whose texts are in the code page of the machine that wrote them."""

from __future__ import annotations

import pytest

from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.spreadsheet import read_xls
from gongkai.extract.model.document import Grid, GridCell
from tests.printing.excel import Sheet, xls_95


def rows_of(body: bytes) -> list[list[str]]:
    return [
        [cell.text for cell in row]
        for block in read_xls(body).blocks
        if isinstance(block, Grid)
        for row in block.rows
    ]


def sheet(name: str, *lines: list) -> Sheet:
    made = Sheet(name)
    for line in lines:
        made.line(line)
    return made


@pytest.mark.parametrize(
    ("page", "encoding", "text"),
    [(936, "gbk", "行政许可"), (950, "big5", "行政許可"), (1252, "cp1252", "Größe"), (932, "cp932", "漢字名"), (10_000, "ascii", "plain")],
    ids=["simplified", "traditional", "western", "japanese", "Macintosh"],
)  # fmt: skip
def test_texts_are_read_in_the_code_page(page: int, encoding: str, text: str) -> None:
    body = xls_95([sheet("a", [text, "=" + text, 13.0], ["b", 0.5, "c"])], page, encoding)
    assert rows_of(body) == [[text, "=" + text, "13"], ["b", "0.5", "c"]]


def test_hidden_rows_and_sheets_are_not_read() -> None:
    shown = sheet("甲表", ["规章", 3.0], ["作废", 4.0], ["规范性文件", 5.0])
    shown.hidden_rows.append(1)
    hidden = sheet("旧的一页", ["规章", 9.0], ["规范性文件", 9.0])
    hidden.state = "hidden"
    assert read_xls(xls_95([hidden, shown])).blocks == (
        Grid(
            (
                (GridCell("规章", 0), GridCell("3", 1)),
                (GridCell("规范性文件", 0), GridCell("5", 1)),
            )
        ),
    )


def test_sheets_whose_names_cannot_be_told_apart_are_refused() -> None:
    """Else the numbers of the second sheet would stand beside the texts of the first."""
    one, two = sheet("一", ["规章", 3.0]), sheet("二", ["规章", 4.0])
    with pytest.raises(ExtractError, match="sheet names"):
        read_xls(xls_95([one, two]))
