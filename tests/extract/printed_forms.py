"""Forms filled with values, printed as a page, and what is read of them."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import strategies as st

from gongkai.extract.forms import FORM_2019, FORM_2021, Form
from gongkai.extract.model.report import Report
from gongkai.extract.report import read
from tests.printing.matrix import Style, Values

TITLE = {
    "2021": "平罗县教育局2024年政府信息公开工作年度报告",
    "2019": "平罗县教育局2020年政府信息公开工作年度报告",
}

STYLES = st.builds(
    Style,
    numbering=st.sampled_from(["1.", "1、", "（1）", "1 .", "①"]),
    padding=st.sampled_from(["span", "blank", "none"]),
    groups=st.sampled_from(["beside", "own_row"]),
    header=st.booleans(),
    active=st.sampled_from(["four", "one"]),
    review=st.sampled_from(["row", "sideways", "matrix"]),
    joined=st.booleans(),
    cut=st.integers(0, 22),
    header_again=st.booleans(),
    grid=st.sampled_from(["own", "own", "shared", "dragged"]),
).map(lambda style: replace(style, grid="own") if _shifts(style) else style)

FORMS = st.sampled_from([FORM_2021, FORM_2019])

SEEDS = st.integers(0, 2**32)


def keys(form: Form) -> list[tuple[str, str, str]]:
    applicants = [column.key for column in form.applicants]
    results = [column.key for column in form.results]
    return [
        *((form.part, "", key) for key in form.disclosure_keys),
        *(("requests", item.key, key) for item in form.items for key in applicants),
        *(("review_litigation", p.key, key) for p in form.proceedings for key in results),
    ]


def filled(form: Form, seed: int) -> Values:
    """Random numbers, as text, in every cell of a form. One drawn seed keeps examples cheap."""
    dice = random.Random(seed)
    values: dict[str, dict[str, dict[str, str]]] = {}
    for part, item, key in keys(form):
        number = dice.choice((0, 0, dice.randint(1, 30), dice.randint(31, 99_999)))
        values.setdefault(part, {}).setdefault(item, {})[key] = str(number)
    return values


def balanced(form: Form, seed: int) -> Values:
    """A form whose identities all hold."""
    dice = random.Random(seed)
    values = {
        part: {item: dict(row) for item, row in t.items()} for part, t in filled(form, seed).items()
    }
    outcomes = [item.key for item in form.items if item.group and item.key != "total_handled"]
    requests = values["requests"]
    applicants = [column.key for column in form.applicants]
    for key in applicants[:-1]:
        for item in outcomes:
            requests[item][key] = str(dice.choice((0, 0, 0, dice.randint(1, 40))))
        handled = sum(int(requests[item][key]) for item in outcomes)
        requests["total_handled"][key] = str(handled)
        requests["carried_in"][key] = str(dice.randint(0, handled))
        requests["carried_out"][key] = str(dice.randint(0, 9))
        incoming = handled + int(requests["carried_out"][key]) - int(requests["carried_in"][key])
        requests["new"][key] = str(incoming)
    for row in requests.values():
        row["total"] = str(sum(int(row[key]) for key in applicants[:-1]))
    for row in values["review_litigation"].values():
        row["total"] = str(sum(int(n) for key, n in row.items() if key != "total"))
    return values


def numbered(form: Form) -> Values:
    """A different number in every cell, so that no shift goes unnoticed."""
    values: dict[str, dict[str, dict[str, str]]] = {}
    for n, (part, item, key) in enumerate(keys(form), 101):
        values.setdefault(part, {}).setdefault(item, {})[key] = str(n)
    return values


def report_of(body: bytes) -> Report:
    reading = read(body)
    assert reading.report is not None, reading
    return reading.report


def numbers(report: Report) -> dict[tuple[str, str, str], str]:
    return {
        (part, item, key): str(cell.value)
        for part, table in report.tables.items()
        for item, row in table.items()
        for key, cell in row.items()
    }


def flat(values: Values) -> dict[tuple[str, str, str], str]:
    return {
        (part, item, key): text
        for part, table in values.items()
        for item, row in table.items()
        for key, text in row.items()
    }


def _shifts(style: Style) -> bool:
    """Whether rows stand to the left of their places: in a strange grid these are refused."""
    return style.padding == "none" or (style.grid == "dragged" and style.cut > 0)
