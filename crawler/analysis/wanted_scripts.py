"""Which script files of a site a page needs: those that say how its rows open, or how its list is filled.

Most pages say enough themselves. Files are named where a page would lead nowhere without them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.link_roles import Role
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.discovery.pager_links import LAST_LINK, NEXT_LINK, PAGE_NUMBER_LINK

LIBRARY = re.compile(
    r"jquery|bootstrap|swiper|layui|layer|/vue|react|angular|echarts|require|polyfill|respond|html5|slide|"
    r"share|tongji|analytics|jiathis|jiucuo|gonggong|flexible|/rem\.|md5|base64|pdfjs|player|video|qrcode|"
    r"calendar|datepicker|wza|barrier|\.min\.js",
    re.I,
)
"""Names of files that belong to libraries, not to the site."""

MAX_FILES = 6
"""Of one page."""


def wanted_script_files(
    page: WebPage, role: Role, cms: Cms, *, rows: int, requests: int, leads: int
) -> tuple[str, ...]:
    """Return the addresses of the script files that a page needs, () where it says enough itself.

    `rows`, `requests` and `leads` are the numbers of its rows, of the requests and parts of its list,
    and of all that it leads to.
    """
    if role not in (Role.HOME, Role.DISCLOSURE, Role.COLUMN) or page.is_data or page.request:
        return ()
    if role is Role.COLUMN:
        is_needed = (
            not (rows or requests) or cms.needs_script_files(page) or has_unknown_calls(page)
        )
    else:
        is_needed = not leads
    return tuple(own_script_files(page)[:MAX_FILES]) if is_needed else ()


def own_script_files(page: WebPage) -> list[str]:
    """Return the addresses of the script files on the host of a page, without libraries."""
    host = urlsplit(page.base_url).netloc
    return [
        url
        for url in page.script_addresses
        if urlsplit(url).netloc == host and not LIBRARY.search(urlsplit(url).path)
    ]


def has_unknown_calls(page: WebPage) -> bool:
    """Return whether a row or a link of the pager calls a function that the page does not define."""
    return any(_is_of_list(text) and not leads for text, leads in page.clicked_calls())


def _is_of_list(text: str) -> bool:
    patterns: Sequence[re.Pattern[str]] = (NEXT_LINK, LAST_LINK, PAGE_NUMBER_LINK)
    return len(text) > 8 or any(pattern.fullmatch(text) for pattern in patterns)
