"""How fast a site is asked and for how long: Crawl-delay, blocks, the nightly window, the budget."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import RobotParser

from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.revisit_schedule import CHINA


class Throttle:
    """Makes a crawl slower: as robots.txt asks, and after every block page.

    A site whose last run met block pages is asked slowly from the beginning.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.least = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pace = cls(crawler)
        crawler.signals.connect(pace.spider_opened, signals.spider_opened)
        crawler.signals.connect(pace.robots_parsed, signals.robots_parsed)
        crawler.signals.connect(pace.request_reached, signals.request_reached_downloader)
        return pace

    def spider_opened(self) -> None:
        """Begin slowly where the last run was blocked."""
        last = self.crawler.get_extension(Recorder).last_run()
        if last and last.counts.get("blocked"):
            self.slow_down()

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Apply the Crawl-delay of robots.txt, which Scrapy reads and leaves at that."""
        settings = self.crawler.settings
        asked = robotparser.crawl_delay(settings["ROBOTSTXT_USER_AGENT"]) or 0.0
        self.wait(min(asked, settings.getfloat("GONGKAI_CRAWL_DELAY_MAX")))

    def slow_down(self) -> None:
        """Wait as long as after a block page; twice as long after each further one."""
        settings = self.crawler.settings
        twice = max(2 * self.least, settings.getfloat("GONGKAI_BLOCK_DELAY"))
        self.wait(min(twice, settings.getfloat("AUTOTHROTTLE_MAX_DELAY")))

    def wait(self, delay: float) -> None:
        """Make a delay the least one between two requests for the rest of the crawl."""
        self.least = max(self.least, delay)
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle:
            throttle.mindelay = max(throttle.mindelay, self.least)
        self.request_reached()

    def request_reached(self) -> None:
        """Hold the delay in the site's queue, which comes into being with its first request."""
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, self.least)


class CrawlBudget:
    """Ends a crawl in order when its nightly window closes or its budget of pages is spent.

    What is left is fetched the next night: what was never fetched goes first.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        site = crawler.spidercls.site
        self.budget = site.max_pages or crawler.settings.getint("GONGKAI_MAX_PAGES")
        self.window = parse_window(site.window or crawler.settings["GONGKAI_WINDOW"])
        self._closing: asyncio.Task[None] | None = None
        self._end: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises ValueError for a window that is none."""
        bounds = cls(crawler)
        crawler.signals.connect(bounds.spider_opened, signals.spider_opened)
        crawler.signals.connect(bounds.response_received, signals.response_received)
        crawler.signals.connect(bounds.spider_closed, signals.spider_closed)
        return bounds

    def spider_opened(self) -> None:
        """Raises CloseSpider outside the window."""
        if self.window is None:
            return
        left = self.window.left(datetime.now(UTC))
        if left <= 0:
            raise CloseSpider("window")
        self._end = asyncio.get_running_loop().call_later(left, self._close, "window")

    def response_received(self) -> None:
        """Close when the budget is spent."""
        spent = self.crawler.stats.get_value("response_received_count", 0)
        if self.budget and spent >= self.budget:
            self._close("budget")

    def spider_closed(self) -> None:
        """Leave no timer behind."""
        if self._end:
            self._end.cancel()

    def _close(self, reason: str) -> None:
        if self._closing is None:
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason=reason)
            )


class NightWindow:
    """Hours of the day in China in which a site is asked, such as 22:00-06:00."""

    def __init__(self, start: time, end: time) -> None:
        self.start = start
        self.end = end

    def left(self, now: datetime) -> float:
        """Give the seconds until the window closes, 0 where it is closed."""
        here = now.astimezone(CHINA)
        for day in (here.date() - timedelta(days=1), here.date()):
            opens = datetime.combine(day, self.start, CHINA)
            closes = datetime.combine(day, self.end, CHINA)
            if self.end <= self.start:
                closes += timedelta(days=1)
            if opens <= here < closes:
                return (closes - here).total_seconds()
        return 0.0


def parse_window(text: str | None) -> NightWindow | None:
    """Read HH:MM-HH:MM, None for no window; raises ValueError for anything else.

    >>> parse_window("22:00-06:00").left(datetime(2026, 1, 20, 21, 0, tzinfo=UTC))  # 05:00 in China
    3600.0
    """
    if not text:
        return None
    start, _dash, end = text.partition("-")
    try:
        return NightWindow(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        raise ValueError(f"a window is given as 22:00-06:00, not {text!r}") from None
