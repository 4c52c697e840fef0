"""The data dictionary's entries for what reports say: reports, their prose, their numbers."""

from __future__ import annotations

from gongkai.extract.forms import FORM_2019, FORM_2021, Form
from gongkai.publish.wording.dictionary_types import (
    DIGEST,
    REPORT_ID,
    SEEN,
    URL,
    Entry,
    TableEntry,
    entries,
)


def _active(form: Form) -> dict[str, Entry]:
    """Return the columns of section two: 规章 / 本年制发件数."""
    return {
        column.key: Entry(f"{row.zh}：{column.zh}", column.en, row.article, f"Article 20: {row.en}")
        for row in form.active
        for column in row.columns
    }


REPORTS = (
    TableEntry(
        "reports",
        "年度报告",
        "Reports",
        "政府信息公开工作年度报告，一个机关一个年度一行。",
        "One row per agency and year.",
        entries(
            id=("报告编号", "Id", "机关编号加年度", "agency id and year"),
            title=("标题", "Title"),
            agency_id=("机关", "Agency"),
            year=("年度", "Year", "报告所统计的年度", "the year reported on"),
            form=(
                "格式",
                "Form",
                "2021 年格式、2019 年格式或更早",
                "official layout: 2021, 2019 or legacy",
            ),
            published_on=("发布日期", "Published on"),
            status=(
                "状态",
                "Status",
                "完整、部分可读、仅正文、不可读、已撤下",
                "complete, partial, text_only, unreadable or removed",
            ),
            checks_failed=(
                "未通过核对",
                "Failed checks",
                "未通过的核对项数",
                "number of checks that failed",
            ),
            url=URL,
            digest=DIGEST,
            **SEEN,
        ),
        facets=("year", {"region": "agency_id"}, "form", "status"),
        label="title",
        sort_desc="published_on",
        quiet=("id", "digest", "first_seen", "last_seen"),
    ),
    TableEntry(
        "sections",
        "报告正文",
        "Sections",
        "报告正文，一行一个部分（一至六）。",
        "The prose, one row per headed part (1 to 6).",
        entries(
            report_id=REPORT_ID,
            number=("序号", "Number", "一至六；0 为标题前的文字", "0 is text before the first"),
            heading=("标题", "Heading"),
            text=("正文", "Text"),
        ),
        facets=("number",),
    ),
    TableEntry(
        "revisions",
        "版本",
        "Revisions",
        "一份报告先后出现过的版本。",
        "The documents that stood for a report over time.",
        entries(
            report_id=REPORT_ID,
            digest=DIGEST,
            url=URL,
            **SEEN,
            current=("现行", "Current", "1 为现行版本", "1 for the version that stands"),
        ),
        facets=("current",),
    ),
    TableEntry(
        "copies",
        "副本",
        "Copies",
        "同一报告的其他网址和附件。",
        "Further addresses and attachments of the same report.",
        entries(
            report_id=REPORT_ID,
            digest=DIGEST,
            url=URL,
            role=("用途", "Role", "网页、附件等", "page, attachment and so on"),
            **SEEN,
        ),
        facets=("role",),
    ),
    TableEntry(
        "changes",
        "变更",
        "Changes",
        "两个版本之间改动的单元格、标题、正文（全文）和语句；正文一栏记整节，语句一栏逐句记其中的改动。",
        "Cells, headings, sections and sentences that differ between two revisions. A section whose "
        "text was edited stands here whole (part sections) and by sentence (part sentences).",
        entries(
            report_id=REPORT_ID,
            seen_at=("发现时间", "Seen at"),
            part=(
                "部分",
                "Part",
                "表名，或 sections 正文、sentences 语句",
                "a table, sections or sentences",
            ),
            item=("行", "Item", "表中的行；正文为第几部分", "a row of the table, or the section"),
            field=(
                "列",
                "Field",
                "表中的列、标题、正文，或第几处改动",
                "a column, heading, text, or the number of the change",
            ),
            old=("改前", "Before", "原来没有则为空", "empty where there was nothing"),
            new=("改后", "After", "删去则为空", "empty where it was taken out"),
        ),
        facets=("part",),
    ),
)


