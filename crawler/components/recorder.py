"""What belongs to a whole crawl: its lock, its WARC file, its counts and how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.compose import Exchange
from gongkai.crawler.warc.locks import HostBusy, HostLock
from gongkai.crawler.warc.page_notes import PageNote
from gongkai.crawler.warc.parse import WarcRecord
from gongkai.crawler.warc.snapshot import IndexEntry, Run, Snapshot, new_run_id
from gongkai.crawler.warc.store import Snapshots, StorageError
from gongkai.crawler.warc.writer import SnapshotWriter, utc_now

log = logging.getLogger(__name__)

STAT_PREFIX = "gongkai/"
"""Of our counts among Scrapy's stats."""

BASE_COUNTS = ("requests", "new", "changed", "unchanged", "gone", "blocked", "errors", "reports")
"""Counts that every run has; others are there where they are not zero."""

BLOCKED_PREFIX = "blocked: "
"""Before the name of a protection, in the counts of its pages."""

UNFINISHED_REASONS = {
    "window": "outside its nightly window; the rest follows the next night",
    "budget": "its budget of pages is spent; the rest follows the next night",
}
"""Finish reasons of a run that has to go on another night."""

GONE = (404, 410)


class Recorder:
    """Holds the site's lock and its WARC file while the crawl lasts; `run` tells how it went."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.site: Site = crawler.spidercls.site
        self.folder = Path(crawler.settings["GONGKAI_SNAPSHOTS"])
        self.run = Run(new_run_id(), self.site.id, utc_now(), "", "running")
        self._lock: HostLock | None = None
        self._snapshots: Snapshots | None = None
        self._writer: SnapshotWriter | None = None
        self._trouble = ""
        self._since = ""
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        recorder = cls(crawler)
        crawler.signals.connect(recorder.spider_opened, signals.spider_opened)
        crawler.signals.connect(recorder.spider_closed, signals.spider_closed)
        return recorder

    def count(self, name: str) -> None:
        """Add one to a count of this run."""
        self.crawler.stats.inc_value(STAT_PREFIX + name)

    def spider_opened(self) -> None:
        """Take the lock and open the file; raises CloseSpider, which ends the crawl at once."""
        try:
            self._lock = HostLock(self.folder, self.site)
            self._snapshots = Snapshots(self.folder)
            size = self.crawler.settings.getint("GONGKAI_WARC_BYTES")
            self._writer = self._snapshots.writer(self.site.id, self.run.id, self._about(), size)
        except HostBusy as problem:
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

    def kept(self, url: str) -> WarcRecord | None:
        """Give the record that "not modified" stands for; raises StorageError."""
        found = self._latest(url)
        if found is None or found.kind != "revisit" or self._snapshots is None:
            return None
        return self._snapshots.holder(found.snapshot)

    def notes(self) -> Iterator[PageNote]:
        """Give what earlier nights said of the site's addresses, oldest first."""
        return self._snapshots.index.notes(self.site.id) if self._snapshots else iter(())

    def say(self, note: PageNote, at: str) -> None:
        """Keep what is said of a fetch of that time; raises StorageError."""
        if self._writer is None:
            raise StorageError("nothing is open to write to")
        self._writer.note(note, at)

    def latest(self, url: str) -> Snapshot | None:
        """Give the last fetch of an address, whatever it brought."""
        return self._snapshots.latest(url) if self._snapshots else None

    def is_cut(self, url: str) -> bool:
        """Tell whether the document that is kept of an address is not whole."""
        found = self._latest(url)
        return found is not None and found.truncated != ""

    def first_seen(self, url: str) -> tuple[str, str]:
        """Give when an address and when its site were first fetched; both were."""
        if self._snapshots is None:
            raise StorageError("nothing is open to read from")
        if not self._since:
            self._since = self._snapshots.index.first("site", self.site.id)
        return self._snapshots.index.first("url", url), self._since

    def last_run(self, *outcomes: str) -> Run | None:
        """Give the site's last run (that ended in one of these ways), None for none."""
        if self._snapshots is None:
            return None
        return self._snapshots.index.last_run(self.site.id, outcomes)

    def stop(self, why: str) -> None:
        """End the crawl because of a fault that makes going on pointless."""
        if not self._trouble:
            self._trouble = why
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason="storage")
            )

    def _latest(self, url: str) -> IndexEntry | None:
        return self._snapshots.index.latest(url, good=True) if self._snapshots else None

    def _about(self) -> dict[str, str]:
        settings = self.crawler.settings
        unverified = self.site.old_tls or not self.site.verify_tls
        return {
            "software": f"gongkai/{gongkai_version()} scrapy/{scrapy.__version__} warcio",
            "operator": settings["GONGKAI_CONTACT"],
            "http-header-user-agent": settings["USER_AGENT"],
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
            "tls-verification": "off, as the registry says" if unverified else "",
            "tls-versions": "1.0 and later, as the registry says" if self.site.old_tls else "",
        }

    def _ended(self, reason: str) -> Run:
        stats = self.crawler.stats.get_stats()
        counts = dict.fromkeys(BASE_COUNTS, 0) | {
            key.removeprefix(STAT_PREFIX): value
            for key, value in stats.items()
            if key.startswith(STAT_PREFIX)
        }
        if refused := stats.get("robotstxt/forbidden"):
            counts["robots"] = refused
        last = self.last_run("ok")
        least = self.crawler.settings.getfloat("GONGKAI_SHRINK_LIMIT")
        floor = ReportFloor(
            self.site.min_reports, last.counts.get("reports", 0) if last else 0, least
        )
        outcome, why = judge_run(reason, counts, self._trouble, floor)
        return Run(self.run.id, self.site.id, self.run.started, utc_now(), outcome, counts, why=why)


