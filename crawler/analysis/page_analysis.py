"""What a fetched page is and where it leads: a pure function of its bytes.

All that reads foreign bytes during a crawl is called from here, so that one process with limits can
do it (`analyst_process.py`). The crawl itself keeps what needs the crawl: which addresses were seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from gongkai.crawler.analysis.followed_links import (
    is_beside_column,
    links_with_role,
    requested_data,
)
from gongkai.crawler.analysis.list_page import ListPage, read_list_page
from gongkai.crawler.analysis.report_columns import (
    YEAR,
    is_column_page,
    is_list_of_reports,
    own_columns,
)
from gongkai.crawler.analysis.sitemap import read_sitemap
from gongkai.crawler.analysis.wanted_scripts import wanted_script_files
from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.embedded_data import is_data_answer, script_links
from gongkai.crawler.discovery.hosts.page_owner import page_owner
from gongkai.crawler.discovery.hosts.sister_hosts import MAX_TEXT_CHARS
from gongkai.crawler.discovery.link_roles import (
    MAX_LIST_PAGES,
    Role,
    Visit,
    is_disclosure_root,
)
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.page_tree import PageTooDeep
from gongkai.crawler.discovery.sessions import SessionLink, shared_sessions, without_values
from gongkai.crawler.discovery.urls import escape_url, is_document_url
from gongkai.crawler.discovery.words.link_words import (
    REPORT_TITLE,
    is_unit,
    is_unit_among_units,
    plain_title,
)
from gongkai.crawler.warc.statuses import BLOCK_STATUSES, GONE_STATUSES
from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.classify import block_signature, classify, is_readable, sniff

REPORT_OUTCOMES = {"report", "attachments_only", "image_tables"}
"""Outcomes of pages that are a report, even where its numbers are in an attachment or a picture."""

SCRIPT_STUB = "script stub"
"""The signature of a page of scripts without a word (`extract/block_pages.py`)."""

LEADS_NOWHERE = {"blocked", "document", "errors", "missing"}
"""Outcomes of answers that have no links to follow."""

MAX_NEXT = 20_000
"""Addresses that one page may lead to; the longest real list has a tenth of it."""

MAX_URL_CHARS = 2_083
"""Longer addresses are left out, as Scrapy does by default (URLLENGTH_LIMIT)."""

Relation = Literal["link", "page", "part", "cut"]


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """An answer as plain data.

    `content_type` is the header. `max_bytes` is the size beyond which a page is not parsed, 0 for no
    limit. `wants_owner` asks for whom the page belongs to. `script_files` are the texts of files that the
    page loads, where it needs them.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    visit: Visit
    max_bytes: int = 0
    wants_owner: bool = False
    script_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextPage:
    """An address that a page leads to, in which role, and the body to send where GET fails.

    `unit` is the text of a link that reads like the name of an agency and leads into its pages of
    disclosure or its reports, "" for other links.
    `relation` is what it is to a list: a further "page" of it, a "part" that a script puts into it,
    the first page beyond what is asked for ("cut"), else "link".
    `text` is the beginning of the text of any link.
    """

    url: str
    visit: Visit
    post_body: str = ""
    unit: str = ""
    relation: Relation = "link"
    text: str = ""


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
            next_pages=tuple(_other_requests(visit)) if is_no_answer else (),
        )
    if visit.role is Role.SITEMAP:
        return PageAnalysis(outcome, next_pages=tuple(_bounded(_sitemap_pages(page))))
    try:
        read, visit, cms = _read_page(page, outcome)
    except PageTooDeep:
        return PageAnalysis("hostile", limit="depth")
    if outcome == "attachments_only" and is_list_of_reports(read, cms.is_article):
        outcome = "list"  # the files belong to its rows
    is_report = outcome in REPORT_OUTCOMES
    found = tuple(_bounded(_next_pages(read, visit, cms, is_report)))
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
    )


