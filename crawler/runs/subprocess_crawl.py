"""A crawl in a process of its own, started from any program: `crawl_in_subprocess(job)`.

A worker of a cluster has threads and lives on, while a reactor starts only once. The child ends its
crawl in order when the program that started it is gone, so that whoever repeats the job finds the
host free.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import gongkai
from gongkai import interrupts
from gongkai.crawler.runs.site_crawl import (
    KILL_GRACE_SECONDS,
    Job,
    Parent,
    crawl_site,
    late_run,
    limit_memory,
    wall_seconds,
)
from gongkai.crawler.runs.supervised_pool import CrawlProcessDied
from gongkai.crawler.warc.snapshot import Run

ROOT = Path(gongkai.__file__).parents[1]


def crawl_in_subprocess(job: Job) -> Run:
    """Crawl one site in a fresh process and return the result.

    Raises:
        CrawlProcessDied: The process ended without a result.
    """
    wall = wall_seconds(job)
    is_late = threading.Event()

    def end_late() -> None:
        is_late.set()
        process.terminate()
        try:
            process.wait(KILL_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()

    command = [sys.executable, "-m", "gongkai.crawler.runs.subprocess_crawl"]
    with interrupts.deferred():
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(wall, end_late) if wall is not None else None
        try:
            if timer:
                timer.start()
            pickle.dump(job, process.stdin)
            process.stdin.flush()  # it stays open: its end tells the child that we are gone
            answer = process.stdout.read()
        except BrokenPipeError:
            answer = b""
        finally:
            if timer:
                timer.cancel()
            process.terminate()
    if is_late.is_set():
        return late_run(job)
    if not answer:
        raise CrawlProcessDied(f"{job.site.id}: its process died")
    run: Run = pickle.loads(answer)
    return run


def main() -> None:
    """Read a job from standard input, crawl, and write the run to standard output."""
    interrupts.ignore()  # until the crawl itself handles it
    source = sys.stdin.buffer
    job: Job = pickle.load(source)
    limit_memory(job)
    answer = pickle.dumps(crawl_site(job, Parent(pipe=source.fileno())))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # threads of a reactor that was stopped at once do not end


if __name__ == "__main__":
    main()
