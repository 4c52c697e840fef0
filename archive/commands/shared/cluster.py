"""The Dask cluster that --dask names, as an executor of concurrent.futures."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from gongkai.archive.checks.prose_readings import ReadBatches, read_batch, read_here
from gongkai.archive.errors import ArchiveError
from gongkai.archive.workers.cluster_worker import map_on_executor, read_on_executor
from gongkai.archive.workers.process_pool import EncodedReading, Task, read_all
from gongkai.credentials import mask_address, mask_quoted

if TYPE_CHECKING:
    from gongkai.crawler.runs.jobs import Engine

LOG = logging.getLogger(__name__)
T = TypeVar("T")
ReadTasks = Callable[[Iterable[Task]], Iterator[tuple[Task, EncodedReading]]]
CONNECT_SECONDS = 10
WATCH_SECONDS = 0.5
WORKERLESS_SECONDS = 60.0
"""A cluster without a worker for so long counts as gone; Dask itself would wait."""


class Cluster(Executor):
    """The workers of a cluster; closing it leaves the cluster running.

    A future fails with BrokenExecutor where its worker, or the whole cluster, is gone. Dask's own
    futures wait for ever when they are submitted while the connection breaks. Therefore a thread
    watches the connection, and open futures fail when it is lost.

    Raises:
        BrokenExecutor: the scheduler cannot be reached.
        ImportError: the extra is not installed.
        ValueError: the address is not valid.
    """

    def __init__(self, address: str) -> None:
        from distributed import Client

        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # this module reports it
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except OSError as problem:
            raise BrokenExecutor(str(problem)) from problem
        self._executor = self._client.get_executor(pure=False)
        self._open: set[Future[Any]] = set()
        self._gone = False
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watched, name="cluster", daemon=True)
        self._watch.start()

    @property
    def threads(self) -> int:
        """How many tasks the workers run at the same time; 0 where the scheduler does not answer."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (OSError, TimeoutError):
            return 0
        return sum(threads.values())

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function on a worker.

        Raises:
            BrokenExecutor: the cluster is gone.
        """
        if self._gone or not self._is_there():
            raise BrokenExecutor("the cluster is gone")
        ours: Future[T] = Future()
        self._open.add(ours)
        self._executor.submit(fn, *args, **kwargs).add_done_callback(partial(self._ended, ours))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the connection: waiting tasks are dropped, running ones end on their workers."""
        del wait, cancel_futures
        self._closed.set()
        self._watch.join()
        with suppress(OSError, TimeoutError):  # the scheduler is gone already
            self._client.close(timeout=CONNECT_SECONDS)

    def _is_there(self) -> bool:
        return bool(self._client.status == "running")

    def _ended(self, ours: Future[T], theirs: Future[T]) -> None:
        """Pass on how a task ended."""
        self._open.discard(ours)
        with suppress(InvalidStateError):  # it was reported lost in the same moment
            if theirs.cancelled():
                ours.set_exception(BrokenExecutor("cancelled by the cluster"))
            elif problem := theirs.exception():
                ours.set_exception(_translated(problem))
            else:
                ours.set_result(theirs.result())

    def _watched(self) -> None:
        seen = time.monotonic()
        while not self._closed.wait(WATCH_SECONDS):
            there = self._is_there()
            if there and self.threads:
                seen = time.monotonic()
            if there and time.monotonic() - seen < WORKERLESS_SECONDS:
                continue
            self._gone = True
            for future in tuple(self._open):
                self._open.discard(future)
                with suppress(InvalidStateError):  # it ended in the same moment
                    future.set_exception(BrokenExecutor("the cluster is gone"))


def _translated(problem: BaseException) -> BaseException:
    """Return our exception for one that Dask raises for a task that it lost or cannot run."""
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    if isinstance(problem, (KilledWorker, CommClosedError)):
        return BrokenExecutor(str(problem))
    if isinstance(problem, ImportError):
        return ArchiveError("cluster_version_differs", why=str(problem))
    return problem


def crawl_engine(address: str) -> Engine:
    """Return what the crawl runs its jobs with on a cluster."""
    from gongkai.crawler.runs.jobs import Engine
    from gongkai.crawler.runs.subprocess_crawl import crawl_in_subprocess

    return Engine(partial(Cluster, address), crawl_in_subprocess)


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Open a cluster for a command.

    Raises:
        ArchiveError: the extra is not installed, no scheduler answers at the address, or the
            cluster has no worker.
    """
    try:
        cluster = Cluster(address)
    except ImportError as problem:
        raise ArchiveError("cluster_not_installed") from problem
    except (BrokenExecutor, ValueError) as problem:
        why = mask_quoted(str(problem), address)
        raise ArchiveError("cluster_silent", address=mask_address(address), why=why) from problem
    with cluster:
        if not cluster.threads:
            raise ArchiveError("cluster_without_workers", address=mask_address(address))
        yield cluster


@dataclass(frozen=True, slots=True)
class Hands:
    """What a build reads documents and prose with."""

    read: ReadTasks = read_all
    read_prose: ReadBatches = read_here


@contextmanager
def working(address: str | None, lenient: bool = False) -> Iterator[Hands]:
    """Give a build processes of this machine, or workers of a cluster.

    `lenient` works on this machine where the cluster does not answer any more.

    Raises:
        ArchiveError: as `connected`, unless `lenient`.
    """
    with ExitStack() as stack:
        cluster = None
        try:
            cluster = stack.enter_context(connected(address)) if address else None
        except ArchiveError as problem:
            if not lenient:
                raise
            LOG.warning("reading on this machine: %s", problem)
        if cluster is None:
            yield Hands()
            return
        ahead = 4 * cluster.threads
        yield Hands(
            partial(read_on_executor, cluster, ahead=ahead),
            partial(map_on_executor, cluster, read_batch, ahead=ahead),
        )
