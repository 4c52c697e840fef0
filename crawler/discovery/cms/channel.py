"""A product of 济南, 淄博 and 聊城: /gongkai/channel_<hex>/doc_<hex>.html, pages drawn with Vue.

Its interface is not known. What its pages hold is read: links, and menus in the data of their scripts.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from gongkai.crawler.discovery.cms_base import Cms

ARTICLE = re.compile(r"/doc_[0-9a-f]{8,40}\.html$", re.I)


class Channel(Cms):
    """Numbers of channels look like those of articles: only the name before them tells them apart."""

    name = "channel"
    article_address = ARTICLE
    signature = re.compile(r"/channel_[0-9a-f]{8,40}(?:/|\.html)", re.I)

    def is_article(self, url: str) -> bool:
        """Return whether an address is that of a document, or of an article of another family."""
        path = urlsplit(url).path
        if "/channel_" in path:
            return ARTICLE.search(path) is not None
        return super().is_article(url)
