"""Gongkai 公开: the archive of Chinese agencies' annual reports on open government information."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongkai.archive.workers.file_readings import FileReading
    from gongkai.extract.model.report import Reading, Source

__all__ = ["read", "read_many"]


def read(document: Path | str | bytes, source: Source | None = None) -> Reading:
    """Read one document: a file, or the bytes of one.

    The document is read in a process with limits, so that it may come from anywhere. A bad document
    is an outcome with a reason, never an exception. `source` has what is known of it besides its
    bytes. The process that reads is started by the first call, which takes half a second, and kept
    (60 MB) until this one ends; threads take turns. `read_many` reads several at a time.

    Raises:
        gongkai.archive.errors.ArchiveError: The file cannot be opened, or is larger than 64 MB.
    """
    from gongkai.archive.workers.file_readings import read_document_file  # heavy: not for all

    return read_document_file(document, source)


def read_many(paths: Iterable[Path | str], jobs: int = 0) -> Iterator[FileReading]:
    """Read many files at a time, and yield each with its name, its digest and its reading, in order.

    A folder stands for the documents in it. `jobs` is the number of processes, 0 for one on each core.
    A file that cannot be opened is unreadable.
    """
    from gongkai.archive.workers.file_readings import documents_in, read_files  # heavy

    return read_files(documents_in(map(Path, paths)), jobs)
