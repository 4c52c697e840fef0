"""Rendering one page: its requests are answered by the crawl, its scripts run within limits.

The page has a context of its own without permissions, downloads, service workers and further windows.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.async_api import Error

from gongkai.crawler.browser.browser_errors import PageTooCostly, RenderingFailed
from gongkai.crawler.browser.chromium import BrowserUse, Chromium
from gongkai.crawler.browser.page_clicks import PageClicks
from gongkai.crawler.browser.page_exchange import (
    Clicks,
    Fetch,
    PageAnswer,
    PageRequest,
    Rendering,
    RenderingLimits,
)
from gongkai.crawler.browser.page_limits import watch_use
from gongkai.crawler.browser.page_state import (
    MEASURE,
    PageState,
    PageTooLong,
    read_state,
    take_state,
)

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Dialog, Frame, Page, Request, Route

ANSWERED_KINDS = ("document", "script", "xhr", "fetch")
"""What a page gets; pictures, styles and fonts tell nothing that is read."""

DROPPED_FIELDS = {
    "content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection",
    "alt-svc", "strict-transport-security",
}  # fmt: skip
"""Fields of an answer that a page does not get: the body is unpacked, and cookies are the crawl's."""

MAX_NAVIGATIONS = 10
"""Documents to which the scripts of one page may lead, one after the other."""

MAX_ROUNDS = 20
"""Looks at a page that never stops to change."""

POLL_SECONDS = 0.05
WORLD = "gongkai"


