"""Crawling several sites from a program, each in a process of its own.

One site is one job: a function of plain data, so that any executor with the interface of
concurrent.futures can run it. A job resumes from what is already saved: one that was killed is
simply run again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gongkai.crawler.components.middlewares import validate_proxy
from gongkai.crawler.evidence.closing import cover_leftovers
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.merging.merge_files import finish_left_merges
from gongkai.crawler.runs.families import foreign_hosts
from gongkai.crawler.runs.pools import crawl_in_pool, process_pool, progress_line, run_all
from gongkai.crawler.runs.site_crawl import Job, SiteProgress, crawl_site
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.spiders.loader import spider_class
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots, StorageError

__all__ = ["Engine", "Job", "Run", "SiteProgress", "crawl", "crawl_site"]

log = logging.getLogger(__name__)

ATTEMPTS = 2
"""A job that is lost with its pool is run once more: another job may have broken the pool."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A cluster, or anything else that runs jobs in place of this machine's processes.

    `executor` connects to it, and `work` is called there for each job.
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
    others: Collection[Site] = (),
    begin: BeginWork = unseen,
) -> list[Run]:
    """Crawl sites, `workers` of them at a time, and return their runs in the order of the sites.

    `settings` are Scrapy's, as -s NAME=VALUE gives them. `progress` is called from a thread of its
    own. With an `engine` the jobs run elsewhere, with the same folder of snapshots. `program` is
    the module of the command line, which each process would otherwise load for itself. `others` are
    further sites of the registry, whose hosts a crawl does not take for those of its own site.
    `begin` shows how far the manifests are of what has none yet, before the first site.

    Raises:
        SettingError: The proxy cannot be used.
        RegistryError: A site names a family that does not exist.
        StorageError: The folder of snapshots cannot be used.
    """
    validate_proxy(proxy)
    for site in sites:
        spider_class(site)
    with Snapshots(snapshots, begin=begin) as kept:
        # it is usable, put in order once for all jobs, and whole in its chain
        finish_left_merges(kept)
        cover_leftovers(kept, begin)
    foreign = foreign_hosts({site.id: site for site in [*others, *sites]}.values())
    jobs = [
        Job(
            site,
            snapshots.absolute(),
            proxy,
            {
                "GONGKAI_FOREIGN_HOSTS": foreign[site.id],
                "GONGKAI_FOLDER_IN_ORDER": "True",
                **(settings or {}),
            },
        )
        for site in sites
    ]
    if engine is not None:
        return _crawl_with_engine(jobs, engine, progress, workers)
    with progress_line(progress) as line:
        pool = partial(process_pool, workers, line, program)
        runs = dict(run_all(jobs, [pool] * ATTEMPTS, crawl_in_pool))
    _cover_lost_runs(snapshots)
    return [runs[site.id] for site in sites]


def _crawl_with_engine(
    jobs: Sequence[Job],
    engine: Engine,
    progress: Callable[[SiteProgress], None] | None,
    workers: int,
) -> list[Run]:
    """Run the jobs with an engine, and on this machine those that it loses."""
    here = partial(ThreadPoolExecutor, workers)
    pools: list[Callable[[], Executor]] = [*[engine.executor] * ATTEMPTS, here]
    runs: dict[str, Run] = {}
    for site, run in run_all(jobs, pools, engine.work):
        runs[site] = run
        if progress:
            progress(SiteProgress(site, run.counts.get("requests", 0), 0, done=True))
    _cover_lost_runs(jobs[0].snapshots)
    return [runs[job.site.id] for job in jobs]


def _cover_lost_runs(folder: Path) -> None:
    """Cover the files of jobs whose processes were lost; where that fails, the next night does it."""
    try:
        with Snapshots(folder) as snapshots:
            cover_leftovers(snapshots)
    except StorageError:
        log.exception("the files of lost jobs have no manifest yet")
