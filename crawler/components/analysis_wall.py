"""The wall between a crawl and the pages that it fetches: a process with limits reads them.

A page that exceeds a limit is hostile. It is kept, counted and noted, and not analysed again as long
as its bytes are the same.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from gongkai.crawler.analysis.analyst import (
    AnalysisFailed,
    AnalysisLimits,
    Analyst,
    AnalystClosed,
)
from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.components.crawl_context import (
    address_of_answer,
    crawled_site,
    extension_of,
)
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.run_result import HOSTILE_PREFIX
from gongkai.crawler.components.site_hosts import SiteHosts
from gongkai.crawler.discovery.link_roles import Visit

log = logging.getLogger(__name__)

MIB = 1 << 20
CUT_FLAG = "cut"
"""Among the flags of a response: its body is longer than what it holds."""


class AnalysisWall:
    """Has the pages of a crawl analysed in a process of their own, one at a time."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.analyst = Analyst(analysis_limits(crawler.settings))
        self.analyst.prepare()  # a crawl that has not begun has no threads
        self.max_bytes = crawler.settings.getint("GONGKAI_PAGE_MAX_BYTES")
        self.retries_hostile = crawler.settings.getbool("GONGKAI_RETRY_HOSTILE")
        self.hostile: set[str] = set()  # digests of the bytes
        # all pages of such a site may be the same bytes before their scripts run
        self.is_rendered = crawled_site(crawler).render

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension and connect it to the beginning and the end of the crawl."""
        wall = cls(crawler)
        crawler.signals.connect(wall.spider_opened, signals.spider_opened)
        crawler.signals.connect(wall.close, signals.spider_closed)
        return wall

    @property
    def recorder(self) -> Recorder:
        """The recorder of this crawl, which Scrapy makes in the same step as this extension."""
        return extension_of(self.crawler, Recorder)

    def spider_opened(self) -> None:
        """Read which bytes were hostile on earlier nights."""
        if not (self.retries_hostile or self.is_rendered):
            self.hostile.update(self.recorder.hostile_digests())

    def close(self) -> None:
        """End the process, whatever it does."""
        self.analyst.close()

    async def analyze(
        self, response: Response, visit: Visit, script_files: tuple[str, ...] = ()
    ) -> PageAnalysis | None:
        """Return what an answer is, None where the crawl ends meanwhile.

        `script_files` are the texts of files that the page needs.

        The crawl goes on while this waits: it reacts to signals and records what arrives.
        """
        last = self.recorder.latest(address_of_answer(response))
        digest = last.digest if last else ""
        if digest in self.hostile:
            return self._hostile(response, PageAnalysis("hostile", limit="known"))
        if CUT_FLAG in response.flags:
            return self._hostile(response, PageAnalysis("hostile", limit="size"))
        try:
            found = await asyncio.to_thread(
                self.analyst.analyze, self._page(response, visit, script_files)
            )
        except AnalystClosed:
            return None
        except AnalysisFailed as problem:
            log.error("%s: not analysed: %s", response.url, problem)  # it has its own trace
            return PageAnalysis("errors")
        if found.outcome != "hostile":
            return found
        if digest and not self.is_rendered:
            self.hostile.add(digest)
        return self._hostile(response, found)

    def _hostile(self, response: Response, found: PageAnalysis) -> PageAnalysis:
        self.recorder.count(f"{HOSTILE_PREFIX}{found.limit}")
        log.warning("%s: hostile (%s): kept, not analysed", response.url, found.limit)
        return found

    def _page(self, response: Response, visit: Visit, script_files: tuple[str, ...]) -> FetchedPage:
        return FetchedPage(
            url=address_of_answer(response),
            status=response.status,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            body=response.body,
            visit=visit,
            max_bytes=self.max_bytes,
            wants_owner=extension_of(self.crawler, SiteHosts).wants_owner(response.url, visit),
            script_files=script_files,
        )


def analysis_limits(settings: BaseSettings) -> AnalysisLimits:
    """Return what one page may use, by the settings."""
    return AnalysisLimits(
        seconds=settings.getfloat("GONGKAI_PAGE_SECONDS"),
        wall=settings.getfloat("GONGKAI_PAGE_WALL_SECONDS"),
        memory=settings.getint("GONGKAI_PAGE_MEMORY_MB") * MIB,
    )
