"""A lock on a file, held until the block ends or the process does, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gongkai.archive.errors import ArchiveError
from gongkai.messages import Message


@contextmanager
def exclusive_lock(file: Path, busy: Message) -> Iterator[None]:
    """Hold the lock of a file, which is created where it does not exist.

    `busy` is the message of the error.

    Raises:
        ArchiveError: Another process holds the lock.
    """
    # a lock of the operating system: a marker file would stay after a crash
    lock = FileLock(file, thread_local=False, fallback_to_soft=False, preserve_lock_file=True)
    try:
        lock.acquire(blocking=False)
    except Timeout as problem:
        raise ArchiveError(busy) from problem
    try:
        yield
    finally:
        lock.release()
