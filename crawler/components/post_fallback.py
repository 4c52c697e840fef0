"""Asking by POST what a site does not answer by GET: lists whose own script sends a form.

GET comes first, since protections dislike other methods; the address names the whole question either
way, so that what is kept can be told apart.
"""

from __future__ import annotations

import re
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

FORM = "form"
"""In a request's meta: what to send where GET is not answered."""

ROWS = re.compile(rb"""<record\b|\bhref\s*=|"url"\s*:""", re.I)
TYPE = "application/x-www-form-urlencoded; charset=UTF-8"


class FormMiddleware:
    """Learns in the course of a crawl which of a site's addresses want a form."""

    def __init__(self) -> None:
        self.wanted: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls()

    def process_request(self, request: Request) -> Request | None:
        """Send the form at once where GET was not answered before."""
        return _posted(request) if _is_asked(request) and _place(request) in self.wanted else None

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Send the form in place of a GET that brought no rows."""
        if not _is_asked(request) or _has_rows(response):
            return response
        self.wanted.add(_place(request))
        return _posted(request)


def _is_asked(request: Request) -> bool:
    return request.method == "GET" and bool(request.meta.get(FORM))


def _place(request: Request) -> str:
    return urlsplit(request.url)._replace(query="", fragment="").geturl()


def _has_rows(response: Response) -> bool:
    page = b"<html" in response.body[:2_000].lower()
    return response.status == 200 and not page and ROWS.search(response.body) is not None


def _posted(request: Request) -> Request:
    headers = request.headers.copy()
    headers["Content-Type"] = TYPE
    return request.replace(
        method="POST", body=request.meta[FORM], headers=headers, dont_filter=True
    )
