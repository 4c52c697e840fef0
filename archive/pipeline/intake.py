"""Copies of the crawl's index in the archive: snapshots, runs, remarks, and what is thought of clocks.

The work that a new snapshot causes is enqueued in the same transaction, so that a build that was
killed can simply be run again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gongkai.archive.store.database import transaction
from gongkai.archive.store.work_queue import ADDED, BATCH, enqueue, invalidate_readings
from gongkai.catalogue import LANGUAGES, stored_text
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.import_notes import ImportNote
from gongkai.crawler.warc.snapshot import Run, Snapshot
from gongkai.crawler.warc.statuses import BLOCK_STATUSES
from gongkai.errors import cause_of
from gongkai.messages import Message, message

_RUN_COLUMNS = (
    *("id", "kind", "site", "started", "finished", "outcome", "requests", "new", "changed"),
    *("unchanged", "gone", "blocked", "errors", "why_zh", "why_en"),
    *("server_lead", "seen_at", "clock"),
)

_UNDATED = "server_date IS NULL AND status IS NOT NULL"
"""SQL: a fetch whose server did not say the time, or whose date an earlier version did not keep."""

COUNTS = ("requests", "new", "changed", "unchanged", "gone", "blocked", "errors")

Row = tuple[Any, ...]


class SnapshotSource(Protocol):
    """What the build needs of `gongkai.crawler.warc.store.Snapshots`, where each is described."""

    folder: Path

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

    def sites(self) -> Sequence[Site]:
        """Return the portals by the facts under which they were crawled last."""
        ...

    def imports(self) -> Iterable[ImportNote]:
        """Return where the records of other crawlers came from."""
        ...

    def units(self) -> Iterable[tuple[str, str]]:
        """Return (snapshot, name) of the agencies that pages of disclosure name."""
        ...


@dataclass(frozen=True, slots=True)
class IndexNews:
    """What the index has and the archive lacks.

    `snapshots` and `runs` are new. Of `rejudged` and `rejudged_runs` the archive has another time, or
    another opinion of the clock. `moved` stand at another place, because files were merged.
    """

    snapshots: Sequence[Snapshot]
    runs: Sequence[Run]
    rejudged: Sequence[Snapshot]
    rejudged_runs: Sequence[Run]
    moved: Sequence[Snapshot] = ()

    def __bool__(self) -> bool:
        judged = self.rejudged or self.rejudged_runs
        return bool(self.snapshots or self.runs or judged or self.moved)


def compare_with_index(conn: sqlite3.Connection, source: SnapshotSource) -> IndexNews:
    """Return the differences between the archive and the index, in order of fetching."""
    # a number in place of the name: there may be millions
    places = {
        key: hash((warc, offset))
        for key, warc, offset in conn.execute("SELECT id, warc, offset FROM snapshots")
    }
    undated = {row for (row,) in conn.execute(f"SELECT id FROM snapshots WHERE {_UNDATED}")}
    judged = _judged(conn, "snapshots", "fetched_at")
    new, rejudged, moved = [], [], []
    for each in source.all():
        if each.id not in places:
            new.append(each)
            continue
        if places[each.id] != hash((each.warc, each.offset)):
            moved.append(each)
        known = judged.get(each.id, (each.fetched_at, ""))
        if known != (each.seen_at, each.clock) or (each.server_date and each.id in undated):
            rejudged.append(each)
    runs = {row for (row,) in conn.execute("SELECT id FROM runs")}
    ended = [run for run in source.runs() if run.outcome != "running"]
    judged = _judged(conn, "runs", "started")
    return IndexNews(
        new,
        [run for run in ended if run.id not in runs],
        rejudged,
        [
            run
            for run in ended
            if run.id in runs and judged.get(run.id, (run.started, "")) != (run.seen_at, run.clock)
        ],
        moved,
    )


def _judged(conn: sqlite3.Connection, table: str, own: str) -> dict[str, tuple[str, str]]:
    """Return time and opinion of the rows whose clock is not simply believed."""
    rows = conn.execute(
        f"SELECT id, seen_at, clock FROM {table} WHERE seen_at <> {own} OR clock <> ''"
    )
    return {key: (seen_at, opinion) for key, seen_at, opinion in rows}


def copy_places(conn: sqlite3.Connection, moved: Sequence[Snapshot]) -> None:
    """Copy the places of records that stand in merged files now."""
    with transaction(conn):
        conn.executemany(
            "UPDATE snapshots SET warc = ?, offset = ? WHERE id = ?",
            [(each.warc, each.offset, each.id) for each in moved],
        )


def copy_judgements(conn: sqlite3.Connection, news: IndexNews) -> None:
    """Copy what is thought of clocks by now, and enqueue the addresses that it concerns."""
    with transaction(conn):
        for each in news.rejudged:
            conn.execute(
                "UPDATE snapshots SET server_date = ?, seen_at = ?, clock = ? WHERE id = ?",
                [each.server_date or None, each.seen_at, each.clock, each.id],
            )
            if not each.role:
                enqueue(conn, "url", each.url)
            if each.digest and not each.role:
                enqueue(conn, "digest", each.digest)
        conn.executemany(
            "UPDATE runs SET seen_at = ?, clock = ? WHERE id = ?",
            [(run.seen_at, run.clock, run.id) for run in news.rejudged_runs],
        )


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
    """Copy a snapshot; a part of a page has no document, so that nothing takes it for one."""
    digest = None if snapshot.role else snapshot.digest or None
    if digest:
        conn.execute(
            "INSERT OR IGNORE INTO documents VALUES (?, ?, '', NULL, NULL, '')",
            [digest, snapshot.media_type],
        )
        enqueue(conn, "digest", digest)
    if not snapshot.role:
        enqueue(conn, "url", snapshot.url)
    if snapshot.rendered_from:
        conn.execute(
            "INSERT OR IGNORE INTO pending SELECT 'digest', digest FROM snapshots"
            " WHERE id = ? AND digest IS NOT NULL",
            [snapshot.rendered_from],
        )
    conn.execute(
        "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
