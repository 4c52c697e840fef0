"""LonSun 龙讯: /public/column/<organ>?type=3 are the reports of an organ, action=rel are all organs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.page import Link, WebPage

COLUMN = re.compile(r"/public/column/\w{1,40}$", re.I)
REPORTS, UNITS = "政府信息公开年报", "部门信息公开目录"
"""The names by which links to reports and to the list of organs are followed, whatever their text."""


class Lonsun(Cms):
    """The type of a column stands in its address: 1 rules, 2 guide, 3 reports, 4 catalogue.

    Reports stand in a list of years with their addresses, or in a list that `Ls.ajax` requests with
    its data and that `Ls.pagination` counts.
    """

    name = "lonsun"
    article_address = re.compile(r"/public/(?:column/)?\d+/\d+\.html$|/content/article/\d+$", re.I)
    signature = re.compile(
        r"""/public/column/\w{1,40}\?|\bLs\.(?:ajax|pagination)\(|href=["']?[^"'\s>]{0,300}/public/\d+/\d+\.html""",
        re.I,
    )
    attachment_address = re.compile(r"/(?:site/)?(?:file|attach|comp)/download", re.I)

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page, those to columns by the type in their address."""
        for link in page.links:
            parts = urlsplit(link.url)
            query = parse_qs(parts.query) if COLUMN.search(parts.path) else {}
            if query.get("type") == ["3"]:
                yield replace(link, text=REPORTS)
            elif query.get("action") == ["rel"]:
                yield replace(link, text=UNITS)
            else:
                yield link