def _sitemap_pages(page: FetchedPage) -> Iterator[NextPage]:
    """Yield the pages of a sitemap that read like reports, and further sitemaps."""
    found = read_sitemap(page.url, page.body, page.content_type)
    if found is None:
        return
    visit = replace(page.visit, hops=page.visit.hops + 1)
    for link in found.pages:
        if is_document_url(link.url):
            if link.title:
                yield NextPage(link.url, replace(visit, role=Role.DOCUMENT, standalone=True))
            continue
        is_article = FAMILIES[visit.family].is_article(link.url) or link.title
        yield NextPage(link.url, replace(visit, role=Role.ARTICLE if is_article else Role.COLUMN))
    if page.visit.hops == 0:
        for url in found.further:
            yield NextPage(url, visit)


def row_addresses(found: Iterable[NextPage]) -> frozenset[str]:
    """Return the addresses of the rows of a list: of reports, else of the units that it lists."""
    links = [each for each in found if each.relation == "link"]
    reports = {each.url for each in links if each.visit.role in (Role.ARTICLE, Role.DOCUMENT)}
    return frozenset(reports or {each.url for each in links if each.unit})


def is_too_large(page: FetchedPage) -> bool:
    """Return whether a page, or an answer in data, is longer than what is parsed.

    Documents have no such limit: the build reads them.
    """
    if not page.max_bytes or len(page.body) <= page.max_bytes:
        return False
    kind = sniff(page.body, page.content_type)
    return kind == "text/html" or (kind == "text/plain" and page.visit.role in MAX_LIST_PAGES)


def outcome_of(page: FetchedPage) -> str:
    """Return what an answer is: an outcome of extraction, or document, missing, blocked, errors."""
    if page.status == 405 and page.visit.request and not block_signature(page.body):
        return "missing"  # an interface that wants another method
    if page.status in BLOCK_STATUSES:
        return "blocked"
    if page.status in GONE_STATUSES:
        return "missing"
    if page.status != 200:  # protections answer with any status, such as 202 or 503
        return "blocked" if block_signature(page.body) else "errors"
    if page.visit.role is Role.SITEMAP:
        return "list" if read_sitemap(page.url, page.body, page.content_type) else "errors"
    if page.visit.role in MAX_LIST_PAGES and is_data_answer(
        decode_text(page.body, page.content_type)
    ):
        return "list"
    outcome = classify(page.body, page.content_type, page.url)
    if outcome is None:
        return "document" if _is_document(page) else "errors"
    if outcome == "blocked" and _is_menu_of_scripts(page):
        return "list"
    is_empty = outcome == "error" or (_is_list(page) and b"<" not in page.body)
    return "errors" if is_empty else outcome


def _is_menu_of_scripts(page: FetchedPage) -> bool:
    """Return whether a page of scripts without a word is a menu: they name pages, a challenge names none."""
    if page.visit.role not in MAX_LIST_PAGES or block_signature(page.body) != SCRIPT_STUB:
        return False
    return next(script_links(decode_text(page.body, page.content_type)), None) is not None


def _is_list(page: FetchedPage) -> bool:
    return page.visit.role in (Role.HOME, *MAX_LIST_PAGES)


def _is_document(page: FetchedPage) -> bool:
    """Return whether an answer that is no page is a document: packed files too, that nobody reads.

    In place of a list, a picture or an archive is an error.
    """
    kind = sniff(page.body, page.content_type)
    if _is_list(page):
        return is_readable(page.body, page.content_type) and kind.startswith("application/")
    if kind in ("text/plain", "application/octet-stream", ""):
        return is_readable(page.body, page.content_type)
    return True


def is_standalone(link: Link, page: WebPage, role: Role, leads_to: Role) -> bool:
    """Return whether a document on a page that is not a report counts as one itself.

    It does by its own title, by the title of a page that only shows it, or as a row of a column of
    reports that names a year.
    """
    has_title = REPORT_TITLE.search(link.text) or (
        link.embedded and REPORT_TITLE.search(page.title)
    )
    is_row = role is Role.COLUMN and leads_to is Role.DOCUMENT
    return bool(has_title) or (is_row and YEAR.search(link.text) is not None)


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


