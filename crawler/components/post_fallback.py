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

POST_BODY = "form"
"""In a request's meta: what to send where GET is not answered."""

LIST_ROWS = re.compile(rb"""<record\b|\bhref\s*=|"url"\s*:""", re.I)
FORM_MEDIA_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"


class PostFallbackMiddleware:
    """Learns in the course of a crawl which of a site's addresses want a form."""

    def __init__(self) -> None:
        self.wanted: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls()

    def process_request(self, request: Request) -> Request | None:
        """Send the form at once where GET was not answered before."""
        return (
            _as_post(request)
            if _has_post_body(request) and _address_without_query(request) in self.wanted
            else None
        )

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Send the form in place of a GET that brought no rows."""
        if not _has_post_body(request) or _has_rows(response):
            return response
        self.wanted.add(_address_without_query(request))
        return _as_post(request)


def _has_post_body(request: Request) -> bool:
    return request.method == "GET" and bool(request.meta.get(POST_BODY))


def _address_without_query(request: Request) -> str:
    return urlsplit(request.url)._replace(query="", fragment="").geturl()


def _has_rows(response: Response) -> bool:
    page = b"<html" in response.body[:2_000].lower()
    return response.status == 200 and not page and LIST_ROWS.search(response.body) is not None


def _as_post(request: Request) -> Request:
    headers = request.headers.copy()
    headers["Content-Type"] = FORM_MEDIA_TYPE
    return request.replace(
        method="POST", body=request.meta[POST_BODY], headers=headers, dont_filter=True
    )
