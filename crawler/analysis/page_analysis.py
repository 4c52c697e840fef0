"""What a fetched page is and where it leads: a pure function of its bytes.

All that reads foreign bytes during a crawl is called from here, so that one process with limits can
do it (`analyst_process.py`). The crawl itself keeps what needs the crawl: which addresses were seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gongkai.crawler.analysis.list_page import ListPage, read_list_page
from gongkai.crawler.analysis.next_pages import (
    NextPage,
    bounded,
    next_pages,
    other_requests,
    row_addresses,
    sitemap_pages,
)
from gongkai.crawler.analysis.page_outcome import FetchedPage, is_too_large, outcome_of
from gongkai.crawler.analysis.page_parts import page_parts
from gongkai.crawler.analysis.report_columns import is_column_page, is_list_of_reports
from gongkai.crawler.analysis.wanted_scripts import wanted_script_files
from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.hosts.page_owner import page_owner
from gongkai.crawler.discovery.link_roles import Role, Visit, is_disclosure_root
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.discovery.page_tree import PageTooDeep
from gongkai.extract.classify import block_signature, is_readable

REPORT_OUTCOMES = {"report", "attachments_only", "image_tables"}
"""Outcomes of pages that are a report, even where its numbers are in an attachment or a picture."""

LEADS_NOWHERE = {"blocked", "document", "errors", "missing"}
"""Outcomes of answers that have no links to follow."""


@dataclass(frozen=True, slots=True)
class PageAnalysis:
    """What a page is.

    `outcome` is one of extraction, or document, missing, blocked, errors, hostile. `is_report` tells
    that it counts as a report. `signature` names the protection that sent a block page. `limit` is
    what a hostile page exceeded: time, memory, size, depth, crash. `next_pages` are in the order in
    which the page has them. `list_page` is None for what is no page of a column of reports.
    `owner` has the name of the website and the title of the page, a line
    each, and `owner_code` the division in its site code, where they were asked for.
    `wanted_scripts` are addresses of script files without which the page does not say where it leads.
    `parts` are those of the style sheets and images of a report.
    """

    outcome: str
    is_report: bool = False
    signature: str = ""
    limit: str = ""
    next_pages: tuple[NextPage, ...] = ()
    list_page: ListPage | None = None
    owner: str = ""
    owner_code: str = ""
    wanted_scripts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def analyze(page: FetchedPage) -> PageAnalysis:
    """Decide what an answer is, and list what it leads to."""
    if is_too_large(page):
        return PageAnalysis("hostile", limit="size")
    outcome = outcome_of(page)
    visit = page.visit
    is_no_answer = outcome == "missing" or (outcome == "errors" and page.status == 200)
    if outcome in LEADS_NOWHERE:
        return PageAnalysis(
            outcome,
            is_report=outcome == "document"
            and visit.standalone
            and is_readable(page.body, page.content_type),
            signature=block_signature(page.body) if outcome == "blocked" else "",
            next_pages=tuple(other_requests(visit)) if is_no_answer else (),
        )
    if visit.role is Role.SITEMAP:
        return PageAnalysis(outcome, next_pages=tuple(bounded(sitemap_pages(page))))
    try:
        read, visit, cms = _read_page(page, outcome)
    except PageTooDeep:
        return PageAnalysis("hostile", limit="depth")
    if outcome == "attachments_only" and is_list_of_reports(read, cms.is_article):
        outcome = "list"  # the files belong to its rows
    is_report = outcome in REPORT_OUTCOMES
    found = tuple(bounded(next_pages(read, visit, cms, is_report)))
    is_list = visit.role is Role.COLUMN and not is_report
    owner, code = page_owner(read) if page.wants_owner else ("", "")
    wanted: tuple[str, ...] = ()
    if not page.script_files and not is_report:
        requests = sum(each.relation != "link" for each in found)
        shown = sum(each.visit.role in (Role.ARTICLE, Role.DOCUMENT) for each in found)
        wanted = wanted_script_files(
            read, visit.role, cms, rows=shown, requests=requests, leads=len(found)
        )
    return PageAnalysis(
        outcome,
        is_report=is_report,
        next_pages=found,
        list_page=read_list_page(read, cms.links(read), row_addresses(found)) if is_list else None,
        owner=owner,
        owner_code=code,
        wanted_scripts=wanted,
        parts=page_parts(read) if is_report else (),
    )


def _read_page(fetched: FetchedPage, outcome: str) -> tuple[WebPage, Visit, Cms]:
    """Return a page, its family, and as what it was visited: its content may show another role."""
    visit = fetched.visit
    page = WebPage(
        fetched.url,
        fetched.body,
        fetched.content_type,
        visit.base_url,
        visit.request,
        fetched.script_files,
    )
    # the rows of an answer may lead to articles of another family
    cms = FAMILIES[visit.family] if visit.request else recognise_family(page, visit.family)
    visit = replace(visit, family=cms.name, base_url=page.base_url, request=None)
    if is_column_page(page, visit.role, outcome):
        visit = replace(visit, role=Role.COLUMN)
    elif visit.role is Role.HOME and is_disclosure_root(page.title, page.address):
        visit = replace(visit, role=Role.DISCLOSURE)
    return page, visit, cms
