"""A table that only places an article is no table of it: its text is read as in a plain page."""

from __future__ import annotations

import pytest

from gongkai.extract.forms import FORM_2021, SECTIONS
from gongkai.extract.model.report import Report
from gongkai.extract.report import read
from tests.extract.printed_forms import balanced
from tests.printing.matrix import Style, all_tables
from tests.printing.page import Markup, table

TITLE = "平罗县水务局2024年政府信息公开工作年度报告"
SHORT = [
    (f"{heading}", f"2024年第{number}节的说明，涉及规章和规范性文件{number}件。")
    for number, heading in SECTIONS
]
PARAGRAPHS = "".join(f"<p><strong>{heading}</strong></p><p>{text}</p>" for heading, text in SHORT)
LINES = "<br>".join(f"{heading}<br>{text}" for heading, text in SHORT)
FRAMES = {
    "one cell": f"<table width='900'><tr><td class='content'>{PARAGRAPHS}</td></tr></table>",
    "lines in a cell": f"<table><tr><td>{LINES}</td></tr></table>",
    "beside a menu": f"<table><tr><td><a href='/a'>公开指南</a></td><td>{PARAGRAPHS}</td></tr></table>",
    "around a small table": f"<table><tr><td><table><tr><td>索引号</td><td>X-1</td></tr></table>{PARAGRAPHS}</td></tr></table>",
    "inside another": f"<table><tr><td><table><tr><td>{PARAGRAPHS}</td></tr></table></td></tr></table>",
    "headings in rows": "<table>" + "".join(f"<tr><td>{h}</td></tr><tr><td>{t}</td></tr>" for h, t in SHORT) + "</table>",
}  # fmt: skip


def report_in(article: str) -> Report:
    body = f"<html><head><meta charset=utf-8><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{article}</body></html>"
    found = read(body.encode())
    assert found.outcome == "report", found.why
    assert found.report is not None
    return found.report


@pytest.mark.parametrize("frame", FRAMES)
def test_a_short_report_in_a_layout_table(frame: str) -> None:
    """Seen: `not_annual_report` for a report without tables that stands in a cell."""
    plain = report_in(f"<div>{PARAGRAPHS}</div>")
    framed = report_in(FRAMES[frame])
    assert [(s.number, s.text) for s in framed.sections] == [
        (s.number, s.text) for s in plain.sections
    ]
    assert (framed.status, framed.tables) == ("text_only", {})


def test_the_tables_of_a_report_in_a_layout_table() -> None:
    parts = all_tables(FORM_2021, balanced(FORM_2021, 3), Style())
    article = ""
    for number, heading in SECTIONS:
        article += f"<p>{heading}</p><p>说明。</p>"
        if 2 <= number <= 4:
            article += "".join(table(rows, Markup()) for rows in parts[number - 2])
    plain = report_in(f"<div>{article}</div>")
    framed = report_in(f"<table><tr><td>栏目</td><td>{article}</td></tr></table>")
    assert (framed.sections, framed.tables) == (plain.sections, plain.tables)
    assert framed.status == "complete"
