"""Every word of the interface, in Chinese and in English, by key."""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.publish.wording.strings_data import DATA
from gongkai.publish.wording.strings_lists import LISTS
from gongkai.publish.wording.strings_places import PLACES
from gongkai.publish.wording.strings_tables import ERRORS, LOOKUPS, TABLES

FRAME: Mapping[str, tuple[str, str]] = {
    "site_name": ("公开", "Gongkai"),
    "site_line": ("政府信息公开年度报告档案", "Archive of annual open-information reports"),
    "skip": ("跳到正文", "Skip to content"),
    "menu": ("主导航", "Main"),
    "home": ("首页", "Home"),
    "search": ("检索", "Search"),
    "reports": ("报告", "Reports"),
    "checks": ("核对", "Checks"),
    "data": ("数据", "Data"),
    "other_language": ("English", "中文"),
    "you_are_here": ("当前位置", "You are here"),
    "independent": (
        "本站是独立的公益档案，不是政府网站。数字照录原件，以原网页为准；发现矛盾只作提示，从不改数。",
        "An independent archive, not a government site. Figures are as published; contradictions "
        "are pointed out, never corrected.",
    ),
    "powered": ("由 Datasette 驱动", "Powered by Datasette"),
    "search_label": ("检索报告全文", "Search the reports"),
    "search_hint": ("试试：", "Chinese words, phrases, numbers: "),
    "search_button": ("检索", "Search"),
    "colon": ("：", ": "),
    "list_comma": ("、", ", "),
}

HOME: Mapping[str, tuple[str, str]] = {
    "home_title": (
        "政府如何对待每一件信息公开申请",
        "How governments answer requests for information",
    ),
    "home_about": (
        "每个行政机关每年都要公布《政府信息公开工作年度报告》：主动公开了什么，收到多少申请、"
        "如何答复，复议和诉讼结果如何。这些报告散布在数千个网站上，常被悄悄修改或撤下。"
        "本站逐份采集、原样留存，读成可核对的数字，并指出报告自相矛盾之处。",
        "Every Chinese agency publishes a yearly report on open information: what it disclosed, "
        "which requests it received and how it answered, how reviews and lawsuits ended. They are "
        "scattered over thousands of portals, edited and removed in silence. This archive collects "
        "them, keeps every original, reads them into checked figures, and says where a report "
        "contradicts itself.",
    ),
    "at_a_glance": ("概览", "At a glance"),
    "count_reports": ("份报告", "reports"),
    "count_agencies": ("个机关", "agencies"),
    "count_regions": ("个地区", "regions"),
    "count_years": ("个年度", "years"),
    "count_checks": ("项核对未通过", "failed checks"),
    "last_crawl": ("最近采集：{when}", "Last crawled {when}"),
    "by_year": ("各年度报告数", "Reports by year"),
    "by_region": ("各地区收录情况", "Coverage by region"),
    "changed_lately": ("最近变更", "Changed lately"),
    "latest": ("最新发布", "Latest reports"),
    "doubtful": ("数字自相矛盾的报告", "Reports that contradict themselves"),
    "doubtful_about": (
        "报告里的数字或文字彼此不符。点开可见矛盾所在。",
        "Figures or sentences that do not agree with each other. Open one to see where.",
    ),
    "all_reports": ("全部报告", "All reports"),
    "all_checks": ("全部核对结果", "All failed checks"),
    "none_yet": ("暂无。", "None yet."),
    "how_title": ("数字从哪里来", "Where the figures come from"),
    "how_1": (
        "原件永存：每个网页和附件都按抓取时的原样留存，附校验值。",
        "Originals are forever: every page and attachment is kept as it was fetched.",
    ),
    "how_2": (
        "要么正确，要么空缺：读不准的单元格不填数字，并注明原因；空白不等于零。",
        "A number is either right, or absent with a reason. Blank is not zero.",
    ),
    "how_3": (
        "只指出，不改正：报告前后矛盾是机关的问题，照录并提示。",
        "Contradictions are findings about the agency, never corrections.",
    ),
}

