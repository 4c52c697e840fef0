"""One growing WARC file: whole records or nothing, whatever happens to disk or process.

A file is written as NAME.warc.gz.open under a lock that only its writer holds, and renamed when it
is closed. Each append is one write and an fsync; where either fails the file is cut back, so that
what was acknowledged before stays readable. What a dead process leaves is cut to its last whole
record by `recover`. No process ever opens another one's file to write.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from gongkai.crawler.warc.locks import try_lock
from gongkai.crawler.warc.parse import readable_members

WARC_SUFFIX = ".warc.gz"
OPEN_SUFFIX = ".open"


class StorageError(OSError):
    """The snapshots could not be written; nothing that was kept before is lost."""


class WarcFile:
    """The file one writer appends to."""

    def __init__(self, folder: Path, site: str) -> None:
        """Create `SITE-UTC-PID.warc.gz.open` in the folder; raises StorageError."""
        self._folder = folder
        self.end = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with folder_lock(folder):
                self.name = _free_name(folder, site)
                self._file = _create(folder / (self.name + OPEN_SUFFIX))
                fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError as problem:
            raise StorageError(f"cannot write to {folder}: {problem}") from problem

    def append(self, data: bytes) -> int:
        """Write whole records and give the offset of the first; raises StorageError."""
        start = self.end
        try:
            written = self._file.write(data)
            if written != len(data):
                raise OSError(errno.ENOSPC, f"only {written} of {len(data)} bytes were written")
            os.fsync(self._file.fileno())
        except OSError as problem:
            self.cut(start)
            raise StorageError(f"cannot write to {self._folder}: {problem}") from problem
        self.end = start + len(data)
        return start

    def cut(self, end: int) -> None:
        """Take back what stands behind an offset."""
        os.ftruncate(self._file.fileno(), end)
        self._file.seek(end)
        self.end = end

    def close(self) -> None:
        """Give the file its final name."""
        with folder_lock(self._folder):
            _finish(self._folder, self.name)
            self._file.close()


def recover_files(folder: Path) -> list[str]:
    """Cut, rename and name the files that dead processes left; those of live ones stay alone."""
    recovered = []
    with folder_lock(folder):
        for growing in file_names(folder, WARC_SUFFIX + OPEN_SUFFIX):
            path = folder / growing
            with path.open("r+b") as file:
                if not try_lock(file):
                    continue
                end = intact_length(file)
                os.ftruncate(file.fileno(), end)
                os.fsync(file.fileno())
            if end == 0:
                path.unlink()
                continue
            name = path.name.removesuffix(OPEN_SUFFIX)
            _finish(folder, name)
            recovered.append(name)
    return recovered


def file_names(folder: Path, suffix: str) -> list[str]:
    """Give the names of the files of a folder that end so, sorted. There may be a million."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.name.endswith(suffix))


def intact_length(file: BinaryIO) -> int:
    """Give where the last whole record of a file ends: what is torn is behind it. A damaged place
    before it stays as it is.
    """
    file.seek(0)
    return max((end for _, end, _ in readable_members(file)), default=0)


def site_of_file(name: str) -> str:
    """Give the site that a file was written for, by its name; "" where that does not say it."""
    made = re.match(r"(.+)-\d{8}T\d+Z-", name)
    return made[1] if made else ""


def open_warc(folder: Path, name: str) -> BinaryIO:
    """Open a file of that final name for reading, also while it grows; raises OSError."""
    for path in (folder / name, folder / (name + OPEN_SUFFIX)):
        with suppress(FileNotFoundError):
            return path.open("rb")
    return (folder / name).open("rb")  # it was renamed between the two


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the short lock under which files come into being and are renamed."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_name(folder: Path, site: str) -> str:
    """Milliseconds keep two files of one process apart; a taken name waits for the next one."""
    while True:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
        name = f"{site}-{stamp}Z-{os.getpid()}{WARC_SUFFIX}"
        if not (folder / name).exists() and not (folder / (name + OPEN_SUFFIX)).exists():
            return name


def _create(path: Path) -> BinaryIO:
    return path.open("xb", buffering=0)


def _finish(folder: Path, name: str) -> None:
    (folder / (name + OPEN_SUFFIX)).rename(folder / name)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
