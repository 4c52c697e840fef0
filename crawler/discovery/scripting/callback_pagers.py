"""Pagers of libraries whose callback navigates to the chosen page: laypage, pagination and others.

`laypage.render({count:98, limit:10, jump:function(o){ location.href = 'list_' + o.curr + '.html' }})`
names the number of pages and how the address of each is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.scripting.scripts import navigation_addresses

START = re.compile(
    r"(?:\blaypage|\.(?:render|pagination|pager|paging|jqPaginator|createPage|page)|\bPage|\bPagination)"
    r"\s*+\(\s*+(?:[\"'#.\w-]{1,60}+\s*+,\s*+)?\{",
    re.I,
)
PAGES = re.compile(
    r"\b(?:total_?pages?|page_?count|pages|page_?total)[\"']?\s*+:\s*+[\"']?(\d{1,4})\b", re.I
)
ROWS = re.compile(
    r"\b(?:total|(?:total|data|row)?_?count|total_?(?:data|record|rows?)s?)[\"']?\s*+:\s*+[\"']?(\d{1,6})\b",
    re.I,
)
SIZE = re.compile(
    r"\b(?:limit|show_?data|page_?size|per_?page|rows)[\"']?\s*+:\s*+[\"']?(\d{1,4})\b", re.I
)
CALLBACK = re.compile(
    r"\bfunction\s*+\(\s*+(\w{1,40})[\s\w,]{0,60}+\)\s*+\{|\(?\b(\w{1,40})\b[\s\w,]{0,40}\)?\s*+=>"
)
FIELDS = ("curr", "current", "currentPage", "page", "pageNo", "pageIndex", "getCurrent()")
"""How a callback reads the number of the page from the object that it is given."""

MAX_CALL_CHARS = 1_500
MAX_CALLS = 5
MAX_PAGES = 200


def callback_pages(text: str) -> Iterator[str]:
    """Yield the addresses of the pages from the second one on, relative to the page of the list."""
    for count, start in enumerate(START.finditer(text)):
        if count == MAX_CALLS:
            return
        call = text[start.end() : start.end() + MAX_CALL_CHARS]
        callback = CALLBACK.search(call)
        if callback is None:
            continue
        name = callback[1] or callback[2]
        code = call[callback.end() :].partition("})")[0]
        for number in range(2, min(_pages(call), MAX_PAGES) + 1):
            values = {name: str(number)} | {f"{name}.{field}": str(number) for field in FIELDS}
            yield from (url for url in navigation_addresses(code, values) if not url.isdigit())


def _pages(call: str) -> int:
    """Return the number of pages that a call names, directly or by its rows; 0 where it does not."""
    if pages := PAGES.search(call):
        return int(pages[1])
    rows, size = ROWS.search(call), SIZE.search(call)
    return -(-int(rows[1]) // int(size[1])) if rows and size and int(size[1]) else 0
