"""Locks on files: one crawl at a time for a host, one process at a time for a folder's file names.

All of them are `flock` locks of the operating system: they end with the process that holds them,
however it ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from gongkai.crawler.sites.registry import Site
from gongkai.errors import GongkaiError
from gongkai.regular_file import read_regular, require_regular

MAX_HOLDER_BYTES = 4096
RETRY_SECONDS = 0.2
"""Pause between two attempts to take the lock of a host."""


class HostBusy(GongkaiError):
    """Another crawl of the same host is running; the message names its process."""


class HostLock:
    """The locks of a site's hosts: files in the snapshots folder that name the holding process."""

    def __init__(self, folder: Path, site: Site, wait_seconds: float = 0.0) -> None:
        """Take the lock, waiting for it up to so many seconds.

        Raises:
            HostBusy: Another process holds the lock.
            OSError: The lock file cannot be created.
        """
        self._folder = folder / "locks"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._site = site
        self._held: dict[Path, FileLock] = {}
        try:
            # in one order, so that two sites with hosts in common never wait for each other
            for host in sorted({_host_name(host) for host in site.all_hosts}):
                self.add(host, wait_seconds)
        except BaseException:
            self.release()
            raise

    def add(self, host: str, wait_seconds: float = 0.0) -> None:
        """Take the lock of a further host, waiting for it up to so many seconds.

        Raises:
            HostBusy: Another process holds the lock.
            OSError: The lock file cannot be created.
        """
        path = self._folder / f"{_host_name(host)}.lock"
        if path in self._held:
            return
        lock = _native_lock(path)
        try:
            lock.acquire(timeout=wait_seconds, poll_interval=RETRY_SECONDS)
        except Timeout:
            holder = read_regular(path, MAX_HOLDER_BYTES).decode("utf-8", "replace").strip()
            raise HostBusy("site_busy", site=self._site.id, holder=holder or "?") from None
        self._held[path] = lock
        path.write_text(f"{os.getpid()}\n", encoding="utf-8")

    def release(self) -> None:
        """Release the locks."""
        while self._held:
            _, lock = self._held.popitem()
            lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the lock under which the files of a folder are created and renamed."""
    with _native_lock(folder / ".lock"):
        yield


def _host_name(host: str) -> str:
    """Return a host as the name of its lock file: www and the bare host share one."""
    return host.removeprefix("www.").replace(":", "-")


def _native_lock(path: Path) -> FileLock:
    """Return a lock of the operating system, and never a marker file that a crash would leave.

    Raises:
        OSError: What has its name is no file: whoever writes into a pipe waits for a reader.
    """
    require_regular(path)
    return FileLock(path, thread_local=False, fallback_to_soft=False, preserve_lock_file=True)
