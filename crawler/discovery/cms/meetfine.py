"""Meetfine: /opennessAnnualReport/?branch_id=…, /OpennessContent/showList/<organ>/<category>/page_N.html."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, highest_page_number, url_in_folder
from gongkai.crawler.discovery.page import Link, WebPage

LIST = re.compile(r"page_(\d{1,4})\.html")
PAGER = re.compile(r"""(?:pageCount|totalPages?|countPage|pages)["']?\s*[:=]\s*["']?(\d{1,4})\b""")
REPORTS = re.compile(
    r"/(?:Branch)?(?:openness|xxgk)annualreport/(?:\?|index)|/xxgknb/(?:\?|index)", re.I
)
MODULES = (
    r"/(?:Branch)?(?:OpennessContent|OpennessAnnualReport|OpennessGuide|OpennessTarget|"
    r"XxgkAnnualReport|Xxgknb|XxgkContent)"
)


class Meetfine(Cms):
    """Organs and categories are numbers; reports have a module of their own, by organ or by year."""

    name = "meetfine"
    article_address = re.compile(MODULES + r"/show/[\da-f]{1,40}\.html$", re.I)
    signature = re.compile(MODULES + r"/(?:show|year|index|\?)", re.I)
    attachment_address = re.compile(r"/(?:file|attach|comp)/download|/comp/downFile\?", re.I)

    def links(self, page: WebPage) -> Iterator[Link]:
        """Yield the links of a page; the module of reports is known by its address, whatever its name."""
        for link in page.links:
            yield Link(link.url, "政府信息公开年报") if REPORTS.search(link.url) else link

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages from page_1 on; the script of the pager has their number."""
        if LIST.search(page.base_url):
            total = PAGER.search(page.text)
            highest = highest_page_number(page.links, url_in_folder(page, "."), LIST)
            count = int(total[1]) if total else 0
            for number in range(1, max(highest, count) + 1):
                yield url_in_folder(page, f"page_{number}.html")
        yield from super().list_pages(page)
