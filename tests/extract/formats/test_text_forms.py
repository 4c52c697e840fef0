"""Plain text without tabs or pipes: read where that is certain, refused with a finding where a cell is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.formats.text.text_reader import read_text
from gongkai.extract.forms import FORM_2019, FORM_2021, SECTIONS, Form
from gongkai.extract.model.document import Grid
from gongkai.extract.report import read
from tests.extract.printed_forms import (
    FORMS,
    SEEDS,
    TITLE,
    balanced,
    flat,
    keys,
    numbers,
    report_of,
)
from tests.printing.matrix import Style, Table, all_tables
from tests.printing.plain import LAYOUTS, text

STYLES = st.builds(
    Style,
    numbering=st.sampled_from(["1.", "1、", "（1）", "①"]),
    groups=st.sampled_from(["beside", "own_row"]),
    header=st.booleans(),
    active=st.sampled_from(["four", "one"]),
)


@pytest.mark.parametrize("layout", LAYOUTS)
@given(form=FORMS, style=STYLES, seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_read_back_exactly(layout: str, form: Form, style: Style, seed: int) -> None:
    values = balanced(form, seed)
    report = report_of(text(TITLE[form.id], form, values, style, layout))
    assert numbers(report) == flat(values)
    assert (report.status, report.findings) == ("complete", ())
    assert [section.number for section in report.sections if section.number] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("layout", ["lines", "bars", "pairs", "spaces"])
@given(seed=SEEDS, data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_lost_cell_is_never_silent(layout: str, seed: int, data: st.DataObject) -> None:
    values = balanced(FORM_2021, seed)
    part, item, key = data.draw(st.sampled_from(keys(FORM_2021)))
    values[part][item][key] = data.draw(st.sampled_from(["", "12\n3", "12 3", "见附件"]))
    report = report_of(text(TITLE["2021"], FORM_2021, values, Style(), layout))
    printed = flat(values)
    assert all(value in ("None", printed[place]) for place, value in numbers(report).items())
    assert report.findings


def test_another_order_of_columns_is_refused() -> None:
    values = balanced(FORM_2021, 3)
    body = text(TITLE["2021"], FORM_2021, values, Style(), "lines").decode()
    swapped = body.replace("商业企业\n科研机构", "科研机构\n商业企业").replace("本年制发件数\n本年废止件数", "本年废止件数\n本年制发件数")  # fmt: skip
    report = report_of(swapped.encode())
    assert "requests" not in report.tables
    assert "regulations_made" not in report.tables["active_disclosure"]
    assert {finding.rule for finding in report.findings} >= {"row_shape"}


def test_prose_with_a_number_on_a_line_is_prose() -> None:
    body = "某局情况\n\n行政许可\n3\n\n办理了一批事项。\n- 4 -\n行政处罚\n".encode()
    assert not any(isinstance(block, Grid) for block in read_text(body).blocks)
    assert read(body).outcome == "not_report"


def test_a_header_torn_into_letters() -> None:
    values = balanced(FORM_2021, 7)
    body = text(TITLE["2021"], FORM_2021, values, Style(), "spaces").decode()
    head = body.index("行政复议 行政诉讼")
    body = body[:head] + body[head:].replace(
        "结果维持 结果纠正 其他结果 尚未审结 总计 结果维持 结果纠正 其他结果 尚未审结 总计",
        "结 结 其 尚\n果 果 他 未\n总计 果 果 他 未 总\n维 纠 结 审\n计 持 正 果 结",
    )
    assert numbers(report_of(body.encode())) == flat(values)


def test_markdown_headings_between_lines_of_cells() -> None:
    values = balanced(FORM_2021, 9)
    body = text(TITLE["2021"], FORM_2021, values, Style(), "lines").decode()
    for _, heading in SECTIONS:
        body = body.replace(f"\n{heading}\n", f"\n## {heading}\n")
    report = report_of(body.encode())
    assert numbers(report) == flat(values)
    assert report.findings == ()


def barred(rows: Table) -> str:
    """A table as pandoc draws it: a bar between rows, and long cells over two lines."""
    drawn = []
    for row in rows:
        upper = "| " + " | ".join(box.text[:9] for box in row) + " |"
        lower = "| " + " | ".join(box.text[9:] for box in row) + " |"
        drawn += ["+------" * len(row) + "+", upper, lower]
    return "\n".join([*drawn, drawn[0]])


def test_tables_drawn_with_bars() -> None:
    values = balanced(FORM_2021, 9)
    parts = all_tables(FORM_2021, values, Style(padding="blank"))
    lines = [TITLE["2021"], ""]
    for number, heading in SECTIONS:
        lines += [heading, "", "本节说明文字。", ""]
        lines += [barred(rows) + "\n" for rows in (parts[number - 2] if 2 <= number <= 4 else ())]
    report = report_of("\n".join(lines).encode())
    assert numbers(report) == flat(values)
    assert report.findings == ()


@pytest.mark.parametrize("form", [FORM_2021, FORM_2019], ids=lambda form: form.id)
def test_merged_cells_written_into_each_column(form: Form) -> None:
    """What python-docx gives for a merged cell: its text again for every column it covers."""
    values = balanced(form, 9)
    lines = [TITLE[form.id], ""]
    parts = all_tables(form, values, Style(active="one"))
    for number, heading in SECTIONS:
        lines += [heading, "", "本节说明文字。", ""]
        if number == 2:
            rows = [[b.text for b in row for _ in range(b.columns)] for row in parts[0][0]]
            lines += ["\t".join(row) for row in rows]
        elif number in (3, 4):
            rows = [[box.text for box in row] for table in parts[number - 2] for row in table]
            lines += ["\t".join(row) for row in rows]
    report = report_of("\n".join(lines).encode())
    assert numbers(report) == flat(values)


def test_a_long_title_does_not_go_on() -> None:
    body = text(TITLE["2021"], FORM_2021, balanced(FORM_2021, 9), Style(), "tabs").decode()
    title = "贵州省遵义市汇川区市场监督管理局2024年政府信息公开工作年度报告"
    opening = f"{title}\n\n根据《中华人民共和国政府信息公开条例》编制本报告。"
    report = report_of(body.replace(TITLE["2021"], opening).encode())
    assert report.agency is not None
    assert (report.title, report.agency.name) == (title, "汇川区市场监督管理局")


def test_figures_below_figures_are_refused() -> None:
    """Columns too narrow for their numbers: the ends of two stand on the line below."""
    values = balanced(FORM_2021, 9)
    body = text(TITLE["2021"], FORM_2021, values, Style(), "spaces").decode()
    row = " ".join(values["requests"]["total_handled"].values())
    line = next(line for line in body.splitlines() if line.endswith(row))
    label = line.removesuffix(row).strip()
    wrapped = body.replace(line, f"{label} 245 136 82 131 84\n9 7")
    report = report_of(wrapped.encode())
    assert "total_handled" not in report.tables["requests"]
    assert "total_handled" in {finding.scope for finding in report.findings}


@pytest.mark.parametrize("number", ["8.", "（8）", ""])
def test_the_end_of_a_label_does_not_name_the_next_row(number: str) -> None:
    """Labels over two lines with the figures between them, as `pdftotext -layout` prints them."""
    values = balanced(FORM_2021, 9)
    body = text(TITLE["2021"], FORM_2021, values, Style(), "spaces").decode()
    rows = [values["requests"][key] for key in ("refused_enforcement_file", "refused_admin_query")]
    for line in body.splitlines():
        if "执法案卷" in line:
            body = body.replace(line, f"7.属于行\n{' '.join(rows[0].values())}\n政执法案卷")
        if "行政查询" in line:
            body = body.replace(line, f"{number}属于行\n{' '.join(rows[1].values())}\n政查询事项")
    report = report_of(body.encode())
    printed = flat(values)
    assert all(value in ("None", printed[place]) for place, value in numbers(report).items())
    assert "refused_enforcement_file" not in report.tables["requests"]
    assert report.findings


def test_a_header_without_columns_names_nothing() -> None:
    """As `pdftotext` prints a table column by column: the figure below the label is another row's."""
    values = balanced(FORM_2021, 9)
    body = text(TITLE["2021"], FORM_2021, values, Style(), "lines").decode()
    row = values["active_disclosure"][""]
    amount = row["fees_wan_yuan"]
    apart = body.replace(f"行政许可\n{row['licensing_decisions']}\n", "行政许可\n").replace(
        f"本年收费金额（单位：万元）\n行政事业性收费\n{amount}\n",
        f"行政事业性收费\n{row['licensing_decisions']}\n本年收费金额（单位：万元）\n{amount}\n",
    )
    report = report_of(apart.encode())
    assert "fees_wan_yuan" not in report.tables["active_disclosure"]
    assert "licensing_decisions" not in report.tables["active_disclosure"]
    assert "fees_wan_yuan" in {finding.scope for finding in report.findings}


