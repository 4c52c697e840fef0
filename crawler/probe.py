"""Probing a portal: what a few of its pages show, before it is registered or to check its entry.

A probe is a crawl with a small budget into a folder of its own. What it found is read from the
pages that it kept, as a build does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse

from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.link_roles import (
    COLUMN_TITLE,
    REPORT_ROW,
    REPORT_TITLE,
    SHORT_COLUMN_TITLE,
    is_column_title,
    is_unit,
)
from gongkai.crawler.discovery.page import Link, WebPage, strip_whitespace
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.runs.jobs import SiteProgress, crawl
from gongkai.crawler.sites.registry import Site, netloc
from gongkai.crawler.warc.snapshot import Run, Snapshot
from gongkai.crawler.warc.store import Snapshots
from gongkai.extract.classify import classify
from gongkai.messages import Message, message, parse_message

PROBE_PAGES = 150
"""Pages that a probe asks for: about five minutes at the default delay."""

ARTICLES_PER_LIST = 2
"""Articles that a probe opens from each page of a list; it only counts the other rows."""

PARALLEL_PROBES = 4
"""Sites that are probed at the same time."""

LEVELS = ("county", "department", "town")
TOWN_NAME = re.compile(r"(?:镇|乡|苏木|街道|办事处)(?:人民政府|政府|办事处)?$")
COUNTY_NAME = re.compile(
    r"(?:省|自治区|市|州|盟|县|区|旗)(?:人民政府|政府)(?:办公室|办公厅)?$|^(?:[县市区省]政府)$"
)
YEAR = re.compile(r"(?:19|20)\d\d")
SITE_CODE = re.compile(r"(?:网站标识码|sitecode)\W{0,10}(?:bm)?(\d{6})\d{2,4}", re.I)
LIST_OUTCOMES = ("list", "not_report", "unreadable", None)
"""Outcomes of pages that may have a list; a list that a script inserts looks unreadable."""

REPORT_OUTCOMES = ("report", "attachments_only", "image_tables")
OTHER_TITLES = re.compile(r"通知|制度|法治|报表|图解|一图|解读|半年|财政|统计")
PAGE_FILE = re.compile(r"[_/-]?(?:index|list|page|default)?[_-]?\d*(?:\.\w+)?$", re.I)
"""The part of an address in which the pages of one list differ."""

NATIONAL_PORTAL = "www.gov.cn"

ReportTitles: TypeAlias = dict[str, str]
"""Address -> title of the reports that lists name."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column of reports: its address, its title, and the number of its rows with reports."""

    url: str
    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a probe found.

    `families` counts pages by the family that they show. `levels` counts the reports that lists
    name by the level of their agency. `opened` counts the articles that were fetched, `confirmed`
    those among them that are reports by their content. `elsewhere` counts links to reports on other
    official hosts, by host.
    """

    run: Run
    name: str
    region_code: str
    families: Mapping[str, int]
    columns: tuple[ReportColumn, ...]
    units: int
    levels: Mapping[str, int]
    reports: ReportTitles
    opened: int
    confirmed: int
    elsewhere: Mapping[str, int]

    @property
    def cms(self) -> str:
        """The family to register: the only one found, else generic, which decides page by page."""
        named = [name for name in self.families if name != "generic"]
        return named[0] if len(named) == 1 else "generic"

    @property
    def reached(self) -> int:
        """The least number of reports: named by lists, or confirmed by their content."""
        return max(len(self.reports), self.confirmed)

    @property
    def blocked(self) -> int:
        """The number of block pages among the answers."""
        return self.run.counts.get("blocked", 0)


def probe(
    sites: Sequence[Site],
    folder: Path,
    *,
    proxy: str | None = None,
    settings: Mapping[str, str] | None = None,
    progress: Callable[[SiteProgress], None] | None = None,
) -> list[ProbeResult]:
    """Crawl a little of each site into an empty folder, and return what was found.

    Raises:
        SettingError: The proxy cannot be used.
        StorageError: The folder cannot be used.
    """
    bounds = {"GONGKAI_SAMPLE": str(ARTICLES_PER_LIST), "CLOSESPIDER_PAGECOUNT": str(PROBE_PAGES)}
    runs = crawl(
        sites,
        folder,
        proxy=proxy,
        settings=bounds | dict(settings or {}),
        progress=progress,
        workers=min(len(sites), PARALLEL_PROBES),
    )
    with Snapshots(folder) as snapshots:
        return [read_probe(site, run, snapshots) for site, run in zip(sites, runs, strict=True)]


def read_probe(site: Site, run: Run, snapshots: Snapshots) -> ProbeResult:
    """Return what a crawl of a site found, from the pages that it kept."""
    reader = _ProbeReader(site)
    for snapshot in snapshots.all(site.id):
        if snapshot.status == 200 and urlsplit(snapshot.url).path != "/robots.txt":
            reader.read(snapshot, snapshots.body(snapshot))
    return ProbeResult(
        run=run,
        name=reader.name,
        region_code=reader.region_code,
        families=dict(reader.families.most_common()),
        columns=tuple(sorted(reader.columns.values(), key=lambda seen: -seen.rows)),
        units=len(reader.units),
        levels={level: reader.levels[level] for level in LEVELS},
        reports=reader.reports,
        opened=reader.opened,
        confirmed=reader.confirmed,
        elsewhere=dict(reader.elsewhere.most_common(5)),
    )


class _ProbeReader:
    """Reads the pages kept of a site once, in order of fetching."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.name = self.region_code = ""
        self.families: Counter[str] = Counter()
        self.columns: dict[str, ReportColumn] = {}
        self.owners: dict[
            str, tuple[str, str]
        ] = {}  # key of a page -> address and title of its column
        self.units: set[str] = set()
        self.reports: ReportTitles = {}
        self.elsewhere: Counter[str] = Counter()
        self.opened = self.confirmed = 0
        self.last_family = FAMILIES["generic"]

    @property
    def levels(self) -> Counter[str]:
        """The number of reports named, by the level of their agency."""
        return Counter(level_of(title) for title in self.reports.values())

    def read(self, snapshot: Snapshot, body: bytes) -> None:
        """Read one answer."""
        page = WebPage(HtmlResponse(snapshot.url, body=body), snapshot.url)
        if snapshot.media_type != "text/html" and not page.is_data:
            return  # an attached document
        family = recognise_family(page, self.last_family.name)
        if family.recognises(page):
            self.families[family.name] += 1
            self.last_family = family
        self._read_owner(page)
        outcome = None if page.is_data else classify(body, snapshot.media_type, snapshot.url)
        article = page.meta("ArticleTitle") != ""
        column = not article and (
            is_column_name(page.title) or is_column_name(self._title_of_column(page))
        )
        if not article and (column or outcome in LIST_OUTCOMES):
            self._read_list(page, family)
        if outcome in REPORT_OUTCOMES:
            self.opened += 1
            self.confirmed += 1
            if column:  # the column page is itself the report
                self.reports.setdefault(page.address, page.title)
        elif outcome not in LIST_OUTCOMES or article:
            self.opened += REPORT_TITLE.search(page.title) is not None

    def _read_owner(self, page: WebPage) -> None:
        """Take name and region code from the first page that has them."""
        self.name = self.name or page.meta("SiteName") or page.title
        code = re.match(r"(?:bm)?(\d{6})", page.meta("SiteIDCode")) or SITE_CODE.search(page.text)
        self.region_code = self.region_code or (code[1] if code else "")

    def _title_of_column(self, page: WebPage) -> str:
        """Return the title of the column that a page is a part of, "" where it is of none."""
        return self.owners.get(canonical_url_key(page.address), ("", ""))[1]

    def _read_list(self, page: WebPage, family: Cms) -> None:
        links = list(family.links(page))
        own = page.address, "" if page.is_data else page.title
        url, title = self.owners.get(canonical_url_key(page.address), own)
        named = page.meta("ColumnName")
        column = is_column_name(title) or is_column_title(named)
        if is_column_name(own[1]) and not column:
            url, title, column = *own, True
        rows = {link.url: link.text for link in links if is_row(link, column)}
        if column:
            self._add_column(url, title, len(rows))
        self.reports |= rows
        for link in links:
            if link.embedded:  # the rows are in an answer that a script requests
                self.owners.setdefault(canonical_url_key(link.url), (url, title))
            elif is_column_name(link.text):
                self.owners.setdefault(canonical_url_key(link.url), (link.url, link.text))
            if is_unit(link.text):
                self.units.add(link.text)
            if REPORT_TITLE.search(link.text) or COLUMN_TITLE.fullmatch(link.text):
                self._count_elsewhere(link)
        for following in family.list_pages(page):
            self.owners.setdefault(canonical_url_key(following), (url, title))

    def _add_column(self, url: str, title: str, rows: int) -> None:
        """Add the rows of a page to those of its column: the pages of one list count together."""
        place = canonical_url_key(
            url
        )  # columns may differ by their query alone; `url` is that of the first page
        stem = f"{place if '?' in place else PAGE_FILE.sub('', place)} {title}"
        before = self.columns.get(stem, ReportColumn(url, title, 0))
        self.columns[stem] = replace(before, rows=before.rows + rows)

    def _count_elsewhere(self, link: Link) -> None:
        host = netloc(link.url)
        if host not in self.site.all_hosts | {NATIONAL_PORTAL} and host.partition(":")[0].endswith(
            ".gov.cn"
        ):
            self.elsewhere[host] += 1


