"""What components ask of Scrapy's objects: the site, each other, and what a request is for."""

from __future__ import annotations

import re
from typing import TypeVar

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from gongkai.crawler.discovery.link_roles import MAX_LIST_PAGES, Role, Visit
from gongkai.crawler.discovery.list_request import request_address
from gongkai.crawler.discovery.sessions import without_session
from gongkai.crawler.sites.registry import Site

Extension = TypeVar("Extension")

POST_BODY = "post_body"
"""Key in a request's meta: the body to send where GET is not answered."""


LINK_TEXT = "link_text"
"""Key in a request's meta: the words of the link that led to it."""


PART_OF = "part_of"
"""Key in a request's meta: the address of the page of which this is an image or a style sheet."""


FROM_BROWSER = "from_browser"
"""Key in a request's meta: a page in the browser asks for this."""

CACHE_BUSTER = re.compile(r"([?&])[\w.-]{1,40}=(?:1[5-9]\d{8}(?:\d{3})?|0\.\d{8,20})(?=&|$)")
"""A parameter that is the time in seconds or milliseconds, or a random fraction: what scripts add so that
no cache answers. Each night has another one, and the answer is the same."""


def crawled_site(crawler: Crawler) -> Site:
    """Return the site that a crawler's spider follows."""
    site: object = getattr(crawler.spidercls, "site", None)
    assert isinstance(site, Site), "spider classes are made by gongkai.crawler.spiders.loader"
    return site


def extension_of(crawler: Crawler, kind: type[Extension]) -> Extension:
    """Return an extension that the settings always enable."""
    found = crawler.get_extension(kind)
    assert found is not None, f"{kind.__name__} is missing from EXTENSIONS"
    return found


def request_of(response: Response) -> Request:
    """Return the request of an answer, which every answer of the downloader has."""
    assert response.request is not None
    return response.request


def address_of(request: Request) -> str:
    """Return the address under which an answer is kept: with the body of a POST, without a session.

    A POST that only stands in for a GET (post_fallback.py) keeps the address of that GET.
    """
    url = without_cache_buster(request.url) if request.meta.get(FROM_BROWSER) else request.url
    if request.method == "GET" or request.meta.get(POST_BODY):
        return without_session(url)
    media_type = (request.headers.get("Content-Type") or b"").decode("latin-1")
    return request_address(url, request.method, request.body, media_type)


def without_cache_buster(url: str) -> str:
    """Return an address without the parameters that only keep caches from answering.

    >>> without_cache_buster("http://x.gov.cn/list?page=2&_=1785000000123")
    'http://x.gov.cn/list?page=2'
    """
    bare = CACHE_BUSTER.sub(r"\1", url)
    return bare if bare == url else bare.replace("?&", "?").replace("&&", "&").rstrip("?&")


def address_of_answer(response: Response) -> str:
    """Return the address under which an answer is kept."""
    request = request_of(response)
    return without_session(response.url) if request.url != response.url else address_of(request)


def visit_of(request: Request) -> Visit:
    """Return as what a page is asked for."""
    visit: object = request.cb_kwargs["visit"]
    assert isinstance(visit, Visit)
    return visit


def is_list(request: Request) -> bool:
    """Return whether a page is asked for because of the links that it has."""
    visit = request.cb_kwargs.get("visit")
    return isinstance(visit, Visit) and visit.role in (Role.HOME, *MAX_LIST_PAGES)
