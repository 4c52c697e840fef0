"""LonSun 龙讯: /OpennessContent/showList/<organ>/<category>/page_1.html, /XxgkAnnualReport/show/N.html."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, highest_page_number, url_in_folder
from gongkai.crawler.discovery.page import WebPage

LIST = re.compile(r"page_(\d{1,4})\.html")
PAGER = re.compile(r"""(?:pageCount|totalPages?|countPage|pages)["']?\s*[:=]\s*["']?(\d{1,4})\b""")


class Lonsun(Cms):
    """Organs and categories are numbers; reports have a module of their own, by year."""

    name = "lonsun"
    article_address = re.compile(
        r"/(?:Branch)?(?:OpennessContent|OpennessAnnualReport|XxgkAnnualReport|Xxgknb|XxgkContent|XxgkNb)"
        r"/show/[\da-f]+\.html$|/public/(?:column/)?\d+/\d+\.html$",
        re.I,
    )
    signature = re.compile(
        r"""/(?:Branch)?(?:OpennessContent|OpennessAnnualReport|XxgkAnnualReport|Xxgknb|XxgkContent)/(?:show|year)|"""
        r"""href=["']?[^"'\s>]{0,300}/public/\d+/\d+\.html""",
        re.I,
    )
    attachment_address = re.compile(r"/(?:file|attach|comp)/download", re.I)

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages from page_1 on; the script of the pager has their number."""
        if LIST.search(page.base_url):
            total = PAGER.search(page.text)
            highest = highest_page_number(page.links, url_in_folder(page, "."), LIST)
            count = int(total[1]) if total else 0
            for number in range(1, max(highest, count) + 1):
                yield url_in_folder(page, f"page_{number}.html")
        yield from super().list_pages(page)
