"""Work on the workers of a cluster: reading documents, and whatever a pure function does with plain data.

A worker has threads, and each of them keeps a helper process that reads for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import chain, islice
from typing import TypeVar

from gongkai.archive.workers.process_pool import EncodedReading, Task, read_all
from gongkai.archive.workers.reading_helper import ReadingHelper
from gongkai.extract.model.report import Source

T = TypeVar("T")
R = TypeVar("R")

LARGEST = 8 << 20
"""Bytes of a document that is sent to a worker; larger ones are read on this machine."""

# The threads are those of the cluster's worker: they have no object of ours to hold a helper.
_own = threading.local()


def read_on_executor(
    executor: Executor, tasks: Iterable[Task], *, ahead: int
) -> Iterator[tuple[Task, EncodedReading]]:
    """Read every task in an executor, `ahead` tasks at a time.

    Tasks that the executor loses (BrokenExecutor) are read on this machine.
    """
    waiting, here = iter(tasks), list[Task]()
    running: dict[Future[EncodedReading], Task] = {}
    alive = True
    while alive:
        while len(running) < ahead and (task := next(waiting, None)):
            if len(task.body) > LARGEST:
                here.append(task)
                continue
            try:
                running[executor.submit(read_in_helper, task.body, task.source)] = task
            except BrokenExecutor:
                here.append(task)
                alive = False
                break
        if not running:
            break
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            try:
                kept = future.result()
            except BrokenExecutor:
                here.append(task)
                continue
            yield task, kept
    yield from read_all(chain(here, running.values(), waiting))


def map_on_executor(
    executor: Executor, work: Callable[[T], R], items: Iterable[T], *, ahead: int
) -> Iterator[R]:
    """Do the same work on each item in an executor, `ahead` items at a time, in their order.

    What the executor loses (BrokenExecutor) is done in this process.
    """
    waiting = iter(items)
    running: deque[tuple[T, Future[R] | None]] = deque()
    alive = True
    while True:
        while len(running) < ahead and (some := list(islice(waiting, 1))):
            future = None
            if alive:
                try:
                    future = executor.submit(work, some[0])
                except BrokenExecutor:
                    alive = False
            running.append((some[0], future))
        if not running:
            return
        item, future = running.popleft()
        try:
            yield work(item) if future is None else future.result()
        except BrokenExecutor:
            yield work(item)


def read_in_helper(body: bytes, source: Source) -> EncodedReading:
    """Read one document in the helper of this thread."""
    helper: ReadingHelper | None = getattr(_own, "helper", None)
    if helper is None:
        helper = _own.helper = ReadingHelper()
    return helper.read(body, source)
