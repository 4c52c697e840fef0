"""The home page of a site: why it gives nothing to follow, and one try by the other scheme."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Protocol
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.analysis.page_outcome import SCRIPT_STUB
from gongkai.crawler.components.crawl_context import extension_of
from gongkai.crawler.components.middlewares import RequestRefused
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.redirects import is_redirect_loop
from gongkai.crawler.components.robots import NotAsked
from gongkai.crawler.discovery.link_roles import Visit
from gongkai.crawler.network.silence import (
    NETWORK_ERRORS,
    describe_failure,
    describe_status,
)
from gongkai.crawler.sites.registry import netloc
from gongkai.messages import Message, message

log = logging.getLogger(__name__)

OTHER_SCHEME = {"http": "https", "https": "http"}
STUB_BYTES = 3 << 10
"""A home page below this that only has scripts is a stub: 45 of 3,209 portals had one in April 2026."""

SWITCHED = "switched_scheme"
"""Key in a request's meta: the home page is asked for by the other scheme."""


class HomeSpider(Protocol):
    """What this module uses of the spider."""

    def parse(self, response: Response, visit: Visit) -> AsyncIterator[Request]:
        """Yield requests for what an answer leads to."""

    def count_failure(self, failure: Failure) -> None:
        """Count what could not be fetched."""


class HomePage:
    """Tells the recorder of a crawl why its home page gives nothing to follow."""

    def __init__(self, crawler: Crawler, spider: HomeSpider) -> None:
        self.crawler = crawler
        self.spider = spider

    @property
    def recorder(self) -> Recorder:
        """The recorder of this crawl."""
        return extension_of(self.crawler, Recorder)

    def answered(
        self, response: Response, request: Request, visit: Visit, found: PageAnalysis
    ) -> None:
        """Note what is wrong with an answer; ask by the other scheme where it is an error."""
        problem = _problem_of(response, found)
        if problem is None:
            self.recorder.home_problem = None
            if request.meta.get(SWITCHED):
                self.recorder.remark = message("home_other_scheme", url=request.url)
            return
        self._note(problem)
        if found.outcome in ("errors", "missing"):
            self._switch(request, visit)

    def failed(self, failure: Failure, request: Request, visit: Visit) -> bool:
        """Note why there is no answer; return whether it is asked for by the other scheme."""
        problem = failure.value
        if isinstance(problem, NotAsked):
            self._note(problem.why)
            return problem.is_silent and self._switch(request, visit)
        if isinstance(problem, RequestRefused):
            self._note(message("home_moved", url=request.url))
        elif is_redirect_loop(request, self.crawler.settings.getint("REDIRECT_MAX_TIMES")):
            self._note(message("home_redirects_for_ever"))
        elif isinstance(problem, NETWORK_ERRORS):
            proxy = self.crawler.settings.get("GONGKAI_PROXY")
            self._note(describe_failure(problem, netloc(request.url), proxy))
            return self._switch(request, visit)
        return False

    def _note(self, problem: Message) -> None:
        # of two, the one that the entry of the registry leads to counts
        self.recorder.home_problem = self.recorder.home_problem or problem

    def _switch(self, request: Request, visit: Visit) -> bool:
        """Ask for the home page by the other scheme, once; return whether that is done."""
        parts = urlsplit(request.url)
        if request.meta.get(SWITCHED) or parts.port is not None:
            return False
        url = parts._replace(scheme=OTHER_SCHEME[parts.scheme]).geturl()
        log.warning("%s: no page; trying %s", request.url, url)
        self.crawler.engine.crawl(
            Request(
                url,
                callback=self.spider.parse,
                errback=self.spider.count_failure,
                cb_kwargs={"visit": visit},
                meta={SWITCHED: True},
                dont_filter=True,
            )
        )
        return True


def _problem_of(response: Response, found: PageAnalysis) -> Message | None:
    """Return why a home page gives nothing to follow, None where it does or its block has a name."""
    is_stub = (
        not found.next_pages
        and len(response.body) < STUB_BYTES
        and b"<script" in response.body.lower()
    )
    if found.signature == SCRIPT_STUB or (
        is_stub and response.status == 200 and not found.signature
    ):
        return message("home_stub", n=len(response.body))
    if found.outcome == "blocked":
        return None if found.signature else describe_status(response.status)
    if found.outcome in ("errors", "missing"):
        return (
            message("home_no_page") if response.status == 200 else describe_status(response.status)
        )
    return None
