"""Whose website a page says that it belongs to."""

from __future__ import annotations

import re

from gongkai.crawler.discovery.page import WebPage

META_CODE = re.compile(r"(?:bm)?(\d{6})")
SITE_CODE = re.compile(r"(?:网站标识码|sitecode)\W{0,10}(?:bm)?(\d{6})\d{2,4}", re.I)
PLACEHOLDERS = {"网站名称", "null", "undefined"}
"""Values of SiteName that an editor left as the template had them."""

MAX_NAME_CHARS = 120


def page_owner(page: WebPage) -> tuple[str, str]:
    """Return the name of the website and the whole title of a page, a line each, and its division.

    The division is that of the site code, "" where the page has none.
    """
    lines = (site_name(page), page.whole_title[:MAX_NAME_CHARS])
    return "\n".join(lines), division_code(page)


def site_name(page: WebPage) -> str:
    """Return the name of the website in the meta tags of a page, "" where they have none."""
    name = page.meta("SiteName")[:MAX_NAME_CHARS]
    return "" if name.lower() in PLACEHOLDERS else name


def division_code(page: WebPage) -> str:
    """Return the division in the site code of a page, "" where it has no such code."""
    code = META_CODE.match(page.meta("SiteIDCode")) or SITE_CODE.search(page.text)
    return code[1] if code else ""
