"""The printed form of 2021 as grids of cells. Kept apart from the product's own form data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain

from gongkai.replica.content import Values


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell and how many columns and rows it spans; `|` in its text breaks the line."""

    text: str
    cols: int = 1
    rows: int = 1


Grid = tuple[tuple[Cell, ...], ...]

APPLICANTS = (
    ("natural_person", "自然人"),
    ("business", "商业|企业"),
    ("research_institute", "科研|机构"),
    ("public_interest_org", "社会公益组织"),
    ("legal_service_org", "法律服务机构"),
    ("other_org", "其他"),
    ("total", "总计"),
)

# row key -> (group label it opens, rows of that group, own label)
OUTCOMES: Mapping[str, tuple[str, int, str]] = {
    "granted": ("", 0, "（一）予以公开"),
    "granted_partly": ("", 0, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    "refused_state_secret": ("（三）不予公开", 8, "1.属于国家秘密"),
    "refused_law_forbids": ("", 0, "2.其他法律行政法规禁止公开"),
    "refused_three_securities": ("", 0, "3.危及“三安全一稳定”"),
    "refused_third_party": ("", 0, "4.保护第三方合法权益"),
    "refused_internal_affairs": ("", 0, "5.属于三类内部事务信息"),
    "refused_process_info": ("", 0, "6.属于四类过程性信息"),
    "refused_enforcement_file": ("", 0, "7.属于行政执法案卷"),
    "refused_admin_query": ("", 0, "8.属于行政查询事项"),
    "unavailable_not_held": ("（四）无法提供", 3, "1.本机关不掌握相关政府信息"),
    "unavailable_needs_creation": ("", 0, "2.没有现成信息需要另行制作"),
    "unavailable_still_unclear": ("", 0, "3.补正后申请内容仍不明确"),
    "rejected_complaint": ("（五）不予处理", 5, "1.信访举报投诉类申请"),
    "rejected_repeat": ("", 0, "2.重复申请"),
    "rejected_publication": ("", 0, "3.要求提供公开出版物"),
    "rejected_excessive": ("", 0, "4.无正当理由大量反复申请"),
    "rejected_reconfirmation": ("", 0, "5.要求行政机关确认或重新出具已获取信息"),
    "other_overdue_correction": (
        "（六）其他处理",
        3,
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    "other_overdue_fee": (
        "",
        0,
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    "other": ("", 0, "3.其他"),
    "total_handled": ("", 0, "（七）总计"),
}
UNGROUPED = ("granted", "granted_partly", "total_handled")

BALANCE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"

PROCEEDINGS = ("review", "suit_direct", "suit_after_review")
RESULTS = (
    ("upheld", "结果|维持"),
    ("corrected", "结果|纠正"),
    ("other", "其他|结果"),
    ("pending", "尚未|审结"),
    ("total", "总计"),
)

ACTIVE_KEYS: Mapping[str, tuple[str, ...]] = {
    "regulations": ("regulations_made", "regulations_repealed", "regulations_in_force"),
    "normative_docs": ("normative_docs_made", "normative_docs_repealed", "normative_docs_in_force"),
    "licensing": ("licensing_decisions",),
    "penalty": ("penalty_decisions",),
    "coercion": ("coercion_decisions",),
    "fees": ("fees_wan_yuan",),
}


def grid(part: str, values: Values, labels: Mapping[str, str]) -> Grid:
    """Return the printed table of one part, filled in; `labels` replaces words of the form."""
    drawn = {
        "active_disclosure": _active_disclosure,
        "requests": _requests,
        "review_litigation": _review_litigation,
    }[part](values)
    return tuple(
        tuple(replace(cell, text=labels.get(cell.text, cell.text)) for cell in row) for row in drawn
    )


def blank(part: str) -> Grid:
    """Return the empty form of one part, as a circular prints it."""
    rows: Mapping[str, Values] = {
        "active_disclosure": {row: ("",) * len(keys) for row, keys in ACTIVE_KEYS.items()},
        "requests": dict.fromkeys(("new", "carried_in", *OUTCOMES, "carried_out"), ("",) * 7),
        "review_litigation": dict.fromkeys(PROCEEDINGS, ("",) * 5),
    }
    return grid(part, rows[part], {})


def _active_disclosure(values: Values) -> Grid:
    def wide(text: str) -> Cell:
        return Cell(text, cols=3)

    def counted(label: str, row: str) -> tuple[Cell, ...]:
        cells = values[row]
        return (Cell(label), *(Cell(text, cols=3 // len(cells)) for text in cells))

    decisions = (Cell("信息内容"), wide("本年处理决定数量"))
    return (
        (Cell("第二十条第（一）项", cols=4),),
        tuple(map(Cell, ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"))),
        counted("规章", "regulations"),
        counted("行政规范性文件", "normative_docs"),
        (Cell("第二十条第（五）项", cols=4),),
        decisions,
        counted("行政许可", "licensing"),
        (Cell("第二十条第（六）项", cols=4),),
        decisions,
        counted("行政处罚", "penalty"),
        counted("行政强制", "coercion"),
        (Cell("第二十条第（八）项", cols=4),),
        (Cell("信息内容"), wide("本年收费金额（单位：万元）")),
        counted("行政事业性收费", "fees"),
    )


def _requests(values: Values) -> Grid:
    names = [label for _, label in APPLICANTS]
    rows: list[tuple[Cell, ...]] = [
        (Cell(BALANCE, cols=3, rows=3), Cell("申请人情况", cols=6), Cell(names[6], rows=3)),
        (Cell(names[0], rows=2), Cell("法人或其他组织", cols=5)),
        tuple(map(Cell, names[1:6])),
        (Cell("一、本年新收政府信息公开申请数量", cols=3), *map(Cell, values["new"])),
        (Cell("二、上年结转政府信息公开申请数量", cols=3), *map(Cell, values["carried_in"])),
    ]
    for row, (group, size, label) in OUTCOMES.items():
        cells = [Cell("三、本年度办理结果", rows=len(OUTCOMES))] if row == "granted" else []
        if group:
            cells.append(Cell(group, rows=size))
        cells.append(Cell(label, cols=2 if row in UNGROUPED else 1))
        rows.append((*cells, *map(Cell, values[row])))
    rows.append((Cell("四、结转下年度继续办理", cols=3), *map(Cell, values["carried_out"])))
    return tuple(rows)


def _review_litigation(values: Values) -> Grid:
    heads = [Cell(label) for _, label in RESULTS]
    numbers = tuple(Cell(text) for row in PROCEEDINGS for text in values[row])
    return (
        (Cell("行政复议", cols=5), Cell("行政诉讼", cols=10)),
        (
            *(replace(head, rows=2) for head in heads),
            Cell("未经复议直接起诉", cols=5),
            Cell("复议后起诉", cols=5),
        ),
        (*heads, *heads),
        numbers,
    )


def keyed(part: str, values: Values) -> dict[str, dict[str, str]]:
    """Return the printed values: item ("" for a one-row table) -> field -> text."""
    if part == "active_disclosure":
        keys = chain.from_iterable(ACTIVE_KEYS.values())
        cells = chain.from_iterable(values[row] for row in ACTIVE_KEYS)
        return {"": dict(zip(keys, cells, strict=True))}
    columns = APPLICANTS if part == "requests" else RESULTS
    return {
        row: dict(zip((key for key, _ in columns), cells, strict=True))
        for row, cells in values.items()
    }
