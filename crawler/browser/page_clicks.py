"""Clicking on a page: what turns the pages of its lists, and what opens without an address."""

from __future__ import annotations

import asyncio
from typing import Protocol

from gongkai.crawler.browser.page_doors import (
    GO_BACK,
    PAGE_ADDRESS,
    click_door,
    is_other_document,
    mark_doors,
)
from gongkai.crawler.browser.page_exchange import Collected, RenderingLimits
from gongkai.crawler.browser.page_state import CONTROLS_TRIED, PageState, click_next

OPENING_SECONDS = 0.3
"""A click that leads to another document does so at once."""

POLL_SECONDS = 0.02
MOST_TABS = 20
"""Doors that change the page itself; each is entered from the page as it was sent."""


class Driver(Protocol):
    """What clicks need of the page."""

    @property
    def opened(self) -> list[str]:
        """Addresses of documents that the page asked for, and did not get."""

    async def evaluate(self, expression: str) -> object:
        """Return the value of an expression in our world of the page."""

    async def settle(self) -> None:
        """Wait until the page asks for nothing and stays the same."""

    async def state(self) -> PageState:
        """Return the page as it is now."""

    async def reload(self) -> None:
        """Show the page again as it was sent."""


class PageClicks:
    """The clicks on one page, within bounds; used once."""

    def __init__(self, driver: Driver, limits: RenderingLimits) -> None:
        self._driver = driver
        self._limits = limits
        self._states: list[PageState] = []
        self._seen: set[str] = set()
        self._tried: list[str] = []
        self._led_to: dict[str, None] = {}
        self._is_cut = False

    async def collect(self, *, turns_pages: bool) -> Collected:
        """Return all states of the page; the pages of its lists only with `turns_pages`."""
        tabs = await self._take_with_doors()
        if turns_pages:
            await self._turn_pages()
        self._is_cut |= len(tabs) > MOST_TABS or len(self._tried) >= self._limits.doors
        for tab in tabs[:MOST_TABS]:
            await self._driver.reload()
            if await self._click(tab):
                await self._take_with_doors()
                if turns_pages:
                    await self._turn_pages()
        return Collected(tuple(self._states), tuple(self._led_to), self._is_cut)

    async def _turn_pages(self) -> None:
        """Click on what turns to the next page, until nothing does."""
        number = 1
        while True:
            for wanted in range(CONTROLS_TRIED):
                self._driver.opened.clear()
                if not await self._driver.evaluate(click_next(wanted, number + 1)):
                    return
                await self._driver.settle()
                if self._driver.opened:  # a page of its own for the crawl
                    self._led_to |= dict.fromkeys(self._driver.opened)
                    return
                if (await self._driver.state()).links not in self._seen:
                    break
            else:
                return
            if len(self._states) > self._limits.clicks:
                self._is_cut = True
                return
            number += 1
            await self._take_with_doors()

    async def _take_with_doors(self) -> list[str]:
        """Open the doors of the page, and keep it with links to where they lead.

        Returns:
            The doors that change the page itself, such as tabs.
        """
        before = await self._driver.state()
        if before.links in self._seen:
            return []
        address = str(await self._driver.evaluate(PAGE_ADDRESS))
        addresses: dict[str, str] = {}
        tabs: list[str] = []
        kept = before
        while len(self._tried) < self._limits.doors and (door := await self._click()):
            if url := await self._opened(address):
                addresses[door] = url
            elif (await self._driver.state()).links != before.links:
                tabs.append(door)
                await self._driver.reload()
                if (await self._driver.state()).links != before.links:
                    break  # behind the first page of a list: the page is kept as it was
        if addresses and (await self._driver.state()).links == before.links:
            await self._driver.evaluate(mark_doors(addresses))
            kept = await self._driver.state()
        self._seen |= {before.links, kept.links}
        self._states.append(kept)
        return tabs

    async def _click(self, known: str = "") -> str:
        """Click on a known door or the next one, and return its name, "" where there is none."""
        self._driver.opened.clear()
        name = await self._driver.evaluate(click_door(self._tried, known))
        if not isinstance(name, str) or not name:
            return ""
        if not known:
            self._tried.append(name)
        for _ in range(int(OPENING_SECONDS / POLL_SECONDS)):
            if self._driver.opened:
                return name
            await asyncio.sleep(POLL_SECONDS)
        await self._driver.settle()
        return name

    async def _opened(self, before: str) -> str:
        """Return the address to which the last click led, "" where it led to none."""
        if self._driver.opened:
            return self._driver.opened[0]
        now = await self._driver.evaluate(PAGE_ADDRESS)
        if not isinstance(now, str) or not is_other_document(before, now):
            return ""
        # the scripts of the page changed its address themselves
        await self._driver.evaluate(GO_BACK)
        await self._driver.settle()
        return now
