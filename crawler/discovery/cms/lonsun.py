"""LonSun 龙讯: /OpennessContent/showList/<organ>/<category>/page_1.html, /XxgkAnnualReport/show/N.html."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, highest_page_number, url_in_folder
from gongkai.crawler.discovery.page import WebPage

LIST = re.compile(r"page_(\d{1,4})\.html")
PAGER = re.compile(r"""(?:pageCount|totalPages?|countPage|pages)["']?\s*[:=]\s*["']?(\d{1,4})\b""")


class Lonsun(Cms):
    """Organs and categories are numbers; reports stand in a module of their own, by year."""

    name = "lonsun"
    article = re.compile(
        r"/(?:Branch)?(?:OpennessContent|OpennessAnnualReport|XxgkAnnualReport|Xxgknb|XxgkContent|XxgkNb)"
        r"/show/[\da-f]+\.html$|/public/(?:column/)?\d+/\d+\.html$",
        re.I,
    )
    marks = re.compile(
        r"""/(?:Branch)?(?:OpennessContent|OpennessAnnualReport|XxgkAnnualReport|Xxgknb|XxgkContent)/(?:show|year)|"""
        r"""href=["']?[^"'\s>]{0,300}/public/\d+/\d+\.html""",
        re.I,
    )
    attachment = re.compile(r"/(?:file|attach|comp)/download", re.I)

    def pages(self, page: WebPage) -> Iterator[str]:
        """Lists count from page_1; the count stands in the script that draws the pager."""
        if LIST.search(page.url):
            said = PAGER.search(page.text)
            count = max(
                highest_page_number(page.links, url_in_folder(page, "."), LIST),
                int(said[1]) if said else 0,
            )
            for number in range(1, count + 1):
                yield url_in_folder(page, f"page_{number}.html")
        yield from super().pages(page)
