"""Unpacking answers within bounds, in place of Scrapy's middleware.

A page that unpacks to more than is parsed (GONGKAI_PAGE_MAX_BYTES) is cut while it is unpacked, and
marked. What is kept is the answer as it was sent.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from gongkai.crawler.components.analysis_wall import CUT_FLAG
from gongkai.crawler.components.crawl_context import is_list
from gongkai.crawler.warc.content_coding import (
    decode_within,
    has_known_coding,
    lacks_header,
)
from gongkai.crawler.warc.parse import HeaderList
from gongkai.extract.classify import sniff

KEPT_BYTES = 1 << 16
"""Of a page that is cut, so much is passed on: enough to see what it is."""


class NotUnpacked(Exception):
    """An answer is not coded as its headers say: it is kept, and nobody can read it."""


class UnpackMiddleware:
    """Gives the spider documents without their content coding, and pages within their bounds."""

    def __init__(self, max_page: int) -> None:
        self.max_page = max_page

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware with the largest size of a page."""
        return cls(crawler.settings.getint("GONGKAI_PAGE_MAX_BYTES"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the answer unpacked; one that is too long is cut and marked.

        Raises:
            NotUnpacked: It cannot be unpacked, and is no page as it was sent.
        """
        media_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        headers: HeaderList = [
            (name, value.decode("latin-1"))
            for name in ("Content-Type", "Content-Encoding")
            for value in response.headers.getlist(name)
        ]
        is_packed = has_known_coding(headers, response.body)
        if len(response.body) <= self.max_page and not is_packed:
            return response
        if is_list(request) and lacks_header(headers, response.body):
            return response  # a server in disorder: what such a list leaves out, nobody could tell

        def is_page(beginning: bytes) -> bool:
            return sniff(beginning, media_type) == "text/html"

        body, is_cut = decode_within(headers, response.body, self.max_page, is_page)
        is_as_sent = body is response.body and is_packed
        if body and is_as_sent and not is_page(body):
            raise NotUnpacked("not coded as its headers say")
        unpacked = Headers(response.headers)
        unpacked.pop("Content-Encoding", None)
        if is_cut:
            # not as text: no other middleware reads in it
            return _with_body(response, Response, unpacked, body[:KEPT_BYTES], CUT_FLAG)
        kind = responsetypes.from_args(headers=unpacked, url=response.url, body=body)
        return _with_body(response, kind, unpacked, body)


def _with_body(
    response: Response, kind: type[Response], headers: Headers, body: bytes, *flags: str
) -> Response:
    """Return a response of a kind with another body; the encoding of a text is found anew."""
    return kind(
        response.url,
        status=response.status,
        headers=headers,
        body=body,
        flags=[*response.flags, *flags],
        request=response.request,
        certificate=response.certificate,
        ip_address=response.ip_address,
        protocol=response.protocol,
    )
