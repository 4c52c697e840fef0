"""One growing WARC file, which holds whole records whatever happens to the disk or the process.

A file is written as NAME.warc.gz.open under a lock that only its writer holds, and renamed when it
is closed. Each append is one write and an fsync; where either fails the file is truncated to its
previous length, so that what was acknowledged before stays readable. `recover_files` truncates what
a dead process leaves to its last whole record. No process opens another one's file for writing.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from filelock import lock_descriptor

from gongkai import clock
from gongkai.crawler.warc.locks import folder_lock
from gongkai.crawler.warc.parse import readable_members
from gongkai.errors import GongkaiError, cause_of
from gongkai.regular_file import open_regular

WARC_SUFFIX = ".warc.gz"
OPEN_SUFFIX = ".open"


class StorageError(GongkaiError, OSError):
    """The snapshots cannot be read or written; what was kept before is not lost."""


class WarcFile:
    """The file that one writer appends to; `end` is its length in bytes."""

    def __init__(self, folder: Path, site: str) -> None:
        """Create `SITE-UTC-PID.warc.gz.open` in the folder.

        Raises:
            StorageError: The file cannot be created.
        """
        self._folder = folder
        self.end = 0
        with _as_storage_error(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with folder_lock(folder):
                self.name = _free_name(folder, site)
                self._file = _create_file(folder / (self.name + OPEN_SUFFIX))
                lock_descriptor(self._file.fileno())

    def append(self, data: bytes) -> int:
        """Write whole records and return the offset of the first.

        Raises:
            StorageError: They could not be written; the file is as before.
        """
        start = self.end
        with _as_storage_error(self._folder):
            try:
                written = self._file.write(data)
                if written != len(data):
                    raise OSError(errno.ENOSPC, f"only {written} of {len(data)} bytes were written")
                os.fsync(self._file.fileno())
            except OSError:
                self.truncate(start)
                raise
        self.end = start + len(data)
        return start

    def truncate(self, end: int) -> None:
        """Remove what stands behind an offset."""
        os.ftruncate(self._file.fileno(), end)
        self._file.seek(end)
        self.end = end

    def close(self) -> None:
        """Give the file its final name."""
        with folder_lock(self._folder):
            _rename_to_final(self._folder, self.name)
            self._file.close()

    def discard(self) -> None:
        """Remove the file."""
        with folder_lock(self._folder):
            (self._folder / (self.name + OPEN_SUFFIX)).unlink(missing_ok=True)
            self._file.close()


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """The names of the WARC files that are closed, and which of them a dead process had left."""

    closed: set[str]
    recovered: tuple[str, ...]


def put_in_order(folder: Path) -> FolderFiles:
    """Truncate and rename the files that dead processes left, and return what is closed then.

    Files of living processes are not touched. The folder is read once: it may have a million files.
    """
    with folder_lock(folder):
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if _is_file(entry)]
        growing = sorted(name for name in names if name.endswith(WARC_SUFFIX + OPEN_SUFFIX))
        recovered = tuple(
            name.removesuffix(OPEN_SUFFIX) for name in growing if _recover(folder, name)
        )
    closed = {name for name in names if name.endswith(WARC_SUFFIX)}
    closed.update(recovered)
    return FolderFiles(closed, recovered)


def recover_files(folder: Path) -> list[str]:
    """Truncate and rename the files that dead processes left, and return their final names."""
    return list(put_in_order(folder).recovered)


def _recover(folder: Path, growing: str) -> bool:
    """Close a file that a dead process left; return False where it lives, or left nothing whole."""
    path = folder / growing
    with path.open("r+b") as file:
        if not lock_descriptor(file.fileno(), blocking=False):
            return False
        end = intact_length(file)
        os.ftruncate(file.fileno(), end)
        os.fsync(file.fileno())
    if end == 0:
        path.unlink()
        return False
    _rename_to_final(folder, growing.removesuffix(OPEN_SUFFIX))
    return True


def file_names(folder: Path, suffix: str) -> list[str]:
    """Return the names of a folder's files that end with a suffix, sorted.

    There may be a million of them, therefore no `Path` is made of each.
    """
    with os.scandir(folder) as entries:
        return sorted(
            entry.name for entry in entries if entry.name.endswith(suffix) and _is_file(entry)
        )


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry of a folder is a file or leads to one.

    A pipe or a device is none: who opens it waits for ever, or reads without end. A link that leads nowhere,
    or round in a circle, is none: what it led to is lost, and can be back later.
    """
    return entry.is_file(follow_symlinks=False) or (entry.is_symlink() and Path(entry).is_file())


def is_there(folder: Path, name: str) -> bool:
    """Return whether the file of a final name is in a folder, also while it is still growing."""
    # the final name twice: the file may be renamed meanwhile
    names = (name, name + OPEN_SUFFIX, name)
    return any((folder / each).is_file() for each in names)


def intact_length(file: BinaryIO) -> int:
    """Return the offset at which the last whole record of a file ends.

    What is behind it is torn. A damaged place before it stays as it is.
    """
    file.seek(0)
    return max((end for _, end, _ in readable_members(file)), default=0)


def site_of_file(name: str) -> str:
    """Return the site that a file was written for, by its name; "" where the name has none."""
    match = re.match(r"\A(.+)-\d{8}T\d++Z-", name)
    return match[1] if match else ""


def open_warc(folder: Path, name: str) -> BinaryIO:
    """Open the file of a final name for reading, also while it is still growing.

    Raises:
        OSError: There is no such file, or it cannot be opened.
    """
    for path in (folder / name, folder / (name + OPEN_SUFFIX)):
        with suppress(FileNotFoundError):
            return open_regular(path)
    return open_regular(folder / name)  # it was renamed between the two attempts


@contextmanager
def _as_storage_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise StorageError(
            "snapshots_not_writable", folder=str(folder), why=cause_of(problem)
        ) from problem


def _free_name(folder: Path, site: str) -> str:
    """Return a name that is not taken; its milliseconds keep two files of one process apart."""
    while True:
        stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")[:-3]
        name = f"{site}-{stamp}Z-{os.getpid()}{WARC_SUFFIX}"
        if not (folder / name).exists() and not (folder / (name + OPEN_SUFFIX)).exists():
            return name


def _create_file(path: Path) -> FileIO:
    return path.open("xb", buffering=0)


def _rename_to_final(folder: Path, name: str) -> None:
    (folder / (name + OPEN_SUFFIX)).rename(folder / name)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder's files on disk.

    Raises:
        OSError: The disk reports an error.
    """
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
