"""Whatever the markup of a Word file, a printed form is read back exactly, or refused with a finding."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.forms import FORM_2019, FORM_2021, Form
from tests.extract.printed_forms import (
    FORMS,
    SEEDS,
    STYLES,
    TITLE,
    balanced,
    flat,
    numbered,
    numbers,
    report_of,
)
from tests.printing.matrix import Style
from tests.printing.word import Markup, document

MARKUPS = st.builds(
    Markup,
    merge=st.sampled_from(["grid", "legacy"]),
    numbers=st.sampled_from(["typed", "paragraph", "style"]),
    changes=st.booleans(),
    control=st.booleans(),
    torn=st.booleans(),
    box=st.booleans(),
    frame=st.booleans(),
)


@pytest.mark.parametrize("form", [FORM_2021, FORM_2019], ids=lambda form: form.id)
@pytest.mark.parametrize(
    "markup",
    [
        Markup(),
        Markup(merge="legacy"),
        Markup(numbers="paragraph"),
        Markup(numbers="style"),
        Markup(changes=True, torn=True),
        Markup(control=True),
        Markup(box=True),
        Markup(frame=True),
    ],
    ids=str,
)
def test_every_cell_in_its_place(form: Form, markup: Markup) -> None:
    values = numbered(form)
    report = report_of(document(TITLE[form.id], form, values, Style(), markup))
    assert numbers(report) == flat(values)
    assert [section.number for section in report.sections if section.number] == [1, 2, 3, 4, 5, 6]
    assert report.status == "complete"


@given(form=FORMS, style=STYLES, markup=MARKUPS, seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_read_back_exactly(form: Form, style: Style, markup: Markup, seed: int) -> None:
    values = balanced(form, seed)
    report = report_of(document(TITLE[form.id], form, values, style, markup))
    assert numbers(report) == flat(values)
    assert (report.status, report.findings) == ("complete", ())
