"""How much a site may refuse, fail and delay before its crawl ends: in a row, and in all.

One page that is refused is asked for again; a site that refuses everything is left alone until the
next night.
"""

from __future__ import annotations

import asyncio
import time
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from gongkai.crawler.warc.tables.page_notes import BLOCK_STATUSES

REFUSAL_STATUSES = BLOCK_STATUSES | {429, 503}
"""Statuses that say that the site does not want to answer now."""

GOOD_STATUSES = (200, 304)
SLICE_SECONDS = 0.5
"""A pause looks so often whether the crawl ends meanwhile."""

LATER, REFUSED, ERRORS = "later", "refused", "errors"
"""Finish reasons: the site asks to come another night; it refuses, or fails, again and again."""


class Patience:
    """Counts refusals and errors in a row, and waits before retries as long as that makes sense."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.max_refusals = settings.getint("GONGKAI_MAX_REFUSALS")
        self.max_errors = settings.getint("GONGKAI_MAX_ERRORS")
        self.max_pauses = settings.getfloat("GONGKAI_MAX_PAUSE_MINUTES") * 60
        self.max_retry_after = settings.getfloat("GONGKAI_RETRY_AFTER_MAX")
        self.refusals = self.errors = 0
        self.paused = 0.0  # seconds since the last good answer
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension and connect it to every answer, those that are retried included."""
        patience = cls(crawler)
        crawler.signals.connect(patience.response_downloaded, signals.response_downloaded)
        return patience

    def response_downloaded(self, response: Response) -> None:
        """Count an answer that refuses, and end the crawl where there are too many in a row."""
        if response.status in GOOD_STATUSES:
            self.refusals, self.paused = 0, 0.0
        elif response.status in REFUSAL_STATUSES:
            self.refusals += 1
            if self.max_refusals and self.refusals >= self.max_refusals:
                self.close(REFUSED)

    def page_failed(self) -> None:
        """Count a page without an answer, and end the crawl where there are too many in a row."""
        self.errors += 1
        if self.max_errors and self.errors >= self.max_errors:
            self.close(ERRORS)

    def page_answered(self) -> None:
        """Forget the errors: the site answers."""
        self.errors = 0

    def asks_too_much(self, requested: float | None) -> bool:
        """Return whether a Retry-After means another night; the crawl ends then."""
        if not requested or requested <= self.max_retry_after:
            return False
        self.close(LATER)
        return True

    async def pause(self, seconds: float) -> bool:
        """Wait before a retry; return whether the retry makes sense then."""
        self.paused += seconds
        if self.max_pauses and self.paused > self.max_pauses:
            self.close(REFUSED)
        end = time.monotonic() + seconds
        while not self.is_closing and (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(left, SLICE_SECONDS))
        return not self.is_closing

    @property
    def is_closing(self) -> bool:
        """Whether the crawl ends, whatever has ended it."""
        slot = self.crawler.engine._slot  # Scrapy has no other word for it
        return self._closing is not None or slot is None or slot.closing is not None

    def close(self, reason: str) -> None:
        """End the crawl in order."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason=reason)
            )
