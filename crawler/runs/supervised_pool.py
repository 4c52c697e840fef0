"""A process for each job, watched from outside: what one does costs no other.

A process that dies, or that has to be ended, is one lost or late job. The pools of the standard
library give up all their jobs with it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from multiprocessing import connection, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from gongkai import interrupts
from gongkai.crawler.runs.site_crawl import (
    KILL_GRACE_SECONDS,
    NO_PARENT,
    Job,
    Parent,
    late_run,
    limit_memory,
    wall_seconds,
)
from gongkai.crawler.warc.snapshot import Run

LOOK_SECONDS = 0.5
"""Between two looks whether the pool is to end."""

Work = Callable[[Job], Run]

parent: ContextVar[Parent] = ContextVar("parent", default=NO_PARENT)
"""Set once in each process, since a job cannot carry a connection with it."""


class CrawlProcessDied(BrokenExecutor):
    """The process of a crawl died; what it kept is safe, and the job can be run again."""


class SupervisedPool(ThreadPoolExecutor):
    """Runs each job in a process of its own; a thread waits for each."""

    def __init__(
        self, workers: int, context: ForkServerContext, progress: Connection | None
    ) -> None:
        super().__init__(workers, thread_name_prefix="crawl")
        self._context = context
        self._progress = progress
        self._starting = threading.Lock()
        self._ending = threading.Event()

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run a job in a process; the future fails with CrawlProcessDied where that dies."""
        return super().submit(self._supervise, work, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the jobs; with `cancel_futures`, those at work are asked to end in order."""
        if cancel_futures:
            self._ending.set()
        super().shutdown(wait=wait, cancel_futures=cancel_futures)

    def _supervise(self, work: Work, job: Job) -> Run:
        wall = wall_seconds(job)
        with self._starting:  # starting a process looks after all others
            receiver, sender = self._context.Pipe(duplex=False)
            process = self._context.Process(
                target=_run, args=(work, job, sender, self._progress), daemon=False
            )
            interrupts.start_fork_server()
            process.start()
            sender.close()
        with receiver:
            if _has_answer(receiver, wall, self._ending):
                return _answer(receiver, process, job)
            process.terminate()  # it ends in order, and still says how it went
            is_late = not self._ending.is_set()
            if _has_answer(receiver, KILL_GRACE_SECONDS, threading.Event()) and not is_late:
                return _answer(receiver, process, job)
            process.kill()
        process.join()
        if is_late:
            return late_run(job)
        raise CrawlProcessDied(f"{job.site.id}: its process was ended")


def _has_answer(receiver: Connection, seconds: float | None, ending: threading.Event) -> bool:
    """Return whether a process has answered, or died, within some seconds."""
    end = None if seconds is None else time.monotonic() + seconds
    while not ending.is_set():
        if connection.wait([receiver], LOOK_SECONDS):
            return True
        if end is not None and time.monotonic() > end:
            break
    return False


def _answer(receiver: Connection, process: ForkServerProcess, job: Job) -> Run:
    try:
        answer: Run | BaseException = receiver.recv()
    except EOFError:
        raise CrawlProcessDied(f"{job.site.id}: its process died") from None
    finally:
        process.join(KILL_GRACE_SECONDS)
        process.kill()
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _run(work: Work, job: Job, answers: Connection, progress: Connection | None) -> None:
    """Do a job in this process and send its result."""
    interrupts.ignore()  # until the crawl itself handles it
    starter = parent_process()
    parent.set(Parent(starter.sentinel if starter else None, progress))
    limit_memory(job)
    logging.raiseExceptions = False  # a log on a full disk has no place for its own tracebacks
    answer: Run | BaseException
    try:
        answer = work(job)
    except Exception as problem:  # noqa: BLE001  # the thread that waits raises it
        answer = problem
    with suppress(OSError):
        answers.send(answer)
        answers.close()
    os._exit(0)  # threads of a reactor that was stopped at once do not end
