"""金融监管总局: rows from /cbircweb/DocInfo/…, which have a number and no address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.embedded_data import walk_json
from gongkai.crawler.discovery.list_continuation import further_pages
from gongkai.crawler.discovery.list_request import Json, ListRequest
from gongkai.crawler.discovery.numbered_request import NumberedRequest
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.words.link_words import strip_whitespace

LIST = "/cbircweb/DocInfo/SelectDocByItemIdAndChild"
PAGES = "/view/pages/"
DETAIL = "ItemDetail.html"
DEFAULT_FOLDER = "/cn/view/pages/"
PAGE_ROWS = 18
NUMBER = re.compile(r"\d{1,12}")


class Nfra(Cms):
    """Column and article are numbers in the address of one page each: `itemId`, `docId`."""

    name = "nfra"
    article_address = re.compile(r"/ItemDetail\.html\?(?=.{0,200}?\bdocId=\d)", re.I)
    signature = re.compile(
        r"/cbircweb/DocInfo/|/view/pages/Item(?:List|Detail)\w{0,20}\.html", re.I
    )

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page; the rows of an answer lead to the page that shows their number."""
        yield from page.links
        yield from _rows(page)

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the request for the column that the page's address names."""
        if page.request:
            yield from further_pages(page, [link.url for link in _rows(page)])
        elif item := _item(page.address):
            fields: dict[str, Json] = {"itemId": item, "pageSize": PAGE_ROWS, "pageIndex": 1}
            yield NumberedRequest(urljoin(page.base_url, LIST), "GET", (), fields).page(1)


def _rows(page: WebPage) -> Iterator[Link]:
    for row in walk_json(page.text):
        if isinstance(row, dict):
            yield from _row(page, row)


def _row(page: WebPage, row: Mapping[str, Json]) -> Iterator[Link]:
    number, title = str(row.get("docId", "")), row.get("docTitle") or row.get("docSubtitle")
    if not NUMBER.fullmatch(number) or not isinstance(title, str):
        return
    folder = "" if PAGES in urlsplit(page.base_url).path else DEFAULT_FOLDER
    query = {"docId": number, "itemId": _item(page.address), "generaltype": "0"}
    url = page.url_of(f"{folder}{DETAIL}?{urlencode(query)}")
    yield Link(url, strip_whitespace(title), dated=bool(row.get("publishDate")))


def _item(address: str) -> str:
    """Return the number of the column in an address, "" where it names none."""
    given = {name.lower(): values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    found = given.get("itemid", "")
    return found if NUMBER.fullmatch(found) and "docid" not in given else ""
