"""Which links are followed tonight, and which known reports are asked for although no page links to them.

Lists and units are asked for every night. Known articles take turns (`revisit_schedule.py`), except
those of the current season and those in doubt. At the end, known reports that no page led to
tonight are asked for: this is how a removal is noticed. So are the addresses at which other crawlers
saw reports (`addresses_elsewhere.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, Self, TypeVar

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from gongkai.clock import china_date
from gongkai.crawler.components.addresses_elsewhere import ELSEWHERE, AddressesElsewhere
from gongkai.crawler.components.crawl_context import (
    address_of,
    extension_of,
    request_of,
    visit_of,
)
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.revisit_schedule import calendar_from_settings
from gongkai.crawler.components.robots import NotAsked
from gongkai.crawler.components.run_result import BLOCKED_PREFIX
from gongkai.crawler.components.throttle import Throttle
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.sessions import LearntSessions
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.store import StorageError
from gongkai.crawler.warc.tables.import_table import ReportElsewhere
from gongkai.crawler.warc.tables.page_notes import (
    GONE_AFTER,
    INCONCLUSIVE_OUTCOMES,
    AddressHistory,
    PageFinding,
    PageNote,
    PendingLink,
    count_misses,
    extend_history,
    histories_by_key,
)

ROTATED_ROLES = (Role.ARTICLE, Role.DOCUMENT)
UNSEEN_PRIORITY = 5
"""Added to the priority of what was never fetched: a short night still brings what is new."""

Item = TypeVar("Item")


class ReportSpider(Protocol):
    """What this middleware uses of the spider."""

    site: Site
    sessions: LearntSessions

    def is_own(self, url: str) -> bool:
        """Return whether an address is one of the site."""

    def request_new(self, url: str, visit: Visit) -> Iterator[Request]:
        """Yield a request for an address that was not asked for yet."""

    def last_requests(self) -> list[Request]:
        """Return what is asked for when nothing else is left."""

    def parse(self, response: Response, visit: Visit) -> AsyncIterator[Request]:
        """Yield requests for what an answer leads to."""

    def count_failure(self, failure: Failure) -> None:
        """Count what could not be fetched."""


class RevisitMiddleware:
    """Decides which links of a spider are followed tonight, and keeps notes on the pages.

    All sets hold keys of addresses: `known` from earlier nights, `met` tonight on some page,
    `answered` tonight as a list or an article.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.recorder = extension_of(crawler, Recorder)
        self.calendar = calendar_from_settings(crawler.settings)
        self.known: dict[str, AddressHistory] = {}
        self.noted_tonight: dict[str, AddressHistory] = {}
        self.referrers: set[str] = set()
        self.met: set[str] = set()
        self.answered: set[str] = set()
        self.elsewhere = AddressesElsewhere()
        self.all_lists_answered = True  # else a report without a link may have one on a failed list

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware and connect it to the beginning of the crawl and its idle moments."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_opened, signals.spider_opened)
        crawler.signals.connect(middleware.spider_idle, signals.spider_idle)
        return middleware

    def spider_opened(self, spider: ReportSpider) -> None:
        """Read the notes of earlier nights, and learn from them which parameters are sessions."""
        notes = list(self.recorder.notes())
        self.known = histories_by_key((canonical_url_key(note.url), note) for note in notes)
        if not self.crawler.settings.getint("GONGKAI_SAMPLE"):  # a probe looks at a few pages
            self.elsewhere = AddressesElsewhere(self.recorder.reports_elsewhere(), self.known)
        for key in self.elsewhere.by_key.keys() & self.known.keys():
            self.known[key] = replace(self.known[key], held_report=True)
        self.referrers = {
            canonical_url_key(history.last_note.referrer)
            for history in self.known.values()
            if history.last_note.referrer
        }
        reports = ((note.url, note.snapshot) for note in notes if note.is_report)
        spider.sessions = LearntSessions(reports, self.recorder.digest_of)

    async def process_start(self, start: AsyncIterator[Item]) -> AsyncIterator[Item]:
        """Note that the first page is met."""
        async for item in start:
            if isinstance(item, Request):
                self.met.add(canonical_url_key(address_of(item)))
            yield item

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[object]
    ) -> AsyncIterator[object]:
        """Yield the requests to be sent tonight; afterwards note what the page itself is."""
        pending: list[PendingLink] = []
        try:
            async for item in result:
                if not isinstance(item, Request):
                    yield item
                elif self.is_followed(item, response):
                    pending.append(pending_link(item))
                    yield item
                else:
                    for request in self.pending_requests(item):
                        yield request
        finally:
            self.note_page(response, pending)

    def is_followed(self, request: Request, response: Response) -> bool:
        """Return whether a link is followed tonight.

        A known report that is not asked for tonight counts as found.
        """
        source = request_of(response)
        key = canonical_url_key(address_of(request))
        self.met.add(key)
        request.meta["via"] = address_of(source)
        history, visit = self.known.get(key), visit_of(request)
        if visit.role not in ROTATED_ROLES:
            return True
        if visit.role is Role.DOCUMENT and visit_of(source).role is Role.ARTICLE:
            return True
        if history is None:
            request.priority += UNSEEN_PRIORITY
            return True
        was_unlinked = not history.last_note.referrer
        if was_unlinked or key in self.referrers or self.is_due(key, history):
            return True
        self.recorder.count("resting")
        if history.last_note.is_report:
            self.recorder.count("reports")
        return False

    def pending_requests(self, skipped: Request) -> Iterator[Request]:
        """Yield requests for the links of a skipped article that were never answered."""
        visit = visit_of(skipped)
        spider: ReportSpider = self.crawler.spider  # type: ignore[assignment]  # all of ours are
        for link in self.known[canonical_url_key(skipped.url)].last_note.pending:
            key = canonical_url_key(link.url)
            if key in self.known:
                continue
            further = replace(
                visit,
                role=Role(link.role),
                hops=visit.hops + 1,
                number=1,
                standalone=link.standalone,
            )
            for request in spider.request_new(link.url, further):
                request.meta["via"] = skipped.url
                self.met.add(key)
                yield request

    def is_due(self, key: str, history: AddressHistory) -> bool:
        """Return whether a known address is asked for tonight."""
        note = history.last_note
        is_in_doubt = note.outcome in INCONCLUSIVE_OUTCOMES or (
            note.misses and not history.is_removed
        )
        last = self.recorder.last_credible(note.url)
        is_list = note.outcome == "list" and not history.is_removed
        if is_in_doubt or is_list or last is None or last.status >= 500:
            return True
        if self.recorder.is_truncated(note.url):
            return True
        first, since = self.recorder.first_seen(note.url)
        return self.calendar.is_due(key, china_date(last.fetched_at)) or self.calendar.in_season(
            note.url, china_date(first), china_date(since)
        )

    def note_page(self, response: Response, pending: Sequence[PendingLink]) -> None:
        """Keep a note on what a page was found to be, where it differs from the last note."""
        request, finding = request_of(response), response.meta.get("found")
        if not isinstance(finding, PageFinding):
            return  # the spider failed on this page and has logged it
        role = visit_of(request).role
        if finding.outcome == "blocked":
            self._slow_down(finding.signature or f"HTTP {response.status}")
        if finding.outcome not in INCONCLUSIVE_OUTCOMES:
            self.answered.add(canonical_url_key(address_of(request)))
            self.elsewhere.note_answer(request.meta.get("redirect_urls", [request.url])[0])
        elif role not in (*ROTATED_ROLES, Role.SITEMAP):
            self.all_lists_answered = False
        before = self.known.get(canonical_url_key(address_of(request)))
        was_hostile = before is not None and before.last_note.outcome == "hostile"
        is_noted = finding.is_report or finding.outcome == "hostile" or was_hostile
        if role in ROTATED_ROLES or is_noted:
            for url in {address_of(request), *request.meta.get("redirect_urls", ())[:1]}:
                self._note_address(url, finding, request, pending)

    def _note_address(
        self, url: str, finding: PageFinding, request: Request, pending: Sequence[PendingLink]
    ) -> None:
        key, last = canonical_url_key(url), self.recorder.latest(url)
        if last is None:
            return
        noted = self.noted_tonight.get(key) or self.known.get(key)
        before = noted or self.elsewhere.history_of(key, last.site)
        is_unlinked = bool(request.meta.get("unlinked"))
        referrer = request.meta.get("via", "")
        if before and before.last_note.referrer and not is_unlinked:
            referrer = before.last_note.referrer  # of several lists, the first one counts
        fresh = tuple(link for link in pending if canonical_url_key(link.url) not in self.known)
        misses = count_misses(before, finding.outcome, is_unlinked)
        if misses and finding.outcome == "missing" and key in self.elsewhere.never_ours:
            misses = GONE_AFTER  # it was missing before our first visit
        note = PageNote(
            snapshot=last.id,
            url=url,
            site=last.site,
            outcome=finding.outcome,
            role=visit_of(request).role,
            referrer=referrer,
            is_report=finding.is_report,
            misses=misses,
            pending=fresh or (before.last_note.pending if before else ()),
        )
        if noted and _note_content(noted.last_note) == _note_content(note):
            return
        after = extend_history(before, note)
        self._count_removal(before, after)
        try:
            self.recorder.record_note(note, last.fetched_at)
        except StorageError as problem:
            self.recorder.abort(problem)
            return
        self.noted_tonight[key] = after

    def _count_removal(self, before: AddressHistory | None, after: AddressHistory) -> None:
        misses = after.last_note.misses
        if misses and misses != (before.last_note.misses if before else 0):
            self.recorder.count("removed" if after.is_removed else "missed")
        if before and before.is_removed and not misses:
            self.recorder.count("returned")

    def _slow_down(self, signature: str) -> None:
        self.recorder.count(f"{BLOCKED_PREFIX}{signature}")
        extension_of(self.crawler, Throttle).slow_down()

    def spider_idle(self, spider: ReportSpider) -> None:
        """Ask for the known reports that no page led to tonight, for those that others saw, and for the rest.

        Raises:
            DontCloseSpider: There are some.
        """
        if canonical_url_key(spider.site.url) not in self.answered:
            return  # a site that does not answer tells nothing about its reports
        requests = list(self._unlinked_requests(spider)) or list(self._elsewhere_requests(spider))
        requests = requests or spider.last_requests()
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _unlinked_requests(self, spider: ReportSpider) -> Iterator[Request]:
        for key, history in self.known.items():
            if key in self.met or not history.held_report or not self._is_unlinked(key, history):
                continue
            note = history.last_note
            if key in self.elsewhere.by_key and not note.referrer:
                continue  # it is asked for with the others
            self.met.add(key)
            self.recorder.count("unlinked")
            yield Request(
                note.url,
                callback=spider.parse,
                errback=spider.count_failure,
                cb_kwargs={"visit": Visit(Role(note.role), standalone=note.is_report)},
                meta={"unlinked": True},
                dont_filter=True,
            )

    def _elsewhere_requests(self, spider: ReportSpider) -> Iterator[Request]:
        if not self.elsewhere.is_filled:
            own = (each for each in self.elsewhere.seen if spider.is_own(each.url))
            due = [each for each in own if self._is_due_elsewhere(each)]
            self.elsewhere.fill(due, self.calendar.today)
        for each in self.elsewhere.next_batch():
            key = canonical_url_key(each.url)
            history = self.known.get(key) or self.elsewhere.history_of(key, spider.site.id)
            assert history is not None, "an address that others saw has a history"
            is_linked = key in self.met
            self.met.add(key)
            self.recorder.count("asked_elsewhere")
            yield Request(
                each.url,
                callback=spider.parse,
                errback=self._elsewhere_failed,
                cb_kwargs={"visit": Visit(Role(history.last_note.role), standalone=True)},
                meta={
                    ELSEWHERE: True,
                    "unlinked": not is_linked,
                    "via": history.last_note.referrer,
                },
                dont_filter=True,
            )

    def _elsewhere_failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        is_refused = isinstance(failure.value, IgnoreRequest)
        if is_refused and not isinstance(failure.value, NotAsked):
            self.elsewhere.note_answer(request.url)  # robots.txt may allow the others
        spider: ReportSpider = self.crawler.spider  # type: ignore[assignment]  # all of ours are
        spider.count_failure(failure)

    def _is_due_elsewhere(self, each: ReportElsewhere) -> bool:
        """Return whether we have not asked for this very address since others saw it, or it has its turn."""
        key, last = canonical_url_key(each.url), self.recorder.last_credible(each.url)
        if last is not None and last.fetched_at >= self.recorder.run.started:
            return False
        if last is None or last.status >= 500 or last.seen_at < each.last_seen:
            return True
        history = self.known.get(key)
        if history is not None and history.last_note.url == each.url:
            return self.is_due(key, history)
        return self.calendar.is_due(key, china_date(last.fetched_at))

    def _is_unlinked(self, key: str, history: AddressHistory) -> bool:
        """Return whether an address that no page led to is asked for."""
        referrer = history.last_note.referrer
        if not referrer:  # no page linked to it on earlier nights either
            return self.is_due(key, history)
        referrer_key = canonical_url_key(referrer)
        if referrer_key in self.answered:
            return True
        # else its list was met and did not answer, or its article has no turn tonight
        return referrer_key not in self.met and self.all_lists_answered


def pending_link(request: Request) -> PendingLink:
    """Return what a note keeps of a request that an article led to."""
    visit = visit_of(request)
    return PendingLink(request.url, visit.role, visit.standalone)


def _note_content(note: PageNote) -> tuple[object, ...]:
    return note.outcome, note.role, note.referrer, note.is_report, note.misses, note.pending
