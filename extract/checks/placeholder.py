"""Check that no number was left open and no instructions of the form remain (`placeholder`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.extract.model.report import Finding, Section
from gongkai.messages import message

_UNITS = "条|件|份|篇|次|期|场|人次|万元|余条|余件"
_PATTERNS = (
    # 共主动公开政府信息 条，包含：… (永宁县工业信息化和科学技术局 2024)
    re.compile(
        r"(?:公开|发布|制发|受理|收到|办理|推送|印发)[^，,。；;：:\d一二三四五六七八九十百千万两几多若干各零]{0,12}?"
        rf"(?:信息|文件|申请|公文|建议|提案|稿件)\s*(?:{_UNITS})\s*(?=[，,。；;、（(])"
    ),
    # 概况类信息更新量 件； 共 条，
    re.compile(
        rf"(?:数量|总数|更新量|共计?|总计|合计)[ \u3000\xa0]+(?:{_UNITS})\s*(?=[，,。；;、（(])"
    ),
    # a lookbehind before each run: a search does not try again from the middle of a run
    re.compile(
        r"(?:(?<![xX×])[xX×]{2,}+|(?<![_＿])[_＿]{2,}+|(?<![*＊])[*＊]{2,}+|(?<!﹍)﹍++)"
        rf"\s*+(?:{_UNITS}|年|个|局|市|县|镇|乡)"
    ),
    re.compile(r"20[xX×]{2}年|20__年"),
    # the instructions of the form, left in by a township (尼勒克县 2023)
    re.compile(r"该部分以表格形式报告|此处填写|请填写|（?填写说明）?[:：]"),
)
_AROUND = 24


def placeholder_findings(sections: Sequence[Section]) -> list[Finding]:
    """Return a finding for each place in the prose where a number is missing, with a quotation."""
    findings = []
    for section in sections:
        for pattern in _PATTERNS:
            for match in pattern.finditer(section.text):
                start = max(0, match.start() - 6)
                quote = " ".join(section.text[start : match.end() + 4].split())[: _AROUND * 2]
                findings.append(_finding(section.number, quote))
    return findings[:10]


def _finding(number: int, quote: str) -> Finding:
    return Finding(
        rule="placeholder",
        scope=str(number),
        verdict="source",
        left=quote,
        right="",
        message=message("placeholder_left", quote=quote),
    )
