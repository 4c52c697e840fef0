"""Read the titles of annual reports: agency, year, and what only looks like a title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.extract.chinese.dates import find_years, years_in_digits
from gongkai.extract.chinese.divisions import begins_with_region
from gongkai.extract.chinese.normalize import normalize_text

# 工作告年度报: the title on the site of 昌图县七家子镇 2023
_REPORT = re.compile(
    r"(?:政府|政务)?信息公开(?:工作)?(?:情况)?(?:的)?(?:20\d\d年?)?(?:年?度)?(?:工作)?(?:情况)?(?:总结)?"
    r"(?:年度报告|年报|报告|告年度报)"
)
_OTHER_THINGS = re.compile(
    r"通知|通报|图解|一图|读懂|解读|模板|格式|制度|指南|说明会|办法|规定|报表|建议|提案|法治政府|半年|季度|专栏|汇编"
    r"|第[一二三四]季|编制工作|报送|样式|样表|样本|样例|范本|范文|示例|学年|月报|周报|旬报|[上下]半年度?"
    # reports of others, and what is said of reports
    r"|各(?:县|区|市|乡|镇|街道|部门|单位|地|级|委|局|科室|机关|有关|直属)|汇总|合集|统计(?:表|情况|分析)|数据统计|情况统计"
    r"|(?:评估|考核|测评)(?!中心|院|办|委|局|所)|自查|整改|问卷|要点|方案|台账|清单|公函|的函$|集中(?:发布|公布|公开|展示)|网站(?:工作|建设|年度)"
)
_PART_OF_YEAR = re.compile(
    r"半年|季度|第[一二三四]季|月报|周报|旬报"
    r"|(?<!\d)(?!0?1月?[-–—~至到]12月)\d{1,2}月?[-–—~至到]\d{1,2}月(?!\d{1,2}日)"
)
_ABOUT = re.compile(
    r"(?:信息公开|政务公开|依申请公开)[^。;；]{0,24}(?:报告|年报|半年报|季报|月报|报表|统计|情况|总结)"
)
_OTHER_SUBJECT = re.compile(
    r"法治政府|依法行政|政府网站[^。;；]{0,12}(?:报表|报告|年报)|网站工作年度报表|政府工作报告|统计公报"
    r"|政务公开[^。;；]{0,12}(?:要点|方案|总结|考核|自查)"
)
_SITE = re.compile(
    r"^[\u4e00-\u9fff·]{2,20}?(?:(?:政府|政务|门户|公众|官方|公开)网站?|政府门户网站|官网|信息公开平台|公开专栏|信息网)"
    r"(?!络)(?:[-–—:：·|｜_>＞»/]{0,4})(?=[\u4e00-\u9fff])"
)
"""A site's name in front of a title: 某县人民政府网--某县财政局."""
_TRAIL = re.compile(r"[>＞»]")
"""The sign between the columns of a breadcrumb; no title has it, only a trail that ends in one."""
_STEPS = re.compile(r"[-–—_|｜>＞»/]{1,8}")
_PERIOD = re.compile(r"\d{1,2}月\d{1,2}日(?:至|到|-)\d{1,2}月\d{1,2}日")
_MONTHS = re.compile(r"\d{1,2}月?[-–—~至到]\d{1,2}月")
_LOOSE = re.compile(r"(?:政务公开|政府信息|信息公开)[^。;；]{0,20}(?:报告|年报|总结)$")
_SHORT_YEAR = re.compile(r"(?<!\d)([0-4]\d)(?=年)")
_SECOND_NAME = re.compile(r"\([^()]{2,20}\)$")  # 教育体育局（科学技术局）
_TAIL_NAME = re.compile(r"[(（]([^()（）]{3,30})[)）]$")
_YEAR_WORDS = re.compile(r"20\d\d年?度?|20\d\d")
_SITE_SUFFIX = re.compile(r"[_|｜]|\s[-–—]\s?|[-–—](?=[^-–—]{2,20}(?:网|政府|网站|门户)$)")
MASS_ORGANISATIONS = (
    "残联", "妇联", "文联", "侨联", "台联", "社科联", "工商联", "科协", "作协", "记协", "团委",
)  # fmt: skip
"""Short names of mass organisations, by which titles and breadcrumbs call them everywhere."""
_NAME_SUFFIX = (
    "局", "委", "委员会", "政府", "办", "办公室", "厅", "镇", "乡", "街道", "办事处", "中心", "院", "队",
    "支队", "大队", "所", "处", "站", "会", "联社", "社", "区", "县", "市", "省", "州", "盟", "旗", "部",
    "署", "银行", "集团", "公司", "场", "馆", "校", "学", "台", "总队", "园", "库", "苏木",
    *MASS_ORGANISATIONS,
)  # fmt: skip
_TAIL = re.compile(
    # two kinds of brackets, told apart by their length: a text can be divided in one way only
    r"^(?:[(（](?:[^()（）]{1,16}+|[-\d年月日.—–至到~]{17,30}+)[)）]|20\d\d年?度?|的(?:公告|公示)|\.pdf|\.docx?|全文|正文)*+$",
    re.I,
)
_EDGE = '《》“”"·•[]【】:：,，、—–-'
_SENTENCE = re.compile(r"[。；;！!？?]")
_LONGEST_NAME = 45
_QUOTED = re.compile(r"《([^《》]{8,60})》")
_OPENING = 3_000


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a report: the printed text, the agency's name ("" if there is none), the year."""

    text: str
    agency: str
    year: int | None


