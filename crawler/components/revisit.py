"""Which of the links found are followed tonight, and what is asked for that nothing links to any more.

Lists and units are asked for every night. Articles that are known take turns (crawler/components/revisit_schedule.py),
those of the running season and those in doubt excepted. When all is done, known reports that no
page led to tonight are asked for: that is how a removal is noticed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.revisit_schedule import Calendar, china_date, china_today, date
from gongkai.crawler.components.throttle import Throttle
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.page_notes import (
    INCONCLUSIVE_OUTCOMES,
    AddressHistory,
    PageFinding,
    PageNote,
    PendingLink,
    count_misses,
    extend_history,
    histories_by_key,
)
from gongkai.crawler.warc.store import StorageError
from gongkai.extract.classify import block_signature

ROTATED_ROLES = (Role.ARTICLE, Role.DOCUMENT)
UNSEEN_PRIORITY = 5
"""Added to the priority of what was never fetched: a night that is cut short still brings news."""


class PortalSpider(Protocol):
    """What this middleware uses of the spider."""

    site: Site

    def parse(self, response: Response, visit: Visit) -> Iterator[Request]: ...
    def failed(self, failure: Failure) -> None: ...


class RevisitMiddleware:
    """Follows the links of a spider by what is known; keeps notes of what the pages are."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.recorder: Recorder = crawler.get_extension(Recorder)
        self.calendar = calendar_from_settings(crawler.settings)
        self.known: dict[str, AddressHistory] = {}  # before tonight
        self.tonight: dict[str, AddressHistory] = {}
        self.leading: set[str] = set()
        self.met: set[str] = set()
        self.answered: set[str] = set()
        self.whole = True  # no list failed so far: what is not linked is really not linked

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_opened, signals.spider_opened)
        crawler.signals.connect(middleware.spider_idle, signals.spider_idle)
        return middleware

    def spider_opened(self) -> None:
        """Read what earlier nights noted."""
        self.known = histories_by_key(
            (canonical_url_key(note.url), note) for note in self.recorder.notes()
        )
        self.leading = {
            canonical_url_key(known.note.via) for known in self.known.values() if known.note.via
        }

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Note that the first page is met."""
        async for request in start:
            self.met.add(canonical_url_key(request.url))
            yield request

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Let pass what is to be fetched tonight; afterwards note what the page itself is."""
        leads: list[PendingLink] = []
        try:
            async for item in result:
                if not isinstance(item, Request):
                    yield item
                elif self.wanted(item, response):
                    leads.append(pending_link(item))
                    yield item
                else:
                    for lead in self.undone(item):
                        yield lead
        finally:
            self.note(response, leads)

    def wanted(self, request: Request, response: Response) -> bool:
        """Tell whether a link is followed tonight; a report that is left alone counts as found."""
        same = canonical_url_key(request.url)
        self.met.add(same)
        request.meta["via"] = response.request.url
        known, visit = self.known.get(same), request.cb_kwargs["visit"]
        if visit.role not in ROTATED_ROLES:
            return True
        with_article = response.request.cb_kwargs["visit"].role is Role.ARTICLE
        if visit.role is Role.DOCUMENT and with_article:
            return True
        if known is None:
            request.priority += UNSEEN_PRIORITY
            return True
        if not known.note.via or same in self.leading or self.is_due(same, known):
            return True
        self.recorder.count("resting")
        if known.note.report:
            self.recorder.count("reports")
        return False

    def undone(self, rests: Request) -> Iterator[Request]:
        """Give what an article that is left alone tonight led to, as far as that never answered."""
        visit = rests.cb_kwargs["visit"]
        for lead in self.known[canonical_url_key(rests.url)].note.leads:
            if canonical_url_key(lead.url) not in self.known:
                further = replace(
                    visit, role=Role(lead.role), hops=visit.hops + 1, number=1, loose=lead.loose
                )
                for request in self.crawler.spider.request(lead.url, further):
                    request.meta["via"] = rests.url
                    self.met.add(canonical_url_key(lead.url))
                    yield request

    def is_due(self, same: str, known: AddressHistory) -> bool:
        """Tell whether a known address is asked for tonight."""
        note = known.note
        in_doubt = note.outcome in INCONCLUSIVE_OUTCOMES or (note.misses and not known.removed)
        last = self.recorder.latest(note.url)
        if in_doubt or note.outcome == "list" or last is None or last.status >= 500:
            return True
        if self.recorder.is_cut(note.url):
            return True
        first, since = self.recorder.first_seen(note.url)
        return self.calendar.is_due(same, china_date(last.fetched_at)) or self.calendar.in_season(
            note.url, china_date(first), china_date(since)
        )

    def note(self, response: Response, leads: Sequence[PendingLink]) -> None:
        """Keep what a page was found to be and what it led to, where that is news."""
        request, found = response.request, response.meta.get("found")
        if not isinstance(found, PageFinding):
            return  # the spider failed on it, and said so
        role = request.cb_kwargs["visit"].role
        if found.outcome == "blocked":
            self._blocked(response)
        if found.outcome in INCONCLUSIVE_OUTCOMES:
            self.whole &= role in ROTATED_ROLES
        else:
            self.answered.add(canonical_url_key(request.url))
        if role in ROTATED_ROLES or found.report:
            dropped = bool(request.meta.get("dropped"))
            for url in {request.url, *request.meta.get("redirect_urls", ())[:1]}:
                self._note(url, found, role, request.meta.get("via", ""), dropped, leads)

    def _note(
        self,
        url: str,
        found: PageFinding,
        role: Role,
        via: str,
        dropped: bool,
        leads: Sequence[PendingLink],
    ) -> None:
        same, last = canonical_url_key(url), self.recorder.latest(url)
        before = self.tonight.get(same) or self.known.get(same)
        if last is None:
            return
        if before and before.note.via and not dropped:
            via = before.note.via  # of several lists, the one it is known from
        missing = count_misses(before, found.outcome, dropped)
        new = PageNote(last.id, url, last.site, found.outcome, role, via, found.report, missing)
        fresh = tuple(lead for lead in leads if canonical_url_key(lead.url) not in self.known)
        new = replace(new, leads=fresh or (before.note.leads if before else ()))
        if before and _note_content(before.note) == _note_content(new):
            return
        if missing and missing != (before.note.misses if before else 0):
            self.recorder.count("removed" if extend_history(before, new).removed else "missed")
        if before and before.removed and not missing:
            self.recorder.count("returned")
        try:
            self.recorder.say(new, last.fetched_at)
        except StorageError as problem:
            self.recorder.stop(str(problem))
            return
        self.tonight[same] = extend_history(before, new)

    def _blocked(self, response: Response) -> None:
        signature = block_signature(response.body) or f"HTTP {response.status}"
        self.recorder.count(f"blocked: {signature}")
        self.crawler.get_extension(Throttle).slow_down()

    def spider_idle(self, spider: PortalSpider) -> None:
        """Ask for what nothing led to; raises DontCloseSpider while there is any."""
        if canonical_url_key(spider.site.url) not in self.answered:
            return  # a site that does not answer says nothing about its reports
        found = list(self._dropped(spider))
        for request in found:
            self.crawler.engine.crawl(request)
        if found:
            raise DontCloseSpider

    def _dropped(self, spider: PortalSpider) -> Iterator[Request]:
        for same, known in self.known.items():
            if same in self.met or not known.ever or not self._is_missed(same, known):
                continue
            self.met.add(same)
            self.recorder.count("unlinked")
            note = known.note
            yield Request(
                note.url,
                callback=spider.parse,
                errback=spider.failed,
                cb_kwargs={"visit": Visit(Role(note.role), loose=note.report)},
                meta={"dropped": True},
                dont_filter=True,
            )

    def _is_missed(self, same: str, known: AddressHistory) -> bool:
        """Tell whether an address that no page led to is to be asked for."""
        via = known.note.via and canonical_url_key(known.note.via)
        if not via:  # known to be linked no more
            return self.is_due(same, known)
        if via in self.answered:
            return True
        # its list is there and did not answer, or its article has not its turn
        return via not in self.met and self.whole


def calendar_from_settings(settings: BaseSettings) -> Calendar:
    """Make tonight's calendar of the settings."""
    given = settings["GONGKAI_TODAY"]
    return Calendar(
        today=date.fromisoformat(given) if given else china_today(),
        days=settings.getint("GONGKAI_ROTATION_DAYS"),
        season=frozenset(map(int, settings.getlist("GONGKAI_SEASON"))),
    )


def pending_link(request: Request) -> PendingLink:
    """Give what is kept of a request that an article led to."""
    visit = request.cb_kwargs["visit"]
    return PendingLink(request.url, visit.role, visit.loose)


def _note_content(note: PageNote) -> tuple[object, ...]:
    return note.outcome, note.role, note.via, note.report, note.misses, note.leads
