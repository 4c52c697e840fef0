"""Images and style sheets of report articles: fetched last, so that an article can be shown as it looked.

They are kept in a role of their own and are never read. A part is asked for once; again where its
article has changed. Only a night that has asked for everything else has time for them.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Headers, Response
from twisted.python.failure import Failure

from gongkai.crawler.components.crawl_context import PART_OF, crawled_site, extension_of
from gongkai.crawler.components.patience import REFUSAL_STATUSES
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.discovery.urls import canonical_url_key

log = logging.getLogger(__name__)

MAX_FAILURES = 3
"""Parts in a row that could not be had: the others wait for another night."""


MAX_REDIRECTS = 2
"""Redirects of one part: to https, and to where it was moved. It may lead back to itself for ever."""


class PageParts:
    """The parts that wait until nothing else is to be asked for. One is asked for at a time."""

    def __init__(self, crawler: Crawler, is_own: Callable[[str], bool]) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.is_own = is_own
        is_probe = bool(settings.getint("GONGKAI_SAMPLE"))
        self.left = 0 if is_probe else settings.getint("GONGKAI_PARTS")
        self.max_bytes = settings.getint("GONGKAI_PART_BYTES")
        self.bytes_left = settings.getint("GONGKAI_PARTS_BYTES")
        self._waiting: deque[tuple[str, str]] = deque()  # (address, article)
        self._known: set[str] = set()
        self._failures = 0
        self._received: dict[Request, int] = {}
        crawler.signals.connect(self.headers_received, signals.headers_received)
        crawler.signals.connect(self.bytes_received, signals.bytes_received)

    @property
    def recorder(self) -> Recorder:
        """The recorder of this crawl."""
        return extension_of(self.crawler, Recorder)

    def note_article(self, article: str, parts: Sequence[str]) -> None:
        """Note the parts of an article that was answered tonight, where they are to be asked for."""
        if not self.left:
            return
        is_new = self.recorder.is_new_version(article)
        for url in parts:
            if url in self._known or not self.is_own(url):
                continue
            if is_new or self.recorder.latest(url) is None:
                self._known.add(url)
                self._waiting.append((url, article))

    def next_request(self, seen: set[str]) -> Request | None:
        """Return the request for the next part, None where none is asked for any more.

        `seen` are the keys of the addresses that were asked for tonight as pages or documents.
        """
        while self._waiting and self.left > 0 and self.bytes_left > 0:
            url, article = self._waiting.popleft()
            if canonical_url_key(url) in seen or self._is_budget_spent():
                continue
            self.left -= 1
            self.recorder.has_asked_all = True
            return Request(
                url,
                callback=self.part_answered,
                errback=self.part_failed,
                headers={"Referer": article, "Accept": "image/*,text/css;q=0.9,*/*;q=0.1"},
                meta={PART_OF: article, "dont_retry": True, "redirect_ttl": MAX_REDIRECTS},
                dont_filter=True,
            )
        return None

    def part_answered(self, response: Response) -> None:
        """Count what a part took; the recorder has kept it."""
        self.bytes_left -= len(response.body)
        if response.status in REFUSAL_STATUSES:
            self._stop("refused")
        self._failures = 0

    def part_failed(self, failure: Failure) -> None:
        """Go on without a part, and without the others where several in a row failed."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        log.info("%s: %s", request.url, failure.getErrorMessage())
        if isinstance(failure.value, IgnoreRequest):  # robots.txt, or a redirect to another host
            return
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self._stop("no answers")

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Take only the head of a part that says that it is too large: it is not asked for again.

        Raises:
            StopDownload: It is too large.
        """
        length = (headers.get("Content-Length") or b"").decode("latin-1")
        if request.meta.get(PART_OF) and length.isdecimal() and int(length[:20]) > self.max_bytes:
            raise StopDownload(fail=False)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """End the answer with a part that grows too large.

        Raises:
            StopDownload: It is too large.
        """
        if request.meta.get(PART_OF):
            taken = self._received.get(request, 0) + len(data)
            self._received = {request: taken}
            if taken > self.max_bytes:
                raise StopDownload(fail=False)

    def _is_budget_spent(self) -> bool:
        budget = crawled_site(self.crawler).max_pages
        budget = budget or self.crawler.settings.getint("GONGKAI_MAX_PAGES")
        spent: int = self.crawler.stats.get_value("response_received_count", 0)
        return bool(budget) and spent + 1 >= budget

    def _stop(self, why: str) -> None:
        log.info("no more parts of pages tonight: %s", why)
        self._waiting.clear()