@dataclass(frozen=True, slots=True)
class ReportFloor:
    """What a run is measured by: the least number of reports, and that of the last good run."""

    reports: int
    last: int = 0
    share: float = 0.5


def judge_run(
    reason: str, counts: dict[str, int], trouble: str, floor: ReportFloor
) -> tuple[str, str]:
    """Say how a run went and why: from Scrapy's finish reason, the counts and what is expected."""
    if reason.startswith("busy: "):
        return "busy", reason.removeprefix("busy: ")
    if trouble:
        return "failed", trouble
    if reason == "shutdown":
        return "interrupted", "stopped by a signal"
    if reason == "blocked":
        return "failed", f"stopped: {_describe_blocks(counts)}"
    if reason in UNFINISHED_REASONS:
        return (
            ("failed", _describe_blocks(counts))
            if counts["blocked"]
            else ("partial", UNFINISHED_REASONS[reason])
        )
    if reason != "finished":
        return "failed", f"stopped before its end: {reason}"
    if counts["requests"] == 0:
        return "failed", "the site did not answer"
    if counts["reports"] == 0:
        return "failed", "no report found" + (
            f"; {_describe_blocks(counts)}" if counts["blocked"] else ""
        )
    if counts["reports"] < floor.reports:
        return "failed", f"{counts['reports']} reports found, at least {floor.reports} expected"
    if counts["reports"] < floor.share * floor.last:
        return "failed", f"{counts['reports']} reports found, {floor.last} the last time"
    if counts["blocked"]:
        return "failed", _describe_blocks(counts)
    return "ok", ""


def _describe_blocks(counts: dict[str, int]) -> str:
    """Say how many block pages there were, and of which kinds."""
    kinds = [
        f"{name.removeprefix(BLOCKED_PREFIX)} {count}"
        for name, count in sorted(counts.items())
        if name.startswith(BLOCKED_PREFIX)
    ]
    return f"{counts['blocked']} block pages" + (f" ({', '.join(kinds)})" if kinds else "")


def gongkai_version() -> str:
    """Give the version of the installed distribution, or say that there is none."""
    try:
        return version("gongkai-archive")
    except PackageNotFoundError:
        return "0+source"
