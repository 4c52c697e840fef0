"""gtapp of 自然资源: a list is nrglIndex.action?classID=…, its further pages are posted as `cpage`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.list_continuation import (
    COUNTED,
    MAX_PAGES,
    further_pages,
    page_count,
    rows_of,
)
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.numbered_request import NumberedRequest
from gongkai.crawler.discovery.page import WebPage

COLUMN = re.compile(r"/nrglIndex\.action\?(?=.{0,200}?\bclassID=)", re.I)


class Gtapp(Cms):
    """The first page is an ordinary one; the answers for the others are whole pages too."""

    name = "gtapp"
    article_address = re.compile(
        r"/t\d{8}_\d+\.html$|/nrglIndex\.action\?(?=.{0,200}?\bmessageID=)", re.I
    )
    signature = re.compile(r"/nrglIndex\.action\?", re.I)

    def list_requests(self, page: WebPage) -> Iterator[ListRequest]:
        """Yield the pages that a column counts; the second one where it counts none."""
        if page.request:
            yield from further_pages(page)
        elif COLUMN.search(page.address):
            parts = urlsplit(page.address)
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            url = parts._replace(query="", fragment="").geturl()
            request = NumberedRequest(url, "POST", query, {"cpage": 1})
            rows = sum(link.dated for link in page.links) or len(rows_of(page))
            if last := page_count(page, rows):
                for number in range(2, min(last, MAX_PAGES) + 1):
                    yield replace(request.page(number), rows_before=COUNTED)
            elif rows:
                yield request.page(2)