def _next_pages(page: WebPage, visit: Visit, cms: Cms, is_report: bool) -> Iterator[NextPage]:
    """Yield the further pages of a list, then the links of a page that have a role."""
    sessions = shared_sessions((link.url for link in page.links), page.address)
    links = links_with_role(page, visit, cms)
    own = own_columns(links, page.base_url)
    if visit.role is Role.COLUMN or (visit.role in MAX_LIST_PAGES and not own):
        yield from _as_asked(_list_pages(page, visit, cms), page, sessions)
    requests = [*_requests(page, visit, cms)]
    yield from requests
    asked = {each.visit.request.url.partition("?")[0] for each in requests if each.visit.request}
    if visit.role is Role.COLUMN and not any(link.dated for link, _ in links):
        # a list without rows is filled by a script
        links += requested_data(page, visit, cms, asked)
    links = [each for each in links if not is_beside_column(*each, own)]
    yield from _as_asked(_links(page, links, visit, is_report), page, sessions)


def _as_asked(
    found: Iterator[NextPage], page: WebPage, sessions: frozenset[SessionLink]
) -> Iterator[NextPage]:
    """Yield what a page leads to, with addresses as a browser asks for them and without sessions."""
    for each in found:
        url = without_values(escape_url(each.url, page.encoding), sessions)
        yield each if url == each.url else replace(each, url=url)


def _list_pages(page: WebPage, visit: Visit, cms: Cms) -> Iterator[NextPage]:
    """Yield the other pages of a list, up to the limit of its role."""
    for number, url in enumerate(cms.list_pages(page), visit.number + 1):
        is_cut = number > MAX_LIST_PAGES[visit.role]
        found = _next_page(url, replace(visit, number=number))
        yield replace(found, relation="cut" if is_cut else "page")
        if is_cut:
            return


def _requests(page: WebPage, visit: Visit, cms: Cms) -> Iterator[NextPage]:
    """Yield the requests that the scripts of a page send, up to the limit of its role."""
    if visit.role not in MAX_LIST_PAGES:
        return
    is_column = visit.role is Role.COLUMN
    for request in cms.list_requests(page) if is_column else cms.menu_requests(page):
        further = replace(visit, number=request.page, request=request)
        is_cut = request.page > MAX_LIST_PAGES[visit.role]
        yield NextPage(request.address, further, relation="cut" if is_cut else "page")
        if is_cut:
            return


def _other_requests(visit: Visit) -> Iterator[NextPage]:
    """Yield what to request in place of an address that gives no list on this portal."""
    if visit.request:
        for other in FAMILIES[visit.family].other_requests(visit.request):
            yield NextPage(other.address, replace(visit, request=other), relation="page")


def _links(
    page: WebPage, links: Iterable[tuple[Link, Role]], visit: Visit, is_report: bool
) -> Iterator[NextPage]:
    """Yield what the links of a page lead to."""
    for link, role in links:
        standalone = not is_report and is_standalone(link, page, visit.role, role)
        is_name = is_unit(link.text) or is_unit_among_units(link.text)
        unit = plain_title(link.text) if role in MAX_LIST_PAGES and is_name else ""
        found = _next_page(
            link.url,
            replace(visit, role=role, hops=visit.hops + 1, number=1, standalone=standalone),
            unit,
            link.text[:MAX_TEXT_CHARS],
        )
        is_part = link.embedded and role is Role.COLUMN
        yield replace(found, relation="part") if is_part else found


def _next_page(url: str, visit: Visit, unit: str = "", text: str = "") -> NextPage:
    body = FAMILIES[visit.family].post_body(url) if len(url) <= MAX_URL_CHARS else ""
    return NextPage(url, visit, body, unit, text=text)


def _bounded(found: Iterator[NextPage]) -> Iterator[NextPage]:
    """Yield each address and visit once, at most `MAX_NEXT`, without addresses that are too long."""
    seen: set[tuple[str, Visit, str]] = set()
    for each in found:
        key = each.url, each.visit, each.text
        if len(each.url) > MAX_URL_CHARS or key in seen:
            continue
        seen.add(key)
        yield each
        if len(seen) == MAX_NEXT:
            return
