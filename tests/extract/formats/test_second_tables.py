"""Two readers of a page's tables: they agree on what browsers show, and a disagreement is no number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.formats.html.html_reader import read_html
from gongkai.extract.formats.html.second_tables import read_html_again
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.document import Document, Grid
from gongkai.extract.model.report import Source
from gongkai.extract.report import read, read_again
from gongkai.extract.second_reading import compare_readings, known_of, wants_second_reading
from tests.archive.reading import read_sandboxed
from tests.extract.printed_forms import STYLES, TITLE
from tests.paths import REPORTS
from tests.printing.matrix import Style
from tests.printing.page import Markup, page
from tests.printing.report import distinct

ALL, OFF = Source(second_reading="all"), Source(second_reading="off")
PAGE = page(TITLE["2021"], FORM_2021, distinct(), Style(), Markup())
GRANTED = distinct()["requests"]["granted"]["natural_person"]
FROZEN = sorted(folder.name for kind in ("html-*", "doc-is-*") for folder in REPORTS.glob(kind))
READ_TWICE = 65
"""At least so many of the frozen pages have tables."""


def frozen(name: str) -> bytes:
    return next((REPORTS / name).glob("source.*")).read_bytes()


@pytest.mark.parametrize("name", FROZEN)
def test_both_readers_agree_on_every_frozen_page(name: str) -> None:
    body = frozen(name)
    first = read(body, OFF)
    assert read(body, ALL) == first
    if first.report and first.report.tables:
        again = read_again(body, known_of(first, OFF)).report
        assert again is not None
        assert again.tables == first.report.tables


def test_most_frozen_pages_have_tables_to_compare() -> None:
    readings = [read(frozen(name), OFF) for name in FROZEN]
    assert sum(wants_second_reading(each, b"", "all") for each in readings) >= READ_TWICE


def test_a_number_of_which_the_readers_see_two_is_left_out() -> None:
    other = PAGE.replace(f">{GRANTED}<".encode(), b">98765<")
    assert other != PAGE
    first = read(PAGE, OFF)
    report = compare_readings(first, read_again(other, OFF)).report
    assert first.report is not None
    assert report is not None
    cell = report.tables["requests"]["granted"]["natural_person"]
    assert (cell.raw, cell.value, cell.note) == (GRANTED, None, "unreadable")
    found = [finding for finding in report.findings if finding.rule == "readings_disagree"]
    assert [(f.scope, f.left, f.right) for f in found] == [("granted", GRANTED, "98765")]
    rest = {**report.tables["requests"]["granted"]}
    rest["natural_person"] = first.report.tables["requests"]["granted"]["natural_person"]
    assert rest == first.report.tables["requests"]["granted"]


def test_a_broken_sum_that_both_readers_see_stays() -> None:
    broken = PAGE.replace(f">{GRANTED}<".encode(), b">98765<")
    first = read(broken, OFF)
    assert wants_second_reading(first, b"any", "doubted")
    assert read(broken, Source()) == first
    assert read_sandboxed(broken, ALL) == first


def test_a_page_is_sampled_and_can_be_left_alone() -> None:
    first = read(PAGE, OFF)
    assert first.report is not None
    quiet = replace(first, report=replace(first.report, findings=()))
    sampled = sum(wants_second_reading(quiet, b"%d" % n, "doubted") for n in range(2000))
    assert 70 <= sampled <= 130
    assert not wants_second_reading(first, PAGE, "off")


def placed(document: Document) -> list[tuple[int, int, str]]:
    """Row, column and text of the cells of the only table with text in them."""
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert len(grids) == 1
    return [
        (number, cell.column, " ".join(cell.text.split()))
        for number, row in enumerate(grids[0].rows)
        for cell in row
        if cell.text
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            "<thead><tr><td rowspan=3>a<td>b</thead><tbody><tr><td>1<td>2</tbody>",
            [(0, 0, "a"), (0, 1, "b"), (1, 0, "1"), (1, 1, "2")],
            id="a cell ends with its row group",
        ),
        pytest.param(
            "<tr><td rowspan=9>a<td>b<tbody><tr><td>1<td>2</tbody><tr><td>3",
            [(0, 0, "a"), (0, 1, "b"), (1, 0, "1"), (1, 1, "2"), (2, 0, "3")],
            id="rows outside of a group",
        ),
        pytest.param(
            "<tbody><tr><td rowspan=0>a<td>b<tr><td>1<tr><td>2</tbody><tbody><tr><td>3</tbody>",
            [(0, 0, "a"), (0, 1, "b"), (1, 1, "1"), (2, 1, "2"), (3, 0, "3")],
            id="a cell to the end of its group",
        ),
        pytest.param(
            "<tr><td rowspan='2px'>a<td colspan=' +2x'>b<td>c<tr><td>1<td>2<td>3",
            [(0, 0, "a"), (0, 1, "b"), (0, 3, "c"), (1, 1, "1"), (1, 2, "2"), (1, 3, "3")],
            id="a number with a unit",
        ),
        pytest.param(
            "<tr><td rowspan=-2>a<td colspan=two>b<td colspan=0>c<tr><td>1",
            [(0, 0, "a"), (0, 1, "b"), (0, 2, "c"), (1, 0, "1")],
            id="no number",
        ),
        pytest.param(
            "<tr><td>a<td style='opacity:0'>9<td>1<tr><td>b<td style='display:none'>9<td>2",
            [(0, 0, "a"), (0, 2, "1"), (1, 0, "b"), (1, 1, "2")],
            id="a cell that is not seen, and one that is not there",
        ),
        pytest.param(
            "<tr><td>a<td style='clip-path:inset(100%)'>9<td style='text-indent:-9999px'>8<td>1",
            [(0, 0, "a"), (0, 3, "1")],
            id="cells without visible text",
        ),
        pytest.param(
            "<tr><td rowspan=2>a<td>b<tr style='opacity:0'><td>9<tr><td>1<td>2",
            [(0, 0, "a"), (0, 1, "b"), (2, 0, "1"), (2, 1, "2")],
            id="a row that is not seen",
        ),
        pytest.param(
            "<tr><td><p>3</p>1<td>4<div>2</div><td>1<span>9</span>0<td>5<!-- 7 -->6<td>8<br>9",
            [(0, 0, "3 1"), (0, 1, "4 2"), (0, 2, "190"), (0, 3, "56"), (0, 4, "8 9")],
            id="figures on lines of their own",
        ),
        pytest.param(
            "<tr><td>10<sup>2</sup><td>1<span style='vertical-align:super'>3</span><td><del>5</del>6",
            [(0, 0, "10²"), (0, 1, "1³"), (0, 2, "6")],
            id="marks and deletions",
        ),
        pytest.param(
            "<tr><td><input value=7><td><input type=hidden value=8><td><textarea>9</textarea>"
            "<td><select><option>1<option selected>2</select>",
            [(0, 0, "7"), (0, 2, "9"), (0, 3, "2")],
            id="form controls",
        ),
    ],
)
def test_both_readers_place_cells_as_browsers_do(
    rows: str, expected: list[tuple[int, int, str]]
) -> None:
    body = f"<html><body><table border=1>{rows}</table></body></html>".encode()
    assert placed(read_html_again(body)) == expected
    assert placed(read_html(body)) == expected


MARKUPS = st.builds(
    Markup,
    cell=st.sampled_from(["plain", "word", "nbsp", "div"]),
    breaks=st.booleans(),
    layout=st.booleans(),
    twice=st.booleans(),
)


@given(style=STYLES, markup=MARKUPS)
@settings(max_examples=25, deadline=None)
def test_both_readers_agree_on_any_printed_page(style: Style, markup: Markup) -> None:
    body = page(TITLE["2021"], FORM_2021, distinct(), style, markup)
    assert read(body, ALL) == read(body, OFF)


@pytest.mark.parametrize(
    "rows",
    [
        "<table><tr><td>" * 40 + "商业企业",
        "<tr>" + "<td rowspan=200 colspan=60>1" * 2_000 + "<tr><td>" * 200,
    ],
    ids=["tables inside each other", "merged cells"],
)
def test_a_page_that_the_second_reader_refuses_stays_as_it_is(rows: str) -> None:
    body = f"<html><body><table>{rows}</table></body></html>".encode()
    assert read_again(body, OFF).outcome == "unreadable"
    first = read(PAGE, OFF)
    assert compare_readings(first, read_again(body, OFF)) == first
