"""The crawl of one site, in the process that calls it."""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from gongkai.clock import utc_stamp
from gongkai.crawler.components.analysis_wall import AnalysisWall
from gongkai.crawler.components.crawl_context import extension_of
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.renderer import Renderer
from gongkai.crawler.components.run_result import MEMORY_SPENT
from gongkai.crawler.runs.memory_watch import MemoryWatch
from gongkai.crawler.runs.parent_watch import on_parent_exit
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.spiders.loader import spider_class
from gongkai.crawler.spiders.portal import PortalSpider
from gongkai.crawler.warc.locks import HostBusy, HostLock
from gongkai.crawler.warc.snapshot import Run, new_run_id
from gongkai.crawler.warc.store import Snapshots, StorageError
from gongkai.credentials import mask_text
from gongkai.errors import cause_of
from gongkai.messages import Message, message

HOST_WAIT_SECONDS = 60.0
"""How long a repeated job waits for its host: the process that had it may still be ending."""

WALL_GRACE_SECONDS = 120.0
"""Between the time at which a crawl ends itself and that at which its parent ends it."""

KILL_GRACE_SECONDS = 20.0
"""Between the signal that asks a process to end in order and the one that ends it."""

FINAL_OUTCOMES = ("ok", "incomplete", "partial", "failed", "hostile")
"""Outcomes of a run that need no second one."""


@dataclass(frozen=True, slots=True)
class SiteProgress:
    """How far the crawl of one site is: answers so far, requests waiting, and whether it ended."""

    site: str
    pages: int
    queued: int
    done: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """All that the crawl of one site needs: plain data, which any executor can send.

    `settings` are Scrapy's, by name. `since` is when the job was first given to a process that is
    lost, "" where it was not.
    """

    site: Site
    snapshots: Path
    proxy: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    since: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """What connects this process with the program that started it.

    `pipe` is closed at the other end when that program ends; `progress` takes `SiteProgress`.
    """

    pipe: int | None = None
    progress: Connection | None = None

    def report(self, progress: SiteProgress) -> None:
        """Send how far the crawl is.

        One short write needs no lock among processes; the lock of a queue would stay taken when a
        process is killed.
        """
        if self.progress is not None:
            with suppress(OSError):  # nobody listens any more: the crawl goes on
                self.progress.send(progress)


NO_PARENT = Parent()


def crawl_site(job: Job, parent: Parent = NO_PARENT) -> Run:
    """Crawl one site and return the result; a process can do it only once, as a reactor starts once.

    A job that was lost before waits until its host is free: the lost process may have completed it.
    A component that cannot be loaded ends this crawl alone.
    """
    if job.since and (done := _run_since(job)):
        return done
    try:
        process = SiteProcess(job_settings(job))
        crawler = process.create_crawler(_spider_class(process, job.site))
    except Exception as error:  # noqa: BLE001  # a module raises what it likes
        return _not_started(job.site, error, parent)
    _connect(process, crawler, job.site, parent)
    logging.getLogger().addHandler(MemoryWatch(process.end_without_memory))
    problems: list[Failure] = []
    process.crawl(crawler).addErrback(problems.append)
    process.start()
    if problems:
        failure = problems[0]
        problem = failure.value or RuntimeError(failure.getErrorMessage())
        return _not_started(job.site, problem, parent)
    run = extension_of(crawler, Recorder).run
    parent.report(SiteProgress(job.site.id, run.counts.get("requests", 0), 0, done=True))
    return run


def _not_started(site: Site, problem: BaseException, parent: Parent) -> Run:
    """Return the result of a crawl that could not start, which ends it."""
    why = cause_of(problem)
    cause = mask_text(why) if isinstance(why, str) else why
    parent.report(SiteProgress(site.id, 0, 0, done=True))
    return failed_run(site, message("run_not_started", why=cause))


class SiteProcess(CrawlerProcess):
    """A crawl that ends within seconds when it is stopped, whatever the site does."""

    def stop(self) -> Deferred[Any]:
        """Stop in order; after GONGKAI_STOP_SECONDS, without the answer that is on its way."""
        for crawler in self._begun():
            extension_of(crawler, AnalysisWall).close()
            extension_of(crawler, Renderer).kill()
        seconds = self.settings.getfloat("GONGKAI_STOP_SECONDS")
        asyncio.get_running_loop().call_later(seconds, self._end)
        return super().stop()

    def _signal_kill(self, signum: int, _: Any) -> None:
        """Ignore a second signal: a group and a parent both send one, and the end is near."""

    def end_without_memory(self) -> None:
        """End now: what was kept so far is whole, and nothing more can be fetched.

        This may be called from any thread.
        """
        from twisted.internet import reactor  # late: it is installed when the crawl starts

        reactor.callFromThread(self._end, MEMORY_SPENT)

    def _end(self, reason: str = "shutdown") -> None:
        for crawler in self._begun():
            extension_of(crawler, AnalysisWall).close()
            extension_of(crawler, Renderer).kill()
            extension_of(crawler, Recorder).spider_closed(reason)
        asyncio.get_running_loop().stop()

    def _begun(self) -> list[Crawler]:
        return [crawler for crawler in self.crawlers if crawler.extensions is not None]


