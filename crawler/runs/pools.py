"""Running jobs in pools of processes, and running those again that are lost with their process."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection

from gongkai import interrupts
from gongkai.clock import utc_stamp
from gongkai.crawler.runs.families import families_of
from gongkai.crawler.runs.site_crawl import (
    Job,
    SiteProgress,
    crawl_site,
    failed_run,
)
from gongkai.crawler.runs.supervised_pool import SupervisedPool, parent
from gongkai.crawler.warc.snapshot import Run
from gongkai.messages import message

PRELOADED_MODULES = ("gongkai.crawler.runs.pools", "gongkai.crawler.runs.all_components")
"""What every crawl needs; these modules import the others. None of them installs a reactor."""


def run_all(
    jobs: Sequence[Job], executors: Sequence[Callable[[], Executor]], work: Callable[[Job], Run]
) -> Iterator[tuple[str, Run]]:
    """Run every job in the first executor, and those that it loses in the next ones.

    An executor raises BrokenExecutor for a job that is lost with its process, or where the whole
    executor is gone. Yields (site id, run) as the jobs end.

    Raises:
        BrokenExecutor: The first executor cannot be started.
    """
    missing, since = list(jobs), utc_stamp()
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
                pool.shutdown(wait=True, cancel_futures=True)  # running jobs end in order
                raise
        missing = [replace(job, since=since) for job in lost]
        if not missing:
            return
    for job in missing:
        yield job.site.id, failed_run(job.site, message("process_died", n=len(executors)))


def crawl_in_pool(job: Job) -> Run:
    """Crawl one site in a process of `process_pool`."""
    return crawl_site(job, parent.get())


def process_pool(workers: int, progress: Connection | None, program: str) -> Executor:
    """Return a pool with a fresh process for each job.

    The processes are forked from one that has everything loaded and has no threads: starting one
    is fast, and no lock of another thread is copied. Each process also imports the program that
    was started; `program` is its module, which is therefore loaded too.
    """
    context = multiprocessing.get_context("forkserver")
    loaded = [*PRELOADED_MODULES, *filter(None, [program])]
    context.set_forkserver_preload([interrupts.IGNORED, *loaded])
    return SupervisedPool(workers, context, progress)


@contextmanager
def progress_line(progress: Callable[[SiteProgress], None] | None) -> Iterator[Connection | None]:
    """Yield a connection for reports, which a thread passes on for as long as the block lasts."""
    if progress is None:
        yield None
        return
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def pass_on() -> None:
        with receiver:  # closed also where `progress` fails: then no process waits for a reader
            while (report := receiver.recv()) is not None:
                progress(report)

    thread = threading.Thread(target=pass_on, name="crawl-progress")
    thread.start()
    try:
        yield sender
    finally:
        with sender, suppress(OSError):
            sender.send(None)
        thread.join()


def _run_in(
    pool: Executor, jobs: Sequence[Job], work: Callable[[Job], Run], lost: list[Job]
) -> Iterator[tuple[str, Run]]:
    """Run jobs in one executor, those of a family one by one; those that it loses are added to `lost`."""
    futures: dict[Future[Run], list[Job]] = {}

    def submit(family: list[Job]) -> None:
        while family:
            try:
                futures[pool.submit(work, family[0])] = family
            except BrokenExecutor:
                lost.append(family.pop(0))
            else:
                return

    for family in families_of(jobs):
        submit(family)
    while futures:
        done, _ = wait(futures, return_when=FIRST_COMPLETED)
        for future in done:
            family = futures.pop(future)
            job = family.pop(0)
            submit(family)
            try:
                run = future.result()
            except BrokenExecutor:
                lost.append(job)
            else:
                yield job.site.id, run
