"""Retries that wait: longer each time, or as long as the site asks."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware, get_retry_request
from scrapy.http import Response

from gongkai import clock
from gongkai.crawler.clock.server_dates import dated_answer
from gongkai.crawler.components.crawl_context import extension_of
from gongkai.crawler.components.patience import REFUSAL_STATUSES, Patience

WAIT_FACTOR = 4
"""Each further retry waits so many times as long as the one before."""


class PatientRetryMiddleware:
    """Scrapy's retries with a pause before each.

    A request counts as running while it waits, and a site has one running request at a time.
    Therefore the pause holds for the whole site.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._retries = RetryMiddleware.from_crawler(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware with Scrapy's settings for retries and our own for the pauses."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the answer, or the same request again after a pause."""
        result = self._retries.process_response(request, response)
        is_retried = not request.meta.get("dont_retry")
        if is_retried and result is response and "dataloss" in response.flags:  # it broke off
            result = self._retry_truncated(request) or response
        header = response.headers.get("Retry-After")
        requested = retry_after_seconds(header, server_time(response))
        is_refused = response.status in REFUSAL_STATUSES or isinstance(result, Request)
        if is_refused and self.patience.asks_too_much(requested):
            return response
        if isinstance(result, Request) and not await self._pause(result, requested):
            return response
        return result

    async def process_exception(
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Return the same request again after a pause, or None where the failure is final."""
        result = self._retries.process_exception(request, exception)
        if isinstance(result, Request) and not await self._pause(result, None):
            return None
        return result

    @property
    def patience(self) -> Patience:
        """What ends the crawl of a site that refuses again and again."""
        return extension_of(self.crawler, Patience)

    def _retry_truncated(self, request: Request) -> Request | None:
        assert self.crawler.spider is not None
        return get_retry_request(request, spider=self.crawler.spider, reason="dataloss")

    async def _pause(self, request: Request, requested: float | None) -> bool:
        """Wait before a retry; return False where the crawl ends meanwhile.

        `requested` are the seconds that the site asks for, if it does: it is never asked sooner.
        """
        settings = self.crawler.settings
        first_wait = settings.getfloat("GONGKAI_RETRY_WAIT")
        own = first_wait * WAIT_FACTOR ** (request.meta["retry_times"] - 1)
        longest = settings.getfloat("GONGKAI_RETRY_WAIT_MAX")
        return await self.patience.pause(max(min(own, longest), requested or 0.0))


def server_time(response: Response) -> datetime:
    """Return the time at which a site answered by its own clock, else by ours.

    A Retry-After with a date means the site's clock.
    """
    date, age = ((response.headers.get(name) or b"").decode("latin-1") for name in ("Date", "Age"))
    return dated_answer(date, age) or clock.now()


def retry_after_seconds(value: bytes | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, None where it is missing or malformed.

    >>> retry_after_seconds(b"120", datetime(2026, 1, 20, tzinfo=UTC))
    120.0
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
