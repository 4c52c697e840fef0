"""What a page leads to: further pages of its list, requests of its scripts, and links with a role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from gongkai.crawler.analysis.followed_links import (
    is_beside_column,
    links_with_role,
    requested_data,
)
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.analysis.report_columns import YEAR, own_columns
from gongkai.crawler.analysis.sitemap import read_sitemap
from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.hosts.sister_hosts import MAX_TEXT_CHARS
from gongkai.crawler.discovery.link_roles import MAX_LIST_PAGES, Role, Visit
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.sessions import SessionLink, shared_sessions, without_values
from gongkai.crawler.discovery.urls import escape_url, is_document_url
from gongkai.crawler.discovery.words.link_words import (
    REPORT_TITLE,
    is_unit,
    is_unit_among_units,
    plain_title,
)

MAX_NEXT = 20_000
"""Addresses that one page may lead to; the longest real list has a tenth of it."""

MAX_URL_CHARS = 2_083
"""Longer addresses are left out, as Scrapy does by default (URLLENGTH_LIMIT)."""

Relation = Literal["link", "page", "part", "cut"]


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


def row_addresses(found: Iterable[NextPage]) -> frozenset[str]:
    """Return the addresses of the rows of a list: of reports, else of the units that it lists."""
    links = [each for each in found if each.relation == "link"]
    reports = {each.url for each in links if each.visit.role in (Role.ARTICLE, Role.DOCUMENT)}
    return frozenset(reports or {each.url for each in links if each.unit})


def sitemap_pages(page: FetchedPage) -> Iterator[NextPage]:
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


def other_requests(visit: Visit) -> Iterator[NextPage]:
    """Yield what to request in place of an address that gives no list on this portal."""
    if visit.request:
        for other in FAMILIES[visit.family].other_requests(visit.request):
            yield NextPage(other.address, replace(visit, request=other), relation="page")


def next_pages(page: WebPage, visit: Visit, cms: Cms, is_report: bool) -> Iterator[NextPage]:
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


def _next_page(url: str, visit: Visit, unit: str = "", text: str = "") -> NextPage:
    body = FAMILIES[visit.family].post_body(url) if len(url) <= MAX_URL_CHARS else ""
    return NextPage(url, visit, body, unit, text=text)


def bounded(found: Iterator[NextPage]) -> Iterator[NextPage]:
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
