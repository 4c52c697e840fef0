"""Words for the codes that stand in the archive's columns: status, form, level, rule and so on."""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.extract.forms import FORM_2019, FORM_2021
from gongkai.publish.wording.rules import RULES

Words = tuple[str, str]
"""A label in Chinese and in English."""

PARTS: Mapping[str, Words] = {
    "active_disclosure": ("主动公开情况", "Proactive disclosure"),
    "active_disclosure_2019": ("主动公开情况（2019 年格式）", "Proactive disclosure (2019 form)"),
    "requests": ("申请办理情况", "Requests"),
    "review_litigation": ("复议诉讼情况", "Reviews and litigation"),
    "sections": ("正文", "Prose"),
    "sentences": ("正文语句", "Sentences"),
}

ITEMS: Mapping[str, Words] = {item.key: (item.zh, item.en) for item in FORM_2021.items}
PROCEEDINGS: Mapping[str, Words] = {
    "review": ("行政复议", "Administrative review"),
    "suit_direct": ("行政诉讼（未经复议直接起诉）", "Litigation filed directly"),
    "suit_after_review": ("行政诉讼（复议后起诉）", "Litigation after review"),
}
APPLICANTS: Mapping[str, Words] = {c.key: (c.zh, c.en) for c in FORM_2021.applicants}
RESULTS: Mapping[str, Words] = {c.key: (c.zh, c.en) for c in FORM_2021.results}
ACTIVE: Mapping[str, Words] = {
    column.key: (f"{row.zh}{column.zh}", column.en)
    for form in (FORM_2019, FORM_2021)
    for row in form.active
    for column in row.columns
}

WORDS_CHANGED: Mapping[str, Words] = {"heading": ("标题", "heading"), "text": ("正文", "text")}

VERDICTS: Mapping[str, Words] = {
    "source": ("报告自身问题", "The report's own fault"),
    "extraction": ("识读可能有误", "We may have misread"),
    "unsure": ("待核", "Unsure"),
}
NOTES: Mapping[str, Words] = {
    "blank": ("空白", "blank"),
    "dash": ("横线", "dash"),
    "odd": ("写法异常", "oddly written"),
    "unreadable": ("无法识读", "unreadable"),
    "ocr": ("光学识别", "read by OCR"),
}
OUTCOMES: Mapping[str, Words] = {
    "report": ("报告", "report"),
    "list": ("列表页", "list"),
    "attachments_only": ("仅有附件", "attachments only"),
    "image_tables": ("表格为图片", "tables as images"),
    "scan": ("扫描件", "scan"),
    "blocked": ("被拦截", "blocked"),
    "not_report": ("不是报告", "not a report"),
    "unreadable": ("不可读", "unreadable"),
    "error": ("出错", "error"),
    "ok": ("正常", "ok"),
    "failed": ("失败", "failed"),
    "partial": ("未完", "cut short"),
}

CODES: Mapping[str, Mapping[str, Words]] = {
    "status": {
        "complete": ("完整", "complete"),
        "partial": ("部分可读", "partly read"),
        "text_only": ("仅正文", "prose only"),
        "unreadable": ("不可读", "unreadable"),
        "removed": ("已撤下", "removed"),
        "found": ("已收录", "found"),
        "late": ("迟发", "late"),
        "missing": ("未见", "missing"),
        "blocked": ("被拦截", "blocked"),
    },
    "family": {
        "refused": ("不予公开", "refused"),
        "unavailable": ("无法提供", "unavailable"),
        "rejected": ("不予处理", "not processed"),
        "other": ("其他处理", "handled otherwise"),
    },
    "form": {
        "2021": ("2021 年格式", "2021 form"),
        "2019": ("2019 年格式", "2019 form"),
        "legacy": ("2019 年以前", "before 2019"),
    },
    "level": {
        "country": ("国家", "country"),
        "province": ("省级", "province"),
        "city": ("市级", "city"),
        "county": ("县级", "county"),
        "town": ("乡镇级", "town"),
    },
    "kind": {
        "government": ("政府", "government"),
        "department": ("部门", "department"),
        "office": ("办公室", "office"),
        "crawl": ("采集", "crawl"),
        "build": ("建库", "build"),
        "check": ("核对", "check"),
    },
    "role": {
        "page": ("网页", "page"),
        "file": ("文件", "file"),
        "attachment": ("附件", "attachment"),
    },
    "event": {
        "edited": ("改动", "edited"),
        "removed": ("撤下", "taken down"),
    },
    "review": {
        "confirmed": ("属实", "confirmed"),
        "rejected": ("不成立", "not so"),
        **VERDICTS,
    },
    "current": {"1": ("现行", "current"), "0": ("旧版", "earlier")},
    "verdict": VERDICTS,
    "note": NOTES,
    "outcome": OUTCOMES,
    "part": PARTS,
    "item": ITEMS,
    "proceeding": PROCEEDINGS,
    "rule": {rule.id: (rule.zh, rule.en) for rule in RULES.values()},
    "field": {**ACTIVE, **RESULTS, **APPLICANTS, **WORDS_CHANGED},
    "number": {
        "1": ("一、总体情况", "1 General situation"),
        "2": ("二、主动公开", "2 Proactive disclosure"),
        "3": ("三、申请办理", "3 Requests"),
        "4": ("四、复议诉讼", "4 Reviews and litigation"),
        "5": ("五、问题及改进", "5 Problems and improvement"),
        "6": ("六、其他事项", "6 Other matters"),
    },
}


def word(column: str, value: object, lang: str) -> str:
    """Return the label of a code in `lang`, or the value itself where it has none."""
    words = CODES.get(column, {}).get(str(value))
    if words is None:
        return "" if value is None else str(value)
    return words[1] if lang == "en" else words[0]


def scope_word(scope: str, lang: str) -> str:
    """Return the label of a check's scope: a column, row, proceeding, table or section."""
    for words in (PROCEEDINGS, APPLICANTS, ITEMS, ACTIVE, PARTS, CODES["number"]):
        if scope in words:
            return words[scope][1 if lang == "en" else 0]
    return scope