EXPLAINED = {
    "规章": "规章（设区的市以上人民政府才填报，其他单位不填）",
    "规范性文件": "规范性文件（指本单位印发的决定、公告、通告、意见、通知，以及标题带有“规定”“办法”“细则”"
    "“规程”等字样的文件，凡涉及公民、法人和其他组织权利义务的，一律计入。）",
    "行政许可": "行政许可（含初审转报的事项；按办结的件数填报）",
}


@pytest.mark.parametrize("layout", ["lines", "pairs", "tabs"])
@pytest.mark.parametrize("form", [FORM_2019, FORM_2021])
def test_labels_with_long_explanations(layout: str, form: Form) -> None:
    values = balanced(form, 11)
    body = text(TITLE[form.id], form, values, Style(), layout).decode()
    for row in ("规章", "规范性文件", "行政许可"):
        assert body.count(row) == 1 if row != "规范性文件" else row in body
        body = body.replace(row, EXPLAINED[row])
    report = report_of(body.encode())
    assert numbers(report) == flat(values)
    assert report.status == "complete"


def test_headers_broken_over_lines() -> None:
    values = balanced(FORM_2019, 12)
    body = text(TITLE["2019"], FORM_2019, values, Style(), "lines").decode()
    for head, broken in (
        ("本年新制作数量", "本年新\n\n制作数量"),
        ("本年新公开数量", "本年新\n公开数量"),
        ("对外公开总数量", "对外\n公开\n总数量"),
        ("上一年项目数量", "上一年\n项目数量"),
    ):
        assert head in body
        body = body.replace(head, broken)
    report = report_of(body.encode())
    assert numbers(report) == flat(values)
    assert report.form == "2019"


@given(seed=SEEDS, spare=st.integers(1, 6), data=st.data())
@settings(max_examples=30, deadline=None)
def test_empty_cells_behind_the_rows(seed: int, spare: int, data: st.DataObject) -> None:
    """Rows copied from a spreadsheet end in tabs, and blanks in front of them are cells."""
    values = balanced(FORM_2021, seed)
    blank = data.draw(st.sets(st.sampled_from(keys(FORM_2021)), max_size=8))
    for part, item, key in blank:
        values[part][item][key] = ""
    lines = text(TITLE["2021"], FORM_2021, values, Style(), "tabs").decode().split("\n")
    body = "\n".join(line + "\t" * spare if "\t" in line else line for line in lines)
    found = numbers(report_of(body.encode()))
    printed = flat(values)
    assert all(value in ("None", printed[place]) for place, value in found.items())
    if not blank:
        assert found == printed
