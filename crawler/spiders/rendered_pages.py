"""Pages of a site that are read as a browser shows them: its list of links exists only after scripts ran."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace

from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from gongkai.crawler.analysis.next_pages import NextPage
from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.analysis.page_outcome import SCRIPT_STUB
from gongkai.crawler.browser.browser_errors import BrowserError, PageTooCostly, RenderingFailed
from gongkai.crawler.browser.page_exchange import Clicks, Rendering
from gongkai.crawler.components.analysis_wall import AnalysisWall
from gongkai.crawler.components.crawl_context import address_of_answer, extension_of, request_of
from gongkai.crawler.components.list_ledger import ListLedger
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.renderer import RENDERED, PageTrouble, Renderer
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.warc.compose import RENDERED_TYPE
from gongkai.crawler.warc.store import StorageError
from gongkai.crawler.warc.tables.page_notes import INCONCLUSIVE_OUTCOMES

log = logging.getLogger(__name__)

PLAIN_OUTCOMES = {"document", "errors", "hostile", "missing"}
"""Outcomes of answers that a browser makes nothing else of."""

CLICKS: Mapping[Role, Clicks] = {Role.HOME: "doors", Role.DISCLOSURE: "all", Role.COLUMN: "all"}
"""What is clicked on a page, by its role; on an article nothing."""

STATE = "gongkai-page"
"""In the address of a rendered page: which page of a list it shows that has no address of its own."""


class RenderedPages:
    """Has the pages of a site rendered, kept and analysed."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @property
    def recorder(self) -> Recorder:
        """The recorder of this crawl."""
        return extension_of(self.crawler, Recorder)

    async def analyze(
        self, response: Response, visit: Visit, plain: PageAnalysis
    ) -> PageAnalysis | None:
        """Return what a page is after its scripts ran, None where the crawl ends.

        `plain` is what the answer is by itself. A report needs no browser, and a block page gets none.
        """
        if not needs_rendering(visit, plain):
            return plain
        renderer = extension_of(self.crawler, Renderer)
        if renderer.pages >= renderer.max_pages:
            self.recorder.count("unrendered")
            return plain
        trouble = PageTrouble()
        try:
            rendering = await renderer.render(
                response, trouble, clicks=CLICKS.get(visit.role, "none")
            )
        except BrowserError:
            return None
        except PageTooCostly as problem:
            log.warning("%s: hostile (%s): kept, not read", response.url, problem.limit)
            return PageAnalysis("hostile", limit=problem.limit)
        except RenderingFailed as problem:
            log.error("%s: not rendered: %s", response.url, problem)
            return PageAnalysis("errors")
        if rendering is None:
            return None
        self.recorder.count("rendered")
        if trouble.block is not None:
            return PageAnalysis("blocked", signature=trouble.block)
        if rendering.is_loop:
            self.recorder.count("redirect_loops")
            is_blocked = plain.outcome == "blocked"
            return plain if is_blocked else PageAnalysis("errors")
        return await self._read(response, visit, rendering, trouble)

    async def _read(
        self, response: Response, visit: Visit, rendering: Rendering, trouble: PageTrouble
    ) -> PageAnalysis | None:
        """Keep the states of a page, and return what they are together."""
        found: list[PageAnalysis] = []
        for number, state in enumerate(rendering.states, 1):
            # a page that scripts led to is kept under its own address
            is_same = rendering.document.url == response.url
            url = address_of_answer(response) if is_same else rendering.document.url
            name = url if number == 1 else f"{url}#{STATE}={number}"
            try:
                self.recorder.record_rendering(name, state.html, rendering.document.snapshot)
            except StorageError as problem:
                self.recorder.abort(problem)
                return None
            page = HtmlResponse(
                rendering.document.url,
                body=state.html,
                headers={"Content-Type": RENDERED_TYPE},
                flags=[RENDERED],
                request=request_of(response),
            )
            wall = extension_of(self.crawler, AnalysisWall)
            analysis = await wall.analyze(page, replace(visit, number=visit.number + number - 1))
            if analysis is None:
                return None
            found.append(analysis)
        if trouble.block_behind is not None:
            self.recorder.count("blocked")  # behind a click: the first page of the list is there
        is_cut = trouble.is_cut_behind or rendering.is_cut
        lacks_data = trouble.is_missing_data or is_cut
        is_empty = lacks_data and not found[0].is_report and not any(_rows(found))
        if is_empty or found[0].outcome in INCONCLUSIVE_OUTCOMES:
            return replace(found[0], outcome="errors") if is_empty else found[0]
        led = [
            NextPage(url, replace(visit, number=visit.number + 1), relation="page")
            for url in rendering.led_to
        ]
        return self._note(response, visit, found, led, is_cut)

    def _note(
        self,
        response: Response,
        visit: Visit,
        found: list[PageAnalysis],
        led: list[NextPage],
        is_cut: bool,
    ) -> PageAnalysis:
        """Note the pages of a list that share one address, and return them as one page."""
        ledger = extension_of(self.crawler, ListLedger)
        redirects: list[str] = response.meta.get("redirect_urls", [])
        url = redirects[0] if redirects else address_of_answer(response)
        names = [url, *(_state_key(url, number) for number in range(2, len(found) + 1))]
        turned = [
            NextPage(name, replace(visit, number=visit.number + number), relation="page")
            for number, name in enumerate(names[1:], 1)
        ]
        if is_cut:
            further = _state_key(url, len(found) + 1)
            turned.append(NextPage(further, visit, relation="cut"))
        for number, (name, analysis) in enumerate(zip(names, found, strict=True)):
            pages = [*analysis.next_pages, *(turned if number == 0 else ()), *led]
            at = replace(visit, number=visit.number + number)
            ledger.page_read(name, at, analysis.list_page, pages)
        # the rows of all pages are followed; the ledger knows by now which page has which
        links = dict.fromkeys([*led, *(each for one in found for each in one.next_pages)])
        return replace(found[0], next_pages=tuple(links), list_page=None)


def needs_rendering(visit: Visit, plain: PageAnalysis) -> bool:
    """Return whether a page is shown to the browser, by what its answer is."""
    if visit.role is Role.SITEMAP or visit.request or plain.is_report:
        return False
    if plain.outcome == "blocked":
        # scripts without a word may be a challenge, or a portal
        return plain.signature == SCRIPT_STUB
    return plain.outcome not in PLAIN_OUTCOMES


def _rows(found: list[PageAnalysis]) -> Iterator[NextPage]:
    for analysis in found:
        for each in analysis.next_pages:
            if each.visit.role in (Role.ARTICLE, Role.DOCUMENT, Role.COLUMN):
                yield each


def _state_key(url: str, number: int) -> str:
    """Return a name for a page of a list without an address; keys of addresses have no fragment."""
    return f"{url}{'&' if '?' in url else '?'}{STATE}={number}"
