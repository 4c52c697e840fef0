"""The spider of every portal: from the home page to the reports, by the words of the links."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from gongkai.crawler.components.middlewares import RequestRefused, refusal_reason
from gongkai.crawler.components.post_fallback import POST_BODY
from gongkai.crawler.components.recorder import STAT_PREFIX, gongkai_version
from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.embedded_data import is_data_answer
from gongkai.crawler.discovery.link_roles import (
    MAX_HOPS,
    MAX_LIST_PAGES,
    REPORT_TITLE,
    ROLE_PRIORITY,
    Role,
    Visit,
    is_column_title,
    is_disclosure_root,
    role_of,
)
from gongkai.crawler.discovery.page import MAX_LINKS, Link, WebPage, decode_response
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.page_notes import PageFinding
from gongkai.crawler.warc.statuses import BLOCK_STATUSES, GONE_STATUSES
from gongkai.extract.classify import block_signature, classify

log = logging.getLogger(__name__)

REPORT_OUTCOMES = {"report", "attachments_only", "image_tables"}
"""Outcomes of pages that are a report, even where its numbers are in an attachment or a picture."""

YEAR = re.compile(r"(?:19|20)\d\d")


class PortalSpider(Spider):
    """Follows one site. Its subclasses have `name` and `site`; the loader makes them.

    A callback finds addresses and decides what a page is; numbers are read later, from kept bytes.
    """

    site: Site

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Apply the site's facts where the operator has set nothing else."""
        super().update_settings(settings)
        settings.set("USER_AGENT", user_agent(settings["GONGKAI_CONTACT"]), priority="spider")
        settings.set("DOWNLOAD_VERIFY_CERTIFICATES", cls.site.verify_tls, priority="spider")
        if cls.site.old_tls:
            handlers = settings.getdict("DOWNLOAD_HANDLERS")
            handlers["https"] = "gongkai.crawler.components.legacy_tls.LegacyTlsHandler"
            settings.set("DOWNLOAD_HANDLERS", handlers, priority="spider")
        if cls.site.delay is not None:
            settings.set("DOWNLOAD_DELAY", cls.site.delay, priority="spider")

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        super().__init__(name, **arguments)
        self.seen: set[str] = set()
        self.blocks_in_a_row = 0

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the home page, the only address that is known beforehand."""
        for request in self.request_new(self.site.url, Visit(Role.HOME, family=self.site.cms)):
            yield request

    def parse(self, response: Response, visit: Visit) -> Iterator[Request]:
        """Decide what an answer is, and yield requests for what it leads to."""
        outcome = outcome_of(response, visit)
        if outcome != "missing":  # the recorder has counted it as gone or as a dead link
            self.count(outcome)
        is_report = outcome in REPORT_OUTCOMES or (outcome == "document" and visit.standalone)
        response.meta["found"] = PageFinding(outcome, is_report)
        if is_report:
            self.count("reports")
        self.seen.add(canonical_url_key(response.url))  # after a redirect
        if outcome == "blocked":
            self.stop_after_blocks()
            return
        self.blocks_in_a_row = 0
        if outcome in ("document", "errors", "missing"):
            return
        page = WebPage(response, visit.base_url)
        cms = recognise_family(page, visit.family)
        visit = replace(visit, family=cms.name, base_url=page.base_url)
        if is_column_page(page, visit.role, outcome):
            visit = replace(visit, role=Role.COLUMN)
        elif visit.role is Role.HOME and is_disclosure_root(page.title, page.address):
            visit = replace(visit, role=Role.DISCLOSURE)
        if visit.role in MAX_LIST_PAGES:
            yield from self.follow_list_pages(page, visit, cms)
        yield from self.follow_links(page, visit, cms, is_report=outcome in REPORT_OUTCOMES)

    def count_failure(self, failure: Failure) -> None:
        """Count what could not be fetched, and redirects to hosts of other sites."""
        if isinstance(failure.value, RequestRefused):
            self.count("offsite")
        elif not isinstance(failure.value, IgnoreRequest):
            self.count("errors")
            request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
            log.warning("%s: %s", request.url, failure.getErrorMessage())

    def follow_list_pages(self, page: WebPage, visit: Visit, cms: Cms) -> Iterator[Request]:
        """Yield requests for the other pages of a list, up to the limit of its role."""
        for number, url in enumerate(cms.list_pages(page), visit.number + 1):
            if number > MAX_LIST_PAGES[visit.role]:
                return
            yield from self.request_new(url, replace(visit, number=number))

    def follow_links(
        self, page: WebPage, visit: Visit, cms: Cms, is_report: bool
    ) -> Iterator[Request]:
        """Yield requests for the links of a page that have a role.

        A probe opens only a few articles of each page (GONGKAI_SAMPLE).
        """
        remaining = self.settings.getint("GONGKAI_SAMPLE") or MAX_LINKS
        links = [*cms.links(page)]
        if visit.role is Role.COLUMN and not any(link.dated for link in links):
            links += page.data_requests  # a list without rows is filled by a script
        for link in links:
            role = role_of(link, visit.role, page.base_url, cms)
            if role is None or visit.hops >= MAX_HOPS:
                continue
            standalone = not is_report and is_standalone(link, page, visit.role, role)
            further = replace(
                visit, role=role, hops=visit.hops + 1, number=1, standalone=standalone
            )
            for request in self.request_new(link.url, further):
                if role not in (Role.ARTICLE, Role.DOCUMENT):
                    yield request
                elif remaining > 0:
                    remaining -= 1
                    yield request

    def request_new(self, url: str, visit: Visit) -> Iterator[Request]:
        """Yield a request for an address of the site that was not asked for yet."""
        key = canonical_url_key(url)
        if key in self.seen:
            return
        self.seen.add(key)
        if refusal_reason(url, self.site.all_hosts):
            self.count("offsite")
            return
        yield Request(
            url,
            callback=self.parse,
            errback=self.count_failure,
            cb_kwargs={"visit": visit},
            meta={POST_BODY: FAMILIES[visit.family].post_body(url)},
            priority=ROLE_PRIORITY[visit.role],
        )

    def stop_after_blocks(self) -> None:
        """Count a block page.

        Raises:
            CloseSpider: There were too many block pages in a row.
        """
        self.blocks_in_a_row += 1
        if self.blocks_in_a_row >= self.settings.getint("GONGKAI_MAX_BLOCKS"):
            raise CloseSpider("blocked")

    def count(self, name: str) -> None:
        """Add one to a count of this run."""
        self.crawler.stats.inc_value(STAT_PREFIX + name)


def outcome_of(response: Response, visit: Visit) -> str:
    """Return what an answer is: an outcome of extraction, or document, missing, blocked, errors."""
    if response.status in BLOCK_STATUSES:
        return "blocked"
    if response.status in GONE_STATUSES:
        return "missing"
    if response.status != 200:  # protections answer with any status, such as 202 or 503
        return "blocked" if block_signature(response.body) else "errors"
    if visit.role in MAX_LIST_PAGES and is_data_answer(decode_response(response)):
        return "list"
    media_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return classify(response.body, media_type, response.url) or "document"


def is_column_page(page: WebPage, role: Role, outcome: str) -> bool:
    """Return whether a page is a column of reports, whatever its link said.

    Articles name their column too, but they have a title of their own.
    """
    if role is Role.ARTICLE and outcome == "list":
        return True
    named = is_column_title(page.title) or is_column_title(page.meta("ColumnName"))
    return named and not page.meta("ArticleTitle")


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


def user_agent(contact: str) -> str:
    """Return the User-Agent: our name and, where the operator has set it, how to reach them."""
    address = f"; +{contact}" if contact else ""
    return f"Mozilla/5.0 (compatible; gongkai/{gongkai_version()}{address})"
