"""Script files of a site that its pages need: each is asked for once in a crawl, and kept like a page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from gongkai.crawler.discovery.link_roles import ROLE_PRIORITY, Role, Visit
from gongkai.crawler.discovery.scripting.scripts import script_file_text

log = logging.getLogger(__name__)

MAX_FILES = 20
"""Of one site: the scripts of its pages are much the same."""


class ScriptFiles:
    """The texts of the script files that were asked for so far."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._asked: dict[str, asyncio.Task[str]] = {}

    async def texts(self, urls: Sequence[str]) -> tuple[str, ...]:
        """Return the texts of files, without those that cannot be had."""
        for url in urls:
            if url not in self._asked and len(self._asked) < MAX_FILES:
                self._asked[url] = asyncio.ensure_future(self._text(url))
        asked = [url for url in urls if url in self._asked]
        # a file that cannot be had must not cost the page that names it
        found = await asyncio.gather(*(self._asked[url] for url in asked), return_exceptions=True)
        for url, text in zip(asked, found, strict=True):
            if isinstance(text, BaseException):
                log.info("%s: %s", url, text)
        return tuple(text for text in found if isinstance(text, str) and text)

    async def _text(self, url: str) -> str:
        visit = Visit(Role.DISCLOSURE)
        request = Request(
            url, cb_kwargs={"visit": visit}, priority=ROLE_PRIORITY[Role.ARTICLE], dont_filter=True
        )
        engine = self.crawler.engine
        if engine is None:
            return ""
        response: Response = await engine.download_async(request)
        if response.status != 200:
            return ""
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return script_file_text(response.body, content_type)
