"""The rules reports are checked by: their names in both languages and the cells they speak of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gongkai.extract.forms import FORM_2021

CellKey = tuple[str, str, str]
"""part, item, field: a cell of a report's tables by the keys of the data contract."""

_ITEMS = tuple(item.key for item in FORM_2021.items)
_OUTCOMES = tuple(
    key for key in _ITEMS if key not in ("new", "carried_in", "total_handled", "carried_out")
)
_APPLICANTS = tuple(column.key for column in FORM_2021.applicants)
_RESULTS = tuple(column.key for column in FORM_2021.results)
_PROCEEDINGS = tuple(item.key for item in FORM_2021.proceedings)


def _none(scope: str) -> tuple[CellKey, ...]:
    return ()


def _rows(*items: str) -> Callable[[str], tuple[CellKey, ...]]:
    """Return the cells of `items` in the column that is the scope ("" is the total column)."""
    return lambda scope: tuple(("requests", item, scope or "total") for item in items)


def _row(scope: str) -> tuple[CellKey, ...]:
    return tuple(("requests", scope, column) for column in _APPLICANTS)


def _proceeding(scope: str) -> tuple[CellKey, ...]:
    return tuple(("review_litigation", scope, column) for column in _RESULTS)


def _total(scope: str) -> tuple[CellKey, ...]:
    """Return the total that the scope names: of a proceeding, of an item, else of what is new."""
    if scope in _PROCEEDINGS:
        return (("review_litigation", scope, "total"),)
    return (("requests", scope if scope in _ITEMS else "new", "total"),)


def _disclosure(scope: str) -> tuple[CellKey, ...]:
    return (("active_disclosure", "", scope), ("active_disclosure_2019", "", scope))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, its name, what it holds in words, and the section its prose stands in."""

    id: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    cells: Callable[[str], tuple[CellKey, ...]] = _none
    section: int = 0

    def title(self, lang: str) -> str:
        """Return the rule's name in `lang`."""
        return self.en if lang == "en" else self.zh

    def about(self, lang: str) -> str:
        """Return what the rule holds, in `lang`."""
        return self.about_en if lang == "en" else self.about_zh


