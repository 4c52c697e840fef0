"""Reading the pages that a probe kept: whose they are, and which reports their lists name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from gongkai.crawler.analysis.page_analysis import REPORT_OUTCOMES
from gongkai.crawler.analysis.unfollowed_links import unfollowed_links
from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.hosts.home_answer import HomeAnswer, read_home_answer
from gongkai.crawler.discovery.hosts.page_owner import division_code, site_name
from gongkai.crawler.discovery.hosts.sister_hosts import DISCLOSURE_WORDS
from gongkai.crawler.discovery.link_roles import Role
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.page_tree import PageTooDeep
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.discovery.words.link_words import (
    REPORT_ROW,
    REPORT_TITLE,
    is_column_title,
    is_short_column_title,
    is_unit,
    strip_whitespace,
)
from gongkai.crawler.sites.portals import host_key
from gongkai.crawler.sites.registry import Site, is_official, netloc
from gongkai.crawler.warc.snapshot import Snapshot
from gongkai.extract.chinese.zones import is_zone
from gongkai.extract.classify import classify

LEVELS = ("county", "department", "town")
TOWN_NAME = re.compile(r"(?:镇|乡|苏木|街道|办事处)(?:人民政府|政府|办事处)?$")
COUNTY_NAME = re.compile(
    r"(?:省|自治区|市|州|盟|县|区|旗)(?:人民政府|政府)(?:办公室|办公厅)?$|^(?:[县市区省]政府)$"
)
YEAR = re.compile(r"(?:19|20)\d\d")
LIST_OUTCOMES = ("list", "not_report", "unreadable", None)
"""Outcomes of pages that may have a list; a list that a script inserts looks unreadable."""

OTHER_TITLES = re.compile(r"通知|制度|法治|报表|图解|一图|解读|半年|财政|统计")
PAGE_FILE = re.compile(r"[_/-]?(?:index|list|page|default)?[_-]?(?<!\d)\d*+(?:\.\w++)?$", re.I)
"""The part of an address in which the pages of one list differ."""

MAX_UNFOLLOWED = 1_000
"""Different texts of links that were not followed, of all pages of a probe."""

NATIONAL_PORTAL = "www.gov.cn"

MAX_DEPARTMENTS = 200
"""Units with hosts of their own that a probe names."""

ReportTitles: TypeAlias = dict[str, str]
"""Address -> title of the reports that lists name."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column of reports: its address, its title, and the number of its rows with reports."""

    url: str
    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class UnfollowedLink:
    """A link in a list with doors of disclosure that was not followed.

    `url` is the first address under this text, `pages` the number of pages that have it.
    """

    text: str
    url: str
    pages: int


