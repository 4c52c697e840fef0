"""What a browser shows and the words of a page do not: notes, deletions, cells that are blank."""

from __future__ import annotations

import re

import pytest

from gongkai.extract.forms import FORM_2019, FORM_2021, SECTIONS
from tests.extract.printed_forms import TITLE, balanced, flat, numbers, report_of
from tests.printing.matrix import Box, Style, Table, all_tables
from tests.printing.page import Markup, document, page, table


def fees_page(shown: str) -> bytes:
    values = balanced(FORM_2021, 5)
    values["active_disclosure"][""]["licensing_decisions"] = "98765"
    body = page(TITLE["2021"], FORM_2021, values, Style(), Markup())
    return body.replace(b"98765", shown.encode())


@pytest.mark.parametrize(
    ("shown", "raw", "value"),
    [
        ('<span style="text-decoration: line-through">5</span>6', "6", 6),
        ('12<span style="font-size:6pt; VERTICAL-ALIGN: super">1</span>', "12¹", None),
        ('<span style="vertical-align: middle">12</span>', "12", 12),
        ("12例", "12例", 12),
        ("、12。", "、12。", 12),
        ("1，", "1，", None),
    ],
)
def test_what_a_cell_shows(shown: str, raw: str, value: int | None) -> None:
    cell = report_of(fees_page(shown)).tables["active_disclosure"][""]["licensing_decisions"]
    assert (cell.raw, cell.value) == (raw, value)


@pytest.mark.parametrize("unseen", ["", "\u200b\ufeff"])
def test_blank_cells_with_invisible_text(unseen: str) -> None:
    """Padding beside a label that spans nothing, and behind the one value of a row."""
    values = balanced(FORM_2021, 11)
    body = page(TITLE["2021"], FORM_2021, values, Style(active="one"), Markup()).decode()
    for span in (' colspan="2"', ' colspan="3"'):
        more = f"<td>{unseen}</td>" * (int(span[-2]) - 1)
        body = re.sub(rf"<td{span}>(\d+)</td>", rf"<td>\1</td>{more}", body)
        body = re.sub(rf"<td{span}>([一二四]、[^<]*)</td>", rf"<td>\1</td>{more}", body)
    report = report_of(body.encode())
    assert numbers(report) == flat(values)
    assert report.findings == ()


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("–7", -7),
        ("—7", -7),
        ("-7件", -7),
        ("减少7", -7),
        ("减少7项", -7),
        ("增加7", 7),
        ("增", None),
    ],
)
def test_signs_of_a_change(shown: str, value: int | None) -> None:
    values = balanced(FORM_2019, 5)
    values["active_disclosure_2019"][""]["penalty_change"] = shown
    report = report_of(page(TITLE["2019"], FORM_2019, values, Style(), Markup()))
    row = report.tables["active_disclosure_2019"].get("", {})
    assert (row["penalty_change"].value if "penalty_change" in row else None) == value


@pytest.mark.parametrize("total", ["合计", "小计"])
def test_other_words_for_the_total(total: str) -> None:
    values = balanced(FORM_2021, 5)
    body = page(TITLE["2021"], FORM_2021, values, Style(), Markup()).decode()
    report = report_of(body.replace(">总计<", f">{total}<").encode())
    assert numbers(report) == flat(values)
    assert report.findings == ()


def test_a_report_that_is_all_one_table_has_its_sections() -> None:
    values = balanced(FORM_2021, 13)
    parts = all_tables(FORM_2021, values, Style(groups="own_row"))
    rows: Table = []
    for number, heading in SECTIONS:
        rows.append([Box(heading, 1, 15)])
        if 2 <= number <= 4:
            rows += [row for part in parts[number - 2] for row in part]
        else:
            rows.append([Box(f"本年度工作有序推进，详见第{number}部分。", 1, 15)])
    body = f"<h1>{TITLE['2021']}</h1>{table(rows, Markup())}"
    report = report_of(document(TITLE["2021"], body, Markup(), "2025-01-20").encode())
    assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert [section.text for section in report.sections if section.number in (1, 5)] == [
        "本年度工作有序推进，详见第1部分。",
        "本年度工作有序推进，详见第5部分。",
    ]
    assert numbers(report) == flat(values)
    assert report.findings == ()
