"""Tell whether a report speaks for one body or is compiled from the reports of several.

A government's report mostly adds up what its departments and towns reported, so that its numbers
contain theirs. Few reports say so in a sentence; more give their figures body by body, or name the
one body that acted. The words and their false friends were collected from forty real reports for
the years 2010 to 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.model.annual_report import Agency, Covers, Section

_LONGEST = 400
"""Characters of a sentence that are looked at; a figure or a scope is told within them."""
_MOST_SENTENCES = 2_000
_SENTENCE_END = re.compile(r"[。；;！!\n]")
_SCOPE_SECTIONS = (0, 1, 6)
"""The text before the first heading, 总体情况 and 其他需要报告的事项."""

_COUNTED = r"(?:(?<!信息)公开|收到|收|受理|办结|办理|答复|发布|制发|收件)"
_FIGURE = r"\d{1,9}余?(?:件|条|份|宗|项|篇)"
_OTHERS = re.compile(
    r"各(?:县|区|市|州|盟|旗|乡|镇|街|苏木|地区|部门|单位|委办局|行政机关|级|开发区|功能区|园区|分局)"
    r"|(?:政府|[省市县区州旗]级|直属|工作|组成)部门|部门和单位|行政机关"
    r"|[委局厅部]属各?单位|(?:所属|直属|下属)各?(?:单位|机构|部门)|政府系统"
)
"""Bodies other than the one that reports."""
_MADE_FROM = re.compile(
    r"(?:综合|汇总|根据|依据|汇集|收集|结合)([^,，]{1,80}(?:[,，][^,，]{1,40})?)(?:编制|编写|汇总|撰写|起草|形成|汇编|编撰)"
)
"""How a report was made: its object tells from whose figures."""
_GATHERED = re.compile(r"(?:综合|汇总)了?(.{1,40})")
_MANY_ACT = re.compile(
    r"(?:各级各部门|各级行政机关|各级(?:人民)?政府(?:及其?部门)?|政府系统各(?:单位|部门)|各(?:县|区|市|乡|镇|开发区)[^。]{0,20}?)"
    rf"[^,，]{{0,40}}?{_COUNTED}[^。]{{0,40}}?{_FIGURE}"
)
"""Several bodies are the subject of a counted verb."""
_GAP = rf"(?:(?!发放|转|文件|预算|决算|职能|职责|会议)[^\d,，]){{0,12}}{_FIGURE}"
_OF_GOVERNMENT = re.compile(
    r"(?P<body>政府及其?(?:各|工作|组成)?部门|(?<!各)(?<!其他)(?<!有关)(?<!相关)(?<!上级)部门|街镇|镇街|乡镇|街道"
    r"|[省市区县州旗]本级|管委会|各(?:县|区|市|州|乡|镇|部门)[^\d,，]{0,12})" + _GAP
)
_OF_DEPARTMENT = re.compile(
    r"(?P<body>直管区县?局|[局委厅]机关|[局委厅]属单位|直属单位|下属单位|各?分局)" + _GAP
)
"""A figure of one body or one group of bodies that the reporter has below it, as a part of a total."""
_DISCLOSURE = re.compile(r"信息|申请|公开|受理|动态")
_REQUESTS = re.compile(r"申请|受理|\d(?:件|宗)")
_SYSTEM = re.compile(r"系统(?=20\d\d|$|政府信息|信息公开)|机关[、和及]?(?:所属)?\d{1,3}个\w{0,6}局")
_BRACKETED_SELF = re.compile(r"[(](?:本级|机关|[^()]{0,12}办公[厅室])[)]")
_SELF = r"(?:(?<!属于)本(?:行政)?机关(?!不掌握)|本单位|本部门|[本我](?:局|委|厅|办|镇|乡|街道|街办|中心|分局|支队|大队|队|所)|我单位)"
"""本机关 and its like; not in 不属于本行政机关公开 and 本机关不掌握相关政府信息, which are grounds."""
_SELF_ACTS = re.compile(rf"{_SELF}[^。]{{0,80}}?{_COUNTED}")
_SELF_WORD = re.compile(_SELF)
_IN_ITS_NAME = re.compile(
    r"以[^,，]{1,20}名义(?:印发|发布|公开|制发)|政府[(]含[^()]{1,12}办公[厅室][)]"
)
_ACTS = re.compile(rf"[^。]{{0,30}}?{_COUNTED}[^。\d]{{0,30}}+\d")
"""What follows the name of the body that acted: a counted verb and its figure."""
_COUNTED_FIGURE = re.compile(rf"{_COUNTED}[^\d]{{0,80}}+\d")
_WHOLE_TOWN = re.compile(rf"全[乡镇][^。]{{0,30}}?{_COUNTED}[^。\d]{{0,30}}+\d")
_WIDER = re.compile(r"(?:全[省市县区州旗盟]|[省市县区州旗]级?)[^,，]{0,12}?各")
"""Bodies of a division above a town: in its report, the sentence was copied from that of the county."""


@dataclass(frozen=True, slots=True)
class CoveredBodies:
    """What a report covers, and the sentence or title that says so ("" where nothing does)."""

    covers: Covers
    sentence: str


def tell_covered_bodies(
    title: str, agency: Agency | None, sections: Sequence[Section]
) -> CoveredBodies:
    """Return whether a report is of one body (`own`), `compiled` from several, or says neither.

    Only the title, the opening, 总体情况, 其他事项 and sentences with a counted verb are looked at.
    A sentence that names other bodies counts before one that names the reporter alone. What is
    usual for the kind of agency is not told here: a government that says nothing is `unclear`.
    """
    name = normalize_text(title)
    if _SYSTEM.search(name):
        return CoveredBodies("compiled", title)
    told = [(sentence, normalize_text(sentence)) for sentence in _sentences(sections)]
    for sentence, plain in told:
        if _is_compiled(plain, agency):
            return CoveredBodies("compiled", sentence)
    if _BRACKETED_SELF.search(name) or (agency and agency.kind == "office"):
        return CoveredBodies("own", title)
    for sentence, plain in told:
        if _is_own(plain, agency):
            return CoveredBodies("own", sentence)
    return CoveredBodies("unclear", "")


def _sentences(sections: Sequence[Section]) -> Iterator[str]:
    """Yield the sentences that can tell the scope, in the order of the text, cut to `_LONGEST`."""
    seen = 0
    for section in sections:
        for sentence in _SENTENCE_END.split(section.text):
            seen += 1
            if seen > _MOST_SENTENCES:
                return
            cut = sentence.strip()[:_LONGEST]
            if cut and (section.number in _SCOPE_SECTIONS or _COUNTED_FIGURE.search(cut)):
                yield cut


def _is_compiled(sentence: str, agency: Agency | None) -> bool:
    if agency is not None and agency.level == "town":
        return False
    made = _MADE_FROM.search(sentence)
    if made is not None and _OTHERS.search(made[1]) and not _SELF_WORD.search(made[1]):
        return True
    if not _DISCLOSURE.search(sentence):
        return False
    if agency is not None and agency.kind == "office" and not _REQUESTS.search(sentence):
        return False  # the items on the whole portal are no figures of its office
    if _MANY_ACT.search(sentence) and (agency is None or agency.kind == "government"):
        return True
    is_department = agency is not None and agency.kind == "department"
    figures = _OF_DEPARTMENT if is_department else _OF_GOVERNMENT
    bodies = {found["body"] for found in figures.finditer(sentence)}
    return len(bodies) > 1 or ("其中" in sentence and any("部门" in body[1:] for body in bodies))


def _is_own(sentence: str, agency: Agency | None) -> bool:
    is_government = agency is not None and agency.kind == "government"
    is_town = agency is not None and agency.level == "town"
    if is_town and _WIDER.search(sentence):
        return False
    gathered = _GATHERED.search(sentence)
    if gathered is not None and _is_reporter(gathered[1], agency):
        return True
    if _SELF_ACTS.search(sentence) or _IN_ITS_NAME.search(sentence):
        return True
    if is_government and not is_town:
        return False
    if is_town and _WHOLE_TOWN.search(sentence):
        return True
    return _SELF_WORD.search(sentence) is not None or _acts_by_name(sentence, agency)


def _is_reporter(text: str, agency: Agency | None) -> bool:
    """Return whether a text names the reporter: 本机关, or the agency by its own name."""
    own = "" if agency is None else normalize_text(agency.name)
    return _SELF_WORD.search(text) is not None or (bool(own) and own in text)


def _acts_by_name(sentence: str, agency: Agency | None) -> bool:
    """Return whether the agency is the subject of a counted verb by its name or the end of it.

    州公安局 stands for 临夏回族自治州公安局, 青龙镇 for 青龙镇人民政府.
    """
    if agency is None:
        return False
    name = normalize_text(agency.name)
    for suffix in ("人民政府", "办事处"):
        name = name.removesuffix(suffix) or name
    tails = {name, name[-4:], name[-3:]} if len(name) > 3 else {name}
    return any(
        _ACTS.match(sentence, place + len(tail)) is not None
        for tail in tails
        if tail and (place := sentence.find(tail)) >= 0
    )
