"""Reading documents in a pool of processes: a document that kills its reader costs only itself."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import select
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module

from gongkai.archive.store.reading_cache import decode, encode, fingerprint, rank
from gongkai.archive.workers.document_reader import read_sandboxed
from gongkai.extract.model.report import Reading, Source
from gongkai.messages import message

PRELOADED = "gongkai.archive.workers.preload"


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read. `facts` are the operator's, as they are kept."""

    digest: str
    url: str
    body: bytes
    source: Source
    facts: str = ""


@dataclass(frozen=True, slots=True)
class EncodedReading:
    """A reading as it is kept, with what the build asks of it without decoding it."""

    media_type: str
    title: str
    outcome: str
    why: str
    attachments: tuple[str, ...]
    rank: int | None
    fingerprint: str | None
    reading: bytes


def read_document(body: bytes, source: Source) -> EncodedReading:
    """Read one document. Runs in a worker; the one place where the extractor is called."""
    return encode_reading(read_sandboxed(body, source))


def encode_reading(reading: Reading) -> EncodedReading:
    """Return a reading in the form in which it is kept."""
    kept = encode(reading)
    reading = decode(kept)  # what is said beside it is said of what will be read back
    report = reading.report
    return EncodedReading(
        reading.media_type,
        reading.title,
        reading.outcome,
        reading.why,
        reading.attachments,
        rank(report, reading.column) if report else None,
        fingerprint(report) if report else None,
        kept,
    )


READER_DIED = Reading("unreadable", "", "", reason=message("reader_died"))


def read_all(tasks: Iterable[Task], workers: int = 0) -> Iterator[tuple[Task, EncodedReading]]:
    """Read every task in a pool and yield each with its reading, in no particular order.

    :param workers: how many processes; 0 for as many as there are cores for us

    Tasks are taken from the iterable only a little ahead of their turn, as they hold whole bodies.

    A worker that dies takes the whole pool with it: what was under way is then read again one by
    one, each in a pool of its own, and the document that kills its reader twice is unreadable.
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
            yield task, _read_alone(task)
        suspects.clear()


def _read_some(
    pool: Executor, waiting: Iterator[Task], suspects: list[Task], ahead: int
) -> Iterator[tuple[Task, EncodedReading]]:
    """Read until all is done or the pool breaks; then `suspects` holds what was under way."""
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


def _pool(workers: int) -> ProcessPoolExecutor:
    # Not fork: the caller may have threads (a progress bar, a server), and a forked child their locks.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    # The server may run already, from a crawl in the same night: then each worker loads for itself.
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Prepare a worker: load what every reader needs, and end when the build is gone.

    Whatever killed the build, its workers would wait for ever. The kernel tells it by a signal,
    not a thread: a worker forks.
    """
    import_module(PRELOADED)
    if parent := multiprocessing.parent_process():
        end = parent.sentinel
        fcntl.fcntl(end, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(end, fcntl.F_SETSIG, signal.SIGTERM)
        fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([end], [], [], 0)[0]:
            sys.exit()  # it went before it could be told