def failed_run(site: Site, why: Message) -> Run:
    """Return the result of a run that could not be recorded."""
    now = utc_stamp()
    return Run(new_run_id(), site.id, now, now, "failed", why=str(why))


def job_settings(job: Job) -> Settings:
    """Return our settings, overridden by those of the job.

    Warnings and errors go to a file for the site, and nothing to the terminal.
    """
    logs = job.snapshots / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    settings.setmodule("gongkai.crawler.settings", priority="project")
    settings.setdict(
        {
            "GONGKAI_SNAPSHOTS": str(job.snapshots),
            "GONGKAI_PROXY": job.proxy,
            "LOG_FILE": str(logs / f"{job.site.id}.log"),
            "LOG_LEVEL": "WARNING",
        },
        priority="project",
    )
    settings.setdict(dict(job.settings), priority="cmdline")
    return settings


def _run_since(job: Job) -> Run | None:
    """Return the run that completed a lost job, None where none did."""
    with suppress(HostBusy), HostLock(job.snapshots, job.site, HOST_WAIT_SECONDS):
        pass  # the host is free; where it still is not, the crawl itself says so
    with Snapshots(job.snapshots) as snapshots:
        last = snapshots.index.runs.last(job.site.id, FINAL_OUTCOMES)
    return last if last and last.started >= job.since else None


def _connect(process: CrawlerProcess, crawler: Crawler, site: Site, parent: Parent) -> None:
    """Report progress to the parent, and end in order when it is gone."""

    def report_progress() -> None:
        stats = crawler.stats.get_stats()
        waiting = stats.get("scheduler/enqueued", 0) - stats.get("scheduler/dequeued", 0)
        parent.report(SiteProgress(site.id, stats.get("response_received_count", 0), waiting))

    def end_with_parent() -> None:
        from twisted.internet import reactor  # late: it is installed when the crawl starts

        if parent.pipe is not None:
            # Not by a signal: where a whole process group gets one, a second would end this
            # process at once.
            stop = process.stop
            on_parent_exit(parent.pipe, lambda: reactor.callFromThread(stop))

    crawler.signals.connect(report_progress, signals.response_received, weak=False)
    crawler.signals.connect(end_with_parent, signals.engine_started, weak=False)


def _spider_class(process: CrawlerProcess, site: Site) -> type[Spider]:
    """Return the class written for a site or the generic one, with the site of the job."""
    if site.id not in process.spider_loader.list():
        return spider_class(site)
    known = process.spider_loader.load(site.id)
    assert issubclass(known, PortalSpider)
    return spider_class(site, known)


def wall_seconds(job: Job) -> float | None:
    """Return how long the process of a job may take by the clock, None for any time.

    The crawl ends itself in order after GONGKAI_MAX_MINUTES; this is some time later.
    """
    minutes = job_settings(job).getfloat("GONGKAI_MAX_MINUTES")
    return minutes * 60 + WALL_GRACE_SECONDS if minutes else None


def limit_memory(job: Job) -> None:
    """Set the address space that this process may use for a job.

    For a browser that it starts, the process may lift the limit again.
    """
    limit = job_settings(job).getint("GONGKAI_CRAWL_MEMORY_MB") << 20
    if limit:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        is_higher = hard != resource.RLIM_INFINITY and limit > hard
        soft = hard if is_higher else limit
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard if job.site.render else soft))


def late_run(job: Job) -> Run:
    """Record and return the result of a crawl that did not end by itself and was stopped.

    Opening the folder closes the file that the process left.
    """
    minutes = job_settings(job).getfloat("GONGKAI_MAX_MINUTES")
    run = failed_run(job.site, message("run_ended_late", minutes=f"{minutes:g}"))
    with suppress(StorageError), Snapshots(job.snapshots) as snapshots:
        left = [each for each in snapshots.index.runs.unfinished() if each.site == job.site.id]
        last = left[-1] if left else None
        if last:
            counts = {"requests": last.fetches}
            run = replace(run, id=last.id, started=last.started, counts=counts)
        writer = snapshots.writer(job.site.id, run.id)
        try:
            writer.write_run(run)
        finally:
            writer.close()
    return run
