"""Every cell of every frozen report has a place in its document, and says the same there."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from gongkai.extract.cell_places import PlacedReading, read_placed, write_safe_page
from gongkai.extract.chinese.numbers import clean_cell_text
from gongkai.extract.model.report import Source
from gongkai.extract.report import read
from tests.paths import REPORTS

SUFFIXES = (".html", ".pdf", ".docx", ".xlsx", ".ofd", ".txt", ".zip")
SOURCES = [path for path in sorted(REPORTS.glob("*/source.*")) if path.suffix in SUFFIXES]
TORN = ("pdf-lo-torn-numbers", "pdf-lo-torn-header", "pdf-weasyprint-padding")
"""Cases with numbers that go on behind a page break: their place is that of the first half."""


def placed_reading(path: Path) -> PlacedReading | None:
    """Return the reading of a frozen document with the places of its cells."""
    return read_placed(path.read_bytes(), Source(filename=path.name))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.parent.name)
def test_what_was_read_stands_in_its_place(path: Path) -> None:
    placed = placed_reading(path)
    if placed is None or not placed.reading.report:
        assert not (report := read(path.read_bytes(), Source()).report) or not report.tables
        return
    printed = {cell.place: cell.text for grid in placed.grids for row in grid.rows for cell in row}
    assert None not in printed
    wrong = {
        key: (cell.raw, printed.get(cell.place))
        for key, cell in placed.cells()
        if cell.place is not None and clean_cell_text(printed[cell.place]) != cell.raw
    }
    if path.parent.name in TORN:
        wrong = {key: pair for key, pair in wrong.items() if not pair[0].startswith(str(pair[1]))}
    assert wrong == {}
    lost = {key for key, cell in placed.cells() if cell.place is None and cell.raw}
    assert lost == set()


@pytest.mark.parametrize("case", ["html-hidden-and-struck", "html-nested-layout", "doc-is-mht"])
def test_a_shown_page_has_each_cell_under_its_number(case: str) -> None:
    path = next((REPORTS / case).glob("source.*"), None)
    if path is None:
        path = next(iter(sorted(REPORTS.glob("html-*/source.html"))))
    placed = placed_reading(path)
    assert placed is not None
    page = BeautifulSoup(write_safe_page(path.read_bytes(), ""), "lxml")
    numbers = {cell.place.number for _, cell in placed.cells() if cell.place}
    assert {f"c{number}" for number in numbers} <= {str(e["id"]) for e in page.select("[id]")}


def test_a_row_that_was_refused_is_found_by_its_words() -> None:
    rows = "<tr><td>（一）予以公开</td><td>1</td><td>2</td></tr>"
    page = f"<table><tr><td>自然人</td><td>商业企业</td><td>总计</td></tr>{rows}</table>".encode()
    placed = read_placed(page, Source(media_type="text/html"))
    assert placed is not None
    assert [(part, item) for part, item, _ in placed.unread_rows()] == [("requests", "granted")]
