"""The product of 新乡市卫滨区: lists /htmls/<code>_<pinyin>/list-N.html, articles with a plain number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from crawler.cms.base import Cms
from crawler.page import Page

LIST = re.compile(r"/list-(\d{1,4})\.html$")


class Htmls(Cms):
    """Pages count from 1; the last one is linked from every page."""

    name = "htmls"
    article = re.compile(r"/\d{5,}\.html$")
    marks = re.compile(r"/htmls/\w+/list-\d+\.html")

    def pages(self, page: Page) -> Iterator[str]:
        """The highest number in the list's own folder tells how many there are."""
        folder = urljoin(page.url, ".")
        numbers = [
            int(found[1])
            for link in page.links
            if link.url.startswith(folder) and (found := LIST.search(urlsplit(link.url).path))
        ]
        for number in range(1, max(numbers, default=0) + 1):
            yield urljoin(folder, f"list-{number}.html")
        yield from super().pages(page)
