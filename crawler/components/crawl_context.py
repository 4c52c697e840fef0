"""What components ask of Scrapy's objects: the site, each other, and what a request is for."""

from __future__ import annotations

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
    if request.method == "GET" or request.meta.get(POST_BODY):
        return without_session(request.url)
    media_type = (request.headers.get("Content-Type") or b"").decode("latin-1")
    return request_address(request.url, request.method, request.body, media_type)


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
