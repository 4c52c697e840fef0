"""Crawling several sites, each in a process of its own, from a program rather than from Scrapy.

One site is one job: a plain function of plain data, so that any executor with the interface of
concurrent.futures can run it. What is already saved is what a job resumes from: a killed job is
simply run again.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import uuid4

from scrapy import Spider, signals
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.entry import Run
from crawler.extensions import Recorder
from crawler.middlewares import checked_proxy
from crawler.registry import Site
from crawler.snapshots import Snapshots
from crawler.spiders.loader import spider_class
from crawler.spiders.portal import PortalSpider
from crawler.writer import utc_now

ATTEMPTS = 2
"""A job that was lost with its pool is run once more: it may have been a neighbour that died."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the crawl of one site is: answers so far, requests waiting, and whether it ended."""

    site: str
    pages: int
    queued: int
    done: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """All that the crawl of one site needs."""

    site: Site
    snapshots: Path
    proxy: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def crawl(
    sites: Sequence[Site],
    snapshots: Path,
    *,
    proxy: str | None = None,
    settings: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    workers: int = 1,
) -> list[Run]:
    """Crawl sites, `workers` of them at a time, and give how each went, in the order given.

    `settings` are Scrapy's, as -s NAME=VALUE gives them. `progress` is called from a thread of
    its own. Raises ValueError for a proxy or a registry entry that cannot be used, StorageError
    for such a folder of snapshots.
    """
    checked_proxy(proxy)
    for site in sites:
        spider_class(site)
    with Snapshots(snapshots):
        pass  # usable, and put in order once for all jobs
    jobs = [Job(site, snapshots.absolute(), proxy, dict(settings or {})) for site in sites]
    with _listening(progress) as line:
        runs = dict(run_all(jobs, lambda: _pool(workers, line)))
    return [runs[site.id] for site in sites]


def crawl_site(job: Job) -> Run:
    """Crawl one site in this process, which can do it only once: a reactor starts only once."""
    process = CrawlerProcess(_settings(job))
    crawler = process.create_crawler(_spider(process, job.site))

    def tell() -> None:
        stats = crawler.stats.get_stats()
        waiting = stats.get("scheduler/enqueued", 0) - stats.get("scheduler/dequeued", 0)
        _tell(Progress(job.site.id, stats.get("response_received_count", 0), waiting))

    crawler.signals.connect(tell, signals.response_received)
    problems: list[Failure] = []
    process.crawl(crawler).addErrback(problems.append)
    process.start()
    if problems:
        run = _failed(job, f"could not start: {problems[0].getErrorMessage()}")
    else:
        run = crawler.get_extension(Recorder).run
    _tell(Progress(job.site.id, run.counts.get("requests", 0), 0, done=True))
    return run


def run_all(
    jobs: Sequence[Job], executor: Callable[[], Executor], work: Callable[[Job], Run] = crawl_site
) -> Iterator[tuple[str, Run]]:
    """Run every job, and those that were lost with a broken executor once more.

    Gives (site id, run) as they end.
    """
    missing = list(jobs)
    for _ in range(ATTEMPTS):
        lost = []
        with executor() as pool:
            futures = {pool.submit(work, job): job for job in missing}
            try:
                for future in as_completed(futures):
                    try:
                        yield futures[future].site.id, future.result()
                    except BrokenExecutor:
                        lost.append(futures[future])
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)  # those under way end in order
                raise
        missing = lost
        if not missing:
            return
    for job in missing:
        yield job.site.id, _failed(job, f"its process died {ATTEMPTS} times")


def _failed(job: Job, why: str) -> Run:
    now = utc_now()
    return Run(uuid4().hex, job.site.id, now, now, "failed", why=why)


def _pool(workers: int, line: Connection | None) -> Executor:
    """A fresh process for each job; spawned, because a fork would copy other threads' locks."""
    return ProcessPoolExecutor(
        max_workers=workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_tell_through,
        initargs=(line,),
        max_tasks_per_child=1,
    )


_line: Connection | None = None
"""Where this process reports to; set once, when a pool starts it."""


def _tell_through(line: Connection | None) -> None:
    global _line
    _line = line


def _tell(progress: Progress) -> None:
    """A report is one short write, which needs no lock among processes; a queue's lock would stay
    taken when a process is killed."""
    if _line is not None:
        with suppress(OSError):  # nobody listens any more: the crawl goes on
            _line.send(progress)


@contextmanager
def _listening(progress: Callable[[Progress], None] | None) -> Iterator[Connection | None]:
    """Hand on what the processes report, from a thread, for as long as the block lasts."""
    if progress is None:
        yield None
        return
    ear, line = multiprocessing.Pipe(duplex=False)

    def hand_on() -> None:
        with ear:  # closed also where `progress` fails: then nobody waits for a listener
            while (report := ear.recv()) is not None:
                progress(report)

    thread = threading.Thread(target=hand_on, name="crawl-progress")
    thread.start()
    try:
        yield line
    finally:
        with line, suppress(OSError):
            line.send(None)
        thread.join()


def _settings(job: Job) -> Settings:
    """Ours, then the job's; warnings and errors go to a file of the site, nothing to the terminal."""
    logs = job.snapshots / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
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


def _spider(process: CrawlerProcess, site: Site) -> type[Spider]:
    """The class written for the site or made for it; the site's facts are those of the job."""
    known = site.id in process.spider_loader.list()
    return spider_class(site, process.spider_loader.load(site.id) if known else PortalSpider)
