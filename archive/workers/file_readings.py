"""Files from disk as readings: one by one or many at a time, without a database.

Every file is read in a process with limits, as a build reads it: a damaged or hostile file is an
outcome with a reason. Old Word files and scans are read where LibreOffice and the extra `ocr` are
installed.
"""

from __future__ import annotations

import mimetypes
import os
import queue
import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.reading_cache import decode
from gongkai.archive.workers.reading_helper import ReadingHelper
from gongkai.archive.workers.warm_helper import read_warm
from gongkai.errors import reason_of
from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.model.tidy_rows import Row
from gongkai.messages import message
from gongkai.regular_file import FileTooLarge, NotRegularFile, read_regular

LARGEST = 64 << 20
"""Bytes of a file that is read: the limit of the crawl."""

AHEAD = 4
"""Files that are read ahead of the one that is waited for, for each process."""

CHINESE = re.compile("[\u4e00-\u9fff]")
DOCUMENT_SUFFIXES = frozenset(
    (".html", ".htm", ".shtml", ".xhtml", ".mht", ".mhtml", ".pdf", ".ofd", ".docx", ".doc", ".wps",
     ".rtf", ".odt", ".xlsx", ".xls", ".et", ".txt", ".md", ".zip", ".png", ".jpg", ".jpeg", ".tif",
     ".tiff", ".bmp"),
)  # fmt: skip
"""Files that are read in a folder. A file that is named is always read."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """The reading of one file; `sha256` is the digest of its bytes, "" where it could not be opened."""

    file: str
    sha256: str
    reading: Reading

    def to_rows(self) -> list[Row]:
        """Return one row for each cell of its report, with the file's name and digest."""
        return self.reading.to_rows(self.file, self.sha256)

    def to_finding_rows(self) -> list[Row]:
        """Return one row for each finding, with the file's name and digest."""
        return self.reading.to_finding_rows(self.file, self.sha256)


def documents_in(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are named, and those with the suffix of a document in folders.

    Folders are read with all below them, in the order of the names; hidden files are left out.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith(".") and Path(name).suffix.lower() in DOCUMENT_SUFFIXES:
                    found[Path(folder) / name] = None
    return list(found)


def read_document_file(document: Path | str | bytes, source: Source | None = None) -> Reading:
    """Read one file, or the bytes of one. A bad document is an outcome with a reason.

    Raises:
        ArchiveError: The file cannot be opened, or is larger than 64 MB.
    """
    body = document if isinstance(document, bytes) else read_content(Path(document))
    name = "" if isinstance(document, bytes) else str(document)
    return decode(read_warm(body, source or _source(name)).reading)


def read_files(paths: Iterable[Path | str], jobs: int = 0) -> Iterator[FileReading]:
    """Read many files at a time and yield each with its reading, in their order.

    `jobs` is the number of processes, 0 for one on each core that we may use. A file that cannot be
    opened, or that is larger than 64 MB, is unreadable.
    """
    jobs = jobs or len(os.sched_getaffinity(0))
    helpers: queue.SimpleQueue[ReadingHelper] = queue.SimpleQueue()
    with ExitStack() as stack:
        for _ in range(jobs):
            helpers.put(stack.enter_context(closing(ReadingHelper())))
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        running: deque[Future[FileReading]] = deque()
        try:
            for path in paths:
                running.append(pool.submit(_read_file, path, helpers))
                if len(running) > AHEAD * jobs:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for future in running:
                future.cancel()


def _read_file(path: Path | str, helpers: queue.SimpleQueue[ReadingHelper]) -> FileReading:
    try:
        body = read_content(Path(path))
    except ArchiveError as problem:
        return FileReading(
            readable_name(path), "", Reading("unreadable", "", "", reason=problem.message)
        )
    helper = helpers.get()
    try:
        found = helper.read(body, _source(readable_name(path)))
    finally:
        helpers.put(helper)
    return FileReading(readable_name(path), sha256(body).hexdigest(), decode(found.reading))


def _source(name: str) -> Source:
    return Source(media_type=mimetypes.guess_type(name)[0] or "", filename=Path(name).name)


def read_content(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        ArchiveError: The file cannot be opened, or is too large.
    """
    try:
        return read_regular(path, LARGEST)
    except FileTooLarge as problem:
        limit = LARGEST >> 20
        raise ArchiveError("file_too_large", path=readable_name(path), limit=limit) from problem
    except NotRegularFile as problem:
        kind = message("system.not_regular")
        raise ArchiveError("file_unreadable", path=readable_name(path), why=kind) from problem
    except FileNotFoundError as problem:
        raise ArchiveError("file_not_found", path=readable_name(path)) from problem
    except OSError as problem:
        why = reason_of(problem)
        raise ArchiveError("file_unreadable", path=readable_name(path), why=why) from problem


def readable_name(file: Path | str) -> str:
    """Return the name of a file as text: names from archives of Windows are in GBK on Linux.

    A few words in GBK (通知, 联通) are valid UTF-8 of other scripts.
    """
    name = os.fsencode(file)
    text, in_gbk = decode_text(name), name.decode("gb18030", "replace")
    return in_gbk if not CHINESE.search(text) and CHINESE.search(in_gbk) else text
