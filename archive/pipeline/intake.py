"""The public copy of the crawl's ledger: portals, divisions, snapshots and runs.

What a new snapshot makes necessary is noted in `pending` in the same transaction, so that a build
that was killed is simply run again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from gongkai.archive.store.database import transaction
from gongkai.archive.store.work_queue import ADDED, BATCH, enqueue, invalidate_readings
from gongkai.catalogue import error_text, language_of_environment
from gongkai.crawler.warc.statuses import BLOCK_STATUSES

COUNTS = ("requests", "new", "changed", "unchanged", "gone", "blocked", "errors")

Row = tuple[Any, ...]


class SnapshotSource(Protocol):
    """What the build needs of `gongkai.crawler.warc.store.Snapshots`."""

    def all(self) -> Iterator[Any]: ...
    def get(self, snapshot_id: str) -> Any: ...
    def body(self, snapshot: Any) -> bytes: ...
    def headers(self, snapshot: Any) -> Sequence[tuple[str, str]]: ...
    def facts(self, snapshot: Any) -> Mapping[str, str]: ...
    def runs(self) -> Iterable[Any]: ...
    def remarks(self) -> Iterable[tuple[str, str, str]]: ...


def new_snapshots(conn: sqlite3.Connection, source: SnapshotSource) -> list[Any]:
    """Return the snapshots that the archive does not have yet, in order of fetching."""
    have = {row for (row,) in conn.execute("SELECT id FROM snapshots")}
    return [snapshot for snapshot in source.all() if snapshot.id not in have]


def new_runs(conn: sqlite3.Connection, source: SnapshotSource) -> list[Any]:
    """Return the crawl runs that the archive does not have yet."""
    have = {row for (row,) in conn.execute("SELECT id FROM runs")}
    return [run for run in source.runs() if run.id not in have and run.outcome != "running"]


def new_remarks(conn: sqlite3.Connection, source: SnapshotSource) -> list[tuple[str, str, str]]:
    """Return (snapshot, address, remark) of what the crawl says of answers, as far as unknown."""
    have = {row for (row,) in conn.execute("SELECT snapshot FROM remarks")}
    return [remark for remark in source.remarks() if remark[0] not in have]


def copy_remarks(conn: sqlite3.Connection, remarks: Sequence[tuple[str, str, str]]) -> None:
    """Copy what the crawl says of answers; what becomes of the reports is computed again."""
    with transaction(conn):
        for snapshot, url, remark in remarks:
            # the answer itself may have come after the snapshots were listed: the next build's
            conn.execute(
                "INSERT INTO remarks SELECT id, ? FROM snapshots WHERE id = ?", [remark, snapshot]
            )
            enqueue(conn, "url", url)


def copy_snapshots(
    conn: sqlite3.Connection, source: SnapshotSource, snapshots: Sequence[Any], lost: list[str]
) -> int:
    """Copy snapshots into the archive, note what they make necessary, and return how many.

    :param lost: is told of documents from disk of which it cannot be read what was stated of
        them; they are left for the next build, since they might be read as another's
    """
    copied = 0
    for start in range(0, len(snapshots), BATCH):
        with transaction(conn):
            for snapshot in snapshots[start : start + BATCH]:
                try:
                    facts = source.facts(snapshot) if snapshot.site == ADDED else {}
                except OSError as problem:
                    why = error_text(language_of_environment(), problem)
                    lost.append(f"{snapshot.url}: {why}")
                    continue
                _copy(conn, snapshot, facts)
                copied += 1
    return copied


def _copy(conn: sqlite3.Connection, snapshot: Any, facts: Mapping[str, str]) -> None:
    digest = snapshot.digest or None
    if digest:
        conn.execute(
            "INSERT OR IGNORE INTO documents VALUES (?, ?, '', NULL, NULL, '')",
            [digest, snapshot.media_type],
        )
        enqueue(conn, "digest", digest)
    enqueue(conn, "url", snapshot.url)
    conn.execute(
        "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
        ],
    )
    if facts:
        conn.execute(
            "INSERT INTO facts VALUES (?, ?)",
            [snapshot.id, json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)],
        )
        invalidate_readings(conn, "digest = ? AND url = ?", [digest, snapshot.url])


def status_outcome(status: int | None) -> str | None:
    """Return the outcome that an HTTP status alone decides; None where the document decides."""
    if status in BLOCK_STATUSES:
        return "blocked"
    return "error" if status and status >= 400 else None


def copy_runs(conn: sqlite3.Connection, runs: Sequence[Any]) -> None:
    """Copy crawl runs into the archive."""
    with transaction(conn):
        for run in runs:
            add_run(
                conn,
                run_row(
                    run.id, run.kind, run.site, run.started, run.finished, run.outcome, run.counts
                ),
            )
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
) -> Row:
    """Return a row of `runs`; a count that the run did not make is NULL."""
    made = (counts.get(name) for name in COUNTS)
    return run_id, kind, site, started, finished, outcome, *made


def add_run(conn: sqlite3.Connection, row: Row) -> None:
    """Add one row to `runs`."""
    conn.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(row))})", row)
