"""The folder of originals, opened for a command."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import bar_in
from gongkai.archive.terminal.console import echo
from gongkai.catalogue import error_text, language_of_process
from gongkai.clock import utc_stamp
from gongkai.publish.pages.proof.evidence import Evidence, Stamp

if TYPE_CHECKING:
    from gongkai.crawler.evidence.coverage import Coverage
    from gongkai.crawler.evidence.manifest_chain import ManifestChain
    from gongkai.crawler.warc.snapshot import Snapshot
    from gongkai.crawler.warc.store import Snapshots

INDEX = "index.db"


@contextmanager
def open_originals(folder: Path, *, create: bool = False) -> Iterator[Snapshots]:
    """Open the folder of originals; `create` makes it where there is none.

    That an index of an earlier version is made again is said first, because it takes long.

    Raises:
        ArchiveError: there is no folder, or it is a file.
    """
    from gongkai.crawler.warc.store import Snapshots  # late: warcio takes a moment to import

    check_folder(folder)
    if not folder.exists() and not create:
        raise ArchiveError("originals_missing", path=str(folder))
    if has_older_index(folder):
        echo("index_made_again", err=True, path=str(folder / INDEX))
    with Snapshots(folder, begin=bar_in(language_of_process())) as snapshots:
        yield snapshots


def has_other_index(folder: Path) -> bool:
    """Return whether another version made the index of a folder; False where that cannot be told."""
    from gongkai.crawler.warc.tables.index_schema import SCHEMA_VERSION

    return _index_version(folder) not in (0, SCHEMA_VERSION)


def has_older_index(folder: Path) -> bool:
    """Return whether an earlier version made the index of a folder; False where that cannot be told."""
    from gongkai.crawler.warc.tables.index_schema import SCHEMA_VERSION

    return 0 < _index_version(folder) < SCHEMA_VERSION


def _index_version(folder: Path) -> int:
    from gongkai.crawler.warc.index import version_of

    try:
        return version_of(folder / INDEX)
    except sqlite3.Error:
        return 0  # who opens the folder is told what is wrong with it


def check_folder(folder: Path) -> None:
    """Check that a path can be the folder of originals.

    Raises:
        ArchiveError: it is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise ArchiveError("originals_not_a_folder", path=str(folder))


@dataclass(frozen=True, slots=True)
class OriginalReader:
    """Reads originals, and what proves them, from a folder.

    The folder is opened anew each time: servers read in many threads, and a crawl may have added
    files since.
    """

    folder: Path

    def __call__(self, key: str) -> bytes:
        """Return the original of a snapshot by its id.

        Raises:
            LookupError: there is no such original, or it cannot be read.
        """
        with self._opened(key) as (snapshots, snapshot):
            return snapshots.body(snapshot)

    def evidence(self, key: str) -> Evidence | None:
        """Return the manifest that covers the record of a snapshot, None where none does.

        Raises:
            LookupError: there is no such original, or its manifest cannot be read.
        """
        from gongkai.crawler.evidence.coverage import find_coverage
        from gongkai.crawler.evidence.manifest_chain import ManifestChain
        from gongkai.crawler.manifests.manifest_files import MANIFESTS_FOLDER
        from gongkai.crawler.manifests.run_manifest import ManifestDamaged

        if not (self.folder / MANIFESTS_FOLDER).is_dir():
            return None
        with self._opened(key) as (snapshots, snapshot):
            try:
                with ManifestChain(snapshots.folder) as chain:
                    found = find_coverage(chain, snapshot)
                    return _describe(chain, found) if found else None
            except ManifestDamaged as problem:
                raise LookupError(key) from problem

    def open(self) -> AbstractContextManager[Snapshots]:
        """Open the folder.

        Raises:
            StorageError: It cannot be used.
        """
        return open_originals(self.folder)

    @contextmanager
    def _opened(self, key: str) -> Iterator[tuple[Snapshots, Snapshot]]:
        try:
            with self.open() as snapshots:
                snapshot = snapshots.get(key)
                if snapshot is None:
                    raise LookupError(key)
                yield snapshots, snapshot
        except OSError as problem:
            why = error_text(language_of_process(), problem)
            raise LookupError(f"{key}: {why}") from problem


def _describe(chain: ManifestChain, found: Coverage) -> Evidence:
    """Return the evidence of a covered record, with paths from the folder of originals."""
    folder = chain.folder.parent
    return Evidence(
        number=found.number,
        digest=found.digest,
        created=found.created,
        run=found.run,
        file=str(found.path.relative_to(folder)),
        record_sha256=found.record.sha256 if found.record else "",
        stamps=tuple(
            Stamp(
                stamp.authority,
                _time_of(stamp.path),
                str(stamp.path.relative_to(folder)),
                str(chain.path(found.stamped).relative_to(folder)),
                found.stamped,
            )
            for stamp in found.stamps
        ),
    )


def _time_of(answer: Path) -> str:
    """Return the time that a timestamp states (UTC, ISO), "" where it cannot be read."""
    from gongkai.crawler.evidence.stamp_answer import StampDamaged, read_answer
    from gongkai.crawler.evidence.stamp_files import read_stamp

    try:
        return utc_stamp(read_answer(read_stamp(answer)).time)
    except (OSError, StampDamaged):
        return ""
