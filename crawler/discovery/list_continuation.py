"""The further pages of a list that an interface answers: how many there are, by the answer itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha1
from urllib.parse import parse_qsl, urlsplit

from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.list_size import read_list_size
from gongkai.crawler.discovery.numbered_request import (
    NumberedRequest,
    number_field_of,
    read_numbered,
)
from gongkai.crawler.discovery.page import WebPage

PAGER_COUNT = re.compile(
    r"\b(?:totalPages?|pageCount|countPage)[\"']?\s*+[:=]\s*+[\"']?([1-9]\d{0,3})\b", re.I
)
"""The number of pages in the pager of a page whose list an interface fills."""

MAX_PAGES = 500
COUNTED = "counted"
"""In place of a digest of rows: the page of the list has counted its pages already."""


def further_pages(page: WebPage, named: Sequence[str] = ()) -> Iterator[ListRequest]:
    """Yield the requests for the pages behind the first answer of a list, up to the last one.

    An answer that counts nothing is followed by the next one, as long as there are rows. `named` are
    its rows where its links are not.
    """
    sent = page.request or _plain_request(page)
    if sent is None or sent.rows_before == COUNTED:
        return
    numbered = read_numbered(sent)
    if not numbered.number_field:
        return
    rows = [*named] or rows_of(page)
    last = page_count(page, _rows_of_a_page(numbered.size, rows))
    if last == 0:
        digest = sha1("\n".join(rows).encode()).hexdigest()
        if rows and digest != sent.rows_before:
            yield replace(numbered.page(sent.page + 1), rows_before=digest)
    elif sent.page == 1:
        for number in range(2, min(last, MAX_PAGES) + 1):
            yield numbered.page(number)


def _plain_request(page: WebPage) -> ListRequest | None:
    """Return what was asked for data at an ordinary address, None where it is not the first page."""
    if not page.is_data:
        return None
    query = dict(parse_qsl(urlsplit(page.address).query))
    number = query.get(number_field_of(query), "")
    return ListRequest(page.address) if number in ("0", "1") else None


def first_pages(request: NumberedRequest, page: WebPage) -> Iterator[ListRequest]:
    """Yield the request for the first page of a list, and for all where its page counts them."""
    found = PAGER_COUNT.search(page.scripts.text) if request.number_field else None
    if found is None:
        yield request.page(1)
        return
    for number in range(1, min(int(found[1]), MAX_PAGES) + 1):
        yield replace(request.page(number), rows_before=COUNTED)


def page_count(page: WebPage, size: int) -> int:
    """Return the number of pages that a page or an answer names, or that its count of rows fills.

    0 where it names neither.
    """
    said = read_list_size(page)
    if said.pages:
        return said.pages
    return -(-said.rows // size) if said.rows and size else 0


def rows_of(page: WebPage) -> list[str]:
    """Return the addresses of the rows of an answer: of its links with a title."""
    return [link.url for link in page.links if len(link.text) > 5]


def _rows_of_a_page(asked: int, rows: list[str]) -> int:
    """Return the rows of one page: fewer than asked for where the server gives fewer."""
    return min(asked, len(rows)) if asked and rows else asked or len(rows)
