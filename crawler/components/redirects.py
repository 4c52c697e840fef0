"""Redirects back to an address that was asked for already, as sites with a door of cookies send them.

Scrapy drops a request for an address that it has asked for, without a word. Here it is asked again
where the answer would be another one: with a cookie that is new. `REDIRECT_MAX_TIMES` bounds all.
"""

from __future__ import annotations

from urllib.parse import urldefrag

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.dupefilters import RFPDupeFilter
from scrapy.http import HtmlResponse, Response
from scrapy.utils.response import get_meta_refresh

from gongkai.extract.chinese.charset import decode_document

MAX_META_BYTES = 16_384
"""Bytes of a page in which a tag that redirects is looked for."""

NEW_COOKIE = "new_cookie"
"""Key in a request's meta: the answer to it has set a cookie, or changed one."""


class DoorFilter(RFPDupeFilter):
    """Lets a redirect back to a known address pass where a cookie may have opened the door.

    The redirect of an answer without a new cookie leads to a page that is known: nothing is lost
    when it is dropped, except where the address leads back to itself, which ends with an error.
    """

    def request_seen(self, request: Request) -> bool:
        """Return whether a request is not sent because it was sent before."""
        is_known = super().request_seen(request)
        if not is_known or not request.meta.get("redirect_times"):
            return is_known
        return not (request.meta.get(NEW_COOKIE) or _is_on_its_way(request))


class PageRefreshMiddleware(MetaRefreshMiddleware):
    """Follows a page that redirects by a meta tag, and takes one that refreshes itself as a page."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Return the page, or the request for the page that it redirects to."""
        if not isinstance(response, HtmlResponse):
            return response
        beginning = _beginning(response)
        _, target = get_meta_refresh(beginning, ignore_tags=self._ignore_tags)
        way = [*request.meta.get("redirect_urls", ()), request.url]
        times = way.count(urldefrag(target or "").url)
        if times > 1 or (times == 1 and not request.meta.get(NEW_COOKIE)):
            return response
        found = super().process_response(request, beginning)
        return response if found is beginning else found


def is_redirect_loop(request: Request, max_times: int) -> bool:
    """Return whether a request was given up because it was redirected too often."""
    times: int = request.meta.get("redirect_times", 0)
    return times >= max_times


def _beginning(response: HtmlResponse) -> HtmlResponse:
    """Return the beginning of a page, in an encoding that our own decoder has chosen.

    Scrapy decodes a page by whatever codec of Python its charset names: some are no encodings of
    text, and `punycode` takes hours for a page.
    """
    head = response.body[:MAX_META_BYTES]
    if len(head) < len(response.body):
        head = head[: head.rfind(b">") + 1]  # not within a character
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return response.replace(body=head, encoding=decode_document(head, content_type).encoding)


def _is_on_its_way(request: Request) -> bool:
    return request.url in request.meta.get("redirect_urls", ())
