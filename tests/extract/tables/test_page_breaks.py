"""Tables that a printer cut over pages: columns are those of a page, and change from one to the next."""

from __future__ import annotations

from gongkai.extract.forms import FORM_2019, FORM_2021
from tests.extract.printed_forms import TITLE, flat, numbers, report_of
from tests.printing.matrix import (
    Box,
    Style,
    Table,
    active_tables,
    requests_body,
    requests_header,
    review_table,
)
from tests.printing.page import Markup, document, table
from tests.printing.report import distinct


def page(*tables: Table) -> bytes:
    body = "".join(table(rows, Markup()) for rows in tables)
    head = "<h1>" + TITLE["2021"] + "</h1><p>三、收到和处理政府信息公开申请情况</p>"
    return document(TITLE["2021"], head + body, Markup(), "2025-01-20").encode()


def test_columns_of_one_page_are_not_those_of_the_next() -> None:
    """A header in pieces, then a page without its first column and with an empty one at the end.

    总计 stood in column 2 of the first page, natural persons in column 3 of the second: on the
    third, columns 2 to 8 hold the values in order.
    """
    values = distinct(FORM_2021, 3)
    header = requests_header(FORM_2021)
    body = requests_body(FORM_2021, values, Style(padding="blank"))
    head = [[Box("勾稽关系"), Box("申请人情况"), Box("总计")]]
    upper = [[Box("", 2, 3), *header[1], Box("", 2)], header[2], *([*r, Box("")] for r in body[:9])]
    rest = [row[1:] if not row[0].text else [Box(row[0].text, 1, 2), *row[1:]] for row in body[9:]]
    lower = [[*row, Box("")] for row in rest]
    found = numbers(report_of(page(head, upper, lower)))
    printed = {place: v for place, v in flat(values).items() if place[0] == "requests"}
    assert {place: found[place] for place in found if place[0] == "requests"} == printed


def test_a_swapped_header_is_not_forgotten_on_the_next_page() -> None:
    """The next page has other columns, so that its values cannot be assigned."""
    values = distinct(FORM_2021, 4)
    header, body = requests_header(FORM_2021), requests_body(FORM_2021, values, Style())
    swapped = [header[0], header[1], [header[2][1], header[2][0], *header[2][2:]]]
    report = report_of(page([*swapped, *body[:9]], [[*row, Box("")] for row in body[9:]]))
    found = {item: row for (part, item, row) in numbers(report) if part == "requests"}
    assert "new" in found
    assert "total_handled" not in found
    assert "row_shape" in {finding.rule for finding in report.findings}


def test_a_total_in_front_is_not_forgotten_on_the_next_page() -> None:
    """The header names it a row above the other columns: their order shows in the grid alone."""
    values = distinct(FORM_2021, 4)
    corner, applicants, total = requests_header(FORM_2021)[0]
    header = [[corner, total, applicants], *requests_header(FORM_2021)[1:]]
    body = [
        [*row[:-7], row[-1], *row[-7:-1]]
        for row in requests_body(FORM_2021, values, Style(padding="blank"))
    ]
    report = report_of(page([*header, *body[:9]], [[*row, Box("")] for row in body[9:]]))
    found = {k: v for k, v in numbers(report).items() if k[0] == "requests"}
    printed = flat(values)
    assert {k: printed[k] for k in found} == found
    assert "new" in {item for _, item, _ in found}
    assert "total_handled" not in {item for _, item, _ in found}
    assert "row_shape" in {finding.rule for finding in report.findings}


def test_a_label_cut_by_the_end_of_a_page() -> None:
    """其他对外 with the values, 管理服务事项 on the next page."""
    values = distinct(FORM_2019, 5)
    tables = active_tables(FORM_2019, values, Style(active="one"))[0]
    at = next(n for n, row in enumerate(tables) if row[0].text == "其他对外管理服务事项")
    upper = [*tables[:at], [Box("其他对外"), *tables[at][1:]]]
    lower = [[Box("管理服务事项"), Box(""), Box(""), Box("")], *tables[at + 1 :]]
    found = numbers(report_of(page(upper, lower)))
    printed = {place: v for place, v in flat(values).items() if place[0] == FORM_2019.part}
    assert {k: v.removesuffix("0") for k, v in found.items() if k[0] == FORM_2019.part} == {
        k: v.removesuffix("0") for k, v in printed.items()
    }


def test_a_proceeding_on_the_next_page() -> None:
    """Its rows are not a repetition, though they have no header there."""
    values = distinct(FORM_2021, 6)
    rows = review_table(FORM_2021, values, Style(review="matrix"))
    found = numbers(report_of(page(rows[:2], rows[2:])))
    printed = {place: v for place, v in flat(values).items() if place[0] == "review_litigation"}
    assert found == printed


def test_the_rest_of_the_last_label_alone_on_the_next_page() -> None:
    """行政事业 with the amount at the foot of a page, 性收费 on the next: a table of one row."""
    values = distinct(FORM_2021, 5)
    tables = active_tables(FORM_2021, values, Style(active="one"))[0]
    at = next(n for n, row in enumerate(tables) if row[0].text == "行政事业性收费")
    upper = [*tables[:at], [Box("行政事业"), *tables[at][1:]]]
    found = numbers(report_of(page(upper, [[Box("性收费"), Box("")]])))
    place = ("active_disclosure", "", "fees_wan_yuan")
    assert float(found[place]) == float(flat(values)[place])


def test_a_table_that_runs_off_its_page_is_refused() -> None:
    """The last columns are not there, and as many blanks of padding stand in front of the others."""
    values = distinct(FORM_2021, 5)
    header = requests_header(FORM_2021)
    cut_header = [
        [header[0][0], Box("申请人情况", 1, 5)],
        [Box("自然人", 2), Box("法人或其他组织", 1, 4)],
        header[2][:4],
    ]
    body = requests_body(FORM_2021, values, Style())
    rows = [
        [Box(row[0].text), Box(""), Box(""), *row[1:6]]
        for row in body
        if len(row) == 8 and row[0].columns == 3
    ]
    assert len(rows) == 3
    active = active_tables(FORM_2021, values, Style(active="one"))[0]
    found = numbers(report_of(page(active, [*cut_header, *rows])))
    assert not [place for place in found if place[0] == "requests"]