def is_column_name(title: str) -> bool:
    """Return whether a title is that of a column of reports, also a short title of a unit.

    >>> is_column_name("年度报告"), is_column_name("部门年报"), is_column_name("年报制度")
    (True, True, False)
    """
    return is_column_title(title) or SHORT_COLUMN_TITLE.fullmatch(title) is not None


def is_row(link: Link, column: bool = False) -> bool:
    """Return whether a link of a list reads like one report of one year.

    In a column of reports shorter words are enough: 2024年年报, 查看.
    """
    if is_column_name(link.text) or link.text.startswith("关于"):
        return False
    if (
        column
        and link.dated
        and REPORT_ROW.search(link.text)
        and not OTHER_TITLES.search(link.text)
    ):
        return True
    return bool(REPORT_TITLE.search(link.text) and YEAR.search(link.text))


def level_of(title: str) -> str:
    """Return the level of the agency in the title of a report: county, department or town.

    >>> level_of("平罗县城关镇2024年政府信息公开工作年度报告"), level_of("2024年平罗县人民政府政府信息公开年报")
    ('town', 'county')
    """
    name = re.sub(r"(?:19|20)\d\d年?度?", " ", strip_whitespace(title)).split()
    agency = re.split(r"政府信息公开|政务公开|信息公开", name[0])[0] if name else ""
    if TOWN_NAME.search(agency):
        return "town"
    return "county" if COUNTY_NAME.search(agency) else "department"


def site_from_probe(site: Site, found: ProbeResult) -> Site:
    """Return a site with its family, and half of the reports found as the least number."""
    return replace(site, cms=found.cms, min_reports=max(1, found.reached // 2))


def describe_drift(site: Site, found: ProbeResult) -> Iterator[Message]:
    """Yield in what a probe differs from the entry of the registry."""
    if found.blocked:
        yield message("block_pages", n=found.blocked)
    if not found.families and not found.reports and not found.columns:
        yield parse_message(found.run.why) if found.run.why else message("home_leads_nowhere")
        return
    if site.cms != "generic" and found.families and site.cms not in found.families:
        yield message("family_differs", entry=site.cms, found=", ".join(found.families))
    if found.region_code and found.region_code != site.region_code:
        yield message("region_differs", entry=site.region_code, found=found.region_code)
    if not (found.columns or found.reached):
        yield message("no_report_column_found")
    elif found.reached < site.min_reports:
        yield message("too_few_reports", n=len(found.reports), least=site.min_reports)
    if found.opened and not found.confirmed:
        yield message("no_article_is_report", n=found.opened)
