"""Whatever the rules, the page breaks and the marks of a PDF, its numbers are right or refused aloud."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.forms import FORM_2019, FORM_2021, Form
from gongkai.extract.model.report import Report
from gongkai.extract.report import read
from tests.extract.tables.test_printed_forms import FORMS, SEEDS, TITLE, filled, flat
from tests.printing.matrix import Style
from tests.printing.pdf_layout import Press, Sheet
from tests.printing.pdf_writer import PACKERS, Pdf
from tests.printing.report import Printed, distinct

RULED = ("lines", "thin", "boxes", "dots", "fills")
SHEETS = st.builds(
    Sheet,
    rules=st.sampled_from((*RULED, "rows", "none")),
    color=st.sampled_from(["0 0 0", "0.2 0.5 0.8", "0.7 0.7 0.7"]),
    size=st.sampled_from([7.5, 9.0, 10.5, 12.0]),
    pad=st.sampled_from([1.0, 2.0, 4.0]),
    leading=st.sampled_from([1.15, 1.3, 1.6]),
    height=st.integers(330, 900).map(float),
    tear=st.sampled_from(["", "upper", "lower"]),
    close=st.booleans(),
    again=st.booleans(),
    valign=st.sampled_from(["middle", "top"]),
    turned=st.sampled_from([0, 90, 180, 270]),
    head=st.sampled_from(["", "平罗县教育局2024年政府信息公开工作年度报告"]),
    mark=st.sampled_from(["", "pale", "repeated", "declared", "aslant"]),
    twice=st.booleans(),
    split=st.sampled_from(["", "digits", "runs"]),
    frame=st.booleans(),
)
STYLES = st.builds(
    Style,
    numbering=st.sampled_from(["1.", "1、", "（1）"]),
    padding=st.sampled_from(["span", "blank"]),
    groups=st.sampled_from(["beside", "own_row"]),
    active=st.sampled_from(["four", "one"]),
)
ENCODINGS = st.sampled_from(["identity", "ucs2", "gbk"])


def wrong(
    report: Report, values: dict[tuple[str, str, str], str]
) -> dict[tuple[str, str, str], str]:
    """Numbers that were read and not printed."""
    return {
        (part, item, key): f"{cell.value}, printed {values.get((part, item, key))}"
        for part, table in report.tables.items()
        for item, row in table.items()
        for key, cell in row.items()
        if cell.value is not None
        and float(cell.value) != float(values.get((part, item, key), "nan"))
    }


def absent(report: Report, values: dict[tuple[str, str, str], str]) -> list[tuple[str, str, str]]:
    """Printed numbers that were not read."""
    return [
        (part, item, key)
        for part, item, key in values
        if (cell := report.tables.get(part, {}).get(item, {}).get(key)) is None
        or cell.value is None
    ]


@given(form=FORMS, sheet=SHEETS, style=STYLES, encoding=ENCODINGS, seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_right_or_refused_aloud(
    form: Form, sheet: Sheet, style: Style, encoding: str, seed: int
) -> None:
    printed = Printed(TITLE[form.id], form, filled(form, seed), style)
    reading = read(Press(sheet, Pdf(encoding=encoding)).print(printed))
    assert reading.report is not None, reading.why
    values = flat(printed.values)
    assert wrong(reading.report, values) == {}
    if absent(reading.report, values):
        assert reading.report.findings
        assert reading.report.status != "complete"
    elif sheet.rules in RULED:
        assert reading.report.status == "complete"


@pytest.mark.parametrize("form", [FORM_2021, FORM_2019], ids=lambda form: form.id)
@pytest.mark.parametrize(
    "sheet",
    [
        *(Sheet(rules=rules) for rules in (*RULED, "rows", "none")),
        *(Sheet(rules=rules, height=470, again=True) for rules in ("lines", "rows")),
        *(Sheet(height=510, tear=half, close=close) for half in ("upper", "lower") for close in (True, False)),
        *(Sheet(turned=turn) for turn in (90, 180, 270)),
        Sheet(width=842, height=595, turned=90),
        *(Sheet(mark=mark) for mark in ("pale", "repeated", "declared", "aslant")),
        *(Sheet(split=split, twice=True) for split in ("digits", "runs")),
        Sheet(frame=True, head="内部资料 注意保存"),
        Sheet(size=12, pad=1),
    ],
    ids=str,
)  # fmt: skip
def test_every_cell_in_its_place(form: Form, sheet: Sheet) -> None:
    printed = Printed(TITLE[form.id], form, distinct(form))
    report = read(Press(sheet).print(printed)).report
    assert report is not None
    assert wrong(report, flat(printed.values)) == {}
    assert absent(report, flat(printed.values)) == []
    assert [section.number for section in report.sections if section.number] == [1, 2, 3, 4, 5, 6]
    assert [finding.rule for finding in report.findings] == []
    assert report.title == printed.title


@pytest.mark.parametrize("encoding", ["identity", "ucs2", "gbk"])
def test_encodings(encoding: str) -> None:
    printed = Printed(TITLE["2021"], FORM_2021, distinct())
    same = Press(Sheet()).print(printed)
    other = Press(replace(Sheet()), Pdf(encoding=encoding)).print(printed)
    assert read(other) == read(same)


@pytest.mark.parametrize("packed", ["", *PACKERS, "all"])
def test_streams_are_unpacked_from_every_wrapping(packed: str) -> None:
    values = distinct(FORM_2021, 5)
    printed = Printed(TITLE["2021"], FORM_2021, values, Style())
    report = read(Press(Sheet(), Pdf(packed=packed)).print(printed)).report
    assert report is not None
    assert (wrong(report, flat(values)), absent(report, flat(values))) == ({}, [])
