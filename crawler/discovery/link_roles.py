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
from gongkai.crawler.discovery.link_context import LINK_WITHOUT_TITLE
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.page import Link
from gongkai.crawler.discovery.words.link_words import (
    REPORT_ROW,
    REPORT_TITLE,
    ROW_TITLE,
    is_column_title,
    is_disclosure_title,
    is_navigation,
    is_near_miss,
    is_other_report,
    is_short_column_title,
    is_unit,
    is_unit_group,
    is_year,
    is_year_column_title,
    plain_title,
)


class Role(StrEnum):
    """What a page is expected to be when its link is followed. Its content decides what it is."""

    HOME = "home"
    DISCLOSURE = "disclosure"  # the tree of 政府信息公开: its columns, units and their pages
    COLUMN = "column"  # a list of annual reports
    ARTICLE = "article"
    DOCUMENT = "document"
    SITEMAP = "sitemap"  # named by robots.txt


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
    Role.SITEMAP: -10,  # last: it only adds what no page led to
}
"""What is nearest to a report goes first, so that a short crawl finds most of them."""


def role_of(link: Link, role: Role, page_url: str, cms: Cms) -> Role | None:
    """Return the role in which a link is followed from a page of some role; None for not at all."""
    text = plain_title(link.text)
    is_document = cms.is_document(link)
    if is_document and role in (Role.ARTICLE, Role.DOCUMENT):
        return Role.DOCUMENT
    if is_near_miss(text):
        return None
    if is_document:
        wanted = role is Role.COLUMN or REPORT_TITLE.search(text)
        return Role.DOCUMENT if wanted else None
    if is_column_title(text):
        is_row = role is Role.COLUMN and (link.dated or cms.is_article(link.url))
        return Role.ARTICLE if is_row else Role.COLUMN
    if REPORT_TITLE.search(text):
        return Role.ARTICLE
    if link.embedded:  # it is a part of the page itself
        return Role.DISCLOSURE if role is Role.HOME else role
    around = _role_around(link, role)
    if around is Role.COLUMN:
        return _role_in_column(link, text, page_url, cms, by_heading=role is not Role.COLUMN)
    if around in (Role.HOME, Role.DISCLOSURE):
        return _role_in_tree(link, text, around)
    return None


def is_disclosure_root(title: str, url: str) -> bool:
    """Return whether a home page is that of disclosure alone, with a host or a folder of its own.

    >>> is_disclosure_root("政府信息公开", "http://www.x.gov.cn/a/"), is_disclosure_root("某县政府", "http://www.x.gov.cn/")
    (True, False)
    """
    return is_disclosure_title(title) or _is_in_disclosure_tree(url)


def _role_around(link: Link, role: Role) -> Role:
    """Return the role of the part of a page that a link stands in, by the heading above it."""
    if role is Role.DISCLOSURE and is_short_column_title(link.heading):
        return Role.COLUMN
    if role in (Role.HOME, Role.DISCLOSURE) and is_column_title(link.heading):
        return Role.COLUMN
    if role is Role.HOME and is_disclosure_title(link.heading):
        return Role.DISCLOSURE
    return role


def _is_in_disclosure_tree(url: str) -> bool:
    return DISCLOSURE_PATH.search(urlsplit(url).path) is not None


def _role_in_tree(link: Link, text: str, role: Role) -> Role | None:
    """Return the role of a link on a home page or in the tree of disclosure."""
    if is_short_column_title(text) and (role is Role.DISCLOSURE or is_named_column(text)):
        return Role.COLUMN
    if is_disclosure_title(text) or is_unit_group(text):
        return Role.DISCLOSURE
    if role is Role.HOME and not _is_in_disclosure_tree(link.url):
        return None
    return Role.DISCLOSURE if is_unit(text) else None


def is_named_column(text: str) -> bool:
    """Return whether a short title of a column says whose reports they are: 部门年报."""
    return is_unit_group(text.removesuffix("年度报告").removesuffix("年报"))


def _role_in_column(
    link: Link, text: str, page_url: str, cms: Cms, by_heading: bool
) -> Role | None:
    """Return the role of a link in a column of reports, or below a heading that names one.

    Rows of a list may have any title (some are garbled), but that of navigation; below a heading, which
    may be that of another part of the page, they need the words of reports. Units lead deeper
    only where they are below the column or a year of it, else they belong to the navigation.
    """
    if is_other_report(text):
        return None
    if is_navigation(text):
        return Role.DISCLOSURE if is_disclosure_title(text) else None
    is_row = cms.is_article(link.url) or link.dated
    if ROW_TITLE.match(text) or (is_row and not by_heading):
        return Role.ARTICLE
    deeper = Role.COLUMN if is_below(link.url, page_url) else Role.DISCLOSURE
    if is_short_column_title(text):
        return deeper
    if REPORT_ROW.search(text) or LINK_WITHOUT_TITLE.fullmatch(text):
        return Role.ARTICLE
    if is_year_column_title(text):
        return Role.COLUMN if is_beside(link.url, page_url) else deeper
    if is_unit(text) and is_year(link.heading):
        return Role.COLUMN
    if is_unit_group(text) or is_unit(text):
        return deeper
    return None


def is_below(url: str, page_url: str) -> bool:
    """Return whether an address is in the folder of a page."""
    there, here = urlsplit(url), urlsplit(page_url)
    folder = here.path.rpartition("/")[0] + "/"
    return there.netloc == here.netloc and there.path.startswith(folder)


def is_beside(url: str, page_url: str) -> bool:
    """Return whether an address is in the folder around that of a page, as the years of a column are."""
    folder = urlsplit(page_url).path.rpartition("/")[0]
    around = urlsplit(page_url)._replace(path=folder or "/").geturl()
    return folder.count("/") > 1 and is_below(url, around)


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
