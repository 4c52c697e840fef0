"""Between a crawl and its browser: what a page in Chromium asks for is a request of the crawl.

Therefore the guards, robots.txt, delays, cookies, retries and the WARC record hold for it as for any
other request. Cookies that scripts set are not sent: a challenge stays a challenge.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings

from gongkai.crawler.browser.browser_errors import BrowserError, PageTooCostly, RenderingFailed
from gongkai.crawler.browser.chromium import BrowserProgram, Chromium
from gongkai.crawler.browser.page_exchange import (
    Clicks,
    PageAnswer,
    PageRequest,
    Rendering,
    RenderingLimits,
)
from gongkai.crawler.components.analysis_wall import CUT_FLAG, MIB
from gongkai.crawler.components.crawl_context import (
    FROM_BROWSER,
    address_of_answer,
    extension_of,
)
from gongkai.crawler.components.middlewares import refusal_reason
from gongkai.crawler.components.patience import SLICE_SECONDS, Patience
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.run_result import HOSTILE_PREFIX
from gongkai.crawler.components.site_hosts import SiteHosts
from gongkai.crawler.components.unpacking import NotUnpacked
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.network.silence import NETWORK_ERRORS
from gongkai.crawler.warc.tables.page_notes import BLOCK_STATUSES
from gongkai.extract.classify import block_signature, sniff

log = logging.getLogger(__name__)

SENT_FIELDS = ("accept", "content-type", "referer", "x-requested-with")
"""Fields of a request that are sent as the page has them; others are the crawl's own."""

OWN_FIELD = "x-"
"""What a script adds to its requests, such as a token of the page, mostly begins so."""

MAX_FIELDS = 20
MAX_FIELD_CHARS = 1_000
MAX_BODY_BYTES = 1 << 16
MAX_SCRIPT_BYTES = 32 << 20
"""Of script files that are kept for the other pages of a crawl."""

ATTEMPTS = 2
"""A browser that ends without a fault of the page is started once more."""

RENDERED = "rendered"
"""Among the flags of a response: its body is the page after its scripts ran."""


class PageTrouble:
    """What went wrong with the requests of one page: the first block, and whether data are missing.

    What clicks ask for is apart: the page itself is there, and the pages of its list behind it are not.
    """

    def __init__(self) -> None:
        self.block: str | None = None  # its signature, or its status
        self.is_missing_data = False
        self.block_behind: str | None = None
        self.is_cut_behind = False

    def block_met(self, signature: str, *, is_behind: bool) -> None:
        """Note a block page in place of an answer."""
        if is_behind:
            self.block_behind = self.block_behind or signature
            self.is_cut_behind = True
        else:
            self.block = self.block or signature

    def data_missed(self, *, is_behind: bool) -> None:
        """Note data that the server did not give."""
        self.is_cut_behind |= is_behind
        self.is_missing_data |= not is_behind


