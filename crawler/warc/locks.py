"""One crawl at a time for a host, whoever starts it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO, Any, Self

from gongkai.crawler.sites.registry import Site

RETRY_SECONDS = 0.2
"""Seconds between two tries."""


class HostBusy(RuntimeError):
    """Another crawl of the same host is under way; the message names its process."""


class HostLock:
    """The lock of a site's host, a file in the snapshots folder.

    Held until `release`, or until the process ends in whatever way.
    """

    def __init__(self, folder: Path, site: Site, patience: float = 0.0) -> None:
        """Take the lock, waiting so many seconds for it; raises Busy, or OSError where the file
        cannot be made.
        """
        locks = folder / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        name = site.host.removeprefix("www.").replace(":", "-")
        # append mode: a second process must not empty what the first one wrote
        self._file = (locks / f"{name}.lock").open("a+", encoding="utf-8")
        end = time.monotonic() + patience
        while not try_lock(self._file):
            if time.monotonic() < end:
                time.sleep(RETRY_SECONDS)
                continue
            self._file.seek(0)
            holder = self._file.read().strip() or "another process"
            self._file.close()
            raise HostBusy(f"{site.id} is being crawled already ({holder})")
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let others in."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()


def try_lock(file: IO[Any]) -> bool:
    """Take the lock of an open file if nobody holds it; it ends with the file or the process."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
