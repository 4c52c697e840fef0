"""Whatever the layout and the markup, a printed form is read back exactly, or refused with a finding."""

from __future__ import annotations

from dataclasses import replace

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
    filled,
    flat,
    keys,
    numbered,
    numbers,
    report_of,
)
from tests.printing.matrix import Style
from tests.printing.page import Markup, page

MARKUPS = st.builds(
    Markup,
    cell=st.sampled_from(["plain", "word", "nbsp", "div"]),
    breaks=st.booleans(),
    layout=st.booleans(),
    twice=st.booleans(),
)


@given(SEEDS, FORMS, STYLES, MARKUPS)
@settings(max_examples=80, deadline=None)
def test_read_back_exactly(seed: int, form: Form, style: Style, markup: Markup) -> None:
    values = filled(form, seed)
    report = report_of(page(TITLE[form.id], form, values, style, markup))
    assert numbers(report) == flat(values)
    assert report.status == "complete"
    assert report.form == form.id


@pytest.mark.parametrize("form", [FORM_2021, FORM_2019], ids=lambda form: form.id)
@pytest.mark.parametrize(
    "style",
    [
        Style(),
        Style(padding="blank"),
        Style(padding="none"),
        Style(groups="own_row"),
        Style(header=False),
        Style(active="one"),
        Style(review="sideways"),
        Style(review="matrix"),
        Style(joined=True),
        Style(cut=9),
        Style(cut=9, header_again=True),
        Style(numbering="①", padding="none", cut=14),
    ],
    ids=str,
)
def test_every_cell_in_its_place(form: Form, style: Style) -> None:
    values = numbered(form)
    report = report_of(page(TITLE[form.id], form, values, style, Markup()))
    assert numbers(report) == flat(values)


@given(SEEDS, FORMS, STYLES, MARKUPS)
@settings(max_examples=40, deadline=None)
def test_a_balanced_form_has_no_findings(
    seed: int, form: Form, style: Style, markup: Markup
) -> None:
    report = report_of(page(TITLE[form.id], form, balanced(form, seed), style, markup))
    assert (report.status, report.findings) == ("complete", ())


@given(SEEDS, st.data(), FORMS, STYLES, MARKUPS)
@settings(max_examples=100, deadline=None)
def test_a_scrambled_cell_is_never_silent(
    seed: int, data: st.DataObject, form: Form, style: Style, markup: Markup
) -> None:
    """One cell printed as something else: its own value is not invented, and somebody is told."""
    values = balanced(form, seed)
    part, item, key = data.draw(st.sampled_from(keys(form)))
    printed = data.draw(
        st.sampled_from(["", "—", "/", "1O", "l2", "12 3", "约5", "见附件", "1\n2", "??"])
    )
    values[part][item][key] = printed
    report = report_of(page(TITLE[form.id], form, values, style, markup))
    found = numbers(report)
    assert found.get((part, item, key), "None") == "None"
    others = {k: v for k, v in flat(values).items() if k != (part, item, key)}
    assert {k: v for k, v in found.items() if k in others and v != others[k] and v != "None"} == {}
    cell = report.tables.get(part, {}).get(item, {}).get(key)
    assert report.findings or (cell is not None and cell.note)


@pytest.mark.parametrize("lost", range(0, 24, 3))
def test_a_lost_row_makes_a_partial_report(lost: int) -> None:
    values = numbered(FORM_2021)
    item = FORM_2021.items[lost]
    broken = replace(FORM_2021, items=tuple(i for i in FORM_2021.items if i.key != item.key))
    report = report_of(page(TITLE["2021"], broken, values, Style(), Markup()))
    assert report.status == "partial"
    assert item.key not in report.tables["requests"]
    assert any(f.rule == "row_shape" and item.zh in f.right for f in report.findings)