_TABLES = (
    Rule(
        "requests_balance",
        "收办平衡",
        "Requests balance",
        "本年新收与上年结转之和，应等于本年办结与结转下年之和。",
        "New plus carried in equals handled plus carried out.",
        _rows("new", "carried_in", "total_handled", "carried_out"),
        3,
    ),
    Rule(
        "requests_outcome_sum",
        "办理结果合计",
        "Outcomes add up",
        "各项办理结果之和，应等于办理结果总计。",
        "The outcomes add up to the total handled.",
        _rows(*_OUTCOMES, "total_handled"),
        3,
    ),
    Rule(
        "requests_row_total",
        "申请人合计",
        "Applicants add up",
        "各类申请人之和，应等于该行总计。",
        "The kinds of applicant add up to the row's total.",
        _row,
        3,
    ),
    Rule(
        "review_total",
        "复议合计",
        "Reviews add up",
        "行政复议各项结果之和，应等于总计。",
        "The outcomes of reviews add up to their total.",
        lambda scope: _proceeding("review"),
        4,
    ),
    Rule(
        "litigation_total",
        "诉讼合计",
        "Lawsuits add up",
        "行政诉讼各项结果之和，应等于总计。",
        "The outcomes of lawsuits add up to their total.",
        _proceeding,
        4,
    ),
    Rule(
        "active_disclosure_cells",
        "主动公开数值",
        "Disclosure figures",
        "主动公开情况应为非负整数；收费金额可有小数，增减可为负。",
        "Whole, non-negative numbers; fees may have decimals, changes may be negative.",
        _disclosure,
        2,
    ),
    Rule(
        "row_shape",
        "表格行形状",
        "Shape of a row",
        "表格的行或表头与规定格式不符，其数值不予采用。",
        "A row or header has not the form's shape, so its values are left out.",
        lambda scope: _row(scope) if scope in _ITEMS else (),
    ),
    Rule(
        "readings_disagree",
        "多个版本不一致",
        "Readings disagree",
        "同一报告的网页、附件或识别结果数值不一致。",
        "Page, attachment and OCR of one report give different values.",
    ),
)
_ACROSS = (
    Rule(
        "carry_over",
        "跨年结转",
        "Carry-over between years",
        "上年报告的结转下年，应等于本年报告的上年结转。",
        "What last year carried out equals what this year carried in.",
        _rows("carried_in", "carried_out"),
        3,
    ),
    Rule(
        "in_force_continuity",
        "现行有效件数衔接",
        "Documents in force",
        "本年现行有效件数，应等于上年现行有效加本年制发减本年废止。",
        "In force equals last year's, plus made, minus repealed.",
        _disclosure,
        2,
    ),
    Rule(
        "deadline",
        "发布期限",
        "Deadline",
        "部门报告应于次年 1 月 31 日前、政府报告应于 3 月 31 日前发布。",
        "Departments publish by 31 January, governments by 31 March.",
    ),
    Rule(
        "near_duplicate",
        "雷同文字",
        "Copied prose",
        "正文与本机关上年或其他机关的报告几乎相同。",
        "The prose is nearly that of last year or of another agency.",
    ),
    Rule(
        "foreign_place",
        "他地地名",
        "Another place's name",
        "正文把其他地区当作本地区。",
        "The prose names another region as if it were its own.",
    ),
)
_PROSE = (
    Rule(
        "text_requests",
        "正文与表格：申请",
        "Prose and table: requests",
        "正文所述收到申请数，应与表格一致。",
        "Requests stated in the prose equal the table's.",
        _rows("new"),
        1,
    ),
    Rule(
        "text_review",
        "正文与表格：复议",
        "Prose and table: reviews",
        "正文所述行政复议数，应与表格一致。",
        "Reviews stated in the prose equal the table's.",
        lambda scope: (("review_litigation", "review", "total"),),
        1,
    ),
    Rule(
        "text_litigation",
        "正文与表格：诉讼",
        "Prose and table: lawsuits",
        "正文所述行政诉讼数，应与表格一致。",
        "Lawsuits stated in the prose equal the table's.",
        lambda scope: (
            ("review_litigation", "suit_direct", "total"),
            ("review_litigation", "suit_after_review", "total"),
        ),
        1,
    ),
    Rule(
        "text_handled",
        "正文与表格：办结",
        "Prose and table: handled",
        "正文所述办结数，应与表格一致。",
        "Requests handled according to the prose equal the table's.",
        _rows("total_handled"),
        1,
    ),
    Rule(
        "text_carried",
        "正文与表格：结转",
        "Prose and table: carried over",
        "正文所述结转数，应与表格一致。",
        "Requests carried over according to the prose equal the table's.",
        _rows("carried_in", "carried_out"),
        1,
    ),
    Rule(
        "text_zero",
        "正文称无",
        "Prose says none",
        "正文称未收到申请或未发生复议、诉讼，表格总计应为零。",
        "Where the prose says none, the table's total is zero.",
        _total,
        1,
    ),
    Rule(
        "text_sum",
        "正文分项合计",
        "Parts add up in the prose",
        "正文“共若干，其中……”的各分项之和，应等于总数。",
        "The parts named in a sentence add up to its total.",
        section=1,
    ),
    Rule(
        "placeholder",
        "数字未填",
        "Number left out",
        "正文有未填写的数字。",
        "A number in the prose was never filled in.",
        section=1,
    ),
    Rule(
        "period",
        "统计期限",
        "Period",
        "统计期限应为报告年度。",
        "The statistical period is the report's year.",
    ),
    Rule(
        "year_sources",
        "年度一致",
        "Sources of the year",
        "标题、统计期限与发布日期所示年度应一致。",
        "Title, period and publishing date agree on the year.",
    ),
    Rule(
        "section_missing",
        "缺少部分",
        "Section missing",
        "报告应有六个部分。",
        "All six sections are there.",
    ),
    Rule(
        "section_empty",
        "部分为空",
        "Section empty",
        "六个部分均应有内容。",
        "All six sections say something.",
    ),
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*_TABLES, *_PROSE, *_ACROSS)}
"""Every rule of the archive by its id, in the order in which they are shown."""


def rule_cells(rule: str, scope: str) -> tuple[CellKey, ...]:
    """Return the cells a failed check speaks of; none where it speaks of prose or is unknown."""
    return RULES[rule].cells(scope) if rule in RULES else ()
