"""Words of the lists of checks, changes and sources, in Chinese and in English, by key."""

from __future__ import annotations

from collections.abc import Mapping

LISTS: Mapping[str, tuple[str, str]] = {
    "no_page": (
        "没有第 {n} 页，最后一页是第 {last} 页。",
        "There is no page {n}; the last one is page {last}.",
    ),
    "checks_page": ("核对未通过", "Failed checks"),
    "checks_about": (
        "本库逐份核对报告：表内勾稽、文表是否一致、跨年是否衔接、文字是否雷同。"
        "未通过只是提示，数字一律照录。",
        "Every report is checked: whether tables add up, prose and table agree, years follow on, "
        "words are copied. A finding is a pointer; figures stay as published.",
    ),
    "checks_n": ("{n} 项未通过", "Failed checks: {n}"),
    "checks_nothing": ("没有符合条件的核对结果。", "No failed check matches."),
    "facet_verdict": ("归因", "Blame"),
    "facet_event": ("变动", "Event"),
    "review": ("人工复核", "Reviewed"),
    "twins": (
        "雷同的文字（{n} 段，不同之处已标出）",
        "The passages they share ({n}; what differs is marked)",
    ),
    "twin_here": ("本报告", "This report"),
    "twin_there": ("较早的报告", "The earlier report"),
    "twin_report": ("见较早的报告", "See the earlier report"),
    "blame": ("归因是什么意思", "What the blame means"),
    "blame_source": (
        "原报告自身前后不一，识读有把握。",
        "The report itself disagrees, and we are confident of the reading.",
    ),
    "blame_extraction": (
        "可能是本库识读有误，请对照原件。",
        "This archive may have misread; compare the original.",
    ),
    "blame_unsure": (
        "尚不能判断，例如空白是否当作零。",
        "Not known yet: whether a blank was meant as zero, for example.",
    ),
    "rules_all": ("全部规则", "All rules"),
    "changes_page": ("发布后的变更", "Changed after publication"),
    "changes_about": (
        "本库再次采集时发现报告与先前不同，或已从原网站撤下。先前的版本仍留存可查。",
        "Reports found different, or gone, when they were fetched again. Earlier versions are kept.",
    ),
    "changes_n": ("{n} 次变更", "{n} changes"),
    "changes_nothing": ("没有发现变更。", "No changes found."),
    "change_size": ("改动 {cells} 格、{passages} 处文字", "{cells} cells, {passages} passages"),
    "taken_down": (
        "原网站已不再提供此报告；本库留有副本。",
        "The site no longer has this report; the archive keeps its copy.",
    ),
    "answers_title": ("申请如何答复", "How requests were answered"),
    "answers_about": (
        "表中不为零的办理结果，点击可见所在单元格。",
        "Outcomes that are not zero; each leads to its cell.",
    ),
    "changed_cells": ("改动的数字", "Changed figures"),
    "before": ("改前", "Before"),
    "after": ("改后", "After"),
    "blank": ("（空）", "(none)"),
    "edits_of_report": ("发布后的改动", "Changed after publication"),
    "report_csv": (
        "下载三张表格（CSV，可用 Excel 打开）",
        "The three tables (CSV, opens in Excel)",
    ),
    "report_json": ("本报告全部数据（JSON）", "Everything on this page (JSON)"),
    "report_tables": ("或按数据表：", "Or by table:"),
    "edited_times": (
        "本报告发布后有改动：{n} 次，最近一次发现于 {when}",
        "Changed after publication ({n}×, last found on {when})",
    ),
    "edits_about": (
        "{when} 采集时发现与先前版本不同：",
        "Found different from the earlier version when fetched {when}:",
    ),
}
