"""The data dictionary's entries for the views: totals, rates, coverage and reasons."""

from __future__ import annotations

from gongkai.publish.wording.dictionary_types import REPORT_ID, URL, Entry, TableEntry, entries

AGENCY = {
    "agency_id": Entry("机关编号", "Agency id"),
    "agency": Entry("机关", "Agency"),
}
REGION = {
    "region_code": Entry("区划代码", "Region code"),
    "region": Entry("地区", "Region"),
}
YEAR = Entry("年度", "Year")
OF_NO_ROW = ("Link", "rowid")
"""What Datasette shows where a view of totals was made a table: its rows have no pages."""

TITLE = Entry("标题", "Title")
PUBLISHED = Entry("发布日期", "Published on")
FAILED = Entry("未通过核对", "Failed checks")

_OF_HANDLED = "分母为办理结果总计；分母小于 30 时请慎用"
_OF_HANDLED_EN = "of all handled; use with care below 30"
_OF_CLOSED = "分母为已审结数；分母小于 30 时请慎用"
_OF_CLOSED_EN = "of those that are decided; use with care below 30"

OUTCOMES = {
    "requests_new": Entry("新收申请", "New requests"),
    "requests_handled": Entry("办理结果总计", "Handled"),
    "granted": Entry("予以公开", "Granted"),
    "granted_partly": Entry("部分公开", "Granted in part"),
    "refused": Entry("不予公开", "Refused", "八项合计", "sum of its eight reasons"),
    "unavailable": Entry("无法提供", "Unavailable", "三项合计", "sum of its three reasons"),
    "rejected": Entry("不予处理", "Not processed", "五项合计", "sum of its five reasons"),
    "reviews": Entry("行政复议", "Reviews"),
    "reviews_corrected": Entry("复议纠正", "Reviews: corrected"),
    "suits": Entry("行政诉讼", "Lawsuits", "两类合计", "both kinds together"),
    "suits_corrected": Entry("诉讼纠正", "Lawsuits: corrected"),
}

SUMMARY = TableEntry(
    "report_summary",
    "报告汇总",
    "Report summary",
    "一份报告一行：办理结果、复议诉讼及各项比率。任何一项缺数，合计与比率即空缺。",
    "One wide row per report with outcomes and rates. A sum with a missing part is missing.",
    {
        "report_id": REPORT_ID,
        "title": TITLE,
        **AGENCY,
        **REGION,
        "level": Entry("级别", "Level"),
        "kind": Entry("类别", "Kind"),
        "sector": Entry("领域", "Sector"),
        "year": YEAR,
        "form": Entry("格式", "Form"),
        "status": Entry("状态", "Status"),
        "published_on": PUBLISHED,
        "checks_failed": FAILED,
        **OUTCOMES,
        "requests_carried_in": Entry("上年结转", "Carried in"),
        "requests_carried_out": Entry("结转下年", "Carried out"),
        "other_handling": Entry("其他处理", "Handled otherwise"),
        **entries(
            disclosure_rate=("公开率", "Disclosure rate", _OF_HANDLED, _OF_HANDLED_EN),
            refusal_rate=("不予公开率", "Refusal rate", _OF_HANDLED, _OF_HANDLED_EN),
            unavailable_rate=("无法提供率", "Unavailable rate", _OF_HANDLED, _OF_HANDLED_EN),
            rejection_rate=("不予处理率", "Rejection rate", _OF_HANDLED, _OF_HANDLED_EN),
            reviews_pending=("复议未审结", "Reviews: pending"),
            reviews_decided=("复议已审结", "Reviews: decided", "总计减未审结", "all but pending"),
            review_correction_rate=("复议纠错率", "Review correction", _OF_CLOSED, _OF_CLOSED_EN),
            suits_pending=("诉讼未审结", "Lawsuits: pending"),
            suits_decided=("诉讼已审结", "Lawsuits: decided", "总计减未审结", "all but pending"),
            suit_correction_rate=("诉讼纠错率", "Suit correction", _OF_CLOSED, _OF_CLOSED_EN),
            licensing_decisions=("行政许可决定", "Licensing decisions"),
            penalty_decisions=("行政处罚决定", "Penalty decisions"),
            coercion_decisions=("行政强制决定", "Coercion decisions"),
            fees_wan_yuan=("行政事业性收费（万元）", "Fees (10,000 yuan)"),
        ),
        "url": URL,
    },
    facets=("year", "kind", "sector", "form", "status"),
    label="title",
    leads_to=("reports", "report_id"),
    quiet=("report_id", "agency_id", "region_code", "level", "form"),
)

CELLS = TableEntry(
    "cells",
    "单元格（长表）",
    "Cells, long form",
    "全部表格的每一个单元格，一格一行；请先按报告筛选。",
    "Every cell of every table, one row each; filter by report first.",
    entries(
        report_id=REPORT_ID,
        part=("表格", "Part"),
        item=("行", "Item"),
        field=("列", "Field"),
        value=("数值", "Value", "空缺表示没有数字", "absent where there is no number"),
        raw=("原文", "As printed"),
    ),
)

COVERAGE = TableEntry(
    "coverage",
    "收录情况",
    "Coverage",
    "每个机关每个年度的报告是否收录：已收录、迟发、未见、被拦、已撤下。",
    "Agency by year: found, late, missing, blocked or removed.",
    {
        **AGENCY,
        **REGION,
        "year": YEAR,
        "status": Entry("状态", "Status"),
        "deadline": Entry("法定期限", "Deadline"),
        "published_on": PUBLISHED,
        "report_id": REPORT_ID,
    },
    facets=("year", "status"),
    quiet=("agency_id", "region_code"),
)

BY_REGION = TableEntry(
    "reports_by_region",
    "各地区报告",
    "Reports by region",
    "一个地区一个年度一行的合计。",
    "Totals, one row per region and year.",
    {
        **REGION,
        "year": YEAR,
        **entries(
            agencies=("机关数", "Agencies"),
            reports=("报告数", "Reports"),
            complete=("完整", "Complete"),
            removed=("已撤下", "Removed"),
            with_failed_checks=("有核对未通过的报告", "With failed checks"),
            checks_failed=FAILED,
            with_requests=("有申请数据的报告", "With request figures"),
        ),
        **OUTCOMES,
    },
    facets=("year",),
    quiet=("region_code", *OF_NO_ROW),
)

REASONS = TableEntry(
    "refusal_reasons",
    "不公开的理由",
    "Reasons for not disclosing",
    "各地区各年度按理由统计的申请数。",
    "Requests by reason, region and year.",
    {
        **REGION,
        "year": YEAR,
        **entries(
            family=("大类", "Family"),
            item=("项目", "Item"),
            reason_zh=("理由", "Reason, in Chinese"),
            reason_en=("理由（英文）", "Reason"),
            requests=("申请数", "Requests"),
            reports_read=("有数据的报告", "Reports with a figure"),
            reports_citing=("援引该理由的报告", "Reports citing it"),
        ),
    },
    facets=("year", "family"),
    quiet=("region_code", "item", *OF_NO_ROW),
)

VIEWS = (SUMMARY, COVERAGE, BY_REGION, REASONS, CELLS)
