"""The platform of Henan: /sitesources/<site>/page_pc/…/list1.html, article<32 hex>.html."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, highest_page_number, url_in_folder
from gongkai.crawler.discovery.page import WebPage

LIST = re.compile(r"list(\d{1,4})\.html")
TOTAL = re.compile(
    r"""共\s*+(?:<[^<>]*+>\s*+)?(\d{1,4})\s*+(?:</[^<>]*+>\s*+)?页|\btotalPages?["']?\s*[:=]\s*["']?(\d{1,4})"""
)


class Henan(Cms):
    """Pages are numbered from 1; a list tells how many it has, in words or by its last link."""

    name = "henan"
    article_address = re.compile(r"/article[0-9a-f]{32}\.html$")
    signature = re.compile(r"/sitesources/\w+/page_pc/")

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages up to the last one, which its link or the count names."""
        total = TOTAL.search(page.text)
        count = int(total[1] or total[2]) if total and LIST.search(page.base_url) else 0
        for number in range(
            1, max(count, highest_page_number(page.links, url_in_folder(page, "."), LIST)) + 1
        ):
            yield url_in_folder(page, f"list{number}.html")
        yield from super().list_pages(page)
