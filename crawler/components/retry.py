"""Retries that wait: longer each time, or as long as the site asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries with a pause before each.

    A request counts as under way while it waits, and a site has one request under way at a time:
    the pause is one for the whole site.
    """

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Pass the answer on, or give the same request again after a pause."""
        again = super().process_response(request, response)
        if again is response and "dataloss" in response.flags:  # cut off on its way
            again = self._retry(request, "dataloss") or response
        if isinstance(again, Request):
            asked = retry_after_seconds(response.headers.get("Retry-After"), datetime.now(UTC))
            await self._pause(again, asked)
        return again

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Give the same request again after a pause, or None to let the failure stand."""
        again = super().process_exception(request, exception)
        if again is not None:
            await self._pause(again, None)
        return again

    async def _pause(self, again: Request, asked: float | None) -> None:
        settings = self.crawler.settings
        own = settings.getfloat("GONGKAI_RETRY_WAIT") * 4 ** (again.meta["retry_times"] - 1)
        longest = settings.getfloat("GONGKAI_RETRY_WAIT_MAX")
        await asyncio.sleep(min(max(own, asked or 0.0), longest))


def retry_after_seconds(value: bytes | None, now: datetime) -> float | None:
    """Give the seconds that a Retry-After header asks for, None where it is missing or no such.

    >>> retry_after_seconds(b"120", datetime(2026, 1, 20, tzinfo=UTC))
    120.0
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