class PageRendering:
    """One page in the browser, from its answer to its states. Used once."""

    def __init__(self, chromium: Chromium, fetch: Fetch, limits: RenderingLimits) -> None:
        self._chromium = chromium
        self._fetch = fetch
        self._limits = limits
        self._document: PageAnswer | None = None  # the one that the page is made from
        self._held: PageAnswer | None = None  # an answer that waits for its navigation
        self._pending = 0
        self._last_answer = 0.0
        self._asked = self._navigations = 0
        self._is_clicking = self._is_loop = self._is_over = False
        self.opened: list[str] = []  # documents that clicks asked for
        self._exceeded = ""

    async def render(self, answer: PageAnswer, user_agent: str, *, clicks: Clicks) -> Rendering:
        """Return a page after its scripts ran, and what clicks on it show.

        Raises:
            PageTooCostly: It took more than it may; the browser was ended.
            RenderingFailed: The browser ended.
        """
        try:
            before = await self._chromium.measure()
            watching = asyncio.ensure_future(self._watch(before))
            try:
                return await self._render(answer, user_agent, clicks)
            finally:
                watching.cancel()
        except (Error, ValueError, KeyError) as problem:
            if self._exceeded:
                raise PageTooCostly(self._exceeded) from problem
            raise RenderingFailed(str(problem).partition("\n")[0]) from problem
        except PageTooLong as problem:
            raise PageTooCostly("size") from problem

    async def _watch(self, before: BrowserUse) -> None:
        self._exceeded = await watch_use(
            self._chromium, self._limits, before, lambda: self._pending > 0
        )
        if self._exceeded:
            self._chromium.kill()

    async def _render(self, answer: PageAnswer, user_agent: str, clicks: Clicks) -> Rendering:
        context = await self._chromium.browser.new_context(
            user_agent=user_agent,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=False,
            service_workers="block",
            permissions=[],
        )
        try:
            page = await self._open(context)
            session = await context.new_cdp_session(page)
            await self.show(page, answer)
            await self.settle(page, session)
            assert self._document is not None
            document = self._document
            if clicks == "none" or self._is_loop:
                only = (await self.state(session),)
                return Rendering(document, only, is_cut=self._is_over, is_loop=self._is_loop)
            self._is_clicking = True
            clicking = PageClicks(PageDriver(self, page, session, document), self._limits)
            found = await clicking.collect(turns_pages=clicks == "all")
            is_cut = found.is_cut or self._is_over
            return Rendering(document, found.states, found.led_to, is_cut)
        finally:
            with suppress(Error, TimeoutError):
                await asyncio.wait_for(context.close(), self._limits.wall)

    async def _open(self, context: BrowserContext) -> Page:
        """Open an empty page whose requests, dialogs and windows are ours."""
        page = await context.new_page()

        async def answer(route: Route) -> None:
            await self._answer(route, page)

        async def close_other(other: Page) -> None:
            if other is not page:
                with suppress(Error):
                    await other.close()

        async def dismiss(dialog: Dialog) -> None:
            with suppress(Error):
                await dialog.dismiss()

        await context.route("**/*", answer)
        context.on("page", close_other)
        page.on("dialog", dismiss)
        return page

    async def show(self, page: Page, answer: PageAnswer) -> None:
        """Give the page an answer as its document, and count no navigation."""
        self._held = answer
        with suppress(Error):  # a script that leads on interrupts this; `settle` waits for both
            await page.goto(answer.url, wait_until="commit", timeout=self._limits.wall * 1000)

    async def settle(self, page: Page, session: CDPSession) -> None:
        """Wait until the page asks for nothing and stays the same."""
        before: object = None
        for _ in range(MAX_ROUNDS):
            await self._wait_for_silence()
            if self._held is not None:  # scripts led to an address that redirects
                await self.show(page, self._held)
                continue
            now = await self.evaluate(session, MEASURE)
            if now is not None and now == before and self._pending == 0:
                return
            before = now

    async def _wait_for_silence(self) -> None:
        start = time.monotonic()
        while True:
            if self._exceeded:
                raise PageTooCostly(self._exceeded)
            last = max(self._last_answer, start)
            if self._pending == 0 and time.monotonic() - last >= self._limits.quiet:
                return
            await asyncio.sleep(POLL_SECONDS)

    async def state(self, session: CDPSession) -> PageState:
        """Return the page as it is now."""
        return read_state(await self.evaluate(session, take_state(self._limits.page_bytes)))

    async def evaluate(self, session: CDPSession, expression: str) -> object:
        """Return the value of an expression in our world of the page, None while that is changing."""
        try:
            tree = await session.send("Page.getFrameTree")
            world = await session.send(
                "Page.createIsolatedWorld",
                {"frameId": tree["frameTree"]["frame"]["id"], "worldName": WORLD},
            )
            found = await session.send(
                "Runtime.evaluate",
                {
                    "expression": expression,
                    "contextId": world["executionContextId"],
                    "returnByValue": True,
                    "userGesture": True,
                },
            )
        except Error:
            if self._exceeded or not self._chromium.browser.is_connected():
                raise
            return None  # the document was replaced meanwhile
        value: object = found.get("result", {}).get("value")
        return value

    async def _answer(self, route: Route, page: Page) -> None:
        """Answer a request of the page, or end it."""
        with suppress(Error):  # the page has gone
            wanted = self._wanted(route.request, page)
            if wanted is None:
                # of a document, the page that is there stays
                kind = route.request.resource_type
                await route.abort("aborted" if kind == "document" else "blockedbyclient")
                return
            self._pending += 1
            try:
                await self._fulfil(route, wanted)
            finally:
                self._pending -= 1
                self._last_answer = time.monotonic()

    def _wanted(self, request: Request, page: Page) -> PageRequest | None:
        """Return a request that is to be answered, None for one that is not."""
        kind = request.resource_type
        if kind not in ANSWERED_KINDS:
            return None
        if kind == "document":
            # frames are pages that the crawl visits by themselves
            if not request.is_navigation_request():
                return None
            if (of := _frame_of(request)) != page.main_frame:
                if self._is_clicking and (of is None or of.page != page):
                    self.opened.append(request.url)  # a window that a click opens
                return None
            if self._held is None and not self._may_lead_on(request.url):
                return None
        if self._asked >= self._limits.requests:
            self._is_over = True
            return None
        self._asked += 1
        return PageRequest(
            request.url,
            request.method,
            kind,
            tuple(request.headers.items()),
            request.post_data_buffer or b"",
            self._is_clicking,
        )

    def _may_lead_on(self, url: str) -> bool:
        """Return whether the page may go to another document by itself."""
        if self._is_clicking:
            self.opened.append(url)  # a page of its own for the crawl
            return False
        self._navigations += 1
        self._is_loop = self._is_loop or self._navigations > MAX_NAVIGATIONS
        return not self._is_loop

    async def _fulfil(self, route: Route, wanted: PageRequest) -> None:
        if wanted.kind == "document" and self._held is not None:
            answer, self._held = self._held, None
        else:
            found = await self._fetch(wanted)
            if found is None:
                await route.abort("blockedbyclient")
                return
            answer = found
            if wanted.kind == "document" and _is_elsewhere(answer, wanted):
                self._held = answer  # its links are relative to the address after the redirect
                await route.abort("aborted")
                return
        if wanted.kind == "document":
            self._document = answer
        fields = {
            name: value for name, value in answer.headers if name.lower() not in DROPPED_FIELDS
        }
        await route.fulfill(status=answer.status, headers=fields, body=answer.body)


def _frame_of(request: Request) -> Frame | None:
    """Return the frame that a document is for, None where its window is not there yet."""
    try:
        return request.frame
    except Error:
        return None


class PageDriver:
    """What clicks need of a page."""

    def __init__(
        self, rendering: PageRendering, page: Page, session: CDPSession, document: PageAnswer
    ) -> None:
        self._rendering = rendering
        self._page = page
        self._session = session
        self._document = document

    @property
    def opened(self) -> list[str]:
        """Addresses of documents that the page asked for, and did not get."""
        return self._rendering.opened

    async def evaluate(self, expression: str) -> object:
        """Return the value of an expression in our world of the page."""
        return await self._rendering.evaluate(self._session, expression)

    async def settle(self) -> None:
        """Wait until the page asks for nothing and stays the same."""
        await self._rendering.settle(self._page, self._session)

    async def state(self) -> PageState:
        """Return the page as it is now."""
        return await self._rendering.state(self._session)

    async def reload(self) -> None:
        """Show the page again as it was sent."""
        await self._rendering.show(self._page, self._document)
        await self.settle()


def _is_elsewhere(answer: PageAnswer, asked: PageRequest) -> bool:
    return answer.url.partition("#")[0] != asked.url.partition("#")[0]
