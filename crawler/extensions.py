"""What belongs to a whole crawl: its lock, its WARC file, its counts and how it ended."""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self
from uuid import uuid4

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import RobotParser

from crawler.entry import Entry, Run
from crawler.locks import Busy, HostLock
from crawler.record import Record
from crawler.registry import Site
from crawler.snapshots import Snapshots, StorageError
from crawler.warc import Exchange
from crawler.writer import Writer, utc_now

log = logging.getLogger(__name__)

PREFIX = "gongkai/"
"""Of our counts among Scrapy's stats."""

COUNTS = ("requests", "new", "changed", "unchanged", "gone", "blocked", "errors", "reports")
"""Counts that every run has; others are there where they are not zero."""

GONE = (404, 410)


class Recorder:
    """Holds the site's lock and its WARC file while the crawl lasts; `run` tells how it went."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.site: Site = crawler.spidercls.site
        self.folder = Path(crawler.settings["GONGKAI_SNAPSHOTS"])
        self.run = Run(uuid4().hex, self.site.id, utc_now(), "", "running")
        self._lock: HostLock | None = None
        self._snapshots: Snapshots | None = None
        self._writer: Writer | None = None
        self._trouble = ""
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        recorder = cls(crawler)
        crawler.signals.connect(recorder.spider_opened, signals.spider_opened)
        crawler.signals.connect(recorder.spider_closed, signals.spider_closed)
        return recorder

    def count(self, name: str) -> None:
        """Add one to a count of this run."""
        self.crawler.stats.inc_value(PREFIX + name)

    def spider_opened(self) -> None:
        """Take the lock and open the file; raises CloseSpider, which ends the crawl at once."""
        try:
            self._lock = HostLock(self.folder, self.site)
            self._snapshots = Snapshots(self.folder)
            self._writer = self._snapshots.writer(self.site.id, self.run.id, self._about())
        except Busy as problem:
            raise CloseSpider(f"busy: {problem}") from problem
        except OSError as problem:
            self._trouble = str(problem)
            raise CloseSpider("storage") from problem

    def spider_closed(self, reason: str) -> None:
        """Keep how the run went, close the file, let others in."""
        self.run = self._ended(reason)
        if self.run.outcome not in ("ok", "busy"):
            log.error("%s: %s: %s", self.site.id, self.run.outcome, self.run.why)
        try:
            if self._writer:
                self._writer.end(self.run)
        except StorageError:
            log.exception("%s: the run could not be recorded", self.site.id)
        finally:
            if self._writer:
                self._writer.close()
            if self._snapshots:
                self._snapshots.close()
            if self._lock:
                self._lock.release()

    def keep(self, exchange: Exchange) -> None:
        """Keep a request and its answer, and count what it brought; raises StorageError."""
        if self._writer is None or self._snapshots is None:
            raise StorageError("nothing is open to write to")
        last = self._snapshots.latest(exchange.url)
        snapshot, before = self._writer.exchange(exchange)
        self.count("requests")
        if snapshot.status in GONE:  # gone is said once; later it is a dead link
            self.count("gone" if before and last and last.status not in GONE else "dead")
        elif snapshot.status in (200, 304):
            same = before and before.snapshot.digest == snapshot.digest
            self.count("unchanged" if same else "changed" if before else "new")

    def validators(self, url: str) -> tuple[str, str]:
        """Give ETag and Last-Modified of the document that is kept, "" where there is none."""
        before = self._latest(url)
        if before is None or before.truncated:
            return "", ""
        return before.etag, before.last_modified

    def kept(self, url: str) -> Record | None:
        """Give the record that "not modified" stands for; raises StorageError."""
        found = self._latest(url)
        if found is None or found.kind != "revisit" or self._snapshots is None:
            return None
        return self._snapshots.holder(found.snapshot)

    def stop(self, why: str) -> None:
        """End the crawl because of a fault that makes going on pointless."""
        if not self._trouble:
            self._trouble = why
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason="storage")
            )

    def _latest(self, url: str) -> Entry | None:
        return self._snapshots.ledger.latest(url, good=True) if self._snapshots else None

    def _about(self) -> dict[str, str]:
        settings = self.crawler.settings
        return {
            "software": f"gongkai/{own_version()} scrapy/{scrapy.__version__} warcio",
            "operator": settings["GONGKAI_CONTACT"],
            "http-header-user-agent": settings["USER_AGENT"],
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
            "tls-verification": "" if self.site.verify_tls else "off, as the registry says",
        }

    def _ended(self, reason: str) -> Run:
        stats = self.crawler.stats.get_stats()
        counts = dict.fromkeys(COUNTS, 0) | {
            key.removeprefix(PREFIX): value
            for key, value in stats.items()
            if key.startswith(PREFIX)
        }
        if refused := stats.get("robotstxt/forbidden"):
            counts["robots"] = refused
        outcome, why = verdict(self.site, reason, counts, self._trouble)
        return Run(self.run.id, self.site.id, self.run.started, utc_now(), outcome, counts, why=why)


def verdict(site: Site, reason: str, counts: dict[str, int], trouble: str) -> tuple[str, str]:
    """Say how a run went and why: from Scrapy's finish reason, the counts and the site's floor."""
    if reason.startswith("busy: "):
        return "busy", reason.removeprefix("busy: ")
    if trouble:
        return "failed", trouble
    if reason == "shutdown":
        return "interrupted", "stopped by a signal"
    if reason == "blocked":
        return "failed", f"stopped: {counts['blocked']} block pages"
    if reason != "finished":
        return "failed", f"stopped before its end: {reason}"
    if counts["requests"] == 0:
        return "failed", "the site did not answer"
    if counts["reports"] == 0:
        return "failed", "no report found"
    if counts["reports"] < site.min_reports:
        return "failed", f"{counts['reports']} reports found, at least {site.min_reports} expected"
    return "ok", ""


class CrawlDelay:
    """Applies the Crawl-delay of robots.txt, which Scrapy reads and leaves at that."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        delay = cls(crawler)
        crawler.signals.connect(delay.robots_parsed, signals.robots_parsed)
        return delay

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Make the delay that was asked for the least one, within our bound."""
        settings = self.crawler.settings
        asked = robotparser.crawl_delay(settings["ROBOTSTXT_USER_AGENT"]) or 0.0
        delay = min(asked, settings.getfloat("GONGKAI_CRAWL_DELAY_MAX"))
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle:
            throttle.mindelay = max(throttle.mindelay, delay)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)


def own_version() -> str:
    """Give the version of the installed distribution, or say that there is none."""
    try:
        return version("gongkai-archive")
    except PackageNotFoundError:
        return "0+source"