def parse_title(text: str) -> Title | None:
    """Return the title of an annual report, None for other texts (a notice, a guide, 图解).

    >>> parse_title("平罗县工业和信息化局2024年政府信息公开工作年度报告").agency
    '平罗县工业和信息化局'
    >>> parse_title("关于做好2024年政府信息公开工作年度报告编制发布工作的通知") is None
    True
    """
    shown = " ".join(_SITE_SUFFIX.split(text.strip())[0].strip('《》“”"#* ').split())
    bare = _SHORT_YEAR.sub(r"20\1", years_in_digits(normalize_text(shown)))
    match = _REPORT.search(bare)
    if match is None or _OTHER_THINGS.search(bare) or _SENTENCE.search(bare):
        return None
    if _PART_OF_YEAR.search(bare):
        return None
    if not _TAIL.match(bare[match.end() :]):
        return None
    years = find_years(bare[: match.end()]) or find_years(bare)  # followed by (2025年1月发布)
    year = years[0] if len(set(years)) == 1 else (years[-1] if years else None)
    return Title(shown, _agency(bare, match), year)


def _agency(bare: str, match: re.Match[str]) -> str:
    """Return the name in front of the words of the title, without years and particles."""
    head = _YEAR_WORDS.sub("", _PERIOD.sub("", bare[: match.start()]))
    head = _MONTHS.sub("", head)
    if head.endswith("人民") and match[0].startswith("政府"):
        head += "政府"  # 平罗县人民政府信息公开工作年度报告 has 政府 once for two words
    head = re.sub(r"^【[^】]{1,8}】|^\[[^\]]{1,8}\]", "", head)
    head = re.sub(
        r"^(?:关于|附件\d*[:：]?|公开)|(?:关于(?:发布|公布|公开)?|的|本级|年度?)$", "", head
    )
    head = re.sub(r"^\d{1,3}[.、]", "", head)
    if _TRAIL.search(head):
        head = _TRAIL.split(head)[
            -1
        ]  # 县政府 > 政府信息公开年报 is a column, not the government's title
    head = head.rpartition(":")[2]  # 2025年发布：平罗县教育局
    head = _last_step(_SITE.sub("", head))
    head = head.rstrip(_EDGE + "（(").lstrip(_EDGE)
    tail = _TAIL_NAME.search(bare)
    return as_agency_name(head) or (as_agency_name(tail[1]) if tail else "")


def _last_step(head: str) -> str:
    """Return the name behind the name of a site or of a column: 某县政府--财政局 names 财政局."""
    steps = [step for step in _STEPS.split(head) if step.strip(_EDGE)]
    return steps[-1] if len(steps) > 1 and as_agency_name(steps[-1]) else head


def is_about_part_of_year(text: str) -> bool:
    """Return whether a title is that of a report on half a year, a quarter or some months.

    >>> is_about_part_of_year("平罗县2024年上半年政府信息公开工作报告")
    True
    """
    return _PART_OF_YEAR.search(normalize_text(text)) is not None


