"""`foreign_place`: the prose names another region as if it were its own.

Precise before complete: only where a report speaks of itself (the title it says it publishes, the
portal it publishes on, the leaders it works under) and the region named neither holds the agency's
nor lies in it. What it learnt from others, or does with them, is no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.archive.checks.facts import ReportFacts
from gongkai.extract.chinese.divisions import Region, every_region, lineage, split_region
from gongkai.extract.model.report import Finding
from gongkai.messages import message

_ANCHOR = re.compile(
    r"(?P<report>20\d\d年度?(?:政府|政务)信息公开(?:工作)?(?:年度?)?报告)"
    r"|(?P<portal>(?:人民)?政府(?:门户)?网站?(?:公开|公布|发布|查阅|下载|专栏|[（(]))"
    r"|(?P<leaders>(?:委|政府)[^，。；]{0,14}(?:坚强|正确|统一)领导下)"
)
_REACH = 30
"""Characters before an anchor in which the name it belongs to begins."""

_OPENS = re.compile(r"[，：、《“（(]|通过|登录|依托|利用|现将|公布|发布|编制|按照|根据|在")
_OTHERS = re.compile(
    r"学习|考察|借鉴|对口|帮扶|协作|支援|兄弟|先进|经验|调研|来访|交流|参观|结对|转载|联合|毗邻|周边"
)
_SHORTEST = 3
"""城区, 矿区 and 郊区 are names of divisions too, and words."""


def foreign_place(report: ReportFacts, prose: str) -> list[Finding]:
    """Return a finding for the first other region that a report names as its own."""
    own = every_region().get(report.region_code)
    if own is None:
        return []
    text = re.sub(r"[^\S\n]", "", prose)
    for region, quote in _named(text, own):
        if not _related(region, own):
            return [_finding(report, own, region, quote)]
    return []


def _named(text: str, own: Region) -> Iterator[tuple[Region, str]]:
    for match in _ANCHOR.finditer(text):
        start = max(text.rfind(stop, 0, match.start()) for stop in "。；\n") + 1
        sentence = text[start : match.end()]
        if _OTHERS.search(sentence):
            continue
        near = max(start, match.start() - _REACH)
        stretch = text[near : match.start()]
        places = [near] if near == start else []
        places += [near + opening.end() for opening in _OPENS.finditer(stretch)]
        found = (_region_at(text, place, match, own) for place in places)
        region = next(filter(None, found), None)
        if region and not region.until:  # a former division may be what the place was called
            yield region, text[max(start, match.start() - 40) : match.end()]


def _region_at(text: str, place: int, match: re.Match[str], own: Region) -> Region | None:
    """Return the region named at a place, if what follows leads to the anchor without a break."""
    between = text[place : match.start()]
    region, rest = split_region(between, near=own.code)
    if region is None or len(region.name) < _SHORTEST:
        return None
    longest = 20 if match["report"] else 1  # 平罗县工业和信息化局2024年…报告; 平罗县(县)委
    return region if len(rest) <= longest and not re.search(r"[，、：]", rest) else None


def _related(one: Region, other: Region) -> bool:
    followed = one.code in other.successors or other.code in one.successors
    return followed or one in lineage(other.code) or other in lineage(one.code)


def _finding(report: ReportFacts, own: Region, named: Region, quote: str) -> Finding:
    stated = split_region(report.agency)[0] is not None
    return Finding(
        rule="foreign_place",
        scope="",
        verdict="source" if stated else "unsure",
        left=named.full_name,
        right=own.full_name,
        message=message("region_foreign", named=named.full_name, own=own.full_name, quote=quote),
    )
