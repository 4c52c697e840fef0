"""The printed tables have the shape of the official form."""

from __future__ import annotations

import pytest

from gongkai.extract.forms import FORM_2019, FORM_2021, FORMS, Form
from gongkai.publish.pages.report.printed_form import (
    Heading,
    PrintedRow,
    PrintedTable,
    ValueCell,
    print_tables,
)


def occupied(rows: tuple[PrintedRow, ...]) -> list[int]:
    """Return how many columns each row covers, with cells that reach down from rows above."""
    widths: list[int] = []
    reaching: list[tuple[int, int]] = []  # (rows still covered, columns)
    for row in rows:
        own = sum(cell.columns for cell in row)
        widths.append(own + sum(columns for _, columns in reaching))
        reaching = [(left - 1, columns) for left, columns in reaching if left > 1]
        reaching += [
            (cell.rows - 1, cell.columns)
            for cell in row
            if isinstance(cell, Heading) and cell.rows > 1
        ]
    return widths


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.id)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_row_covers_the_whole_width(form: Form, lang: str) -> None:
    """Spans do not overlap and leave no hole."""
    for table in print_tables(form, lang):
        for block in table.blocks:
            for rows in (block.head, block.body):
                assert len(set(occupied(rows))) == 1, (table.part, occupied(rows))
        assert len({occupied(block.body)[0] for block in table.blocks}) == 1


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.id)
def test_every_cell_of_the_form_is_printed_once(form: Form) -> None:
    """200 cells in the 2021 layout, 198 in that of 2019."""
    active, requests, reviews = (table.keys for table in print_tables(form, "zh"))
    assert active == tuple((form.part, "", key) for key in form.disclosure_keys)
    assert requests == tuple(
        ("requests", item.key, column.key) for item in form.items for column in form.applicants
    )
    assert reviews == tuple(
        ("review_litigation", proceeding.key, column.key)
        for proceeding in form.proceedings
        for column in form.results
    )
    assert len(active + requests + reviews) == {"2021": 200, "2019": 198}[form.id]


def labels(table: PrintedTable) -> list[list[tuple[str, int, int]]]:
    """Return the headings of each body row as (text, columns, rows)."""
    return [
        [(cell.text, cell.columns, cell.rows) for cell in row if isinstance(cell, Heading)]
        for block in table.blocks
        for row in block.body
    ]


def test_group_labels_span_their_rows() -> None:
    """三、本年度办理结果 covers 22 rows, and each group covers its own rows."""
    _, requests, _ = print_tables(FORM_2021, "zh")
    rows = labels(requests)
    assert rows[0] == [("一、本年新收政府信息公开申请数量", 3, 1)]
    assert rows[2] == [("三、本年度办理结果", 1, 22), ("（一）予以公开", 2, 1)]
    assert rows[4] == [("（三）不予公开", 1, 8), ("1.属于国家秘密", 1, 1)]
    assert rows[12][0] == ("（四）无法提供", 1, 3)
    assert rows[15][0] == ("（五）不予处理", 1, 5)
    assert rows[20][0] == ("（六）其他处理", 1, 3)
    assert rows[22] == [("3.其他", 1, 1)]
    assert rows[23] == [("（七）总计", 2, 1)]
    assert rows[24] == [("四、结转下年度继续办理", 3, 1)]


def test_the_form_of_2019_has_one_row_for_other_handling() -> None:
    """（六）其他处理 is not a group in that form."""
    _, requests, _ = print_tables(FORM_2019, "zh")
    rows = labels(requests)
    assert rows[2][0] == ("三、本年度办理结果", 1, 20)
    assert rows[20] == [("（六）其他处理", 2, 1)]


def test_a_unit_is_printed_where_the_label_does_not_say_it() -> None:
    """An amount without its unit would be misread by a factor of ten thousand."""
    procurement = print_tables(FORM_2019, "zh")[0].blocks[-1].head[1]
    fees = print_tables(FORM_2021, "zh")[0].blocks[-1].head[1]
    assert [cell.text for cell in procurement if isinstance(cell, Heading)] == [
        "信息内容",
        "采购项目数量",
        "采购总金额（万元）",
    ]
    assert fees[1] == Heading("本年收费金额（单位：万元）", "col", 3)
    assert (
        ValueCell(("active_disclosure", "", "fees_wan_yuan"), 3)
        in print_tables(FORM_2021, "zh")[0].blocks[-1].body[0]
    )
