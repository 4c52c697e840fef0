"""Kaipu 开普 UCAP: columns /cNNNNNN/xxgk_list.shtml, articles /YYYYMM/<32 hex>.shtml.

A column has its rows in the page, with pages name_2.shtml …, or gets them from a search by the number
that its page names (`<meta name="channelid">`, `var channelId`). The search has another address on each
portal; where the page does not name it, the known ones are tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms, url_in_folder
from gongkai.crawler.discovery.embedded_data import walk_json
from gongkai.crawler.discovery.list_request import ListRequest, form_request, get_request
from gongkai.crawler.discovery.list_size import count_json_rows, read_list_size
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.script_requests import read_requests
from gongkai.crawler.discovery.words.link_words import strip_whitespace

PAGER = re.compile(
    r"""createPageHTML\w{0,40}+\(\s*['"][^'"]*['"]\s*,\s*(\d{1,4})\s*,\s*\d+\s*,\s*['"]([\w.-]+)['"]\s*,\s*['"](\w+)['"]""",
    re.I,
)
CHANNEL = re.compile(r"""\bchannelId\s*+=\s*+["'](\w{4,40})["']""", re.I)
SEARCHES = ("/common/search/", "/searchList/", "/search/")
"""Folders of the search, by the number of portals that have it: Heilongjiang and Gansu, csrc, nhc."""

SEARCH_FIELDS = {
    "_isAgg": "true", "_isJson": "true", "_pageSize": 20, "_template": "index", "_rangeTimeGte": "",
    "_channelName": "", "page": 1,
}  # fmt: skip
TAX_LIST = "/getFileListByCodeId"
"""The list of the tax offices (chinatax.gov.cn), a form with pages from 0."""

CHANNEL_TREE = "getChannelList"


class Ucap(Cms):
    """The first argument of the pager's script is where it writes to; pages are numbered from 1."""

    name = "ucap"
    article_address = re.compile(
        r"/(?:[0-9a-f]{32}|(?:c\d+_|content_)?[0-9a-f]{32}|(?:c\d+_)?\d{4,})\.shtml$|/c\d{5,9}/content\.html$"
    )
    signature = re.compile(
        r"""UCAP-CONTENT|createPageHTML\w{0,40}+\(\s*['"]|/c\d{5,6}/\d{6}/(?:c\d+_|content_)?[0-9a-f]{32}\.shtml|"""
        r"""xxgk_(?:list|navs)\w{0,40}+\.shtml|<meta\s[^<>]{0,60}name=["']channelid["']|"""
        r"""/(?:common/search|searchList)/[0-9a-f]{32}\b|/getFileListByCodeId\b|/common/getChannelList\b""",
        re.I,
    )

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page; the lowest channels of a tree have numbers, and no addresses."""
        yield from page.links
        if page.is_data and page.request and CHANNEL_TREE in page.request.url:
            for number, name in _channels(page):
                yield Link(_search_request(page, SEARCHES[0], number).url, name)

    def menu_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the request for the tree of channels, as the page's script sends it."""
        if page.request is None:
            for request in read_requests(page.script_context):
                if CHANNEL_TREE in request.url:
                    yield request.page(1)

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the search by the number of the column, where the page has not all rows itself."""
        if page.request:
            if not (count_json_rows(page) or page.links):
                yield from self.other_requests(page.request)
            yield from super().list_requests(page)
            return
        named = [*super().list_requests(page)]
        yield from named
        if named or page.is_data or self._has_rows(page):
            return
        if channel := page.meta("channelid") or _channel_in_scripts(page):
            if "chinatax" in page.address:
                fields = {"channelId": channel, "page": 0, "size": 15, "relateSubChannels": "true"}
                yield form_request(urljoin(page.base_url, TAX_LIST), fields)
            else:
                yield _search_request(page, SEARCHES[0], channel)

    def other_requests(self, request: ListRequest) -> Iterator[ListRequest]:
        """Yield the search at the next known address, where the last one has no rows."""
        parts = urlsplit(request.url)
        if request.method != "GET":
            yield from super().other_requests(request)
        if request.page > 1 or request.method != "GET":
            return
        for folder, following in pairwise(SEARCHES):
            if parts.path.startswith(folder):
                path = following + parts.path.removeprefix(folder)
                yield replace(request, url=parts._replace(path=path).geturl())
                return

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages from the second one on: xxgk_list.shtml continues as xxgk_list_2.shtml."""
        if call := PAGER.search(page.text):
            for number in range(2, int(call[1]) + 1):
                yield url_in_folder(page, f"{call[2]}_{number}.{call[3]}")
        yield from super().list_pages(page)

    def _has_rows(self, page: WebPage) -> bool:
        """Return whether a page has rows, and all of them or a pager for the others."""
        rows = sum(link.dated or self.is_article(link.url) for link in page.links)
        said = read_list_size(page).rows
        return rows > 0 and (PAGER.search(page.text) is not None or said is None or said <= rows)


def _search_request(page: WebPage, folder: str, channel: str) -> ListRequest:
    return get_request(urljoin(page.base_url, folder + channel), SEARCH_FIELDS)


def _channel_in_scripts(page: WebPage) -> str:
    found = CHANNEL.search(page.scripts.text)
    return found[1] if found else ""


def _channels(page: WebPage) -> Iterator[tuple[str, str]]:
    """Yield number and name of each channel of a tree that has none below it."""
    for value in walk_json(page.text):
        if isinstance(value, dict) and not value.get("children"):
            number, names = (
                value.get("channelId"),
                (value.get("displayName"), value.get("channelName")),
            )
            name = next((each for each in names if isinstance(each, str) and each), "")
            if isinstance(number, str) and number.isalnum() and name:
                yield number, strip_whitespace(name)
