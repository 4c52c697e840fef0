"""Boda VSB 博达: a list is <name>.htm, then <name>/N.htm counting down; articles /info/<column>/<id>.htm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from gongkai.crawler.discovery.cms_base import Cms, highest_page_number
from gongkai.crawler.discovery.page import WebPage

NUMBERED = re.compile(r"(\d{1,4})\.htm")


class Vsb(Cms):
    """Old pages keep their number when a list grows; the second page has the highest one."""

    name = "vsb"
    article_address = re.compile(r"/info/\d+/\d+\.htm$|\?urltype=news\.NewsContentUrl")
    signature = re.compile(
        r"""urltype=(?:tree|news)\.\w{4,30}Url&(?:amp;)?wbtreeid=|vsb_content|v_news_content|_vsb_|href=["']?[^"'\s>]{0,300}info/\d{3,5}/\d+\.htm\b"""
    )
    attachment_address = re.compile(r"/_content/download\.jsp\?|/__local/|DownloadAttachUrl")

    def list_pages(self, page: WebPage) -> Iterator[str]:
        """Yield the pages from the highest number in the folder with the name of the list."""
        path = urlsplit(page.base_url).path
        if path.endswith(".htm") and not NUMBERED.fullmatch(path.rpartition("/")[2]):
            folder = urljoin(page.base_url, path.removesuffix(".htm") + "/")
            for number in range(highest_page_number(page.links, folder, NUMBERED), 0, -1):
                yield f"{folder}{number}.htm"
        yield from super().list_pages(page)
