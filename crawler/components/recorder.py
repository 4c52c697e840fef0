"""What belongs to a whole crawl: its lock, its WARC file, its counts and its result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from gongkai.catalogue import text
from gongkai.clock import china_day, seconds_of, stamp_of, utc_stamp
from gongkai.crawler.clock.clock_verdicts import TOLERANCE
from gongkai.crawler.clock.server_dates import median_lead
from gongkai.crawler.components.crawl_context import crawled_site, extension_of
from gongkai.crawler.components.list_ledger import ListLedger
from gongkai.crawler.components.run_result import OUTSIDE_REASONS, RunFacts, judge_run
from gongkai.crawler.evidence.closing import close_run
from gongkai.crawler.sites.portals import home_hosts, host_key
from gongkai.crawler.sites.site_facts import SITE_FACTS_FIELD, stored_facts
from gongkai.crawler.warc.compose import Exchange
from gongkai.crawler.warc.locks import HostBusy, HostLock
from gongkai.crawler.warc.parse import WarcRecord
from gongkai.crawler.warc.snapshot import IndexEntry, Run, Snapshot, new_run_id
from gongkai.crawler.warc.store import Snapshots, StorageError
from gongkai.crawler.warc.tables.import_table import ReportElsewhere
from gongkai.crawler.warc.tables.page_notes import GONE_STATUSES, NamedUnits, PageNote
from gongkai.crawler.warc.writer import SnapshotWriter
from gongkai.errors import GongkaiError, cause_of
from gongkai.messages import Message, message

log = logging.getLogger(__name__)

STAT_PREFIX = "gongkai/"
"""Prefix of our counts among Scrapy's stats."""

BASE_COUNTS = ("requests", "new", "changed", "unchanged", "gone", "blocked", "errors", "reports")
"""Counts that every run has; others are present where they are not zero."""

MAX_UNITS = 5_000
"""Names of units that are kept of one site; a province with all its cities has about 300."""


