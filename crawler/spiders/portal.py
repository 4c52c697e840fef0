"""The spider of every portal: from the home page to the reports, by the words of the links."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypedDict

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from gongkai.crawler.analysis.next_pages import MAX_NEXT, NextPage
from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.components.addresses_elsewhere import ELSEWHERE
from gongkai.crawler.components.analysis_wall import AnalysisWall
from gongkai.crawler.components.crawl_context import (
    LINK_TEXT,
    POST_BODY,
    address_of,
    address_of_answer,
    extension_of,
    request_of,
    visit_of,
)
from gongkai.crawler.components.home_page import HomePage
from gongkai.crawler.components.list_ledger import ListLedger
from gongkai.crawler.components.middlewares import RequestRefused, refusal_reason
from gongkai.crawler.components.patience import Patience
from gongkai.crawler.components.recorder import STAT_PREFIX, Recorder, gongkai_version
from gongkai.crawler.components.redirects import is_redirect_loop
from gongkai.crawler.components.robots import BoundedRobotParser, NotAsked
from gongkai.crawler.components.run_result import HOST_PREFIX, NOT_ASKED_PREFIX
from gongkai.crawler.components.site_hosts import SiteHosts
from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.discovery.hosts.sister_hosts import host_of
from gongkai.crawler.discovery.link_roles import ROLE_PRIORITY, Role, Visit
from gongkai.crawler.discovery.sessions import LearntSessions
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.discovery.words.link_words import may_name_report
from gongkai.crawler.sites.registry import Site, netloc
from gongkai.crawler.spiders.list_interfaces import ListInterfaces
from gongkai.crawler.spiders.part_requests import PageParts
from gongkai.crawler.spiders.rendered_pages import RenderedPages
from gongkai.crawler.spiders.script_files import ScriptFiles
from gongkai.crawler.warc.tables.page_notes import INCONCLUSIVE_OUTCOMES, PageFinding

log = logging.getLogger(__name__)


class PortalSpider(Spider):
    """Follows one site. Its subclasses have `name` and `site`; the loader makes them.

    What a page is and where it leads is found out behind a wall (`analysis_wall.py`); numbers are read
    later, from kept bytes.
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
            handlers["https"] = "gongkai.crawler.network.legacy_tls.LegacyTlsHandler"
            settings.set("DOWNLOAD_HANDLERS", handlers, priority="spider")
        if cls.site.delay is not None:
            settings.set("DOWNLOAD_DELAY", cls.site.delay, priority="spider")

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        super().__init__(name, **arguments)
        self.seen: set[str] = set()
        self.sessions = LearntSessions()
        self.interfaces = ListInterfaces()
        self.offsite: set[str] = set()  # keys of addresses on hosts of other sites
        self.blocks_in_a_row = 0
        self.hostile_pages = 0
        self.sitemaps = 0

    @cached_property
    def home(self) -> HomePage:
        """What is noted of the home page of this crawl."""
        return HomePage(self.crawler, self)

    @cached_property
    def script_files(self) -> ScriptFiles:
        """The script files of the site that its pages need."""
        return ScriptFiles(self.crawler)

    @cached_property
    def page_parts(self) -> PageParts:
        """The images and style sheets of the report articles of this crawl."""
        return PageParts(self.crawler, self.is_own)

    def last_requests(self) -> list[Request]:
        """Return what is asked for when nothing else is left: one part of a page."""
        request = self.page_parts.next_request(self.seen)
        return [request] if request else []

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the home page, the only address that is known beforehand."""
        self.crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        for request in self.request_new(self.site.url, Visit(Role.HOME, family=self.site.cms)):
            yield request

    def robots_parsed(self, robotparser: BoundedRobotParser) -> None:
        """Ask for the sitemaps that a robots.txt names, when nothing nearer to a report waits."""
        for url in robotparser.sitemaps:
            for request in self.request_new(url, Visit(Role.SITEMAP, family=self.site.cms)):
                self.crawler.engine.crawl(request)

    async def parse(self, response: Response, visit: Visit) -> AsyncIterator[Request]:
        """Have an answer analysed behind the wall, and yield requests for what it leads to."""
        analysis = await self.analyze(response, visit)
        if analysis is None:  # the crawl ends
            return
        if not self.is_of_site(response, visit, analysis):
            self.count("offsite")
            return
        outcome = analysis.outcome
        is_elsewhere = bool(response.meta.get(ELSEWHERE))
        if outcome != "missing":  # the recorder has counted it as gone or as a dead link
            self.count("errors_elsewhere" if is_elsewhere and outcome == "errors" else outcome)
        patience = extension_of(self.crawler, Patience)
        if outcome == "errors" and not is_elsewhere:
            patience.page_failed()
            if not 300 <= response.status < 400:  # a redirect that is not followed is no fault
                self.count_lost_report(request_of(response), visit)
        elif outcome != "errors":
            patience.page_answered()
        if visit.role is Role.HOME:
            self.home.answered(response, request_of(response), visit, analysis)
        response.meta["found"] = PageFinding(outcome, analysis.is_report, analysis.signature)
        if analysis.is_report:
            self.count("reports_elsewhere" if is_elsewhere else "reports")
            self.page_parts.note_article(address_of_answer(response), analysis.parts)
        if self.is_page_elsewhere(response, visit):
            analysis = replace(analysis, next_pages=(), list_page=None)
        self.seen.add(canonical_url_key(address_of_answer(response)))  # after a redirect
        analysis = self.interfaces.learned(visit, analysis)
        self.note_list(response, visit, analysis)
        if outcome == "blocked":
            self.stop_after_blocks()
            return
        self.blocks_in_a_row = 0
        if outcome == "hostile":
            self.stop_after_hostile_pages()
            return
        units = [page.unit for page in analysis.next_pages if page.unit and self.is_own(page.url)]
        extension_of(self.crawler, Recorder).record_units(address_of_answer(response), units)
        for request in self.follow(analysis.next_pages):
            yield request

    async def analyze(self, response: Response, visit: Visit) -> PageAnalysis | None:
        """Return what an answer is: rendered, or with the site's script files where it needs them."""
        wall = extension_of(self.crawler, AnalysisWall)
        analysis = await wall.analyze(response, visit)
        if analysis is not None and self.site.render:
            return await RenderedPages(self.crawler).analyze(response, visit, analysis)
        if analysis is None or not analysis.wanted_scripts:
            return analysis
        own = [url for url in analysis.wanted_scripts if self.is_own(url)]
        texts = await self.script_files.texts(own)
        return await wall.analyze(response, visit, texts) if texts else analysis

    def is_page_elsewhere(self, response: Response, visit: Visit) -> bool:
        """Return whether a further page of a list is answered with a redirect to a page known already.

        Servers send the home page, or the first page of the list, for pages that they cannot make.
        """
        redirects: list[str] = response.meta.get("redirect_urls", [])
        if visit.number == 1 or not redirects:
            return False
        key = canonical_url_key(address_of_answer(response))
        return key in self.seen and key != canonical_url_key(redirects[0])

    def note_list(self, response: Response, visit: Visit, analysis: PageAnalysis) -> None:
        """Note what was read of a list; a page that answers with a redirect keeps its first address."""
        ledger = extension_of(self.crawler, ListLedger)
        redirects: list[str] = response.meta.get("redirect_urls", [])
        url = redirects[0] if redirects else address_of_answer(response)
        if analysis.outcome in INCONCLUSIVE_OUTCOMES and not analysis.next_pages:
            ledger.page_failed(url, visit)
        else:
            led = [
                each if each.visit.request else replace(each, url=self.sessions.clean(each.url))
                for each in analysis.next_pages
            ]
            ledger.page_read(url, visit, analysis.list_page, led)

    def is_of_site(self, response: Response, visit: Visit, analysis: PageAnalysis) -> bool:
        """Return whether a page belongs to the site: one of a host on trial has to name the place."""
        hosts = extension_of(self.crawler, SiteHosts)
        host = host_of(response.url)
        if hosts.is_on_trial(response.url):
            if not hosts.judge(response.url, analysis.owner, analysis.owner_code):
                return False
        elif visit.role is Role.HOME:
            hosts.learn_name(analysis.owner)
        if host in hosts.found:
            self.count(f"{HOST_PREFIX}{host}")
        return True

    def count_failure(self, failure: Failure) -> None:
        """Count what could not be fetched, and redirects to hosts of other sites."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        visit = visit_of(request)
        if visit.role is Role.HOME and self.home.failed(failure, request, visit):
            return  # it is asked for by the other scheme
        is_loop = is_redirect_loop(request, self.settings.getint("REDIRECT_MAX_TIMES"))
        is_silent = False
        is_elsewhere = bool(request.meta.get(ELSEWHERE))
        if isinstance(failure.value, NotAsked) and not is_elsewhere:
            is_silent = failure.value.is_silent
            self.count(NOT_ASKED_PREFIX + netloc(request.url))
        if isinstance(failure.value, RequestRefused):
            self.count("offsite")
        elif is_elsewhere:
            if is_loop or not isinstance(failure.value, IgnoreRequest):
                self.count("errors_elsewhere")
        elif is_loop or is_silent or not isinstance(failure.value, IgnoreRequest):
            self.count("errors")
            if is_loop:
                self.count("redirect_loops")
            self.count_lost_report(request, visit)
            extension_of(self.crawler, Patience).page_failed()
            ledger = extension_of(self.crawler, ListLedger)
            ledger.page_failed(address_of(request), visit)
            log.warning("%s: %s", request.url, failure.getErrorMessage())

    def count_lost_report(self, request: Request, visit: Visit) -> None:
        """Count a page without a usable answer, where its link has the title of a report, whole or cut."""
        is_row = visit.role in (Role.ARTICLE, Role.DOCUMENT)
        if is_row and may_name_report(request.meta.get(LINK_TEXT, "")):
            self.count("reports_lost")

    def follow(self, next_pages: Sequence[NextPage]) -> Iterator[Request]:
        """Yield requests for what a page leads to.

        A probe opens only a few articles of each page (GONGKAI_SAMPLE).
        """
        remaining = self.settings.getint("GONGKAI_SAMPLE") or MAX_NEXT
        for found in next_pages:
            if found.relation == "cut":
                continue
            for request in self.request_new(found.url, found.visit, found.text):
                if found.visit.role not in (Role.ARTICLE, Role.DOCUMENT):
                    yield request
                elif remaining > 0:
                    remaining -= 1
                    yield request

    def request_new(self, url: str, visit: Visit, text: str = "") -> Iterator[Request]:
        """Yield a request for an address of the site that was not asked for yet.

        `text` are the words of the link, which may show that another host is the site's too.
        For what a script requests (`visit.request`), `url` contains the body of a POST.
        """
        if visit.request is None:
            url = self.sessions.clean(url)
        key = canonical_url_key(url)
        if key in self.seen:
            return
        if len(self.seen) + len(self.offsite) >= self.settings.getint("GONGKAI_MAX_ADDRESSES"):
            self.count("unfollowed")  # a site that seems endless; see run_result.py
            return
        extension_of(self.crawler, SiteHosts).consider(url, visit, text)
        if not self.is_own(url) and not self.interfaces.may_ask(url, visit):
            if key not in self.offsite:  # another link to it may have better words
                self.offsite.add(key)
                self.count("offsite")
                if visit.request:  # the rows of this list are on a host that is not asked
                    extension_of(self.crawler, ListLedger).page_failed(url, visit)
            return
        self.seen.add(key)
        yield Request(
            **_sent(url, visit),
            callback=self.parse,
            errback=self.count_failure,
            cb_kwargs={"visit": visit},
            meta={
                LINK_TEXT: text,
                POST_BODY: "" if visit.request else FAMILIES[visit.family].post_body(url),
            },
            priority=ROLE_PRIORITY[visit.role],
        )

    def is_own(self, url: str) -> bool:
        """Return whether an address is one of the site."""
        return not refusal_reason(url, extension_of(self.crawler, SiteHosts).allowed())

    def stop_after_blocks(self) -> None:
        """Count a block page.

        Raises:
            CloseSpider: There were too many block pages in a row.
        """
        self.blocks_in_a_row += 1
        if self.blocks_in_a_row >= self.settings.getint("GONGKAI_MAX_BLOCKS"):
            raise CloseSpider("blocked")

    def stop_after_hostile_pages(self) -> None:
        """Count a hostile page.

        Raises:
            CloseSpider: There were too many in this crawl: each costs its whole budget.
        """
        self.hostile_pages += 1
        if self.hostile_pages >= self.settings.getint("GONGKAI_MAX_HOSTILE"):
            raise CloseSpider("hostile")

    def count(self, name: str) -> None:
        """Add one to a count of this run."""
        self.crawler.stats.inc_value(STAT_PREFIX + name)


class _Sent(TypedDict, total=False):
    url: str
    method: str
    body: str
    headers: dict[str, str]


def _sent(url: str, visit: Visit) -> _Sent:
    """Return what is sent for an address: what a script would send, where it requests the answer."""
    asked = visit.request
    if asked is None:
        return _Sent(url=url)
    headers = dict(asked.headers) | {"Referer": visit.base_url}
    if asked.method == "POST":
        headers["Content-Type"] = asked.media_type
    return _Sent(url=asked.url, method=asked.method, body=asked.body, headers=headers)


def user_agent(contact: str) -> str:
    """Return the User-Agent: our name and, where the operator has set it, how to reach them."""
    address = f"; +{contact}" if contact else ""
    return f"Mozilla/5.0 (compatible; gongkai/{gongkai_version()}{address})"
