"""Copies of the crawl's index in the archive: snapshots, runs, remarks, and what is thought of clocks.

The work that a new snapshot causes is enqueued in the same transaction, so that a build that was
killed can simply be run again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from gongkai.archive.pipeline.index_news import CountedRow, IndexNews, SnapshotSource
from gongkai.archive.pipeline.observations import enqueue_visited, every_visit
from gongkai.archive.store.database import transaction
from gongkai.archive.store.work_queue import (
    ADDED,
    BATCH,
    DUTIES,
    TREES,
    enqueue,
    invalidate_readings,
)
from gongkai.catalogue import LANGUAGES, stored_text
from gongkai.clock import seconds_of
from gongkai.crawler.warc.snapshot import Run, Snapshot
from gongkai.crawler.warc.tables.page_notes import BLOCK_STATUSES
from gongkai.crawler.warc.tables.visits import Confirmation
from gongkai.errors import cause_of
from gongkai.messages import Message, message

_RUN_COLUMNS = (
    *("id", "kind", "site", "started", "finished", "outcome", "requests", "new", "changed"),
    *("unchanged", "gone", "blocked", "errors", "why_zh", "why_en"),
    *("server_lead", "seen_at", "clock"),
)

_SNAPSHOT_COLUMNS = (
    "id, site, url, final_url, fetched_at, status, media_type, bytes, digest, warc, offset, outcome,"
    " rendered_from, server_date, seen_at, clock"
)
_VISIT_COLUMNS = ("visits", "last_seen", "last_record", "last_warc", "last_offset", "visited")

COUNTS = ("requests", "new", "changed", "unchanged", "gone", "blocked", "errors")

Row = tuple[Any, ...]


def copy_places(conn: sqlite3.Connection, moved: Sequence[Snapshot]) -> None:
    """Copy the places of records that stand in merged files now."""
    with transaction(conn):
        conn.executemany(
            "UPDATE snapshots SET warc = ?, offset = ? WHERE id = ?",
            [(each.warc, each.offset, each.id) for each in moved],
        )


def copy_visits(conn: sqlite3.Connection, news: Sequence[Confirmation]) -> None:
    """Copy the visits that found the same, and enqueue the reports whose addresses were visited.

    Visits of a fetch that could not be copied wait for the next build.
    """
    for start in range(0, len(news), BATCH):
        with transaction(conn):
            for each in news[start : start + BATCH]:
                row = conn.execute(
                    "SELECT seen_at, last_seen, visited FROM snapshots WHERE id = ?",
                    [each.snapshot],
                ).fetchone()
                if row is None:
                    continue
                seen_at, last_seen, visited = row
                conn.execute(
                    f"UPDATE snapshots SET {', '.join(f'{name} = ?' for name in _VISIT_COLUMNS)}"
                    " WHERE id = ?",
                    [*visit_values(each, seen_at), each.snapshot],
                )
                _, *known = every_visit(seen_at, visited)
                is_continued = known == list(each.times[: len(known)])
                enqueue_visited(conn, each.snapshot, last_seen if is_continued else None)


def visit_values(each: Confirmation, seen_at: str) -> tuple[str | int | None, ...]:
    """Return what a row of `snapshots` says of the visits after it, by the time of its own.

    These are their number with the first, the time and the record of the last, and the seconds from each to
    the next. A row without later visits has only the first two.
    """
    if not each.times:
        return (1, seen_at, None, None, None, None)
    last_seen = max(seen_at, each.times[-1])
    place = (each.last, each.warc, each.offset)
    return (1 + len(each.times), last_seen, *place, steps_between(seen_at, each.times))


def steps_between(first: str, later: Sequence[str]) -> str:
    """Return the seconds from each visit to the next, as a row of `snapshots` has them."""
    times = [seconds_of(at) for at in (first, *later)]
    steps = [after - before for before, after in pairwise(times)]
    return json.dumps(steps, separators=(",", ":"))


def remove_counted(conn: sqlite3.Connection, counted: Sequence[CountedRow]) -> None:
    """Remove the rows of visits that another row counts by now; an archive of an earlier version has them."""
    if not counted:
        return
    with transaction(conn):
        for row in counted:
            for table in ("covered", "remarks", "facts", "unit_names", "unit_pages"):
                conn.execute(f"DELETE FROM {table} WHERE snapshot = ?", [row.id])
            for table, column in (("duties", "source"), ("snapshots", "rendered_from")):
                conn.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [row.counted_by, row.id]
                )
            conn.execute("DELETE FROM snapshots WHERE id = ?", [row.id])
            enqueue(conn, "url", row.url)
        enqueue(conn, DUTIES, "")


def copy_judgements(conn: sqlite3.Connection, news: IndexNews) -> None:
    """Copy what is thought of clocks by now, and enqueue the addresses that it concerns."""
    with transaction(conn):
        if news.rejudged:
            enqueue(conn, DUTIES, "")
        for each in news.rejudged:
            visited, last_seen = _visits_after(conn, each)
            conn.execute(
                "UPDATE snapshots SET server_date = ?, seen_at = ?, clock = ?, visited = ?,"
                " last_seen = ? WHERE id = ?",
                [
                    *(each.server_date or None, each.seen_at, each.clock, visited, last_seen),
                    each.id,
                ],
            )
            if not each.role:
                enqueue(conn, "url", each.url)
            if each.digest and not each.role:
                enqueue(conn, "digest", each.digest)
        conn.executemany(
            "UPDATE runs SET seen_at = ?, clock = ? WHERE id = ?",
            [(run.seen_at, run.clock, run.id) for run in news.rejudged_runs],
        )


def _visits_after(conn: sqlite3.Connection, fetch: Snapshot) -> tuple[str | None, str]:
    """Return the steps to the visits after a fetch that gets another time, and the time of the last.

    The visits keep theirs: only the first step, which leads from the fetch to them, changes.
    """
    seen_at, visited = conn.execute(
        "SELECT seen_at, visited FROM snapshots WHERE id = ?", [fetch.id]
    ).fetchone()
    if not visited:
        return None, fetch.seen_at
    _, *later = every_visit(seen_at, visited)
    return steps_between(fetch.seen_at, later), max(fetch.seen_at, later[-1])


def copy_remarks(conn: sqlite3.Connection, remarks: Sequence[tuple[str, str, str]]) -> None:
    """Copy remarks of the crawl, and enqueue the addresses that they concern."""
    with transaction(conn):
        for snapshot, url, remark in remarks:
            # a remark on an answer that came after the snapshots were listed waits for the next build
            conn.execute(
                "INSERT INTO remarks SELECT id, ? FROM snapshots WHERE id = ?", [remark, snapshot]
            )
            enqueue(conn, "url", url)


def copy_units(conn: sqlite3.Connection, units: Sequence[tuple[str, str]]) -> None:
    """Copy names of agencies; those of an answer that is not listed yet wait for the next build."""
    with transaction(conn):
        conn.executemany("INSERT INTO unit_names SELECT id, ?2 FROM snapshots WHERE id = ?1", units)
        for snapshot in dict(units):
            for (site,) in conn.execute(
                "SELECT site FROM unit_pages WHERE snapshot = ?", [snapshot]
            ).fetchall():
                enqueue(conn, TREES, site)


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
    """Copy a snapshot; a part of a page has no document, so that nothing takes it for one."""
    digest = None if snapshot.role else snapshot.digest or None
    if digest:
        conn.execute(
            "INSERT OR IGNORE INTO documents VALUES (?, ?, '', NULL, NULL, '')",
            [digest, snapshot.media_type],
        )
        enqueue(conn, "digest", digest)
        if is_answer(snapshot.status):
            conn.execute("INSERT OR IGNORE INTO unread VALUES (?, ?)", [digest, snapshot.url])
    if not snapshot.role:
        enqueue(conn, "url", snapshot.url)
    if snapshot.rendered_from:
        conn.execute(
            "INSERT OR IGNORE INTO pending SELECT 'digest', digest FROM snapshots"
            " WHERE id = ? AND digest IS NOT NULL",
            [snapshot.rendered_from],
        )
    conn.execute(
        f"INSERT INTO snapshots ({_SNAPSHOT_COLUMNS})"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            snapshot.role or status_outcome(snapshot.status),
            snapshot.rendered_from or None,
            snapshot.server_date or None,
            snapshot.seen_at,
            snapshot.clock,
        ],
    )
    if facts:
        conn.execute(
            "INSERT INTO facts VALUES (?, ?)",
            [snapshot.id, json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)],
        )
        invalidate_readings(conn, "digest = ? AND url = ?", [digest, snapshot.url])


def is_answer(status: int) -> bool:
    """Return whether an answer has a document that may be read; a document from disk has status 0."""
    return status in (0, 304) or 200 <= status <= 299


def status_outcome(status: int | None) -> str | None:
    """Return the outcome that an HTTP status alone decides, None where the document decides."""
    if status in BLOCK_STATUSES:
        return "blocked"
    return "error" if status and status >= 400 else None


def copy_runs(conn: sqlite3.Connection, runs: Sequence[Run]) -> None:
    """Copy crawl runs into the archive."""
    with transaction(conn):
        for run in runs:
            add_run(conn, run_row(run, run.site))
            conn.executemany(
                "INSERT INTO run_outcomes VALUES (?, ?, ?)",
                [(run.id, name, n) for name, n in sorted(run.counts.items()) if name not in COUNTS],
            )


def run_row(run: Run, site: str | None) -> Row:
    """Return a row of `runs`; a count that the run does not have is NULL, and so is no reason."""
    made = (run.counts.get(name) for name in COUNTS)
    reasons = (stored_text(lang, run.why) if run.why else None for lang in LANGUAGES)
    return (
        *(run.id, run.kind, site, run.started, run.finished, run.outcome, *made, *reasons),
        *(run.server_lead, run.seen_at, run.clock),
    )


def stored_run(row: Mapping[str, Any]) -> Row:
    """Return a row of `runs` from that of another archive, which may be of an earlier version."""
    later = {"why_zh": None, "why_en": None, "server_lead": None, "clock": ""}
    return tuple(({"seen_at": row["started"]} | later | dict(row))[name] for name in _RUN_COLUMNS)


def add_run(conn: sqlite3.Connection, row: Row) -> None:
    """Add one row to `runs`."""
    conn.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(row))})", row)
