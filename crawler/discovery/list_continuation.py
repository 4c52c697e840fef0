"""The further pages of a list that an interface answers: how many there are, by the answer itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha1

from gongkai.crawler.discovery.embedded_data import walk_json
from gongkai.crawler.discovery.list_request import Json, ListRequest
from gongkai.crawler.discovery.numbered_request import NumberedRequest, read_numbered
from gongkai.crawler.discovery.page import WebPage

PAGE_COUNTS = ("totalpage", "totalpages", "pagecount", "pagetotal", "pages", "totalpagenum")
ROW_COUNTS = (
    "total", "totalcount", "recordcount", "totalrecord", "allrow", "totalelements", "rowcount",
    "totalrows", "totalnum", "recordtotal", "totalsize",
)  # fmt: skip
"""Names under which answers count, in lower case and without underscores."""

PAGES_IN_TEXT = (
    re.compile(r"共\s*+(?:<[^<>]{1,80}+>\s*+)?(\d{1,4})\s*+(?:</[^<>]{1,20}+>\s*+)?页"),
    re.compile(
        r"\b(?:total_?pages?|page_?count|countPage)[\"']?\s*+[:=]\s*+[\"']?(\d{1,4})\b", re.I
    ),
)
PAGER_COUNT = re.compile(
    r"\b(?:totalPages?|pageCount|countPage)[\"']?\s*+[:=]\s*+[\"']?([1-9]\d{0,3})\b", re.I
)
"""The number of pages in the pager of a page whose list an interface fills."""

ROWS_IN_TEXT = (
    re.compile(r"共\s*+(?:有\s*+)?(?:<[^<>]{1,80}+>\s*+)?(\d{1,6})\s*+(?:</[^<>]{1,20}+>\s*+)?条"),
    re.compile(
        r"\b(?:total_?(?:record|count)?s?|record_?count)[\"']?\s*+[:=]\s*+[\"']?(\d{1,6})\b", re.I
    ),
    re.compile(r"<totalrecord>\s*+(\d{1,6})", re.I),
)
MAX_PAGES = 500
COUNTED = "counted"
"""In place of a digest of rows: the page of the list has counted its pages already."""


def further_pages(page: WebPage) -> Iterator[ListRequest]:
    """Yield the requests for the pages behind the first answer of a list, up to the last one.

    An answer that counts nothing is followed by the next one, as long as there are rows.
    """
    sent = page.request
    if sent is None or sent.rows_before == COUNTED:
        return
    numbered = read_numbered(sent)
    if not numbered.number_field:
        return
    rows = rows_of(page)
    last = page_count(page, _rows_of_a_page(numbered.size, rows))
    if last == 0:
        digest = sha1("\n".join(rows).encode()).hexdigest()
        if rows and digest != sent.rows_before:
            yield replace(numbered.page(sent.page + 1), rows_before=digest)
    elif sent.page == 1:
        for number in range(2, min(last, MAX_PAGES) + 1):
            yield numbered.page(number)


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
    pages, rows = stated_counts(page)
    if pages:
        return pages
    return -(-rows // size) if rows and size else 0


def stated_counts(page: WebPage) -> tuple[int, int]:
    """Return the numbers of pages and of rows that a page or an answer names, 0 for none."""
    pages = rows = 0
    for value in walk_json(page.text):
        if isinstance(value, dict):
            names = {name.replace("_", "").lower(): item for name, item in value.items()}
            pages = pages or _count(names, PAGE_COUNTS)
            rows = rows or _count(names, ROW_COUNTS)
    text = page.embedded_html + page.text if page.is_data else page.text
    for pattern in PAGES_IN_TEXT:
        pages = pages or int(found[1] if (found := pattern.search(text)) else 0)
    for pattern in ROWS_IN_TEXT:
        rows = rows or int(found[1] if (found := pattern.search(text)) else 0)
    return pages, rows


def rows_of(page: WebPage) -> list[str]:
    """Return the addresses of the rows of an answer: of its links with a title."""
    return [link.url for link in page.links if len(link.text) > 5]


def _rows_of_a_page(asked: int, rows: list[str]) -> int:
    """Return the rows of one page: fewer than asked for where the server gives fewer."""
    return min(asked, len(rows)) if asked and rows else asked or len(rows)


def _count(names: dict[str, Json], wanted: tuple[str, ...]) -> int:
    for name in wanted:
        value = names.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000:
            return value
        if isinstance(value, str) and value.isdigit() and 0 < len(value) < 7:
            return int(value)
    return 0
