"""The folder of originals, opened for a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.archive.errors import ArchiveError
from gongkai.catalogue import error_text, language_of_environment

if TYPE_CHECKING:
    from gongkai.crawler.warc.store import Snapshots


@contextmanager
def open_originals(folder: Path, *, create: bool = False) -> Iterator[Snapshots]:
    """Open the folder of originals; `create` makes it where there is none.

    Raises:
        ArchiveError: there is no folder, or it is a file.
    """
    from gongkai.crawler.warc.store import Snapshots  # late: warcio takes a moment to import

    check_folder(folder)
    if not folder.exists() and not create:
        raise ArchiveError("originals_missing", path=str(folder))
    with Snapshots(folder) as snapshots:
        yield snapshots


def check_folder(folder: Path) -> None:
    """Check that a path can be the folder of originals.

    Raises:
        ArchiveError: it is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise ArchiveError("originals_not_a_folder", path=str(folder))


def copy_reader(folder: Path) -> Callable[[str], bytes] | None:
    """Return a function that reads an original by the id of its snapshot, None without a folder."""
    return partial(_read_original, folder) if folder.is_dir() else None


def _read_original(folder: Path, key: str) -> bytes:
    """Open the folder anew: servers read in many threads, and a crawl may have added files since.

    Raises:
        LookupError: there is no such original, or it cannot be read.
    """
    try:
        with open_originals(folder) as snapshots:
            snapshot = snapshots.get(key)
            if snapshot is None:
                raise LookupError(key)
            return snapshots.body(snapshot)
    except OSError as problem:
        why = error_text(language_of_environment(), problem)
        raise LookupError(f"{key}: {why}") from problem
