"""The spider of every portal: from the home page to the reports, by the words of the links."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.address import key
from crawler.cms import FAMILIES, recognise
from crawler.cms.base import Cms
from crawler.extensions import PREFIX, own_version
from crawler.follow import LIST_PAGES, MAX_HOPS, PRIORITY, REPORT, Role, is_column_title, role_of
from crawler.middlewares import refusal
from crawler.page import Page
from crawler.registry import Site
from extract.classify import classify

BLOCKS = {403, 405, 412, 521}
"""Statuses that protections answer with: 云堤, 瑞数, 加速乐, firewalls."""

GONE = {404, 410}
REPORTS = {"report", "attachments_only", "image_tables"}
"""Outcomes of pages that stand for a report, wherever its numbers are."""


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
        if cls.site.delay is not None:
            settings.set("DOWNLOAD_DELAY", cls.site.delay, priority="spider")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cms = FAMILIES[self.site.cms]
        self.seen: set[str] = set()
        self.blocks_in_a_row = 0

    async def start(self) -> AsyncIterator[Request]:
        """The home page is all that is known beforehand."""
        for request in self.request(self.site.url, Role.HOME):
            yield request

    def parse(
        self, response: Response, role: Role, hops: int, page_number: int, loose: bool
    ) -> Iterator[Request]:
        """Say what an answer is, then follow what leads on from it.

        `hops` from the home page, `page_number` in its list; `loose` tells that a document has a
        report's title and hangs on no page that is one: it counts for itself.
        """
        outcome = self.outcome(response)
        if outcome != "missing":  # counted as gone, or as a dead link, when it was kept
            self.count(outcome)
        if outcome in REPORTS or (outcome == "document" and loose):
            self.count("reports")
        self.seen.add(key(response.url))  # where a redirect led
        if outcome == "blocked":
            self.stop_pressing()
            return
        self.blocks_in_a_row = 0
        if outcome in ("document", "errors", "missing"):
            return
        page = Page(response)
        cms = recognise(page) if self.site.cms == "generic" else self.cms
        if is_column(page, role, outcome):
            role = Role.COLUMN
        if role in LIST_PAGES:
            yield from self.further_pages(page, role, hops, page_number, cms)
        yield from self.links(page, role, hops, cms, alone=outcome not in REPORTS)

    def failed(self, failure: Failure) -> None:
        """Count what could not be fetched. What may not be fetched is counted where it is refused."""
        if not failure.check(IgnoreRequest):
            self.count("errors")
            self.logger.warning("%s: %s", failure.request.url, failure.getErrorMessage())

    def outcome(self, response: Response) -> str:
        """Name what an answer is: an outcome of extraction, or document, missing, blocked, errors."""
        if response.status in BLOCKS:
            return "blocked"
        if response.status in GONE:
            return "missing"
        if response.status != 200:
            return "errors"
        media_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return classify(response.body, media_type, response.url) or "document"

    def further_pages(
        self, page: Page, role: Role, hops: int, page_number: int, cms: Cms
    ) -> Iterator[Request]:
        """The other pages of a list, as many as its role is worth."""
        for number, url in enumerate(cms.pages(page), page_number + 1):
            if number > LIST_PAGES[role]:
                return
            yield from self.request(url, role, hops, number)

    def links(self, page: Page, role: Role, hops: int, cms: Cms, alone: bool) -> Iterator[Request]:
        """What a page leads to, in some role; `alone` where the page itself is no report."""
        for link in page.links:
            leads_to = role_of(link, role, page.url, cms)
            if leads_to is not None and hops < MAX_HOPS:
                loose = alone and REPORT.search(link.text) is not None
                yield from self.request(link.url, leads_to, hops + 1, loose=loose)

    def request(
        self, url: str, role: Role, hops: int = 0, page_number: int = 1, loose: bool = False
    ) -> Iterator[Request]:
        """Ask for an address that is the site's own and was not asked for yet."""
        same = key(url)
        if same in self.seen:
            return
        self.seen.add(same)
        if refusal(url, self.site.all_hosts):
            self.count("offsite")
            return
        yield Request(
            url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"role": role, "hops": hops, "page_number": page_number, "loose": loose},
            priority=PRIORITY[role],
        )

    def stop_pressing(self) -> None:
        """End the crawl after too many block pages in a row; raises CloseSpider."""
        self.blocks_in_a_row += 1
        if self.blocks_in_a_row >= self.settings.getint("GONGKAI_MAX_BLOCKS"):
            raise CloseSpider("blocked")

    def count(self, name: str) -> None:
        """Add one to a count of this run."""
        self.crawler.stats.inc_value(PREFIX + name)


def is_column(page: Page, role: Role, outcome: str) -> bool:
    """Tell whether a page is a column of reports, whatever its link said.

    Articles name their column too; they have a title of their own.
    """
    if role is Role.ARTICLE and outcome == "list":
        return True
    named = is_column_title(page.title) or is_column_title(page.meta("ColumnName"))
    return named and not page.meta("ArticleTitle")


def user_agent(contact: str) -> str:
    """Say who asks and, where the operator has set it, how to reach them."""
    return f"Mozilla/5.0 (compatible; gongkai/{own_version()}{f'; +{contact}' if contact else ''})"
