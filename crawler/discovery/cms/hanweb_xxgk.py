"""Hanweb's module of disclosure: /col/colN/index.html?number=…, rows from /module/xxgk/search.jsp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from gongkai.crawler.discovery.cms.jcms import Jcms
from gongkai.crawler.discovery.list_continuation import first_pages, further_pages
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.numbered_request import NumberedRequest
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.script_requests import read_requests

SEARCH = "/module/xxgk/search.jsp"
TREE = re.compile(r"""["']([^"'\s]{0,200}/module/xxgk/tree\.jsp\?[^"'\s]{1,500}+)["']""")
ADDRESS_FIELDS = {"number": "infotypeId", "vc_xxgkarea": "area", "area": "area"}
"""Parameters of the page's address, and the fields of the search that they fill."""

TREE_FIELDS = ("area", "divid", "standardXxgk", "jdid", "infotypeId")
COLUMN = re.compile(r"/col/col(\d{1,12})/")
ROW_COLUMN = re.compile(r"/art_(\d{1,12})_\d+\.html$")
REPORT_WORDS = re.compile(r"年度?报告?|信息公开")


class HanwebXxgk(Jcms):
    """The script of a page posts its organ (`area`) and category (`infotypeId`); answers are rows.

    The number of the page is a parameter of the address on some servers and a field on others: it is
    sent as both, as the module's own script does.
    """

    name = "hanweb-xxgk"
    signature = re.compile(r"/module/xxgk/(?:search|tree)\.jsp")

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page; of an answer that is not limited to its column, the rows of it.

        Some servers answer with the rows of the whole organ.
        """
        own = COLUMN.search(page.base_url) if page.request else None
        found = [*super().links(page)]
        columns = {row[1] for link in found if (row := ROW_COLUMN.search(link.url))}
        if own is None or own[1] not in columns:
            yield from found
            return
        for link in found:
            row = ROW_COLUMN.search(link.url)
            if row is None or row[1] == own[1] or REPORT_WORDS.search(link.text):
                yield link

    def menu_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the request for the tree of organs, which is the menu where a script loads it."""
        tree = TREE.search(page.text)
        if page.request is None and tree:
            url = page.url_of(unescape(tree[1]))
            if url and not any(link.url == url for link in page.links):  # else it is a frame
                yield ListRequest(url)

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the search of a page, and the further pages that its answer counts."""
        if page.request:
            yield from further_pages(page)
        elif request := _search_of(page):
            yield from first_pages(request, page)


def _search_of(page: WebPage) -> NumberedRequest | None:
    """Return the search that a page sends, None where nothing says its organ."""
    address = dict(parse_qsl(urlsplit(page.address).query))
    known = {field: address[name] for name, field in ADDRESS_FIELDS.items() if address.get(name)}
    written = (each for each in read_requests(page.script_context) if SEARCH in each.url)
    request = next(written, None)
    if request is None:
        tree = TREE.search(page.text)
        if tree is None:
            return None
        given = dict(parse_qsl(urlsplit(unescape(tree[1])).query))
        fields = {name: given.get(name, "") for name in TREE_FIELDS}
        request = NumberedRequest(urljoin(page.base_url, SEARCH), "POST", (), fields)
    query = dict(request.query) | {"currpage": "1"}
    fields = {
        **query,
        **{name: str(value) for name, value in request.fields.items()},
        "currpage": "1",
    }
    for name, value in known.items():
        fields[name] = fields.get(name) or value
    if not fields.get("area"):
        return None
    return replace(request, method="POST", query=tuple(query.items()), fields=dict(fields))
