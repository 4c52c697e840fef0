"""The Dask cluster that --dask names, as an executor of concurrent.futures."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from gongkai.archive.errors import ArchiveError
from gongkai.archive.workers.cluster_worker import read_on_executor
from gongkai.archive.workers.process_pool import EncodedReading, Task, read_all

T = TypeVar("T")
Reader = Callable[[Iterable[Task]], Iterator[tuple[Task, EncodedReading]]]
CONNECT_SECONDS = 10
WATCH_SECONDS = 0.5
WORKERLESS_SECONDS = 60.0
"""A cluster that has had no worker for so long is as good as gone: Dask itself would wait."""


class Cluster(Executor):
    """The workers of a cluster; closing it leaves the cluster running.

    A future fails with BrokenExecutor where its worker, or the whole cluster, is gone. Dask's own
    futures wait for ever when they are submitted while the connection breaks: therefore it is
    watched, and what is open when it is lost fails.

    :raises BrokenExecutor: when the scheduler cannot be reached
    :raises ImportError: when the extra is not installed
    :raises ValueError: for an address that is none
    """

    def __init__(self, address: str) -> None:
        from distributed import Client

        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # ours to tell
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
        """How many tasks the workers run at the same time; 0 where nobody can say."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (OSError, TimeoutError):
            return 0
        return sum(threads.values())

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function on some worker.

        :raises BrokenExecutor: when the cluster is gone
        """
        if self._gone or not self._is_there():
            raise BrokenExecutor("the cluster is gone")
        ours: Future[T] = Future()
        self._open.add(ours)
        self._executor.submit(fn, *args, **kwargs).add_done_callback(partial(self._ended, ours))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Hang up: what has not begun is dropped, what is under way ends on its worker."""
        del wait, cancel_futures
        self._closed.set()
        self._watch.join()
        with suppress(OSError, TimeoutError):  # the scheduler is gone already
            self._client.close(timeout=CONNECT_SECONDS)

    def _is_there(self) -> bool:
        return bool(self._client.status == "running")

    def _ended(self, ours: Future[T], theirs: Future[T]) -> None:
        """Hand on how a task ended."""
        self._open.discard(ours)
        with suppress(InvalidStateError):  # lost in the same moment, and said so
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
    """Say in our words what Dask raises for a task that it lost or cannot run."""
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    if isinstance(problem, (KilledWorker, CommClosedError)):
        return BrokenExecutor(str(problem))
    if isinstance(problem, ImportError):
        return ArchiveError(f"集群节点需安装同一版本 the workers need the same version: {problem}")
    return problem


def engine(address: str) -> Any:
    """Return what the crawl runs its jobs with."""
    from gongkai.crawler.runs.jobs import Engine
    from gongkai.crawler.runs.subprocess_crawl import crawl_in_subprocess

    return Engine(partial(Cluster, address), crawl_in_subprocess)


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Open a cluster for a command.

    :raises ArchiveError: when the extra is not installed, nothing answers at the address, or the
        cluster has no worker
    """
    try:
        cluster = Cluster(address)
    except ImportError as problem:
        raise ArchiveError(
            "--dask 需要 the extra [cluster]: pip install 'gongkai-archive[cluster]'"
        ) from problem
    except (BrokenExecutor, ValueError) as problem:
        raise ArchiveError(f"{address}: 集群无法连接 no scheduler answers: {problem}") from problem
    with cluster:
        if not cluster.threads:
            raise ArchiveError(f"{address}: 集群没有节点 the cluster has no workers; start some")
        yield cluster


@contextmanager
def reading(address: str | None, lenient: bool = False) -> Iterator[Reader]:
    """Give what a build reads documents with: the processes here, or the workers of a cluster.

    :param lenient: read here where the cluster answers no more
    :raises ArchiveError: as `connected`
    """
    with ExitStack() as stack:
        cluster = None
        try:
            cluster = stack.enter_context(connected(address)) if address else None
        except ArchiveError:
            if not lenient:
                raise
        yield partial(read_on_executor, cluster, ahead=4 * cluster.threads) if cluster else read_all
