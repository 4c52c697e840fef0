"""The spider of every portal: from the home page to the reports, by the words of the links."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

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
from gongkai.crawler.discovery.embedded_data import is_data
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
from gongkai.extract.classify import block_signature, classify

BLOCK_STATUSES = {403, 405, 412, 521}
"""Statuses that protections answer with: 云堤, 瑞数, 加速乐, firewalls."""

GONE = {404, 410}
REPORT_OUTCOMES = {"report", "attachments_only", "image_tables"}
"""Outcomes of pages that stand for a report, wherever its numbers are."""


YEAR = re.compile(r"(?:19|20)\d\d")


class PortalSpider(Spider):
    """Follows one site. Subclasses carry `name` and `site`; they are made from the registry.

    A callback finds addresses and says what a page is; numbers are read later, from kept bytes.
    """

    site: Site

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Let the site's facts speak where the operator has not."""
        super().update_settings(settings)
        settings.set("USER_AGENT", user_agent(settings["GONGKAI_CONTACT"]), priority="spider")
        settings.set("DOWNLOAD_VERIFY_CERTIFICATES", cls.site.verify_tls, priority="spider")
        if cls.site.old_tls:
            handlers = settings.getdict("DOWNLOAD_HANDLERS")
            handlers["https"] = "gongkai.crawler.components.legacy_tls.LegacyTlsHandler"
            settings.set("DOWNLOAD_HANDLERS", handlers, priority="spider")
        if cls.site.delay is not None:
            settings.set("DOWNLOAD_DELAY", cls.site.delay, priority="spider")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: set[str] = set()
        self.blocks_in_a_row = 0

    async def start(self) -> AsyncIterator[Request]:
        """The home page is all that is known beforehand."""
        for request in self.request(self.site.url, Visit(Role.HOME, family=self.site.cms)):
            yield request

    def parse(self, response: Response, visit: Visit) -> Iterator[Request]:
        """Say what an answer is, then follow what leads on from it."""
        outcome = self.outcome(response, visit)
        if outcome != "missing":  # counted as gone, or as a dead link, when it was kept
            self.count(outcome)
        report = outcome in REPORT_OUTCOMES or (outcome == "document" and visit.loose)
        response.meta["found"] = PageFinding(outcome, report)
        if report:
            self.count("reports")
        self.seen.add(canonical_url_key(response.url))  # where a redirect led
        if outcome == "blocked":
            self.stop_pressing()
            return
        self.blocks_in_a_row = 0
        if outcome in ("document", "errors", "missing"):
            return
        page = WebPage(response, visit.base)
        cms = recognise_family(page, visit.family)
        visit = replace(visit, family=cms.name, base=page.url)
        if is_column_page(page, visit.role, outcome):
            visit = replace(visit, role=Role.COLUMN)
        elif visit.role is Role.HOME and is_disclosure_root(page.title, page.address):
            visit = replace(visit, role=Role.DISCLOSURE)
        if visit.role in MAX_LIST_PAGES:
            yield from self.further_pages(page, visit, cms)
        yield from self.links(page, visit, cms, alone=outcome not in REPORT_OUTCOMES)

    def failed(self, failure: Failure) -> None:
        """Count what could not be fetched, and where a redirect led off the site's hosts."""
        if failure.check(RequestRefused):
            self.count("offsite")
        elif not failure.check(IgnoreRequest):
            self.count("errors")
            self.logger.warning("%s: %s", failure.request.url, failure.getErrorMessage())

    def outcome(self, response: Response, visit: Visit) -> str:
        """Name what an answer is: an outcome of extraction, or document, missing, blocked, errors."""
        if response.status in BLOCK_STATUSES:
            return "blocked"
        if response.status in GONE:
            return "missing"
        if response.status != 200:  # protections answer with any status: 202, 503
            return "blocked" if block_signature(response.body) else "errors"
        if visit.role in MAX_LIST_PAGES and is_data(decode_response(response)):
            return "list"
        media_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return classify(response.body, media_type, response.url) or "document"

    def further_pages(self, page: WebPage, visit: Visit, cms: Cms) -> Iterator[Request]:
        """The other pages of a list, as many as its role is worth."""
        for number, url in enumerate(cms.pages(page), visit.number + 1):
            if number > MAX_LIST_PAGES[visit.role]:
                return
            yield from self.request(url, replace(visit, number=number))

    def links(self, page: WebPage, visit: Visit, cms: Cms, alone: bool) -> Iterator[Request]:
        """What a page leads to, in some role; `alone` where the page itself is no report.

        A probe opens only a few articles of each page (GONGKAI_SAMPLE).
        """
        sample = self.settings.getint("GONGKAI_SAMPLE") or MAX_LINKS
        links = [*cms.links(page)]
        if visit.role is Role.COLUMN and not any(link.dated for link in links):
            links += page.asked  # a list without rows is filled by a script
        for link in links:
            role = role_of(link, visit.role, page.url, cms)
            if role is None or visit.hops >= MAX_HOPS:
                continue
            loose = alone and is_standalone(link, page, visit.role, role)
            leads_to = replace(visit, role=role, hops=visit.hops + 1, number=1, loose=loose)
            for request in self.request(link.url, leads_to):
                sample -= role in (Role.ARTICLE, Role.DOCUMENT)
                if sample >= 0 or role not in (Role.ARTICLE, Role.DOCUMENT):
                    yield request

    def request(self, url: str, visit: Visit) -> Iterator[Request]:
        """Ask for an address that is the site's own and was not asked for yet."""
        same = canonical_url_key(url)
        if same in self.seen:
            return
        self.seen.add(same)
        if refusal_reason(url, self.site.all_hosts):
            self.count("offsite")
            return
        yield Request(
            url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"visit": visit},
            meta={POST_BODY: FAMILIES[visit.family].form(url)},
            priority=ROLE_PRIORITY[visit.role],
        )

    def stop_pressing(self) -> None:
        """End the crawl after too many block pages in a row; raises CloseSpider."""
        self.blocks_in_a_row += 1
        if self.blocks_in_a_row >= self.settings.getint("GONGKAI_MAX_BLOCKS"):
            raise CloseSpider("blocked")

    def count(self, name: str) -> None:
        """Add one to a count of this run."""
        self.crawler.stats.inc_value(STAT_PREFIX + name)


def is_column_page(page: WebPage, role: Role, outcome: str) -> bool:
    """Tell whether a page is a column of reports, whatever its link said.

    Articles name their column too; they have a title of their own.
    """
    if role is Role.ARTICLE and outcome == "list":
        return True
    named = is_column_title(page.title) or is_column_title(page.meta("ColumnName"))
    return named and not page.meta("ArticleTitle")


def is_standalone(link: Link, page: WebPage, role: Role, leads_to: Role) -> bool:
    """Tell whether a document on a page that is no report would be one itself: by its own title,
    by that of a page that only shows it, or as a row of a column of reports that names a year.
    """
    titled = REPORT_TITLE.search(link.text) or (link.embedded and REPORT_TITLE.search(page.title))
    row = role is Role.COLUMN and leads_to is Role.DOCUMENT
    return bool(titled) or (row and YEAR.search(link.text) is not None)


def user_agent(contact: str) -> str:
    """Say who asks and, where the operator has set it, how to reach them."""
    return (
        f"Mozilla/5.0 (compatible; gongkai/{gongkai_version()}{f'; +{contact}' if contact else ''})"
    )
