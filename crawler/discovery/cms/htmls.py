"""The product of 新乡市卫滨区: lists /htmls/<code>_<pinyin>/list-N.html, articles with a plain number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, highest_page_number, url_in_folder
from gongkai.crawler.discovery.page import WebPage

LIST = re.compile(r"list-(\d{1,4})\.html")


class Htmls(Cms):
    """Pages are numbered from 1; every page links to the last one."""

    name = "htmls"
    article_address = re.compile(r"/\d{5,}\.html$")
    signature = re.compile(r"/htmls/\w+/list-\d+\.html")

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages up to the highest number in the folder of the list."""
        for number in range(1, highest_page_number(page.links, url_in_folder(page, "."), LIST) + 1):
            yield url_in_folder(page, f"list-{number}.html")
        yield from super().list_pages(page)
