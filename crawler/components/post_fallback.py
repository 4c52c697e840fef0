"""Asking by POST where a site does not answer GET: lists that the site's own script requests by POST.

GET is tried first, since protections distrust other methods. The address contains all parameters
either way, so that each kept answer has an address of its own.
"""

from __future__ import annotations

import re
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from gongkai.crawler.components.crawl_context import POST_BODY

LIST_ROWS = re.compile(rb"""<record\b|\bhref\s*=|"url"\s*:""", re.I)
FORM_MEDIA_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"


class PostFallbackMiddleware:
    """Learns during a crawl which of a site's addresses need POST."""

    def __init__(self) -> None:
        self.need_post: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware; it has no settings."""
        return cls()

    def process_request(self, request: Request) -> Request | None:
        """Use POST at once where GET was not answered before."""
        needs_post = _has_post_body(request) and _address_without_query(request) in self.need_post
        return _as_post(request) if needs_post else None

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Use POST where the answer to GET has no rows."""
        if not _has_post_body(request) or _has_rows(response):
            return response
        self.need_post.add(_address_without_query(request))
        return _as_post(request)


def _has_post_body(request: Request) -> bool:
    return request.method == "GET" and bool(request.meta.get(POST_BODY))


def _address_without_query(request: Request) -> str:
    return urlsplit(request.url)._replace(query="", fragment="").geturl()


def _has_rows(response: Response) -> bool:
    is_page = b"<html" in response.body[:2_000].lower()
    return response.status == 200 and not is_page and LIST_ROWS.search(response.body) is not None


def _as_post(request: Request) -> Request:
    headers = request.headers.copy()
    headers["Content-Type"] = FORM_MEDIA_TYPE
    return request.replace(
        method="POST", body=request.meta[POST_BODY], headers=headers, dont_filter=True
    )
