"""Whatever the rules, the page breaks and the marks of a PDF, its numbers are right or refused with a finding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from gongkai.extract.forms import FORM_2019, FORM_2021, Form
from gongkai.extract.report import read
from tests.extract.formats.printed_pdf import ENCODINGS, RULED, SHEETS, STYLES, absent, wrong
from tests.extract.printed_forms import FORMS, SEEDS, TITLE, filled, flat
from tests.printing.matrix import Style
from tests.printing.pdf_layout import Press, Sheet
from tests.printing.pdf_writer import PACKERS, Pdf
from tests.printing.report import Printed, distinct


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
