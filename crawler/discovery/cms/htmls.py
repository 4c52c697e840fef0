"""The product of 新乡市卫滨区: lists /htmls/<code>_<pinyin>/list-N.html, articles with a plain number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gongkai.crawler.discovery.cms_base import Cms, highest_page_number, url_in_folder
from gongkai.crawler.discovery.page import WebPage

LIST = re.compile(r"list-(\d{1,4})\.html")


class Htmls(Cms):
    """Pages count from 1; the last one is linked from every page."""

    name = "htmls"
    article = re.compile(r"/\d{5,}\.html$")
    marks = re.compile(r"/htmls/\w+/list-\d+\.html")

    def pages(self, page: WebPage) -> Iterator[str]:
        """The highest number in the list's own folder tells how many there are."""
        for number in range(1, highest_page_number(page.links, url_in_folder(page, "."), LIST) + 1):
            yield url_in_folder(page, f"list-{number}.html")
        yield from super().pages(page)
