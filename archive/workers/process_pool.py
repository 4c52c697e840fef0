"""Reading documents in a pool of processes; a document that kills its reader is unreadable."""

from __future__ import annotations

import fcntl
import logging
import multiprocessing
import os
import select
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Any, TypeVar

from gongkai import interrupts
from gongkai.archive.store.reading_cache import decode, encode, fingerprint, rank
from gongkai.extract.model.report import Reading, Source
from gongkai.messages import message

T = TypeVar("T")
LOG = logging.getLogger(__name__)
PRELOADED = "gongkai.archive.workers.preload"


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read. `facts` are those an operator stated, as JSON."""

    digest: str
    url: str
    body: bytes
    source: Source
    facts: str = ""


@dataclass(frozen=True, slots=True)
class EncodedReading:
    """A reading as it is stored, and the facts that the build needs without decoding it."""

    media_type: str
    title: str
    outcome: str
    why: str
    attachments: tuple[str, ...]
    rank: int | None
    fingerprint: str | None
    reading: bytes


def read_document(body: bytes, source: Source) -> EncodedReading:
    """Read one document. Runs in a worker; the only caller of the extractor."""
    from gongkai.archive.workers.document_reader import read_encoded  # late: it loads all readers

    return describe_encoded(read_encoded(body, source))


def encode_reading(reading: Reading) -> EncodedReading:
    """Return a reading in the form in which it is stored."""
    return describe_encoded(encode(reading))


def describe_encoded(encoded: bytes) -> EncodedReading:
    """Return an encoded reading with the facts that the build needs.

    They are taken from the decoded reading, so that they are those of what will be read back.
    """
    reading = decode(encoded)
    report = reading.report
    return EncodedReading(
        reading.media_type,
        reading.title,
        reading.outcome,
        reading.why,
        reading.attachments,
        rank(report, reading.column, reading.is_agency_stated) if report else None,
        fingerprint(report) if report else None,
        encoded,
    )


READER_DIED = Reading("unreadable", "", "", reason=message("reader_died"))


def read_all(tasks: Iterable[Task], workers: int = 0) -> Iterator[tuple[Task, EncodedReading]]:
    """Read every task in a pool and yield each with its reading, in no particular order.

    `workers` is the number of processes, 0 for one on each core that we may use. Tasks are taken
    from the iterable only a little ahead of their turn, because they hold whole documents.

    A worker that dies breaks the whole pool. What was being read is then read again one by one,
    each document in a pool of its own; one that kills its reader twice is unreadable.
    """
    workers = workers or len(os.sched_getaffinity(0))
    waiting = iter(tasks)
    suspects: list[Task] = []
    while True:
        with _pool(workers) as pool:
            yield from _read_some(pool, waiting, suspects, ahead=4 * workers)
        if not suspects:
            return
        for task in suspects:
            LOG.warning("%s: a reader died, reading it alone", task.url)
            yield task, _read_alone(task)
        suspects.clear()


def _read_some(
    pool: Executor, waiting: Iterator[Task], suspects: list[Task], ahead: int
) -> Iterator[tuple[Task, EncodedReading]]:
    """Read until all is done or the pool breaks; then `suspects` has what was being read."""
    running: dict[Future[EncodedReading], Task] = {}
    while True:
        while len(running) < ahead and (task := next(waiting, None)):
            try:
                running[pool.submit(read_document, task.body, task.source)] = task
            except BrokenProcessPool:
                suspects.extend([task, *running.values()])
                return
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            try:
                kept = future.result()
            except BrokenProcessPool:
                suspects.extend([task, *running.values()])
                return
            yield task, kept


def _read_alone(task: Task) -> EncodedReading:
    try:
        with _pool(1) as pool:
            return pool.submit(read_document, task.body, task.source).result()
    except BrokenProcessPool:
        return encode_reading(READER_DIED)


class _Pool(ProcessPoolExecutor):
    """A pool whose workers end at once when the build is stopped: what they read is read again."""

    def __init__(self, workers: int, context: BaseContext) -> None:
        super().__init__(workers, mp_context=context, initializer=_begin)
        self._others = set(multiprocessing.active_children())

    def submit(self, work: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:
        """Have a worker do something; the first call starts the workers."""
        with interrupts.deferred():
            interrupts.start_fork_server()
            return super().submit(work, *args, **named)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.shutdown(wait=False, cancel_futures=True)
            for child in set(multiprocessing.active_children()) - self._others:
                child.terminate()
        self.shutdown(wait=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    # Not fork: the caller may have threads (a progress bar, a server), and a forked child their locks.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([interrupts.IGNORED, PRELOADED])
    # The server may run already, from a crawl in the same night: then each worker loads for itself.
    return _Pool(workers, context)


def _begin() -> None:
    """Prepare a worker: load what every reader needs, and end when the build is gone.

    A worker whose build was killed would wait for ever. The kernel sends it a signal; a thread that
    watches is no choice, because the worker forks.
    """
    interrupts.ignore()  # the build gets it as well, and ends its workers
    import_module(PRELOADED)
    if parent := multiprocessing.parent_process():
        end = parent.sentinel
        fcntl.fcntl(end, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(end, fcntl.F_SETSIG, signal.SIGTERM)
        fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([end], [], [], 0)[0]:
            os._exit(0)  # the build ended before the signal was set up
