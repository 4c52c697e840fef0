"""How fast and for how long a site is asked: Crawl-delay, block pages, window, budgets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import RobotParser

from gongkai import clock
from gongkai.clock import CHINA
from gongkai.crawler.components.crawl_context import crawled_site, extension_of
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.setting_error import SettingError


class Throttle:
    """Slows a crawl down: as robots.txt asks, and after every block page.

    All delays are lower bounds, our own (DOWNLOAD_DELAY) too: nothing makes a pause shorter. Where
    the last run met block pages, the site is asked slowly from the beginning.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.min_delay = 0.0  # seconds between two requests

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension and connect it to what changes the delay."""
        throttle = cls(crawler)
        crawler.signals.connect(throttle.spider_opened, signals.spider_opened)
        crawler.signals.connect(throttle.robots_parsed, signals.robots_parsed)
        crawler.signals.connect(throttle.request_reached, signals.request_reached_downloader)
        return throttle

    def spider_opened(self) -> None:
        """Begin slowly where the last run was blocked."""
        self.raise_delay(0.0)
        last = extension_of(self.crawler, Recorder).last_run()
        if last and last.counts.get("blocked"):
            self.slow_down()

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Apply the Crawl-delay of robots.txt, which Scrapy reads but does not apply."""
        settings = self.crawler.settings
        self.raise_delay(robotparser.crawl_delay(settings["ROBOTSTXT_USER_AGENT"]) or 0.0)

    def slow_down(self) -> None:
        """Wait as long as after a block page; twice as long after each further one."""
        settings = self.crawler.settings
        longer = max(2 * self.min_delay, settings.getfloat("GONGKAI_BLOCK_DELAY"))
        self.raise_delay(min(longer, settings.getfloat("AUTOTHROTTLE_MAX_DELAY")))

    def raise_delay(self, seconds: float) -> None:
        """Wait at least so long between two requests for the rest of the crawl."""
        self.min_delay = max(self.min_delay, seconds)
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle:
            # AutoThrottle has no setting that changes during a crawl; without this attribute it
            # would lower the delay again after each fast answer
            throttle.mindelay = max(throttle.mindelay, self.min_delay)
            throttle.maxdelay = max(throttle.maxdelay, throttle.mindelay)
        self.request_reached()

    def request_reached(self) -> None:
        """Set the delay of the site's download slot, which is created with its first request."""
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, self.min_delay)
            slot.jitter = 0.0  # it would make every second pause shorter


class CrawlBudget:
    """Closes a crawl when its nightly window ends, or its budget of pages or of time is spent.

    The next night fetches the rest; addresses that were never fetched go first.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        site = crawled_site(crawler)
        self.budget = site.max_pages or crawler.settings.getint("GONGKAI_MAX_PAGES")
        self.minutes = crawler.settings.getfloat("GONGKAI_MAX_MINUTES")
        self.window = parse_window(site.window or crawler.settings["GONGKAI_WINDOW"])
        self._closing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension and connect it to the answers and to the end of the crawl.

        Raises:
            SettingError: The window is malformed.
        """
        budget = cls(crawler)
        crawler.signals.connect(budget.spider_opened, signals.spider_opened)
        crawler.signals.connect(budget.response_received, signals.response_received)
        crawler.signals.connect(budget.spider_closed, signals.spider_closed)
        return budget

    def spider_opened(self) -> None:
        """Close the crawl at the end of the window, or of its time.

        Raises:
            CloseSpider: The window is closed now.
        """
        ends = {"time": self.minutes * 60} if self.minutes else {}
        if self.window is not None:
            ends["window"] = self.window.seconds_left(clock.now())
            if ends["window"] <= 0:
                raise CloseSpider("window")
        if ends:
            reason = min(ends, key=ends.__getitem__)
            self._timer = asyncio.get_running_loop().call_later(ends[reason], self._close, reason)

    def response_received(self) -> None:
        """Close the crawl when the budget is spent."""
        spent = self.crawler.stats.get_value("response_received_count", 0)
        if self.budget and spent >= self.budget:
            self._close("budget")

    def spider_closed(self) -> None:
        """Cancel the timer."""
        if self._timer:
            self._timer.cancel()

    def _close(self, reason: str) -> None:
        if self._closing is None:
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason=reason)
            )


@dataclass(frozen=True, slots=True)
class NightWindow:
    """Hours of the day in China in which a site is asked, such as 22:00-06:00."""

    start: time
    end: time

    def seconds_left(self, now: datetime) -> float:
        """Return the seconds until the window closes, 0 where it is closed."""
        local = now.astimezone(CHINA)
        for day in (local.date() - timedelta(days=1), local.date()):
            opens = datetime.combine(day, self.start, CHINA)
            closes = datetime.combine(day, self.end, CHINA)
            if self.end <= self.start:
                closes += timedelta(days=1)
            if opens <= local < closes:
                return (closes - local).total_seconds()
        return 0.0


def parse_window(text: str | None) -> NightWindow | None:
    """Return the window of a text such as 22:00-06:00, None for an empty text.

    >>> parse_window("22:00-06:00").seconds_left(datetime(2026, 1, 21, 5, 0, tzinfo=CHINA))
    3600.0

    Raises:
        SettingError: The text is not a window.
    """
    if not text:
        return None
    start, _dash, end = text.partition("-")
    try:
        return NightWindow(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        raise SettingError("window_wrong", value=text) from None