class Renderer:
    """Renders the pages of a crawl in one Chromium, one page at a time."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.program = BrowserProgram(
            settings["GONGKAI_BROWSER"], settings.getbool("GONGKAI_BROWSER_SANDBOX")
        )
        self.limits = rendering_limits(settings)
        self.max_pages = settings.getint("GONGKAI_RENDER_PAGES")
        self.pages = 0
        self._chromium: Chromium | None = None
        self._is_ended = False
        self._one = asyncio.Lock()
        self._scripts: dict[str, PageAnswer] = {}
        self._script_bytes = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension; the browser is started with the first page."""
        renderer = cls(crawler)
        crawler.signals.connect(renderer.close, signals.spider_closed)
        return renderer

    async def close(self) -> None:
        """End the browser."""
        self._is_ended = True
        if self._chromium:
            await self._chromium.close()
            self._chromium = None

    def kill(self) -> None:
        """End the browser now, whatever it does."""
        self._is_ended = True
        if self._chromium:
            self._chromium.kill()

    async def render(
        self, response: Response, trouble: PageTrouble, *, clicks: Clicks
    ) -> Rendering | None:
        """Return a page after its scripts ran and after clicks, None where the crawl ends meanwhile.

        `trouble` is told what went wrong with the requests of the page.

        Raises:
            PageTooCostly: The page took more than it may.
            RenderingFailed: The browser did not render it.
            BrowserError: There is no browser; the crawl ends.
        """
        async with self._one:
            working = asyncio.ensure_future(self._render(response, trouble, clicks))
            patience = extension_of(self.crawler, Patience)
            while not working.done():
                await asyncio.wait({working}, timeout=SLICE_SECONDS)
                if patience.is_closing and not working.done():
                    self.kill()
                    working.cancel()
                    with suppress(asyncio.CancelledError, PageTooCostly, RenderingFailed):
                        await working
                    return None
            return working.result()

    async def _render(self, response: Response, trouble: PageTrouble, clicks: Clicks) -> Rendering:
        async def fetch(asked: PageRequest) -> PageAnswer | None:
            return await self._fetch(asked, trouble)

        answer = self._answer(response)
        self.pages += 1
        for attempt in range(ATTEMPTS):
            chromium = await self._started()
            from gongkai.crawler.browser.page_rendering import PageRendering  # late: an extra

            page = PageRendering(chromium, fetch, self.limits)
            try:
                return await page.render(answer, self.crawler.settings["USER_AGENT"], clicks=clicks)
            except PageTooCostly as problem:
                extension_of(self.crawler, Recorder).count(f"{HOSTILE_PREFIX}{problem.limit}")
                await self._end()
                raise
            except RenderingFailed:
                await self._end()
                if attempt == ATTEMPTS - 1 or self._is_ended:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _started(self) -> Chromium:
        if self._is_ended:
            raise RenderingFailed("the crawl ends")
        if self._chromium is None:
            try:
                self._chromium = await Chromium.start(self.program)
            except BrowserError as problem:
                self._is_ended = True
                extension_of(self.crawler, Recorder).abort(problem)
                raise
        return self._chromium

    async def _end(self) -> None:
        chromium, self._chromium = self._chromium, None
        if chromium:
            await chromium.close()

    async def _fetch(self, asked: PageRequest, trouble: PageTrouble) -> PageAnswer | None:
        """Get an answer for a page by the way of all requests, None where there is none."""
        hosts = extension_of(self.crawler, SiteHosts).allowed()
        if refusal_reason(asked.url, hosts) or len(asked.body) > MAX_BODY_BYTES:
            return None
        if known := self._scripts.get(asked.url):
            return known
        request = Request(
            asked.url,
            method=asked.method,
            headers=_sent_fields(asked),
            body=asked.body,
            cb_kwargs={"visit": Visit(Role.DISCLOSURE)},
            meta={FROM_BROWSER: True},
            dont_filter=True,
        )
        engine = self.crawler.engine
        if engine is None or asked.method not in ("GET", "POST"):
            return None
        is_data = asked.kind != "script"
        try:
            response = await engine.download_async(request)
        except IgnoreRequest as problem:
            log.info("%s: %s", asked.url, problem)
            return None
        except (*NETWORK_ERRORS, NotUnpacked) as problem:
            log.info("%s: %s", asked.url, problem)
            if is_data:
                trouble.data_missed(is_behind=asked.is_clicked)
            return None
        _note_trouble(response, asked, trouble)
        if CUT_FLAG in response.flags:
            return None
        answer = self._answer(response)
        if asked.kind == "script" and response.status == 200:
            self._keep(asked.url, answer)
        return answer

    def _keep(self, url: str, answer: PageAnswer) -> None:
        if self._script_bytes + len(answer.body) <= MAX_SCRIPT_BYTES:
            self._script_bytes += len(answer.body)
            self._scripts[url] = answer

    def _answer(self, response: Response) -> PageAnswer:
        last = extension_of(self.crawler, Recorder).latest(address_of_answer(response))
        fields = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values[-1:]
        )
        return PageAnswer(
            response.url, response.status, fields, response.body, last.id if last else ""
        )


def rendering_limits(settings: BaseSettings) -> RenderingLimits:
    """Return what one page may use in the browser, by the settings."""
    return RenderingLimits(
        seconds=settings.getfloat("GONGKAI_RENDER_SECONDS"),
        wall=settings.getfloat("GONGKAI_RENDER_WALL_SECONDS"),
        quiet=settings.getfloat("GONGKAI_RENDER_QUIET_SECONDS"),
        requests=settings.getint("GONGKAI_RENDER_REQUESTS"),
        clicks=settings.getint("GONGKAI_RENDER_CLICKS"),
        doors=settings.getint("GONGKAI_RENDER_DOORS"),
        page_bytes=settings.getint("GONGKAI_PAGE_MAX_BYTES"),
        memory=settings.getint("GONGKAI_BROWSER_MEMORY_MB") * MIB,
    )


def _sent_fields(asked: PageRequest) -> dict[str, str]:
    fields = [
        (name, value)
        for name, value in asked.headers
        if (name in SENT_FIELDS or name.startswith(OWN_FIELD)) and len(value) <= MAX_FIELD_CHARS
    ]
    return dict(fields[:MAX_FIELDS])


def _note_trouble(response: Response, asked: PageRequest, trouble: PageTrouble) -> None:
    """Note an answer that is a block, or that brings no data because of a fault of the server."""
    is_data = asked.kind != "script"
    media_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    is_page = is_data and sniff(response.body, media_type) == "text/html"
    signature = block_signature(response.body) if is_page else ""
    if response.status in BLOCK_STATUSES or signature:
        trouble.block_met(signature or f"HTTP {response.status}", is_behind=asked.is_clicked)
    elif is_data and response.status >= 500:
        trouble.data_missed(is_behind=asked.is_clicked)
