"""Titles that are running heads too, that stand on a cover, above smaller lines; struck figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gongkai.extract.forms import FORM_2021
from gongkai.extract.report import read
from tests.extract.printed_forms import TITLE, balanced, flat, numbers, report_of
from tests.printing.pdf_layout import Press, Sheet, width_of
from tests.printing.report import Printed

PRINTED = Printed(TITLE["2021"], FORM_2021, balanced(FORM_2021, 3))


class Titled(Press):
    """Draws the title again: on a cover of its own, or with a line below it that is set smaller."""

    cover = False
    below = ""

    def lines(self, texts: Sequence[str], size: float, indent: float, center: bool = False) -> None:
        super().lines(texts, size, indent, center)
        if size == 16.0 and self.count == 0:
            if self.below:
                super().lines([self.below], 9.0, 0.0)
            if self.cover:
                self.end_page()
                super().lines(texts, size, indent, center)


def named(press: Press, printed: Printed = PRINTED) -> tuple[str, str]:
    report = report_of(press.print(printed))
    assert numbers(report) == flat(printed.values)
    assert report.agency is not None
    return report.title, report.agency.name


def test_a_title_that_heads_every_page() -> None:
    assert named(Press(Sheet(head=PRINTED.title))) == (PRINTED.title, "平罗县教育局")


def test_a_title_on_a_cover_comes_again() -> None:
    press = Titled(Sheet())
    press.cover = True
    printed = replace(
        PRINTED, title="贵州省遵义市汇川区市场监督管理局2024年政府信息公开工作年度报告"
    )
    assert width_of(printed.title, 16.0) > press.right - press.left - 48
    assert named(press, printed) == (printed.title, "汇川区市场监督管理局")


def test_a_line_in_small_type_below_a_full_title() -> None:
    press = Titled(Sheet(width=PRINTED_WIDTH))
    press.below = "发布时间：2025-01-20　来源：本站"
    assert named(press) == (PRINTED.title, "平罗县教育局")


PRINTED_WIDTH = 120.0 + width_of(PRINTED.title, 16.0) + 8.0
"""A page on which the title fills its line."""


class Struck(Press):
    """Strikes every 98765 out and writes the number beside it that counts."""

    def string(self, operand: bytes, x: float, y: float, size: float) -> None:
        super().string(operand, x, y, size)
        if operand == self.pdf.text("987651") + b" Tj":
            line = (x, y + 0.3 * size, x + width_of("98765", size), y + 0.3 * size)
            self.drawn.append(b"q 0.5 w %.2f %.2f m %.2f %.2f l S Q" % line)


@pytest.mark.parametrize("rules", ["lines", "thin", "fills"])
def test_struck_figures_are_no_part_of_a_number(rules: str) -> None:
    values = balanced(FORM_2021, 3)
    values["active_disclosure"][""]["licensing_decisions"] = "987651"
    values["requests"]["granted"]["business"] = "987651"
    report = read(Struck(Sheet(rules=rules)).print(replace(PRINTED, values=values))).report
    assert report is not None
    found = {place for place, value in numbers(report).items() if value != flat(values)[place]}
    assert found == {
        ("active_disclosure", "", "licensing_decisions"),
        ("requests", "granted", "business"),
    }
    assert all(numbers(report)[place] == "None" for place in found)
    assert {finding.scope for finding in report.findings if finding.rule == "row_shape"} == {
        "licensing_decisions",
        "granted",
    }


class Underlined(Press):
    """Underlines every line of text in a cell that is no number."""

    def show(self, text: str, x: float, y: float, size: float) -> None:
        super().show(text, x, y, size)
        if size == self.sheet.size and not text.isdigit():
            line = (x, y - 0.08 * size, x + width_of(text, size), y - 0.08 * size)
            self.drawn.append(b"q 0.5 w %.2f %.2f m %.2f %.2f l S Q" % line)


def test_underlined_labels_divide_no_rows() -> None:
    report = report_of(Underlined(Sheet(pad=0.5, size=8.0)).print(PRINTED))
    assert numbers(report) == flat(PRINTED.values)
    assert report.status == "complete"
