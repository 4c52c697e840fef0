"""Hanweb truecms (南通, 连云港): first rows in the page, the others from getMessage.do by their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.list_continuation import rows_of
from gongkai.crawler.discovery.list_request import ListRequest, get_request
from gongkai.crawler.discovery.page import WebPage

PROXY = re.compile(r"""\bproxyUrl["']?\s*+:\s*+["']([^"'\s]{1,200}getMessage\.do)["']""", re.I)
NUMBERS = {
    name: re.compile(rf"""\b{name}["']?\s*+:\s*+["']?(\d{{1,6}})\b""", re.I)
    for name in ("totalRecord", "perPage", "groupSize")
}
COLUMN_ID = re.compile(r"""\bcolumnId["']?\s*+:\s*+["']([\w-]{1,60})["']""", re.I)
FIRST_ROWS = re.compile(r"""\bid\s*+=\s*+["']?initData\b""", re.I)
ROW = re.compile(r"<li\b|<tr\b", re.I)
MAX_REQUESTS = 200


class TrueCms(Cms):
    """The script of a list counts its records; answers hold a <datastore> as text in JSONP.

    Servers shorten answers to 10, 20 or 50 records: what is left of a range is asked for again.
    """

    name = "truecms"
    article_address = re.compile(
        r"/content/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.html$", re.I
    )
    signature = re.compile(r"messageController/getMessage\.do", re.I)

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the ranges of records behind the first rows; for an answer, the rest of its range."""
        if page.request:
            yield from _rest(page, page.request)
            return
        proxy, column = PROXY.search(page.text), COLUMN_ID.search(page.text)
        total, size, group = (
            int(found[1]) if (found := NUMBERS[name].search(page.text)) else 0
            for name in ("totalRecord", "perPage", "groupSize")
        )
        if not (proxy and column and total and size):
            return
        shown = _first_rows(page.text)
        starts = range(shown + 1, total + 1, size * (group or 1))
        for number, start in enumerate(starts[:MAX_REQUESTS], 2):
            fields = {
                "startrecord": start,
                "endrecord": min(start + starts.step - 1, total),
                "perpage": size,
                "contentTemplate": "",
                "columnId": column[1],
                "callback": "callback",
            }
            yield get_request(urljoin(page.base_url, proxy[1]), fields, number)


def _first_rows(text: str) -> int:
    """Return the number of rows that a page holds itself."""
    start = FIRST_ROWS.search(text)
    if start is None:
        return 0
    end = text.find("</div>", start.end())
    return len(ROW.findall(text, start.end(), end if end > 0 else len(text)))


def _rest(page: WebPage, sent: ListRequest) -> Iterator[ListRequest]:
    """Yield the request for the records of a range that an answer left out."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(sent.url).query).items()}
    start, end = query.get("startrecord", ""), query.get("endrecord", "")
    records = len(rows_of(page))
    if start.isdigit() and end.isdigit() and 0 < records <= int(end) - int(start):
        query["startrecord"] = str(int(start) + records)
        yield get_request(sent.url.partition("?")[0], query, sent.page + 1)
