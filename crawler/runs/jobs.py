"""Crawling several sites, each in a process of its own, from a program rather than from Scrapy.

One site is one job: a plain function of plain data, so that any executor with the interface of
concurrent.futures can run it. What is already saved is what a job resumes from: a killed job is
simply run again.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from twisted.python.failure import Failure

from gongkai.crawler.components.middlewares import validate_proxy
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.runs.parent_watch import on_parent_exit, watch_parent
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.spiders.loader import spider_class
from gongkai.crawler.spiders.portal import PortalSpider
from gongkai.crawler.warc.locks import HostBusy, HostLock
from gongkai.crawler.warc.snapshot import Run, new_run_id
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.writer import utc_now

HOST_WAIT_SECONDS = 60.0
"""Seconds that a job which was lost waits for its host: whoever had it may still be ending."""

FINAL_OUTCOMES = ("ok", "partial", "failed")
"""Outcomes of a run that need no second one."""

ATTEMPTS = 2
"""A job that was lost with its pool is run once more: it may have been a neighbour that died."""


PRELOADED_MODULES = (
    "gongkai.crawler.runs.jobs",
    "gongkai.crawler.components.throttle",
    "gongkai.crawler.components.retry",
    "gongkai.crawler.components.revisit",
)
"""What every crawl needs: these import the rest. No reactor is among it."""


@dataclass(frozen=True, slots=True)
class SiteProgress:
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
    since: str = ""  # when it was given to somebody who was lost since, "" for nobody


@dataclass(frozen=True, slots=True)
class Engine:
    """Something else than this machine's processes to run jobs with: a cluster.

    `work` is called there for each job.
    """

    executor: Callable[[], Executor]
    work: Callable[[Job], Run]


def crawl(
    sites: Sequence[Site],
    snapshots: Path,
    *,
    proxy: str | None = None,
    settings: Mapping[str, str] | None = None,
    progress: Callable[[SiteProgress], None] | None = None,
    workers: int = 1,
    engine: Engine | None = None,
    program: str = "",
) -> list[Run]:
    """Crawl sites, `workers` of them at a time, and give how each went, in the order given.

    `settings` are Scrapy's, as -s NAME=VALUE gives them. `progress` is called from a thread of
    its own. `engine` runs the jobs somewhere else; the folder has to be the same there. `program`
    is the module of the command line, which each process would load for itself.

    Raises ValueError for a proxy or a registry entry that cannot be used, StorageError for such a
    folder of snapshots.
    """
    validate_proxy(proxy)
    for site in sites:
        spider_class(site)
    with Snapshots(snapshots):
        pass  # usable, and put in order once for all jobs
    jobs = [Job(site, snapshots.absolute(), proxy, dict(settings or {})) for site in sites]
    if engine is not None:
        return _crawl_with_engine(jobs, engine, progress, workers)
    with _listening(progress) as line:
        runs = dict(run_all(jobs, [lambda: _pool(workers, line, program)] * ATTEMPTS))
    return [runs[site.id] for site in sites]


def _crawl_with_engine(
    jobs: Sequence[Job],
    engine: Engine,
    progress: Callable[[SiteProgress], None] | None,
    workers: int,
) -> list[Run]:
    """Run the jobs with an engine, and here what it loses."""
    pools = [engine.executor] * ATTEMPTS + [lambda: ThreadPoolExecutor(workers)]
    runs: dict[str, Run] = {}
    for site, run in run_all(jobs, pools, engine.work):
        runs[site] = run
        if progress:
            progress(SiteProgress(site, run.counts.get("requests", 0), 0, done=True))
    return [runs[job.site.id] for job in jobs]


def crawl_site(job: Job) -> Run:
    """Crawl one site in this process, which can do it only once: a reactor starts only once.

    A job that was lost waits until its host is free: it may have been done to its end meanwhile.
    """
    if job.since and (done := _run_since(job)):
        return done
    process = CrawlerProcess(_job_settings(job))
    crawler = process.create_crawler(_spider_class(process, job.site))

    def tell() -> None:
        stats = crawler.stats.get_stats()
        waiting = stats.get("scheduler/enqueued", 0) - stats.get("scheduler/dequeued", 0)
        _tell(SiteProgress(job.site.id, stats.get("response_received_count", 0), waiting))

    def end_with_parent() -> None:
        from twisted.internet import reactor  # late: there is none before

        # not a signal: after the one that a whole group gets, a second would end us without order
        on_parent_exit(lambda: reactor.callFromThread(process.stop))

    crawler.signals.connect(tell, signals.response_received)
    crawler.signals.connect(end_with_parent, signals.engine_started)
    problems: list[Failure] = []
    process.crawl(crawler).addErrback(problems.append)
    process.start()
    if problems:
        run = _failed_run(job, f"could not start: {problems[0].getErrorMessage()}")
    else:
        run = crawler.get_extension(Recorder).run
    _tell(SiteProgress(job.site.id, run.counts.get("requests", 0), 0, done=True))
    return run


def _run_since(job: Job) -> Run | None:
    with suppress(HostBusy), HostLock(job.snapshots, job.site, HOST_WAIT_SECONDS):
        pass  # nobody is at it any more; or somebody is still, which the crawl says itself
    with Snapshots(job.snapshots) as snapshots:
        last = snapshots.index.last_run(job.site.id, FINAL_OUTCOMES)
    return last if last and last.started >= job.since else None


def run_all(
    jobs: Sequence[Job],
    executors: Sequence[Callable[[], Executor]],
    work: Callable[[Job], Run] = crawl_site,
) -> Iterator[tuple[str, Run]]:
    """Run every job in the first executor, and in each next one those that were lost before.

    BrokenExecutor says that a job was lost with its process, or that the whole executor is gone.
    Gives (site id, run) as they end.
    """
    missing, since = list(jobs), utc_now()
    for attempt, executor in enumerate(executors):
        lost: list[Job] = []
        try:
            pool = executor()
        except BrokenExecutor:
            if attempt == 0:
                raise
            continue  # the cluster is gone
        with pool:
            try:
                yield from _run_in(pool, missing, work, lost)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)  # those under way end in order
                raise
        missing = [replace(job, since=since) for job in lost]
        if not missing:
            return
    for job in missing:
        yield job.site.id, _failed_run(job, f"its process died {len(executors)} times")


def _run_in(
    pool: Executor, jobs: Sequence[Job], work: Callable[[Job], Run], lost: list[Job]
) -> Iterator[tuple[str, Run]]:
    """Run jobs in one executor; those that it loses are put into `lost`."""
    futures: dict[Future[Run], Job] = {}
    for job in jobs:
        try:
            futures[pool.submit(work, job)] = job
        except BrokenExecutor:
            lost.append(job)
    for future in as_completed(futures):
        try:
            run = future.result()
        except BrokenExecutor:
            lost.append(futures[future])
            continue
        yield futures[future].site.id, run


def _failed_run(job: Job, why: str) -> Run:
    now = utc_now()
    return Run(new_run_id(), job.site.id, now, now, "failed", why=why)


def _pool(workers: int, line: Connection | None, program: str) -> Executor:
    """A fresh process for each job, forked from one that has everything loaded and no threads: a
    start costs next to nothing, and no lock of another thread is copied.

    Each process also imports the program that was started, whose module is therefore loaded too.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED_MODULES, *filter(None, [program])])
    return ProcessPoolExecutor(
        max_workers=workers,
        mp_context=context,
        initializer=_begin,
        initargs=(line,),
        max_tasks_per_child=1,
    )


_line: Connection | None = None
"""Where this process reports to; set once, when a pool starts it."""


def _begin(line: Connection | None) -> None:
    """Prepare a process of the pool, which is to outlive neither its crawl nor who started it."""
    global _line
    _line = line
    if parent := multiprocessing.parent_process():
        watch_parent(parent.sentinel)


def _tell(progress: SiteProgress) -> None:
    """A report is one short write, which needs no lock among processes; a queue's lock would stay
    taken when a process is killed.
    """
    if _line is not None:
        with suppress(OSError):  # nobody listens any more: the crawl goes on
            _line.send(progress)


@contextmanager
def _listening(progress: Callable[[SiteProgress], None] | None) -> Iterator[Connection | None]:
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


def _job_settings(job: Job) -> Settings:
    """Ours, then the job's; warnings and errors go to a file of the site, nothing to the terminal."""
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


def _spider_class(process: CrawlerProcess, site: Site) -> type[Spider]:
    """The class written for the site or made for it; the site's facts are those of the job."""
    known = site.id in process.spider_loader.list()
    return spider_class(site, process.spider_loader.load(site.id) if known else PortalSpider)