SEARCH: Mapping[str, tuple[str, str]] = {
    "search_title": ("检索报告", "Search the reports"),
    "search_found": ("找到 {n} 份报告", "{n} reports found"),
    "order": ("排序", "Order"),
    "order_relevance": ("最相关", "Best match"),
    "order_date": ("最新发布", "Latest first"),
    "only_failed": ("有核对未通过", "Any failed check"),
    "search_nothing": ("没有符合全部条件的报告。", "No report fits all of these."),
    "chosen": ("已选条件", "Chosen"),
    "facet_answer": ("报告载有", "Reports with"),
    "facet_year": ("年度", "Year"),
    "facet_region": ("地区", "Region"),
    "facet_kind": ("机关类别", "Kind of agency"),
    "facet_sector": ("领域", "Sector"),
    "facet_form": ("格式", "Form"),
    "facet_status": ("状态", "Status"),
    "facet_rule": ("核对未通过", "Failed checks"),
    "facet_others": ("另有 {n} 项", "{n} more"),
    "answer_granted": ("公开", "requests granted"),
    "answer_refused": ("不予公开", "requests refused"),
    "answer_unavailable": ("无法提供", "information unavailable"),
    "answer_rejected": ("不予处理", "requests not processed"),
    "answer_reviews": ("行政复议", "reviews"),
    "answer_suits": ("行政诉讼", "lawsuits"),
    "answer_corrected": ("复议或诉讼纠正", "decisions corrected"),
    "search_none": ("没有找到“{q}”。", "Nothing found for “{q}”."),
    "search_tips": (
        "可检索一个字、词语、数字或整句，标点不限；多个词用空格隔开，须同时出现。",
        "One character, a word, a number or a sentence; several words are all required.",
    ),
    "year": ("年度", "Year"),
    "region": ("地区", "Region"),
    "page_of": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "previous_page": ("上一页", "Previous"),
    "next_page": ("下一页", "Next"),
    "pages": ("分页", "Pages"),
    "too_long": (
        "检索词过长，请控制在 {n} 字以内。",
        "Please keep the query under {n} characters.",
    ),
}

