"""Copies of the manifests in the archive: which manifest covers a fetch, and what its digest is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gongkai.archive.store.database import transaction
from gongkai.crawler.evidence.manifest_chain import ManifestChain
from gongkai.crawler.evidence.stored_records import DOCUMENT_TYPES
from gongkai.crawler.manifests.chain_heads import StatedHead, missing_heads
from gongkai.crawler.manifests.manifest_files import MANIFESTS_FOLDER
from gongkai.crawler.manifests.manifest_index import ManifestIndex, ManifestRow
from gongkai.crawler.manifests.run_manifest import FileDigest, ManifestDamaged
from gongkai.crawler.warc.file import StorageError
from gongkai.crawler.warc.trust import is_imported
from gongkai.messages import Message


def new_manifests(conn: sqlite3.Connection, folder: Path) -> list[ManifestRow]:
    """Return the manifests of a folder of originals that the archive does not have yet.

    A folder that cannot be written to has those that its index knows.
    """
    if not (folder / MANIFESTS_FOLDER).is_dir():
        return []
    (last,) = conn.execute("SELECT coalesce(max(number), 0) FROM manifests").fetchone()
    try:
        with ManifestChain(folder) as chain:
            chain.update_index()
            return list(chain.rows(last + 1))
    except StorageError:
        return []


def last_manifest(conn: sqlite3.Connection) -> tuple[int, str] | None:
    """Return number and digest of the last manifest that an archive knows; None without one."""
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'manifests'").fetchone():
        return None  # an archive of an earlier version
    found: tuple[int, str] | None = conn.execute(
        "SELECT number, digest FROM manifests ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return found


def chain_differences(conn: sqlite3.Connection, folder: Path) -> list[Message]:
    """Return whether the last manifest that the archive knows is not in the chain any more.

    It stands for all before it.
    """
    last = last_manifest(conn)
    if last is None:
        return []
    known = [("archive.db", StatedHead(*last))]
    if not (folder / MANIFESTS_FOLDER).is_dir():
        with closing(ManifestIndex(None)) as empty:
            return missing_heads(empty, known)
    try:
        with ManifestChain(folder) as chain:
            chain.update_index()
            return missing_heads(chain.index, known)
    except StorageError:
        return []


def copy_manifests(conn: sqlite3.Connection, folder: Path, new: list[ManifestRow]) -> None:
    """Copy manifests, and for each fetch that they cover, which one does.

    Of a manifest that cannot be read there is the row alone: `gongkai snapshots verify` names it.
    """
    if not new:
        return
    with ManifestChain(folder) as chain:
        for row in new:
            try:
                files = chain.read(row.number).files
            except ManifestDamaged:
                files = ()
            with transaction(conn):
                conn.execute(
                    "INSERT INTO manifests VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        row.number,
                        row.kind,
                        row.run or None,
                        row.site or None,
                        row.created,
                        row.digest,
                        row.records,
                    ],
                )
                for file in files:
                    conn.executemany(
                        "INSERT OR IGNORE INTO covered SELECT id, ?2 FROM snapshots WHERE id = ?1",
                        [(snapshot, row.number) for snapshot in _snapshots(conn, file)],
                    )


def _snapshots(conn: sqlite3.Connection, file: FileDigest) -> Iterator[str]:
    """Yield the ids of the fetches in a file; those of other crawlers have ids of ours in the archive."""
    documents = [record for record in file.records if record.type in DOCUMENT_TYPES]
    if not is_imported(file.name):
        yield from (record.id for record in documents)
        return
    places = dict(
        conn.execute("SELECT offset, id FROM snapshots WHERE warc = ?", [file.name]).fetchall()
    )
    yield from (places[record.offset] for record in documents if record.offset in places)
