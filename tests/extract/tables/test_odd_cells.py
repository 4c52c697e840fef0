"""A cell that is no plain number costs itself at most, never its neighbours, and says why."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.forms import FORM_2019, FORM_2021, Form
from gongkai.extract.model.report import Cell, Report
from tests.extract.printed_forms import FORMS, SEEDS, TITLE, balanced, flat, keys, report_of
from tests.printing.matrix import Style, Values
from tests.printing.page import Markup, page
from tests.printing.report import distinct


def printed(form: Form, values: Values, style: Style | None = None) -> str:
    return page(TITLE[form.id], form, values, style or Style(), Markup()).decode()


def with_cells(form: Form, texts: dict[tuple[str, str, str], str]) -> Values:
    values = copy.deepcopy(distinct(form))
    for (part, item, key), text in texts.items():
        values[part][item][key] = text
    return values


def cells(report: Report) -> dict[tuple[str, str, str], Cell]:
    return {
        (part, item, key): cell
        for part, table in report.tables.items()
        for item, row in table.items()
        for key, cell in row.items()
    }


COUNTS = [place for place in keys(FORM_2021) if "yuan" not in place[2]]
REMARKED = {
    "41（其中修订16件）": 41,
    "41\n（含延续3件）": 41,
    "41件，其中行政处罚3件": 41,
    "共41件（包括上年结转2件）": 41,
    "0（本单位无此项职能）": 0,
    "41（本单位无此项职能）": None,
    "41（应为44）": None,
    "41（3）": None,
    "约41": None,
    "4 1（其中3件）": None,
    "见附件2": None,
    "详见附表": None,
    "同上": None,
    "不涉及": None,
    "41 42": None,
}


@given(st.sampled_from(COUNTS), st.sampled_from(sorted(REMARKED)))
@settings(max_examples=60, deadline=None)
def test_a_remark_costs_no_neighbour(place: tuple[str, str, str], text: str) -> None:
    values = with_cells(FORM_2021, {place: text})
    found = cells(report_of(printed(FORM_2021, values).encode()))
    assert found[place].value == REMARKED[text]
    assert found[place].note == ("unreadable" if REMARKED[text] is None else "odd")
    assert found[place].raw == " ".join(text.split())
    others = {at: str(cell.value) for at, cell in found.items() if at != place}
    assert others == {at: str(float(t)) if "." in t else t for at, t in flat(values).items() if at != place}  # fmt: skip


def test_words_among_numbers_are_no_label() -> None:
    """已废止若干 is in no list of words: it is no label, because it stands among the values."""
    values = with_cells(
        FORM_2021,
        {
            (FORM_2021.part, "", "normative_docs_repealed"): "已废止若干",
            ("requests", "granted", "business"): "本栏见说明文字",
        },
    )
    found = cells(report_of(printed(FORM_2021, values).encode()))
    assert found[FORM_2021.part, "", "normative_docs_repealed"] == Cell(
        "已废止若干", None, "unreadable"
    )
    assert found["requests", "granted", "business"].value is None
    assert len(found) == len(keys(FORM_2021))
    assert sum(cell.value is None for cell in found.values()) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [("10.5万元（其中行政许可3.2万元）", 10.5), ("105000元（含上年2000元）", 10.5)],
)
def test_a_remark_behind_an_amount(text: str, value: float) -> None:
    place = (FORM_2021.part, "", "fees_wan_yuan")
    found = cells(report_of(printed(FORM_2021, with_cells(FORM_2021, {place: text})).encode()))
    assert (found[place].value, found[place].note) == (value, "odd")


@pytest.mark.parametrize("text", ["1.5", "-3", "－３"])
def test_impossible_counts_are_refused_in_every_table(text: str) -> None:
    places = [
        (FORM_2021.part, "", "licensing_decisions"),
        ("requests", "new", "business"),
        ("review_litigation", "review", "upheld"),
    ]
    report = report_of(
        printed(FORM_2021, with_cells(FORM_2021, dict.fromkeys(places, text))).encode()
    )
    assert {cells(report)[place].value for place in places} == {None}
    assert {cells(report)[place].note for place in places} == {"odd"}
    assert "active_disclosure_cells" in {f.rule for f in report.findings}


def test_an_amount_under_another_header_is_refused() -> None:
    """政府集中采购 under the header of the paragraph above: a number of projects is no money."""
    body = printed(FORM_2019, distinct(FORM_2019))
    for right, wrong in zip(
        ("采购项目数量", "采购总金额"), ("上一年项目数量", "本年增/减"), strict=True
    ):
        assert body.count(right) == 1
        body = body.replace(right, wrong)
    report = report_of(body.encode())
    found = cells(report)
    for key in ("procurement_items", "procurement_wan_yuan"):
        cell = found[FORM_2019.part, "", key]
        assert (cell.value, cell.note) == (None, "unreadable")
        assert any(f.scope == key and f.verdict == "source" for f in report.findings)
    assert sum(cell.value is None for cell in found.values()) == 2
    assert report.status == "partial"


@pytest.mark.parametrize(
    ("form", "right", "wrong", "key"),
    [
        (FORM_2021, "现行有效件数", "对外公开总数量", "in_force"),
        (FORM_2021, "本年收费金额（单位：万元）", "本年处理决定数量", "fees_wan_yuan"),
        (FORM_2019, "采购总金额", "处理决定数量", "procurement_wan_yuan"),
    ],
)
def test_only_the_contradicted_column_is_refused(
    form: Form, right: str, wrong: str, key: str
) -> None:
    report = report_of(printed(form, distinct(form)).replace(right, wrong).encode())
    refused = {place[2] for place, cell in cells(report).items() if cell.value is None}
    assert refused == {k for k in form.disclosure_keys if k.endswith(key)}


def test_columns_in_another_order_with_one_misspelt_are_refused() -> None:
    body = printed(FORM_2021, distinct(FORM_2021))
    body = body.replace("本年制发件数", "@").replace("现行有效件数", "本年制发件数")
    body = body.replace("@", "现行有效件数").replace("本年废止件数", "本年费正件数")
    found = cells(report_of(body.encode()))
    assert not any(key.startswith(("regulations", "normative")) for _, _, key in found)


def test_a_cell_that_states_its_unit_is_believed() -> None:
    place = (FORM_2021.part, "", "fees_wan_yuan")
    body = printed(FORM_2021, with_cells(FORM_2021, {place: "12.5万元"}))
    body = body.replace("本年收费金额（单位：万元）", "本年处理决定数量")
    assert cells(report_of(body.encode()))[place].value == 12.5


@pytest.mark.parametrize(
    ("form", "label", "keys_of"),
    [
        (FORM_2021, "规章", "regulations"),
        (FORM_2019, "规章", "regulations"),
        (FORM_2021, "行政处罚", "penalty"),
        (FORM_2021, "行政强制", "coercion"),
    ],
)
def test_a_row_that_was_left_out_is_blank(form: Form, label: str, keys_of: str) -> None:
    body = printed(form, distinct(form))
    start = body.index(f"<tr><td>{label}</td>")
    body = body[:start] + body[body.index("</tr>", start) + 5 :]
    report = report_of(body.encode())
    found = cells(report)
    for key in (k for k in form.disclosure_keys if k.startswith(keys_of)):
        assert found[form.part, "", key] == Cell("", None, "blank")
    assert report.status == "complete"
    assert {(f.verdict, f.right) for f in report.findings if f.rule == "row_shape"} == {
        ("source", label)
    }


def test_a_row_that_could_not_be_named_is_not_left_out() -> None:
    report = report_of(
        printed(FORM_2021, distinct()).replace("<td>规章</td>", "<td>某栏</td>").encode()
    )
    assert report.status == "partial"
    assert (FORM_2021.part, "", "regulations_made") not in cells(report)


@given(FORMS, SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_blank_total_is_no_total_of_zero(form: Form, seed: int) -> None:
    """Zeros are left blank, and most totals too: what is stated does not contradict itself."""
    values = copy.deepcopy(balanced(form, seed))
    for part in ("requests", "review_litigation"):
        for item, row in values[part].items():
            for key, text in row.items():
                stated = key != "total" or item in ("new", "total_handled")
                row[key] = text if stated and text != "0" else ""
    report = report_of(printed(form, values).encode())
    assert [
        f.rule for f in report.findings if f.rule.endswith(("_total", "_sum", "_balance"))
    ] == []


@pytest.mark.parametrize("words", ["注：表中空白处均为0。", "未填写的为零", "（空格即表示“0”）"])
def test_a_report_that_calls_its_blanks_zeros_is_believed(words: str) -> None:
    places = [(FORM_2021.part, "", "regulations_made"), ("requests", "new", "business")]
    values = with_cells(FORM_2021, {**dict.fromkeys(places, ""), ("requests", "new", "other_org"): "—"})  # fmt: skip
    body = printed(FORM_2021, values)
    plain, stated = (
        cells(report_of(text.encode()))
        for text in (body, body.replace("本节说明文字", f"{words}本节说明文字", 1))
    )
    assert {plain[place].value for place in places} == {None}
    assert [stated[place] for place in places] == [Cell("", 0, "blank")] * 2
    assert stated["requests", "new", "other_org"].value is None
    assert stated.keys() == plain.keys()