NUMBERS = (
    TableEntry(
        "active_disclosure",
        "主动公开情况（2021 年格式）",
        "Proactive disclosure (2021 form)",
        "第二部分的表格，一份报告一行。空白不等于零。",
        "The table of section two, one row per report. Blank is not zero.",
        {"report_id": REPORT_ID, **_active(FORM_2021)},
    ),
    TableEntry(
        "active_disclosure_2019",
        "主动公开情况（2019 年格式）",
        "Proactive disclosure (2019 form)",
        "2019 年格式第二部分的表格，一份报告一行。",
        "The table of section two in the 2019 layout, one row per report.",
        {"report_id": REPORT_ID, **_active(FORM_2019)},
    ),
    TableEntry(
        "requests",
        "申请办理情况",
        "Requests",
        "第三部分的表格，一份报告二十五行（2019 年格式二十三行），七列为申请人类别。",
        "The table of section three: 25 items (23 in the 2019 layout) by kind of applicant.",
        {
            "report_id": REPORT_ID,
            "item": Entry("项目", "Item", "表格的行", "row of the form"),
            **{column.key: Entry(column.zh, column.en) for column in FORM_2021.applicants},
        },
        facets=("item",),
    ),
    TableEntry(
        "review_litigation",
        "行政复议、行政诉讼情况",
        "Reviews and litigation",
        "第四部分的表格，一份报告三行：行政复议、未经复议直接起诉、复议后起诉。",
        "The table of section four: three proceedings per report.",
        {
            "report_id": REPORT_ID,
            "proceeding": Entry("类别", "Proceeding"),
            **{column.key: Entry(column.zh, column.en) for column in FORM_2021.results},
        },
        facets=("proceeding",),
    ),
    TableEntry(
        "cell_notes",
        "单元格附注",
        "Cell notes",
        "不是普通数字的单元格：空白、横线、异常文字等，保留原文。",
        "Cells that are not plain numbers, with the text as printed.",
        entries(
            report_id=REPORT_ID,
            part=("表格", "Part"),
            item=("行", "Item"),
            field=("列", "Field"),
            raw=("原文", "As printed"),
            note=(
                "附注",
                "Note",
                "空白、横线、异常、不可读、识别",
                "blank, dash, odd, unreadable, ocr",
            ),
        ),
        facets=("note", "part"),
    ),
    TableEntry(
        "checks",
        "核对结果",
        "Failed checks",
        "未通过或存疑的核对。核对从不改动数字。",
        "Checks that failed or are unsure. A check never changes a number.",
        entries(
            id=("编号", "Id", "稳定不变的编号", "stable fingerprint"),
            report_id=REPORT_ID,
            rule=("规则", "Rule"),
            scope=("范围", "Scope", "所涉的行、列或类别", "row, column or proceeding"),
            verdict=(
                "判断",
                "Verdict",
                "报告自身问题、识读可能有误、待核",
                "source, extraction or unsure",
            ),
            left_value=("一方数值", "Left value"),
            right_value=("另一方数值", "Right value"),
            message_zh=("说明", "In Chinese"),
            message_en=("英文说明", "In English"),
        ),
        facets=("rule", "verdict"),
        quiet=("id", "message_en"),
    ),
    TableEntry(
        "twin_passages",
        "雷同段落",
        "Passages in common",
        "与较早的一份报告雷同的正文，最长的五段，按各自原文。",
        "The five longest passages that a report shares with an earlier one, as each words them.",
        entries(
            report_id=REPORT_ID,
            twin_id=("较早的报告", "Earlier report"),
            number=("次序", "Number", "最长者为 1", "the longest is 1"),
            passage=("本报告文字", "Passage"),
            twin_passage=("较早报告文字", "Earlier passage"),
        ),
    ),
)