@dataclass(frozen=True, slots=True)
class Department:
    """A unit with a host of its own: the text of the link to it, and its address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class AskedList:
    """What a script sends for a page of a list; the address and the family of the page with the script."""

    request: ListRequest
    base_url: str
    family: Cms


class ProbeReader:
    """Reads the pages kept of a site once, in order of fetching.

    `script_files` are the texts of the script files that were kept, by their addresses.
    """

    def __init__(
        self,
        site: Site,
        hosts: frozenset[str] = frozenset(),
        script_files: Mapping[str, str] | None = None,
    ) -> None:
        self.site = site
        self.hosts = site.all_hosts | hosts  # those that the crawl has found too
        self.script_files = script_files or {}
        self.name = self.region_code = ""
        self.families: Counter[str] = Counter()
        self.columns: dict[str, ReportColumn] = {}
        # key of a page -> address and title of the column that it is a part of
        self.owners: dict[str, tuple[str, str]] = {}
        self.requests: dict[str, AskedList] = {}  # by the key of the answer
        self.units: set[str] = set()
        self.reports: ReportTitles = {}
        self.elsewhere: Counter[str] = Counter()
        self.unfollowed: dict[str, UnfollowedLink] = {}  # by text
        self.asked: set[str] = set()  # keys of the pages that were read
        self.departments: dict[str, Department] = {}
        self.home = HomeAnswer()
        self.opened = self.confirmed = 0
        self.last_family = FAMILIES["generic"]

    @property
    def _home_key(self) -> str:
        return canonical_url_key(self.site.url)

    @property
    def levels(self) -> Counter[str]:
        """The number of reports named, by the level of their agency."""
        return Counter(level_of(title) for title in self.reports.values())

    def read(self, snapshot: Snapshot, body: bytes) -> None:
        """Read one answer."""
        self.asked.add(canonical_url_key(snapshot.url))
        asked = self.requests.get(canonical_url_key(snapshot.url))
        try:
            page = self._page(snapshot, body, asked)
        except PageTooDeep:
            return  # the crawl has counted it as hostile
        if snapshot.media_type != "text/html" and not page.is_data:
            return  # an attached document
        family = asked.family if asked else recognise_family(page, self.last_family.name)
        if not asked and family.recognises(page):
            self.families[family.name] += 1
            self.last_family = family
        self._read_owner(page)
        if self.home.size == 0 and canonical_url_key(page.address) == self._home_key:
            self.home = read_home_answer(page, snapshot.status, len(body))
        outcome = None if page.is_data else classify(body, snapshot.media_type, snapshot.url)
        is_article = page.meta("ArticleTitle") != ""
        titles = (page.title, self._title_of_column(page))
        is_column = not is_article and any(is_column_name(title) for title in titles)
        if is_column or (not is_article and outcome in LIST_OUTCOMES):
            self._read_list(page, family)
        if outcome in REPORT_OUTCOMES:
            self.opened += 1
            self.confirmed += 1
            if is_column:  # the page of the column is itself the report
                self.reports.setdefault(page.address, page.title)
        elif (is_article or outcome not in LIST_OUTCOMES) and REPORT_TITLE.search(page.title):
            self.opened += 1

    def _page(self, snapshot: Snapshot, body: bytes, asked: AskedList | None) -> WebPage:
        """Return a page, with its script files where the crawl has asked for them."""
        base_url = asked.base_url if asked else snapshot.url
        request = asked.request if asked else None
        page = WebPage(snapshot.url, body, "", base_url, request)
        files = [
            self.script_files[url] for url in page.script_addresses if url in self.script_files
        ]
        return WebPage(snapshot.url, body, "", base_url, request, files) if files else page

    def _read_owner(self, page: WebPage) -> None:
        """Take name and region code from the first page that has them."""
        self.name = self.name or site_name(page) or page.title
        self.region_code = self.region_code or division_code(page)

    def _title_of_column(self, page: WebPage) -> str:
        """Return the title of the column that a page is a part of, "" where it is of none."""
        return self.owners.get(canonical_url_key(page.address), ("", ""))[1]

    def _read_list(self, page: WebPage, family: Cms) -> None:
        links = list(family.links(page))
        own_title = "" if page.is_data else page.title
        url, title = self.owners.get(canonical_url_key(page.address), (page.address, own_title))
        is_column = is_column_name(title) or is_column_title(page.meta("ColumnName"))
        if is_column_name(own_title) and not is_column:
            url, title, is_column = page.address, own_title, True
        rows = {link.url: link.text for link in links if is_row(link, is_column)}
        if is_column:
            self._add_column(url, title, len(rows))
        self.reports |= rows
        for link in links:
            if link.embedded:  # the rows are in an answer that a script requests
                self.owners.setdefault(canonical_url_key(link.url), (url, title))
            elif is_column_name(link.text):
                self.owners.setdefault(canonical_url_key(link.url), (link.url, link.text))
            if is_unit(link.text):
                self.units.add(link.text)
                self._add_department(link)
            if REPORT_TITLE.search(link.text) or DISCLOSURE_WORDS.search(link.text):
                self._count_elsewhere(link)
        if not page.is_data:
            self._note_unfollowed(links, page, family, is_column)
        for following in family.list_pages(page):
            self.owners.setdefault(canonical_url_key(following), (url, title))
        for request in family.list_requests(page) if is_column else ():
            key = canonical_url_key(request.address)
            self.owners.setdefault(key, (url, title))
            self.requests.setdefault(key, AskedList(request, page.base_url, family))

    def _add_column(self, url: str, title: str, rows: int) -> None:
        """Add the rows of a page to those of its column: the pages of one list count together."""
        key = canonical_url_key(url)
        # with a query, columns may differ by it alone, and `url` is that of the first page
        stem = key if "?" in key else PAGE_FILE.sub("", key)
        before = self.columns.get(f"{stem} {title}", ReportColumn(url, title, 0))
        self.columns[f"{stem} {title}"] = replace(before, rows=before.rows + rows)

    def _note_unfollowed(
        self, links: list[Link], page: WebPage, family: Cms, is_column: bool
    ) -> None:
        is_home = canonical_url_key(page.address) == canonical_url_key(self.site.url)
        role = Role.HOME if is_home else Role.COLUMN if is_column else Role.DISCLOSURE
        found = unfollowed_links(links, role, page.base_url, family)
        for link in {link.text: link for link in found}.values():
            before = self.unfollowed.get(link.text, UnfollowedLink(link.text, link.url, 0))
            if len(self.unfollowed) < MAX_UNFOLLOWED or before.pages:
                self.unfollowed[link.text] = replace(before, pages=before.pages + 1)

    def most_unfollowed(self, count: int) -> tuple[UnfollowedLink, ...]:
        """Return the links that were not followed from most pages, those of the earlier pages first."""
        left = [
            link
            for link in self.unfollowed.values()
            if canonical_url_key(link.url) not in self.asked
        ]
        return tuple(sorted(left, key=lambda link: -link.pages)[:count])

    def _count_elsewhere(self, link: Link) -> None:
        host = netloc(link.url)
        if is_official(host) and host not in self.hosts | {NATIONAL_PORTAL}:
            self.elsewhere[host] += 1

    def _add_department(self, link: Link) -> None:
        """Keep the address of a unit whose pages are on a host of its own."""
        host = netloc(link.url)
        if not is_official(host) or host in self.hosts or len(self.departments) >= MAX_DEPARTMENTS:
            return
        self.departments.setdefault(host_key(host), Department(link.text, link.url))


def is_column_name(title: str) -> bool:
    """Return whether a title is that of a column of reports, also a short title of a unit.

    >>> is_column_name("年度报告"), is_column_name("部门年报"), is_column_name("年报制度")
    (True, True, False)
    """
    return is_column_title(title) or is_short_column_title(title)


def is_row(link: Link, in_column: bool = False) -> bool:
    """Return whether a link of a list reads like one report of one year.

    In a column of reports shorter words are enough: 2024年年报, 查看.
    """
    if is_column_name(link.text) or link.text.startswith("关于"):
        return False
    if in_column and link.dated and REPORT_ROW.search(link.text):
        return OTHER_TITLES.search(link.text) is None or _names_report_and_year(link.text)
    return _names_report_and_year(link.text)


def _names_report_and_year(text: str) -> bool:
    return bool(REPORT_TITLE.search(text) and YEAR.search(text))


def level_of(title: str) -> str:
    """Return the level of the agency in the title of a report: county, department or town.

    >>> level_of("平罗县城关镇2024年政府信息公开工作年度报告"), level_of("2024年平罗县人民政府政府信息公开年报")
    ('town', 'county')
    >>> level_of("云山高新技术产业开发区2024年政府信息公开工作年度报告")
    'county'
    """
    name = re.sub(r"(?:19|20)\d\d年?度?", " ", strip_whitespace(title)).split()
    agency = re.split(r"政府信息公开|政务公开|信息公开", name[0])[0] if name else ""
    if TOWN_NAME.search(agency):
        return "town"
    return "county" if COUNTY_NAME.search(agency) or is_zone(agency) else "department"