def parse_loose_title(text: str) -> Title | None:
    """Return a title that is worded differently, for a page with the tables of a report.

    >>> parse_loose_title("平罗县教育局24年政务公开工作总结")
    Title(text='平罗县教育局24年政务公开工作总结', agency='平罗县教育局', year=2024)
    """
    shown = " ".join(_SITE_SUFFIX.split(text.strip())[0].split())
    bare = _SHORT_YEAR.sub(r"20\1", years_in_digits(normalize_text(shown)))
    match = _LOOSE.search(bare)
    if match is None or _OTHER_THINGS.search(bare) or _PART_OF_YEAR.search(bare):
        return None
    years = set(find_years(bare))
    return Title(shown, _agency(bare, match), years.pop() if len(years) == 1 else None)


def find_quoted_title(text: str) -> Title | None:
    """Return the title in the opening sentence of a report: 现发布《平罗县教育局2024年…年度报告》."""
    titles = (parse_title(name) for name in _QUOTED.findall(text[:_OPENING]))
    return next((title for title in titles if title is not None and title.agency), None)


def is_about_reports(text: str) -> bool:
    """Return whether a title is about annual reports and not that of one: a notice, a guide, 图解.

    >>> is_about_reports("关于做好2024年政府信息公开工作年度报告编制发布工作的通知")
    True
    """
    bare = normalize_text(text)
    if _SENTENCE.search(bare):
        return False
    named = _REPORT.search(bare) or _ABOUT.search(bare)
    return bool(named and (_OTHER_THINGS.search(bare) or _PART_OF_YEAR.search(bare)))


def has_other_subject(text: str) -> bool:
    """Return whether a title is that of a report on something else: 法治政府, a website, 政务公开.

    >>> has_other_subject("平罗县2024年法治政府建设年度报告")
    True
    """
    bare = normalize_text(text)
    return bool(_OTHER_SUBJECT.search(bare) and not _REPORT.search(bare))


def as_agency_name(text: str) -> str:
    """Return `text` if it can be the name of an agency, else "".

    >>> as_agency_name("平罗县残联"), as_agency_name("残联"), as_agency_name("关联")
    ('平罗县残联', '残联', '')
    """
    name = normalize_text(text)
    if name.count("(") != name.count(")"):
        return ""
    if len(name) < 3 and name not in MASS_ORGANISATIONS:
        return ""
    if len(name) > _LONGEST_NAME or not _SECOND_NAME.sub("", name).endswith(_NAME_SUFFIX):
        return ""
    if re.search(r"[。；;！!？?\d]|信息公开|年度|首页|栏目|目录|网站|门户", name):
        return ""
    return name.replace("(", "（").replace(")", "）")


def find_title(candidates: Iterable[str], lines: list[str]) -> Title | None:
    """Return the best title: the first candidate with agency and year, else a combination.

    `lines` are the first lines of the text, because a title is often spread over two or three of
    them.
    """
    stated = [title for text in candidates if (title := parse_title(text))]
    stated += _from_lines(lines)
    if not stated:
        return None
    for title in stated:
        if title.agency and title.year:
            return title
    agency = next((title.agency for title in stated if title.agency), "")
    year = next((title.year for title in stated if title.year), None)
    return Title(stated[0].text, agency, year)


def _from_lines(lines: list[str]) -> list[Title]:
    """Yield the titles in the first lines, in one line or in up to four joined lines."""
    found: list[Title] = []
    short = [line if len(line) <= 60 else "" for line in lines[:20]]
    for line in short:  # complete by itself: the line above it (政务公开) belongs to the site
        title = parse_title(line)
        if title and title.year and begins_with_region(title.agency):
            return [title]
    for start in range(len(short)):
        for count in (1, 2, 3, 4):
            window = short[start : start + count]
            if len(window) < count or not all(window):
                break
            title = parse_title(_joined(window))
            if title:
                found.append(title)
                if title.agency and title.year:
                    return [title]
    return found


def _joined(pieces: list[str]) -> str:
    """Return the lines of a title as one text; Chinese needs no space at a line break."""
    text = pieces[0]
    for piece in pieces[1:]:
        text += piece if not (text[-1].isascii() or piece[0].isascii()) else f" {piece}"
    return text
