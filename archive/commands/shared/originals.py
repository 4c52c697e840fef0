"""The folder of originals, opened for a command with words a person can use when it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gongkai.archive.errors import ArchiveError
from gongkai.catalogue import error_text, language_of_environment


@contextmanager
def originals(folder: Path, *, create: bool = False) -> Iterator[Any]:
    """Open the snapshots.

    :param create: make the folder where there is none
    :raises ArchiveError: when there is none, or it cannot be used
    """
    from gongkai.crawler.warc.store import Snapshots

    if folder.exists() and not folder.is_dir():
        raise ArchiveError(f"{folder}: 不是目录 not a directory; name another with --snapshots")
    if not folder.exists() and not create:
        raise ArchiveError(f"{folder}: 没有原件 no originals here; fetch some with: gongkai crawl")
    with Snapshots(folder) as snapshots:
        yield snapshots


def copy_reader(folder: Path) -> Callable[[str], bytes] | None:
    """Return a function that gives the kept bytes of a snapshot by its id, None without a folder."""
    return None if not folder.is_dir() else lambda key: _read(folder, key)


def _read(folder: Path, key: str) -> bytes:
    """Open anew each time: servers read in many threads, and a crawl may have added files since."""
    try:
        with originals(folder) as snapshots:
            snapshot = snapshots.get(key)
            if snapshot is None:
                raise LookupError(key)
            body: bytes = snapshots.body(snapshot)
            return body
    except OSError as problem:
        why = error_text(language_of_environment(), problem)
        raise LookupError(f"{key}: {why}") from problem
