"""Which links of a portal lead to annual reports, by the words of the link.

Paths change within days and differ between neighbouring portals; the words of 《政府信息公开条例》 do
not. Every page is fetched in a role, and the role tells what its links may mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.page import LINK_WITHOUT_TITLE, Link


class Role(StrEnum):
    """What a page is expected to be when its link is followed. Its content decides what it is."""

    HOME = "home"
    DISCLOSURE = "disclosure"  # the tree of 政府信息公开: its columns, units and their pages
    COLUMN = "column"  # a list of annual reports
    ARTICLE = "article"
    DOCUMENT = "document"


REPORT_TITLE = re.compile(
    r"信息公开.{0,8}(?:年报|年度.{0,4}报告|报告)|(?:年报|年度.{0,4}报告).{0,6}信息公开|工作告年度报"
)
"""Part of the title of a report, of a column of reports, and of circulars about them."""

COLUMN_TITLE = re.compile(
    r"(?:19|20)?\d{0,2}年?度?"
    r"(?:本级|本机关|各?部门|政府|[县市区省]级?|直属?部门|各?单位|各?乡镇|各?街道|各?镇街?|乡镇[(（]街道[)）]){0,20}"
    r"(?:(?:政府|政务)?信息公开|政务公开|公开)(?:工作)?(?:年报|年度报告)(?:专栏|栏目|列表|目录)?"
)

SHORT_COLUMN_TITLE = re.compile(
    r"(?:工作|公开|政府|本单位|单位|部门|信息){0,20}(?:年报|年度报告)(?:公开|公示|专栏|栏目)?"
)
"""The title of such a column inside the tree of disclosure, where shorter words are enough."""

YEAR_COLUMN_TITLE = re.compile(r"(?:19|20)\d\d年?度?(?:年报|年度报告|报告)?")
"""The title of the column of one year, inside a column of reports."""

UNIT_GROUP_WORDS = (
    r"(?:各|本|公开|政府|[县市区](?:[直级](?!属))?|省|旗|直属|基层|重点){0,20}"
    r"(?:部门|单位|乡镇|乡镇街道|乡镇[(（、/]街道[)）]?|镇街|镇|街道|委办局|工作部门|组成部门|机构)"
)
UNIT_GROUP_TITLE = re.compile(
    UNIT_GROUP_WORDS + r"(?:信息公开|政务公开|公开)?(?:目录|平台|专栏|年报|年度报告)?"
)
"""The title of a group of units: 部门信息公开目录, 各部门, 公开部门, 乡镇（街道）."""

DISCLOSURE_TITLE = re.compile(
    r".{0,10}(?:信息公开|政务公开|主动公开|公开目录)(?:目录|内容|专栏|专区|平台|网站?|信息|首页)?"
)

NOT_A_UNIT = re.compile(
    r"(?:新闻|资讯|服务|数据|互动|信息|媒体|融媒体|用户|个人|视频|下载|专题|发布|咨询|活动|帮助)中心|办事大厅"
)
UNIT_NAME = re.compile(
    r"[\u4e00-\u9fff（）()·]{1,24}(?:局|委|委员会|办|办公室|厅|院|站|中心|镇|乡|街道|街道办|街道办事处|"
    r"管委会|政府|社|联社|支队|大队|所|馆|队|集团|公司|农场|林场|开发区|园区|社区|学校|大学)"
)

ROW_TITLE = re.compile(r".{0,30}(?:19|20)\d\d年.{4,}|.{2,30}(?:信息公开|年度报告|年报).{2,}")
"""The title of a row, also where a list has shortened it or an editor has garbled it."""

REPORT_ROW = re.compile(r"年度报告|年报|工作报告|报告全文")
"""A row of a column of reports that names neither year nor subject: 县财政局年度报告."""

DISCLOSURE_PATH = re.compile(
    r"/(?:gkmlpt|public|openness\w*|(?=[a-z]*?(?:xxgk|zwgk|gkml|zfgk))[a-z]++(?:_\d+)?)(?:/|\.|$)",
    re.I,
)
"""Part of the address of an agency's own disclosure pages, linked from outside their tree."""

MAX_HOPS = 8
"""Steps from the home page; the pages of a list and attachments do not count."""

MAX_LIST_PAGES = {Role.COLUMN: 200, Role.DISCLOSURE: 3}
"""Pages of a list that are followed: of reports all, of other lists only the recent ones."""

