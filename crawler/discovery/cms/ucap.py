"""Kaipu 开普 UCAP: columns /cNNNNNN/xxgk_list.shtml, articles /YYYYMM/<32 hex>.shtml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, url_in_folder
from gongkai.crawler.discovery.page import WebPage

PAGER = re.compile(
    r"""createPageHTML\w{0,40}+\(\s*['"][^'"]*['"]\s*,\s*(\d{1,4})\s*,\s*\d+\s*,\s*['"]([\w.-]+)['"]\s*,\s*['"](\w+)['"]""",
    re.I,
)


class Ucap(Cms):
    """The first argument of the pager's script is where it writes to; pages are numbered from 1."""

    name = "ucap"
    article_address = re.compile(r"/(?:[0-9a-f]{32}|(?:c\d+_)?\d{4,})\.shtml$")
    signature = re.compile(
        r"""UCAP-CONTENT|createPageHTML\w{0,40}+\(\s*['"]|/c\d{5,6}/\d{6}/[0-9a-f]{32}\.shtml|xxgk_(?:list|navs)\w{0,40}+\.shtml"""
    )

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages from the second one on: xxgk_list.shtml continues as xxgk_list_2.shtml."""
        if call := PAGER.search(page.text):
            for number in range(2, int(call[1]) + 1):
                yield url_in_folder(page, f"{call[2]}_{number}.{call[3]}")
        yield from super().list_pages(page)
