"""Rows whose numbers a page break divides: joined where that is certain, refused where it is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gongkai.extract.model.cell_place import CellPlace
from gongkai.extract.model.document import Grid, GridCell
from gongkai.extract.tables.row_recognition import assign_rows
from gongkai.extract.tables.table_reader import read_tables

APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
NEW = "一、本年新收政府信息公开申请数量"
CARRIED = "二、上年结转政府信息公开申请数量"


def row(page: int, texts: Sequence[str], full: bool = False) -> tuple[GridCell, ...]:
    """A row whose cells have the same sides on every page."""
    return tuple(
        GridCell(text, n, place=CellPlace(page=page, box=(60.0 * n, 0, 60.0 * (n + 1), 20)), is_full=full)
        for n, text in enumerate(texts)
    )  # fmt: skip


def counts(
    upper: Sequence[tuple[GridCell, ...]], lower: Sequence[tuple[GridCell, ...]], item: str
) -> list[object]:
    """The values of an item in a table on two pages."""
    grids = [Grid((row(1, ("申请人情况", *APPLICANTS)), *upper), 1), Grid(tuple(lower), 2)]
    cells = read_tables(assign_rows(grids)).parts["requests"].get(item, {})
    return [cell.value for cell in cells.values()]


HALVES = ("21", "34", "5", "66", "71", "82", "27"), ("08", "1", "", "3", "9", "5", "99")
JOINED = [2108, 341, 5, 663, 719, 825, 2799]


def test_number_continues_behind_the_break_if_its_cell_was_full() -> None:
    first, rest = HALVES
    assert counts([row(1, (NEW, *first), full=True)], [row(2, ("", *rest))], "new") == JOINED


def test_rest_of_the_label_stands_with_the_rest_of_the_numbers() -> None:
    first, rest = HALVES
    upper, lower = row(1, (NEW[:12], *first), full=True), row(2, (NEW[12:], *rest))
    assert counts([upper], [lower], "new") == JOINED


def test_halves_that_may_be_two_numbers_are_none() -> None:
    first, rest = HALVES
    found = counts([row(1, (NEW, *first))], [row(2, ("", *rest))], "new")
    assert found == [None, None, 5, None, None, None, None]


def test_numbers_stand_on_either_side_of_the_break() -> None:
    upper = row(1, (NEW, "3", "4", "5", "6", "7", "8", ""))
    assert counts([upper], [row(2, ("", *[""] * 6, "33"))], "new") == [3, 4, 5, 6, 7, 8, 33]
    upper = row(1, ("", "3", "4", "5", "6", "7", "8", ""))
    lower = row(2, (CARRIED, *[""] * 6, "33"))
    above = row(1, (NEW, *["1"] * 6, "6"))
    assert counts([above, upper], [lower], "carried_in") == [3, 4, 5, 6, 7, 8, 33]


def test_label_behind_the_break_belongs_to_both_halves_if_the_form_has_no_row_between() -> None:
    first, rest = HALVES
    above = row(1, (NEW, *["1"] * 6, "6"))
    rows = [above, row(1, ("", *first), full=True)], [row(2, (CARRIED, *rest))]
    assert counts(*rows, "carried_in") == JOINED


@pytest.mark.parametrize("full", [True, False])
def test_next_row_with_a_label_of_its_own_is_another_row(full: bool) -> None:
    upper, lower = row(1, (NEW, *"3456789"), full=full), row(2, (CARRIED, *"1234567"))
    assert counts([upper], [lower], "new") == [3, 4, 5, 6, 7, 8, 9]
    assert counts([upper], [lower], "carried_in") == [1, 2, 3, 4, 5, 6, 7]