ROLE_PRIORITY = {
    Role.DOCUMENT: 50,
    Role.ARTICLE: 40,
    Role.COLUMN: 30,
    Role.DISCLOSURE: 10,
    Role.HOME: 0,
}
"""What is nearest to a report goes first, so that a short crawl finds most of them."""


def role_of(link: Link, role: Role, page_url: str, cms: Cms) -> Role | None:
    """Return the role in which a link is followed from a page of some role; None for not at all."""
    text = link.text
    if cms.is_document(link):
        wanted = role in (Role.COLUMN, Role.ARTICLE, Role.DOCUMENT) or REPORT_TITLE.search(text)
        return Role.DOCUMENT if wanted else None
    if COLUMN_TITLE.fullmatch(text):
        return Role.COLUMN
    if REPORT_TITLE.search(text):
        return Role.ARTICLE
    if link.embedded:  # it is a part of the page itself
        return Role.DISCLOSURE if role is Role.HOME else role
    if role is Role.COLUMN:
        return _role_in_column(link, page_url, cms)
    if role in (Role.HOME, Role.DISCLOSURE) and (
        DISCLOSURE_TITLE.fullmatch(text) or UNIT_GROUP_TITLE.fullmatch(text)
    ):
        return Role.DISCLOSURE
    if role is Role.HOME and is_unit(text) and _is_in_disclosure_tree(link.url):
        return Role.DISCLOSURE
    if role is Role.DISCLOSURE and (is_unit(text) or SHORT_COLUMN_TITLE.fullmatch(text)):
        return Role.DISCLOSURE if is_unit(text) else Role.COLUMN
    return None


def is_unit(text: str) -> bool:
    """Return whether the text of a link reads like the name of an agency.

    >>> is_unit("县工业和信息化局"), is_unit("政务服务中心"), is_unit("政策文件")
    (True, False, False)
    """
    return bool(UNIT_NAME.fullmatch(text)) and not NOT_A_UNIT.search(text)


def is_column_title(title: str) -> bool:
    """Return whether the title of a page is that of a column of reports."""
    return bool(COLUMN_TITLE.fullmatch(title))


def is_disclosure_root(title: str, url: str) -> bool:
    """Return whether a home page is that of disclosure alone, with a host or a folder of its own.

    >>> is_disclosure_root("政府信息公开", "http://www.x.gov.cn/a/"), is_disclosure_root("某县政府", "http://www.x.gov.cn/")
    (True, False)
    """
    return bool(DISCLOSURE_TITLE.fullmatch(title)) or _is_in_disclosure_tree(url)


def _is_in_disclosure_tree(url: str) -> bool:
    return DISCLOSURE_PATH.search(urlsplit(url).path) is not None


def _role_in_column(link: Link, page_url: str, cms: Cms) -> Role | None:
    """Return the role of a link in a column of reports.

    Rows of a list may have any title (some are garbled). Units lead deeper only where they are
    below the column, else they belong to the navigation of the site.
    """
    text = link.text
    if cms.is_article(link.url) or link.dated or ROW_TITLE.match(text):
        return Role.ARTICLE
    if SHORT_COLUMN_TITLE.fullmatch(text):
        return Role.COLUMN if _is_below(link.url, page_url) else Role.DISCLOSURE
    if REPORT_ROW.search(text) or LINK_WITHOUT_TITLE.fullmatch(text):
        return Role.ARTICLE
    if YEAR_COLUMN_TITLE.fullmatch(text) or UNIT_GROUP_TITLE.fullmatch(text):
        return Role.COLUMN if _is_below(link.url, page_url) else Role.DISCLOSURE
    if is_unit(text):
        return Role.COLUMN if _is_below(link.url, page_url) else Role.DISCLOSURE
    return None


def _is_below(url: str, page_url: str) -> bool:
    there, here = urlsplit(url), urlsplit(page_url)
    folder = here.path.rpartition("/")[0] + "/"
    return there.netloc == here.netloc and there.path.startswith(folder)


@dataclass(frozen=True, slots=True)
class Visit:
    """The role in which a page is fetched, and what is known about it beforehand.

    `hops` are the steps from the home page, `number` is its place in a list, `family` that of the
    page with the link. A `standalone` document has the title of a report and is not attached to
    one, so that it counts itself. `base_url` is the page that requested an answer in data.
    `request` is what its script sends for this answer, None for an ordinary page.
    """

    role: Role
    hops: int = 0
    number: int = 1
    standalone: bool = False
    family: str = "generic"
    base_url: str = ""
    request: ListRequest | None = None
