"""What the text of a link, of a heading or of a page's title means, by the words of `words.toml`.

Each function takes the text as it is read, without white space (`strip_whitespace`). Ornaments, numbers
of entries and brackets around words are removed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from gongkai.crawler.discovery.words.vocabulary import (
    MAX_TITLE_CHARS,
    YEAR,
    comparable,
    composition,
    word_group,
)
from gongkai.extract.chinese.divisions import begins_with_region, is_region_name

REPORT_TITLE = re.compile(
    r"信息公开.{0,8}(?:年报|年度.{0,4}报告|报告)|(?:年报|年度.{0,4}报告).{0,6}信息公开|工作告年度报"
)
"""Part of the title of a report, of a column of reports, and of circulars about them."""

ROW_TITLE = re.compile(r".{0,30}(?:19|20)\d\d年.{4,}|.{2,30}(?:信息公开|年度报告|年报).{2,}")
"""The title of a row, also where a list has shortened it or an editor has garbled it."""

CUT_TITLE = re.compile(
    r"信息公开(?:工作)?(?:情况)?(?:的)?(?:年|年度|年度报|工作年|报)?(?:[…⋯]|\.{2,6})?$|"
    r"(?:年度?报|(?:19|20)\d\d年度?)(?:告)?(?:[…⋯]{1,2}|\.{2,6})$"
)
"""How the title of a report ends that a list has cut: 某县2024年政府信息公开工作年度…, 某局2024年…"""

REPORT_ROW = re.compile(r"年度报告|年报|工作报告|报告全文")
"""A row of a column of reports that names neither year nor subject: 县财政局年度报告."""

ORNAMENT = r"[├└─│┊┝┕·•・●◆◇■▪□※☆★○◎▶►▸>＞》»›→\-—:：|｜#+*…．.、,，\s]"
_ORNAMENTS = re.compile(rf"^{ORNAMENT}++|(?<!{ORNAMENT}){ORNAMENT}++$")
_NUMBER_OF_ENTRIES = re.compile(
    r"[(（\[【]\d{1,6}(?:[条个篇件]|家)?[)）\]】]$|^\d{1,2}[.、．](?=\D)"
)
_MORE = re.compile(r"(?<=.)(?:查看更多|更多|more|点击进入|进入)$", re.I)
_NAME = re.compile(r"[\u4e00-\u9fff（）()·]{2,30}")
_CIRCULAR_END = re.compile(r"(?:通知|的函|公告|意见|方案|会议?)$")

WHITESPACE = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")

_COLUMN = ("subjects", "report_nouns", "report_pieces", "year_words", "owners", "unit_kinds")
_SHORT_COLUMN = ("report_nouns", "report_pieces", "year_words", "owners", "unit_kinds")
_DOOR = ("owners", "unit_kinds", "door_ends")
_CACHED = 8_192
"""Texts whose meaning is remembered: the pages of a portal share their navigation."""

T = TypeVar("T")


def _remembered(function: Callable[[str], T]) -> Callable[[str], T]:
    """Make a function of a text remember its results; long texts are not kept in memory."""
    remember = lru_cache(_CACHED)(function)

    @wraps(function)
    def remembered(text: str) -> T:
        return function(text) if len(text) > 2 * MAX_TITLE_CHARS else remember(text)

    return remembered


def strip_whitespace(text: str) -> str:
    r"""Return a text without white space, which editors put between the characters of a title.

    >>> strip_whitespace("政府信息\u3000公开 年报\n")
    '政府信息公开年报'
    """
    return WHITESPACE.sub("", text)


@_remembered
def plain_title(text: str) -> str:
    """Return a text without the ornaments, the number of entries and the 更多 around it.

    >>> plain_title("├政府信息公开年报>>更多>>"), plain_title("·市教育局（12）")
    ('政府信息公开年报', '市教育局')
    """
    if len(text) > 2 * MAX_TITLE_CHARS:
        return text
    for _ in range(3):  # ornaments around 更多 around ornaments
        before, text = text, _MORE.sub("", _NUMBER_OF_ENTRIES.sub("", _ORNAMENTS.sub("", text)))
        if text == before:
            break
    return text


@_remembered
def may_name_report(text: str) -> bool:
    """Return whether the text of a row is the title of a report, whole or cut.

    >>> [may_name_report(text) for text in ("县教育局2024年政府信息公开工作年度…", "县教育局2024年...")]
    [True, True]
    >>> may_name_report("2024年法治政府建设年度报…"), may_name_report("县教育局2024年工作要点")
    (False, False)
    """
    title = plain_title(text)
    if REPORT_TITLE.search(title):
        return True
    return CUT_TITLE.search(text) is not None and not (
        is_near_miss(title) or is_other_report(title)
    )


@_remembered
def is_column_title(text: str) -> bool:
    """Return whether a text is the title of a column of reports, wherever it stands.

    >>> is_column_title("历年政府信息公开年报"), is_column_title("市教育局政府信息公开年报")
    (True, True)
    >>> is_column_title("市教育局2024年政府信息公开年报"), is_column_title("政府工作报告")
    (False, False)
    """
    title = comparable(plain_title(text))
    if is_near_miss(text):
        return False
    if _is_column(title):
        return True
    if YEAR in title:  # the report of one unit and one year
        return False
    return any(_is_column(title[at:]) for at in range(2, len(title)) if _names_owner(title[:at]))


@_remembered
def is_short_column_title(text: str) -> bool:
    """Return whether a text is the title of such a column within the tree of disclosure.

    >>> is_short_column_title("历年年报"), is_short_column_title("区县年报"), is_short_column_title("年报2024")
    (True, True, True)
    >>> is_short_column_title("往年报告"), is_short_column_title("年报下载")
    (True, True)
    >>> is_short_column_title("政府工作报告"), is_short_column_title("统计年报")
    (False, False)
    """
    title = comparable(plain_title(text))
    if is_other_report(text):
        return False
    ways = composition(title, _SHORT_COLUMN)
    short = title.endswith("报告") and not title.endswith(
        "年度报告"
    )  # 工作报告 alone has no subject
    said = not short or "年度" in title or YEAR in title
    return any("report_nouns" in way and (said or "year_words" in way) for way in ways)


@_remembered
def is_year(text: str) -> bool:
    """Return whether a text is a year, a span of years, or the years before one.

    >>> [is_year(text) for text in ("2024", "2024年度", "2020年以前", "2008-2019年", "历年", "2024年工作")]
    [True, True, True, True, True, False]
    """
    title = comparable(plain_title(text))
    return title in {f"{YEAR}年", f"{YEAR}年度"} or bool(composition(title, ("year_words",)))


@_remembered
def is_year_column_title(text: str) -> bool:
    """Return whether a text is the title of the column of one year: 2024年, 2024年度报告."""
    title = comparable(plain_title(text))
    return is_year(text) or any(
        YEAR in way for way in composition(title, ("report_nouns", "year_words"))
    )


@_remembered
def is_unit_group(text: str) -> bool:
    """Return whether a text is the title of a door to units.

    >>> [is_unit_group(text) for text in ("各县（市、区）", "地方部门平台链接", "省直单位", "部门网站", "部门动态")]
    [True, True, True, False, False]
    """
    title = comparable(plain_title(text))
    if title in word_group("doors").words:
        return True
    if word_group("navigation").ends(title):  # 机构职能
        return False
    return any("unit_kinds" in way for way in composition(title, _DOOR))


@_remembered
def is_disclosure_title(text: str) -> bool:
    """Return whether a text is the title of the tree of disclosure, or of a part of it.

    >>> is_disclosure_title("平罗县政府信息公开专栏"), is_disclosure_title("依申请公开")
    (True, False)
    """
    title = plain_title(text)
    known, ends = word_group("disclosure"), word_group("disclosure_ends").words
    if title in known.words:
        return True
    if len(title) > MAX_TITLE_CHARS or word_group("navigation").ends(title):
        return False
    for at in range(min(len(title), 16)):
        for length in range(2, known.longest + 1):
            if title[at : at + length] in known.words and title[at + length :] in ends:
                return not word_group("other_disclosure").ends(title[:at])
    return False


def is_contents_title(text: str) -> bool:
    """Return whether a text is the title of what an agency publishes beside its reports."""
    return plain_title(text) in word_group("contents").words


@_remembered
def is_navigation(text: str) -> bool:
    """Return whether a text belongs to the navigation of a portal and is never a row of a list.

    >>> is_navigation("政府信息公开指南"), is_navigation("某局2024年度报告")
    (True, False)
    """
    title = plain_title(text)
    if len(title) > 16:
        return False
    return word_group("navigation").ends(title) or is_disclosure_title(title)


@_remembered
def is_other_report(text: str) -> bool:
    """Return whether a title is that of a report of another kind: 法治政府建设年度报告."""
    return "信息公开" not in text and word_group("other_reports").occurs_in(text)


@_remembered
def is_near_miss(text: str) -> bool:
    """Return whether a title speaks of reports and is that of none.

    >>> is_near_miss("政府信息公开年度报告制度"), is_near_miss("2024年上半年政府信息公开工作报告")
    (True, True)
    >>> is_near_miss("关于做好2024年政府信息公开年度报告工作的通知"), is_near_miss("关于2024年度政府信息公开工作的报告")
    (True, False)
    """
    title = plain_title(text)
    if word_group("near_miss").occurs_in(title) or word_group("near_miss_ends").ends(title):
        return True
    is_circular = word_group("circulars").begins(title) and "《" not in title
    return is_circular and _CIRCULAR_END.search(title) is not None


@_remembered
def is_unit(text: str) -> bool:
    """Return whether a text reads like the name of an agency.

    >>> is_unit("县工业和信息化局"), is_unit("政务服务中心"), is_unit("市政务服务中心"), is_unit("政策文件")
    (True, False, True, False)
    >>> is_unit("市残联"), is_unit("苏平片区"), is_unit("红寺堡区"), is_unit("透明政府")
    (True, True, True, False)
    """
    name = plain_title(text)
    if is_region_name(name):
        return True
    if not _NAME.fullmatch(name) or name in word_group("not_a_unit_alone").words:
        return False
    if is_navigation(name) or is_unit_group(name):
        return False
    if word_group("not_a_unit").ends(name):
        return word_group("units_with_owner").ends(name) and _begins_with_owner(name)
    return word_group("unit_endings").ends(name) or is_place(name)


def is_unit_among_units(text: str) -> bool:
    """Return whether a text is the name of a unit where it stands in a list of units.

    >>> is_unit_among_units("政务服务中心"), is_unit_among_units("投资促进服务中心"), is_unit_among_units("视频中心")
    (True, True, False)
    """
    name = plain_title(text)
    return _NAME.fullmatch(name) is not None and word_group("units_with_owner").ends(name)


def is_place(name: str) -> bool:
    """Return whether a text reads like the name of a zone or of a division.

    >>> is_place("敖汉旗"), is_place("湖城高新区"), is_place("办事专区")
    (True, True, False)
    """
    if word_group("not_a_unit").ends(name) or name in word_group("not_a_unit_alone").words:
        return is_region_name(name)
    if word_group("zone_endings").ends(name):
        return True
    return 2 <= len(name) <= 8 and name[-1] in word_group("place_endings").words


def _is_column(title: str) -> bool:
    if not any({"subjects", "report_nouns"} <= way for way in composition(title, _COLUMN)):
        return False
    if "信息" in title or "政务" in title:
        return True
    noun = re.search("年度|年报|报告", title)  # 公开年报, and not 年报公开
    return noun is not None and title.find("公开") < noun.start()


def _names_owner(name: str) -> bool:
    return word_group("unit_endings").ends(name) or is_place(name)


def _begins_with_owner(name: str) -> bool:
    """Return whether a name begins with a division: 市, 平罗县."""
    return name[0] in word_group("place_endings").words | {"省"} or begins_with_region(name)