class Recorder:
    """Holds the site's lock and its WARC file while the crawl lasts; `run` is its result.

    The spider says why the home page gave nothing to follow (`home_problem`), and what an operator
    should know of a run that is ok (`remark`).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.site = crawled_site(crawler)
        self.folder = Path(crawler.settings["GONGKAI_SNAPSHOTS"])
        self.run = Run(new_run_id(), self.site.id, utc_stamp(), "", "running")
        self._lock: HostLock | None = None
        self._snapshots: Snapshots | None = None
        self._writer: SnapshotWriter | None = None
        self._busy: Message | None = None
        self._fault: Message | None = None
        self.home_problem: Message | None = None
        self.remark: Message | None = None
        self._site_first_fetched = ""
        self._units: set[str] | None = None
        self.has_asked_all = False  # what is still asked for are parts of pages
        self._leads: list[int] = []  # seconds by which servers are ahead of our clock
        self._closing: asyncio.Task[None] | None = None
        self._is_closed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension and connect it to the beginning and the end of the crawl."""
        recorder = cls(crawler)
        crawler.signals.connect(recorder.spider_opened, signals.spider_opened)
        crawler.signals.connect(recorder.spider_closed, signals.spider_closed)
        return recorder

    def count(self, name: str) -> None:
        """Add one to a count of this run."""
        self.crawler.stats.inc_value(STAT_PREFIX + name)

    def spider_opened(self) -> None:
        """Take the lock and open the file.

        Raises:
            CloseSpider: Another crawl holds the site, or the snapshots cannot be used.
        """
        try:
            locks = self.crawler.settings["GONGKAI_LOCKS"]
            self._lock = HostLock(Path(locks) if locks else self.folder, self.site)
            in_order = self.crawler.settings.getbool("GONGKAI_FOLDER_IN_ORDER")
            self._snapshots = Snapshots(self.folder, is_in_order=in_order)
            size = self.crawler.settings.getint("GONGKAI_WARC_BYTES")
            self._writer = self._snapshots.writer(self.site.id, self.run.id, self._about(), size)
        except HostBusy as problem:
            self._busy = problem.message
            raise CloseSpider("busy") from problem
        except OSError as problem:
            self._fault = _storage_fault(problem)
            raise CloseSpider("storage") from problem

    def spider_closed(self, reason: str) -> None:
        """Keep the result of the run, close the file and release the lock; once."""
        if self._is_closed:
            return
        self._is_closed = True
        outcome, why = judge_run(self._facts(reason))
        self.run = Run(
            self.run.id,
            self.site.id,
            self.run.started,
            utc_stamp(),
            outcome,
            self._counts(),
            why=str(why) if why else "",
            server_lead=median_lead(self._leads),
        )
        if why and outcome != "busy":
            log.error("%s: %s: %s", self.site.id, outcome, text("en", why))
        try:
            if self._writer:
                self._writer.write_run(self.run)
        except StorageError:
            log.exception("%s: could not record the result of the run", self.site.id)
        finally:
            if self._writer and self._snapshots:
                close_run(self._snapshots, self._writer, self.run)
            if self._snapshots:
                self._snapshots.close()
            if self._lock:
                self._lock.release()

    def lock_host(self, host: str) -> bool:
        """Take the lock of a further host of the site; return whether it was free."""
        if self._lock is None:
            return False
        try:
            self._lock.add(host)
        except HostBusy:
            return False
        return True

    def record_exchange(self, exchange: Exchange) -> None:
        """Keep a request and its answer, and count what it brought.

        Raises:
            StorageError: They could not be kept.
        """
        if self._writer is None or self._snapshots is None:
            raise StorageError("snapshots_not_open")
        last = self._snapshots.latest(exchange.address)
        snapshot, before = self._writer.write_exchange(exchange)
        self.count("requests")
        if snapshot.server_date:
            self._leads.append(seconds_of(snapshot.server_date) - seconds_of(snapshot.fetched_at))
        if snapshot.role:
            self.count("parts")
            return
        if snapshot.status in GONE_STATUSES:
            # counted as gone once; from the next night on it is a dead link
            is_new = before and last and last.status not in GONE_STATUSES
            self.count("gone" if is_new else "dead")
        elif snapshot.status in (200, 304):
            same = before and before.snapshot.digest == snapshot.digest
            self.count("unchanged" if same else "changed" if before else "new")

    def record_rendering(self, url: str, html: bytes, original: str) -> None:
        """Keep a page after its scripts ran; `original` is the id of the answer that they were in.

        Raises:
            StorageError: It could not be kept, or the answer is not known.
        """
        found = self._snapshots.get(original) if self._snapshots else None
        if self._writer is None or found is None:
            raise StorageError("snapshots_not_open")
        self._writer.write_rendering(url, html, found)

    def validators(self, url: str) -> tuple[str, str]:
        """Return ETag and Last-Modified of the document that is kept, "" where there is none."""
        before = self._latest_good(url)
        if before is None or before.truncated:
            return "", ""
        return before.etag, before.last_modified

    def confirmed_record(self, url: str) -> WarcRecord | None:
        """Return the record that the last "not modified" confirmed, None where there is none.

        Raises:
            StorageError: The record cannot be read.
        """
        found = self._latest_good(url)
        if found is None or found.kind != "revisit" or self._snapshots is None:
            return None
        return self._snapshots.payload_record(found.snapshot)

    def notes(self) -> Iterator[PageNote]:
        """Yield the notes of earlier nights on the site's addresses, oldest first."""
        return self._snapshots.index.notes.all(self.site.id) if self._snapshots else iter(())

    def reports_elsewhere(self) -> Iterator[ReportElsewhere]:
        """Yield the addresses of the site at which other crawlers saw reports or their files."""
        hosts = {host_key(host) for host in self.site.hosts} | set(home_hosts(self.site))
        for host in sorted(hosts):
            yield from self._snapshots.index.imports.reports(host) if self._snapshots else ()

    def digest_of(self, snapshot: str) -> str:
        """Return the digest of the document of a snapshot, "" where it is unknown."""
        found = self._snapshots.get(snapshot) if self._snapshots else None
        return found.digest if found else ""

    def hostile_digests(self) -> set[str]:
        """Return the digests of the bytes that were found hostile on earlier nights."""
        if self._snapshots is None:
            return set()
        return self._snapshots.index.notes.digests(self.site.id, "hostile")

    def record_note(self, note: PageNote, fetched_at: str) -> None:
        """Keep a note on a fetch of that time.

        Raises:
            StorageError: It could not be kept.
        """
        if self._writer is None:
            raise StorageError("snapshots_not_open")
        self._writer.write_note(note, fetched_at)

    def record_units(self, url: str, names: Iterable[str]) -> None:
        """Keep the names of units that a page has and that no page of the site had before.

        The build reads from them since when the portal names an agency.
        """
        last = self.latest(url)
        if self._writer is None or self._snapshots is None or last is None:
            return
        if self._units is None:
            self._units = self._snapshots.index.notes.unit_names(self.site.id)
        new = [name for name in dict.fromkeys(names) if name not in self._units]
        new = new[: max(0, MAX_UNITS - len(self._units))]
        if not new:
            return
        try:
            named = NamedUnits(last.id, last.url, self.site.id, tuple(new))
            self._writer.write_units(named, last.fetched_at)
        except StorageError as problem:
            self.abort(problem)
            return
        self._units |= set(new)

    def latest(self, url: str) -> Snapshot | None:
        """Return the last fetch of an address, whatever it brought; None where there is none."""
        return self._snapshots.latest(url) if self._snapshots else None

    def last_credible(self, url: str) -> Snapshot | None:
        """Return the last fetch of an address that is not dated in the future, None without one.

        What was fetched with a clock that was ahead counts as due, though its probable time is known.
        """
        last, now = self.latest(url), utc_stamp()
        if last is None or self._snapshots is None or last.fetched_at <= now:
            return last
        self.remark = message("clock_was_ahead", date=china_day(last.fetched_at))
        found = self._snapshots.index.latest(url, until=now)
        return found.snapshot if found and found.snapshot.fetched_at <= now else None

    def is_new_version(self, url: str) -> bool:
        """Return whether tonight's document of an address is another one than the last time.

        A page that was another one every time, as one with a counter is, has no versions.
        """
        seen = self._snapshots.index.last_digests(url) if self._snapshots else []
        return len(set(seen[:2])) == 2 and len(set(seen)) == 2

    def is_truncated(self, url: str) -> bool:
        """Return whether the document that is kept of an address is incomplete."""
        found = self._latest_good(url)
        return found is not None and found.truncated != ""

    def first_seen(self, url: str) -> tuple[str, str]:
        """Return when an address and when its site were fetched for the first time.

        Raises:
            StorageError: The crawl has no open snapshots.
        """
        if self._snapshots is None:
            raise StorageError("snapshots_not_open")
        index = self._snapshots.index
        if not self._site_first_fetched:
            self._site_first_fetched = index.fetches.first_of_site(self.site.id)
        return index.fetches.first_of_url(url), self._site_first_fetched

    def last_run(self, *outcomes: str) -> Run | None:
        """Return the site's last run with one of these outcomes, or with any; None without one."""
        if self._snapshots is None:
            return None
        return self._snapshots.index.runs.last(self.site.id, outcomes)

    def abort(self, problem: GongkaiError) -> None:
        """End the crawl because of a fault that makes it pointless to go on."""
        if self._fault is None:
            self._fault = problem.message
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason="storage")
            )

    def _latest_good(self, url: str) -> IndexEntry | None:
        return self._snapshots.index.latest(url, good=True) if self._snapshots else None

    def _about(self) -> dict[str, str]:
        settings = self.crawler.settings
        unverified = self.site.old_tls or not self.site.verify_tls
        return {
            "software": f"gongkai/{gongkai_version()} scrapy/{scrapy.__version__} warcio",
            "operator": settings["GONGKAI_CONTACT"],
            SITE_FACTS_FIELD: stored_facts(self.site),
            "http-header-user-agent": settings["USER_AGENT"],
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
            "tls-verification": "off, as the registry says" if unverified else "",
            "tls-versions": "1.0 and later, as the registry says" if self.site.old_tls else "",
        }

    def _counts(self) -> dict[str, int]:
        stats = self.crawler.stats.get_stats()
        counts = dict.fromkeys(BASE_COUNTS, 0) | {
            name.removeprefix(STAT_PREFIX): value
            for name, value in stats.items()
            if name.startswith(STAT_PREFIX)
        }
        if refused := stats.get("robotstxt/forbidden"):
            counts["robots"] = refused
        if lists := extension_of(self.crawler, ListLedger).shortfalls():
            counts["incomplete"] = len(lists)
        if empty := extension_of(self.crawler, ListLedger).empty_columns():
            counts["empty_columns"] = len(empty)
        return counts

    def _clock_remark(self) -> Message | None:
        """Return what is odd about our clock by those of the servers, None where nothing is."""
        lead = median_lead(self._leads)
        if lead is None or abs(lead) <= TOLERANCE:
            return None
        ours = utc_stamp()
        return message("run_clock_apart", ours=ours, theirs=stamp_of(seconds_of(ours) + lead))

    def _facts(self, reason: str) -> RunFacts:
        last = self.last_run("ok", "incomplete")
        return RunFacts(
            reason="finished" if self.has_asked_all and reason in OUTSIDE_REASONS else reason,
            counts=self._counts(),
            min_reports=self.site.min_reports,
            last_reports=last.counts.get("reports", 0) if last else 0,
            shrink_limit=self.crawler.settings.getfloat("GONGKAI_SHRINK_LIMIT"),
            lists=extension_of(self.crawler, ListLedger).shortfalls(),
            busy=self._busy,
            fault=self._fault,
            home=self.home_problem,
            remark=self.remark or self._clock_remark(),
            empty_columns=extension_of(self.crawler, ListLedger).empty_columns(),
        )


def _storage_fault(problem: OSError) -> Message:
    cause = cause_of(problem)
    return cause if isinstance(cause, Message) else message("snapshots_failed", why=cause)


def gongkai_version() -> str:
    """Return the version of the installed distribution, "0+source" where there is none."""
    try:
        return version("gongkai-archive")
    except PackageNotFoundError:
        return "0+source"
