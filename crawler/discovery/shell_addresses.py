"""Shells: pages that show another page, whose address stands in the query of their own.

`openSubPage.html?specialurl=/govxxgk/014000/govlist.html&righttitle=信息公开年度报告` (Epoint, 徐州).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from gongkai.crawler.discovery.urls import absolute_url

PAGE_PATH = re.compile(r"[^/]\.(?:s?html?|jsp|aspx?|php|do|action)$|[^/]/$", re.I)
"""How the path of a page ends; that of a folder alone is `/` and says nothing."""

WAY_BACK = re.compile(r"back|return|redirect|referr?er|from|prev|callback|login|goto|share", re.I)
"""Part of the name of a parameter that says where the reader came from."""

MAX_PARAMETERS = 10
MAX_VALUE_CHARS = 1_000
MAX_SHOWN = 2


def shown_addresses(url: str) -> Iterator[str]:
    """Yield the addresses of pages on the same host that the query of an address names.

    >>> [*shown_addresses("http://x.gov.cn/sub.html?u=%2Fgk%2Flist.html&t=1")]
    ['http://x.gov.cn/gk/list.html']
    >>> [*shown_addresses("http://x.gov.cn/sub.html?returnUrl=/gk/list.html")]
    []
    """
    parts = urlsplit(url)
    if "=" not in parts.query:
        return
    count = 0
    for name, value in parse_qsl(parts.query)[:MAX_PARAMETERS]:
        if len(value) > MAX_VALUE_CHARS or WAY_BACK.search(name):
            continue
        shown = _page_address(url, unquote(value))
        if shown:
            yield shown
            count += 1
        if count == MAX_SHOWN:
            return


def _page_address(url: str, value: str) -> str:
    """Return the absolute address of a page that a value is, "" where it is none on the same host."""
    try:
        there = urlsplit(urljoin(url, value))
    except ValueError:
        return ""
    here = urlsplit(url)
    if there.netloc != here.netloc or there.path == here.path:
        return ""
    return absolute_url(url, value) if PAGE_PATH.search(there.path) else ""