REPORT: Mapping[str, tuple[str, str]] = {
    "year_of": ("{year} 年度", "{year}"),
    "facts": ("报告信息", "About this report"),
    "agency": ("机关", "Agency"),
    "region_label": ("地区", "Region"),
    "published": ("发布日期", "Published"),
    "unknown": ("不详", "unknown"),
    "form": ("格式", "Form"),
    "status": ("状态", "Status"),
    "original": ("原网页", "Original page"),
    "open_original": ("打开原网页", "Open the original page"),
    "kept": ("留存副本", "Kept copy"),
    "open_kept": ("查看留存副本", "Open the kept copy"),
    "download_kept": ("下载留存副本", "Download the kept copy"),
    "kept_at": ("{when} 采集", "fetched {when}"),
    "kept_seen": ("{when} 最近一次见到", "last seen {when}"),
    "kept_none": ("未留存", "none"),
    "digest": ("校验值", "Digest"),
    "no_address": ("没有网址", "no address"),
    "figures": ("主要数字", "Main figures"),
    "figure_new": ("新收申请", "new requests"),
    "figure_handled": ("办理结果总计", "handled"),
    "figure_granted": ("公开（含部分公开）", "granted, in full or part"),
    "figure_refused": ("不予公开", "refused"),
    "figure_reviews": ("行政复议", "reviews"),
    "figure_suits": ("行政诉讼", "lawsuits"),
    "no_value": ("无数据", "no figure"),
    "checks_title": ("核对", "Checks"),
    "checks_none": (
        "凡能核对的勾稽关系均成立，未发现矛盾。",
        "Everything that can be checked adds up; no contradiction was found.",
    ),
    "checks_not_run": (
        "本报告没有可核对的表格。",
        "This report has no tables that could be checked.",
    ),
    "checks_failed": ("{n} 项未通过", "{n} failed"),
    "checks_note": (
        "核对只作提示，从不改动报告的数字。",
        "A check points something out; it never changes a figure.",
    ),
    "left_right": ("两侧数值", "Both sides"),
    "against": ("对", "against"),
    "scope": ("所涉", "Concerns"),
    "see_cells": ("见表中标记处", "See the marked cells"),
    "see_section": ("见报告相应部分", "See the section"),
    "contents": ("目录", "Contents"),
    "section_empty_here": ("（本部分没有文字）", "(no text in this section)"),
    "section_absent": ("（报告中没有这一部分）", "(the report has no such section)"),
    "before_sections": ("前言", "Preamble"),
    "table_absent": (
        "本部分的表格未能识读，请查看原件。",
        "The table of this section could not be read; please see the original.",
    ),
    "table_scroll": ("表格，可左右滚动", "table, scrolls sideways"),
    "caption_active_disclosure": ("主动公开政府信息情况表", "Proactive disclosure"),
    "caption_active_disclosure_2019": ("主动公开政府信息情况表", "Proactive disclosure"),
    "caption_requests": ("收到和处理政府信息公开申请情况表", "Requests received and handled"),
    "caption_review_litigation": (
        "政府信息公开行政复议、行政诉讼情况表",
        "Administrative review and litigation",
    ),
    "legend": ("附注", "Notes"),
    "note_blank": ("原表此格空白（{n} 格），不计为零", "blank in the original ({n}); not zero"),
    "note_dash": (
        "原表此格为横线或斜线（{n} 格），不计为零",
        "a dash in the original ({n}); not zero",
    ),
    "note_odd": ("写法异常，照录原文（{n} 格）", "oddly written, shown as printed ({n})"),
    "note_unreadable": ("无法识读（{n} 格），请查看原件", "could not be read ({n})"),
    "note_ocr": ("由光学识别取得（{n} 格），请核对原件", "read by OCR ({n}); compare the original"),
    "note_missing": ("未能取得（{n} 格），请查看原件", "not found in the document ({n})"),
    "note_check": ("带圈数字：见上文核对", "circled numbers: see the checks above"),
    "note_short_blank": ("空", "blank"),
    "note_short_dash": ("横", "dash"),
    "note_short_odd": ("异", "odd"),
    "note_short_unreadable": ("不清", "unread"),
    "note_short_ocr": ("识", "OCR"),
    "note_short_missing": ("缺", "missing"),
    "versions": ("版本与副本", "Versions and copies"),
    "version_current": ("现行版本", "current version"),
    "version_earlier": ("旧版", "earlier version"),
    "role": ("类别", "Kind"),
    "address": ("地址", "Address"),
    "seen": ("见于", "Seen"),
    "seen_span": ("{first} 至 {last}", "{first} to {last}"),
    "other_years": ("同一机关其他年度", "Other years of this agency"),
    "previous_year": ("上一份：{year} 年", "Previous: {year}"),
    "next_year": ("下一份：{year} 年", "Next: {year}"),
    "use": ("引用与下载", "Cite and download"),
    "cite": ("引用格式", "Citation"),
    "citation": (
        "{agency}：《{title}》，{published}，{url}。公开档案，报告编号 {id}，{digest}，采集于 {kept}。",
        "{agency}, “{title}”, {published}, {url}. Gongkai archive, report {id}, {digest}, fetched {kept}.",
    ),
    "as_data": ("本报告的数据", "This report as data"),
    "removed": (
        "该报告已从原网站撤下，以下内容取自留存副本。",
        "This report was taken down; what follows is from the kept copy.",
    ),
    "text_only": (
        "本报告没有标准表格，只收录正文。",
        "This report has no standard tables; only its prose is kept.",
    ),
    "report_unknown": ("没有这份报告。", "There is no such report."),
    "kept_unknown": ("没有这份留存副本。", "There is no such kept copy."),
    "kept_elsewhere": (
        "本站未连接原件库，无法提供留存副本。",
        "The originals are not at hand on this server.",
    ),
    "kept_lost": (
        "留存副本暂不可取（{warc}，位置 {offset}）。",
        "The kept copy cannot be read now ({warc}, offset {offset}).",
    ),
}

STRINGS: Mapping[str, tuple[str, str]] = {
    **FRAME,
    **HOME,
    **SEARCH,
    **REPORT,
    **PLACES,
    **LISTS,
    **DATA,
    **TABLES,
    **ERRORS,
    **{f"lookup_{key}": words for key, words in LOOKUPS.items()},
}
