"""A folder that is made aside, flushed to the disk, and gets its name when it is complete."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.archive.errors import ArchiveError


@contextmanager
def full_disk_explained(folder: Path, key: str) -> Iterator[None]:
    """Raise an ArchiveError for a full disk; `key` is that of its text.

    Raises:
        ArchiveError: There is no room.
    """
    try:
        yield
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise ArchiveError(key, path=str(folder)) from problem


def remove_unfinished(folder: Path, prefix: str) -> None:
    """Remove what a killed process left: everything whose name begins with `prefix`."""
    for path in folder.glob(f"{prefix}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def finish_folder(half: Path, target: Path) -> Path:
    """Flush all of a folder to the disk, then give it its name, which nothing has yet."""
    for path in (*half.rglob("*"), half):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    half.chmod(0o755)  # mkdtemp makes it for its owner alone; the site may run as another user
    return half.rename(target)
