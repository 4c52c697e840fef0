"""Copies of the crawl's index in the archive: snapshots, runs and remarks.

The work that a new snapshot causes is enqueued in the same transaction, so that a build that was
killed can simply be run again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from gongkai.archive.pipeline.imports import enqueue_seen_elsewhere
from gongkai.archive.store.database import transaction
from gongkai.archive.store.work_queue import ADDED, BATCH, enqueue, invalidate_readings
from gongkai.catalogue import LANGUAGES, stored_text
from gongkai.crawler.warc.import_notes import ImportNote
from gongkai.crawler.warc.snapshot import Run, Snapshot
from gongkai.crawler.warc.statuses import BLOCK_STATUSES
from gongkai.errors import cause_of
from gongkai.messages import Message, message

COUNTS = ("requests", "new", "changed", "unchanged", "gone", "blocked", "errors")

Row = tuple[Any, ...]


class SnapshotSource(Protocol):
    """What the build needs of `gongkai.crawler.warc.store.Snapshots`, where each is described."""

    def all(self) -> Iterator[Snapshot]:
        """Yield every snapshot in the order of fetching."""
        ...

    def get(self, snapshot_id: str) -> Snapshot | None:
        """Return a snapshot by its id."""
        ...

    def body(self, snapshot: Snapshot) -> bytes:
        """Return the document of a snapshot."""
        ...

    def headers(self, snapshot: Snapshot) -> Sequence[tuple[str, str]]:
        """Return the headers of the answer."""
        ...

    def facts(self, snapshot: Snapshot) -> Mapping[str, str]:
        """Return what an operator stated of a document from disk."""
        ...

    def runs(self) -> Iterable[Run]:
        """Return all runs, the oldest first."""
        ...

    def remarks(self) -> Iterable[tuple[str, str, str]]:
        """Return (snapshot, address, remark) of answers that broke off or lack a report."""
        ...

    def imports(self) -> Iterable[ImportNote]:
        """Return where the records of other crawlers came from."""
        ...

    def units(self) -> Iterable[tuple[str, str]]:
        """Return (snapshot, name) of the agencies that pages of disclosure name."""
        ...


def new_snapshots(conn: sqlite3.Connection, source: SnapshotSource) -> list[Snapshot]:
    """Return the snapshots that the archive does not have yet, in order of fetching."""
    have = {row for (row,) in conn.execute("SELECT id FROM snapshots")}
    return [snapshot for snapshot in source.all() if snapshot.id not in have]


def new_runs(conn: sqlite3.Connection, source: SnapshotSource) -> list[Run]:
    """Return the crawl runs that the archive does not have yet."""
    have = {row for (row,) in conn.execute("SELECT id FROM runs")}
    return [run for run in source.runs() if run.id not in have and run.outcome != "running"]


def new_remarks(conn: sqlite3.Connection, source: SnapshotSource) -> list[tuple[str, str, str]]:
    """Return the remarks of the crawl that the archive does not have yet: snapshot, address, remark."""
    have = {row for (row,) in conn.execute("SELECT snapshot FROM remarks")}
    return [remark for remark in source.remarks() if remark[0] not in have]


def copy_remarks(conn: sqlite3.Connection, remarks: Sequence[tuple[str, str, str]]) -> None:
    """Copy remarks of the crawl, and enqueue the addresses that they concern."""
    with transaction(conn):
        for snapshot, url, remark in remarks:
            # a remark on an answer that came after the snapshots were listed waits for the next build
            conn.execute(
                "INSERT INTO remarks SELECT id, ? FROM snapshots WHERE id = ?", [remark, snapshot]
            )
            enqueue(conn, "url", url)


def new_units(conn: sqlite3.Connection, source: SnapshotSource) -> list[tuple[str, str]]:
    """Return the names of agencies that the archive does not have yet: snapshot, name."""
    have = set(conn.execute("SELECT snapshot, name FROM unit_names").fetchall())
    return [named for named in source.units() if named not in have]


def copy_units(conn: sqlite3.Connection, units: Sequence[tuple[str, str]]) -> None:
    """Copy names of agencies; those of an answer that is not listed yet wait for the next build."""
    with transaction(conn):
        conn.executemany("INSERT INTO unit_names SELECT id, ?2 FROM snapshots WHERE id = ?1", units)


def copy_snapshots(
    conn: sqlite3.Connection,
    source: SnapshotSource,
    snapshots: Sequence[Snapshot],
    lost: list[Message],
) -> int:
    """Copy snapshots into the archive, enqueue the work they cause, and return how many.

    A document from disk whose stated facts cannot be read is added to `lost` and left for the next
    build: without its facts it might be attributed to another agency.
    """
    copied = 0
    for start in range(0, len(snapshots), BATCH):
        with transaction(conn):
            for snapshot in snapshots[start : start + BATCH]:
                try:
                    facts = source.facts(snapshot) if snapshot.site == ADDED else {}
                except OSError as problem:
                    lost.append(
                        message("original_unreadable", url=snapshot.url, why=cause_of(problem))
                    )
                    continue
                _copy(conn, snapshot, facts)
                copied += 1
    return copied


def _copy(conn: sqlite3.Connection, snapshot: Snapshot, facts: Mapping[str, str]) -> None:
    digest = snapshot.digest or None
    if digest:
        conn.execute(
            "INSERT OR IGNORE INTO documents VALUES (?, ?, '', NULL, NULL, '')",
            [digest, snapshot.media_type],
        )
        enqueue(conn, "digest", digest)
    enqueue(conn, "url", snapshot.url)
    if snapshot.rendered_from:
        conn.execute(
            "INSERT OR IGNORE INTO pending SELECT 'digest', digest FROM snapshots"
            " WHERE id = ? AND digest IS NOT NULL",
            [snapshot.rendered_from],
        )
    conn.execute(
        "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            snapshot.id,
            snapshot.site,
            snapshot.url,
            snapshot.final_url,
            snapshot.fetched_at,
            snapshot.status or None,
            snapshot.media_type,
            snapshot.bytes,
            digest,
            snapshot.warc,
            snapshot.offset,
            status_outcome(snapshot.status),
            snapshot.rendered_from or None,
        ],
    )
    if facts:
        conn.execute(
            "INSERT INTO facts VALUES (?, ?)",
            [snapshot.id, json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)],
        )
        invalidate_readings(conn, "digest = ? AND url = ?", [digest, snapshot.url])


def status_outcome(status: int | None) -> str | None:
    """Return the outcome that an HTTP status alone decides, None where the document decides."""
    if status in BLOCK_STATUSES:
        return "blocked"
    return "error" if status and status >= 400 else None


def copy_runs(conn: sqlite3.Connection, runs: Sequence[Run]) -> None:
    """Copy crawl runs into the archive."""
    with transaction(conn):
        for run in runs:
            add_run(
                conn,
                run_row(
                    run.id,
                    run.kind,
                    run.site,
                    run.started,
                    run.finished,
                    run.outcome,
                    run.counts,
                    run.why,
                ),
            )
            if run.kind == "crawl":
                enqueue_seen_elsewhere(conn, run.site)
            conn.executemany(
                "INSERT INTO run_outcomes VALUES (?, ?, ?)",
                [(run.id, name, n) for name, n in sorted(run.counts.items()) if name not in COUNTS],
            )


def run_row(
    run_id: str,
    kind: str,
    site: str | None,
    started: str,
    finished: str,
    outcome: str,
    counts: Mapping[str, int],
    why: str = "",
) -> Row:
    """Return a row of `runs`; a count that the run does not have is NULL, and so is no reason.

    `why` is the stored form of a message.
    """
    made = (counts.get(name) for name in COUNTS)
    reasons = (stored_text(lang, why) if why else None for lang in LANGUAGES)
    return run_id, kind, site, started, finished, outcome, *made, *reasons


def add_run(conn: sqlite3.Connection, row: Row) -> None:
    """Add one row to `runs`."""
    conn.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(row))})", row)
