"""Prose for made reports: what it says of the tables, rightly or wrongly, and copies of other texts."""

from __future__ import annotations

import random

from tests.recomputation.made_tables import Values

WORDS = [
    "政策",
    "解读",
    "平台",
    "栏目",
    "群众",
    "服务",
    "机制",
    "责任",
    "培训",
    "检查",
    "更新",
    "内容",
    "渠道",
    "规范",
    "流程",
    "审查",
    "保密",
    "协调",
    "推进",
    "落实",
    "完善",
    "加强",
    "提高",
    "质量",
    "时效",
    "重点",
    "领域",
    "民生",
    "预算",
    "决算",
    "采购",
    "项目",
    "监督",
    "会议",
    "制度",
    "窗口",
    "热线",
    "目录",
    "指南",
    "意见",
    "征集",
    "反馈",
    "回应",
    "关切",
    "舆情",
    "新闻",
    "媒体",
    "微信",
    "移动",
    "终端",
    "智能",
    "检索",
    "数据",
    "整合",
    "共享",
    "标准",
    "学习",
    "队伍",
    "能力",
    "宣传",
    "引导",
    "日常",
    "细节",
    "基础",
    "经费",
]
LENGTH = 220
"""Words of a text that is long enough to be compared with others."""


def long_text(chance: random.Random) -> str:
    """Return a text of its own, without anything that a rule reads."""
    words = chance.choices(WORDS, k=LENGTH)
    return "。".join("".join(words[place : place + 11]) for place in range(0, LENGTH, 11)) + "。"


def made_sections(chance: random.Random, year: int, values: Values, body: str) -> dict[int, str]:
    """Return the text of the sections; `body` is what a report shares with others, or has alone."""
    first = [f"{year}年工作情况如下。", body]
    if chance.random() < 0.15:
        first.append(_of_parts(chance))
    if chance.random() < 0.04:
        first.append("共主动公开政府信息 条，内容涉及民生。")
    if chance.random() < 0.04:
        wrong = year - 1
        first.append(f"统计期限自{wrong}年1月1日起至{wrong}年12月31日止。")
    if chance.random() < 0.04:
        place = chance.choice(("卫滨区", "卫滨区", "杭州市", "上城区", "平罗县"))
        first.append(f"通过{place}人民政府门户网站公开信息。")
    sections = {
        1: "\n".join(each for each in first if each),
        2: "详见下表。",
        3: _about_requests(chance, values) or "详见下表。",
        4: _about_disputes(chance, values) or "详见下表。",
        5: "栏目更新不够及时。",
        6: "无其他需要报告的事项。",
    }
    if chance.random() < 0.03:
        del sections[6]
    elif chance.random() < 0.03:
        sections[5] = ""
    return sections


def _total(values: Values, part: str, row: str) -> int | None:
    text = values[part][row]["total"]
    return int(text) if text.isascii() and text.isdecimal() else None


def _about_requests(chance: random.Random, values: Values) -> str:
    new, handled = (_total(values, "requests", row) for row in ("new", "total_handled"))
    out = _total(values, "requests", "carried_out")
    if new is None or handled is None or out is None or chance.random() < 0.4:
        return ""
    wrong = 1000 if chance.random() < 0.1 else 0
    kind = chance.choice(("received", "handled", "out", "none"))
    if kind == "none":
        return "本年度未收到政府信息公开申请。" if new == 0 or wrong else ""
    return {
        "received": f"全年收到政府信息公开申请{new + wrong}件。",
        "handled": f"全年办结政府信息公开申请{handled + wrong}件。",
        "out": f"政府信息公开申请结转下年度继续办理{out + wrong}件。",
    }[kind]


def _about_disputes(chance: random.Random, values: Values) -> str:
    if chance.random() < 0.6:
        return ""
    reviews = _total(values, "review_litigation", "review")
    if reviews is None:
        return ""
    wrong = 1000 if chance.random() < 0.15 else 0
    if chance.random() < 0.5:
        return f"因政府信息公开引起的行政复议案件{reviews + wrong}件。"
    return "未发生因政府信息公开引起的行政复议。" if reviews == 0 or wrong else ""


def _of_parts(chance: random.Random) -> str:
    parts = [chance.randint(1, 60) for _ in range(3)]
    total = sum(parts) + chance.choice((0, 0, 0, 7, -1))
    named = "、".join(
        f"{name}{n}条" for name, n in zip(("文件", "动态", "公告"), parts, strict=True)
    )
    return f"主动发布信息{total}条，其中{named}。"


COMPILED_BY_GOVERNMENT = "政府办公室根据各部门的年度报告综合编制本报告。"
COMPILED_BY_DEPARTMENT = "本报告综合机关各科室、局属各单位政府信息公开情况编制。"
OWN = "本机关坚持以公开为常态。"


def scope(chance: random.Random, agency: str, compiles: bool) -> tuple[str, str]:
    """Return a sentence that says whose figures a report gives, and what it tells of `covers`."""
    if compiles:
        return COMPILED_BY_DEPARTMENT, "compiled"
    if agency.endswith("办公室"):
        return "", "own"  # an office speaks for itself
    if agency.endswith(("市人民政府", "县人民政府", "区人民政府")):
        return (COMPILED_BY_GOVERNMENT, "compiled") if chance.random() < 0.5 else ("", "unclear")
    is_told = agency.endswith("局") and chance.random() < 0.2
    return (OWN, "own") if is_told else ("", "unclear")
