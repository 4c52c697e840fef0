"""One at a time: a lock on a file, held until the block ends or the process does, in whatever way."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.archive.errors import ArchiveError


@contextmanager
def exclusive_lock(file: Path, busy: str) -> Iterator[None]:
    """Hold the lock of a file, which is made where there is none.

    :param busy: what is said when somebody else holds it
    :raises ArchiveError: when somebody does
    """
    with file.open("a", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise ArchiveError(busy) from problem
        yield
