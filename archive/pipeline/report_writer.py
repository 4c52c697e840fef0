"""The rows of one report, in one transaction, written only where they differ."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from gongkai.archive.checks import runner
from gongkai.archive.checks.differences import Steps
from gongkai.archive.lineage.link_rows import delete_links, enqueue_renamed, renaming_rows
from gongkai.archive.pipeline.forwards import documents_of, forget_forward, forward_report
from gongkai.archive.pipeline.history import History
from gongkai.archive.pipeline.observations import history_of, report_of_version
from gongkai.archive.pipeline.report_rows import (
    Row,
    change_rows,
    content_rows,
    mark_rows,
    provenance_rows,
)
from gongkai.archive.store import search, work_queue
from gongkai.archive.store.database import transaction
from gongkai.archive.store.ids import agency_of_report
from gongkai.extract.checks.copies import compare_copies
from gongkai.extract.chinese.divisions import every_region
from gongkai.extract.model.report import Agency, Finding, Report

LoadResult = Literal["new", "changed", "unchanged", "dropped"]
LOAD_RESULTS: tuple[LoadResult, ...] = ("new", "changed", "unchanged", "dropped")

CHILDREN = (
    "sections",
    "cell_notes",
    "checks",
    "requests",
    "review_litigation",
    "active_disclosure",
    "active_disclosure_2019",
    "changes",
    "change_marks",
    "revisions",
    "copies",
    "absences",
    "renamings",
)
_CONTENT_TABLES = frozenset(CHILDREN) - {
    "change_marks",
    "revisions",
    "copies",
    "absences",
    "renamings",
}
_SEEN_TABLES = ("revisions", "copies")
"""Tables that tell when their rows were last seen."""


def load_report(conn: sqlite3.Connection, report_id: str) -> LoadResult:
    """Compute one report from everything that is known of it, and write what differs.

    The result is `changed` where the content or the status of the report changed; where and when
    it was seen does not count. Rows and search index are written in one transaction.
    """
    with transaction(conn):
        loaded = _load(conn, report_id, history_of(conn, report_id))
        for kind in ("report", work_queue.SEEN):
            work_queue.dequeue(conn, kind, report_id)
    return loaded


def see_report(conn: sqlite3.Connection, report_id: str) -> LoadResult:
    """Write when a report was last seen that its visits found as it was; its documents are not read.

    Where the visits tell more than that, the report is loaded. The caller commits: a night has many.
    """
    history = history_of(conn, report_id)
    is_told = history is not None and _tells_only_sightings(conn, report_id, history)
    work_queue.dequeue(conn, work_queue.SEEN, report_id)
    return "unchanged" if is_told else _load(conn, report_id, history)


def _load(conn: sqlite3.Connection, report_id: str, history: History | None) -> LoadResult:
    return _write(conn, report_id, history) if history else _drop(conn, report_id)


def _tells_only_sightings(conn: sqlite3.Connection, report_id: str, history: History) -> bool:
    """Write when a report and its copies were last seen; return False where they differ in more than that."""
    version = history.current.version
    stored = conn.execute(
        "SELECT url, digest, first_seen, status = 'removed' FROM reports WHERE id = ?", [report_id]
    ).fetchone()
    absences: list[Row] = [(report_id, away.since, away.until) for away in history.absences]
    if stored != (version.url, version.digest, history.first_seen, history.is_removed):
        return False
    if _differs(conn, "absences", report_id, absences):
        return False
    rows = provenance_rows(report_id, history)
    if not all(_see_again(conn, table, report_id, rows[table]) for table in _SEEN_TABLES):
        return False
    conn.execute(
        "UPDATE reports SET last_seen = ? WHERE id = ? AND last_seen <> ?",
        [history.last_seen, report_id, history.last_seen],
    )
    return True


def _write(conn: sqlite3.Connection, report_id: str, history: History) -> LoadResult:
    report = _compared(conn, report_of_version(conn, history.current.version), history)
    children = content_rows(report_id, report) | provenance_rows(report_id, history)
    steps = Steps()
    children["changes"] = _changes(conn, report_id, history, steps)
    children["change_marks"] = mark_rows(children["changes"], steps)
    children["renamings"] = renaming_rows(report_id, report)
    children["absences"] = [(report_id, away.since, away.until) for away in history.absences]
    children["checks"] += runner.stored_check_rows(
        conn, report_id
    )  # computed again when all reports are loaded
    row = _report_row(report_id, report, history, len(children["checks"]))
    stored = _report(conn, report_id)
    differ = {
        table
        for table in CHILDREN
        if (_differs(conn, table, report_id, children[table]) if stored else children[table])
    }
    if stored == row and not differ:
        return "unchanged"
    runner.enqueue_checks(conn, report_id)
    _enqueue_duties(conn, report_id)
    searched = stored is None or stored["title"] != row["title"] or "sections" in differ
    if stored and searched:
        search.remove(conn, _rowid(conn, report_id))
    if "sections" in differ:
        runner.discard_comparisons(conn, report_id)
    _put_agency(conn, report_id, report)
    _put_report(conn, row)
    if stored is None:
        forget_forward(conn, report_id)
    for table in differ:
        if table in _SEEN_TABLES and _see_again(conn, table, report_id, children[table]):
            continue
        conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report_id])
        _insert(conn, table, children[table])
    if searched:
        search.add(conn, _rowid(conn, report_id))
    if stored is None:
        return "new"
    return (
        "changed" if differ & _CONTENT_TABLES or stored["status"] != row["status"] else "unchanged"
    )


def _enqueue_duties(conn: sqlite3.Connection, report_id: str) -> None:
    """Enqueue what the agency of a report owes, and the bodies that the report named until now."""
    work_queue.enqueue(conn, work_queue.DUTIES, agency_of_report(report_id))
    enqueue_renamed(conn, report_id)


def _compared(conn: sqlite3.Connection, report: Report, history: History) -> Report:
    """Return the report with a finding for each contradiction by a copy that is still published."""
    standing = history.current.version
    found = [
        finding
        for place in history.copies
        if place.has_report and place.version.fingerprint != standing.fingerprint
        for finding in compare_copies(
            report, report_of_version(conn, place.version), place.version.url
        )
    ]
    return replace(report, findings=(*report.findings, *_once_each(found)))


def _once_each(findings: list[Finding]) -> list[Finding]:
    """Return one finding for each contradiction: an attachment may have several addresses."""
    return list({(f.rule, f.scope, f.left, f.right): f for f in findings}.values())


def _report_row(report_id: str, report: Report, history: History, failed: int) -> dict[str, object]:
    version = history.current.version
    return {
        "id": report_id,
        "agency_id": agency_of_report(report_id),
        "year": report.year,
        "form": report.form,
        "title": report.title,
        "published_on": report.published_on or None,
        "url": version.url,
        "digest": version.digest,
        "status": "removed" if history.is_removed else report.status,
        "first_seen": history.first_seen,
        "last_seen": history.last_seen,
        "checks_failed": failed,
        "covers": report.covers,
        "covers_sentence": report.covers_sentence,
    }


def _report(conn: sqlite3.Connection, report_id: str) -> dict[str, object] | None:
    found = conn.execute("SELECT * FROM reports WHERE id = ?", [report_id])
    row = found.fetchone()
    return dict(zip((name for name, *_ in found.description), row, strict=True)) if row else None


def _rowid(conn: sqlite3.Connection, report_id: str) -> int:
    row = conn.execute("SELECT rowid FROM reports WHERE id = ?", [report_id]).fetchone()
    return int(row[0])


def _put_agency(conn: sqlite3.Connection, report_id: str, report: Report) -> None:
    """Write the agency as its latest report describes it."""
    key, agency = agency_of_report(report_id), report.agency
    later = conn.execute(
        "SELECT 1 FROM reports WHERE agency_id = ? AND year > ?", [key, report.year]
    ).fetchone()
    if agency and not later:
        conn.execute(
            "INSERT INTO agencies(id, name, region_code, level, kind, sector, lineage_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?1) ON CONFLICT (id) DO UPDATE SET"
            " level = excluded.level, kind = excluded.kind, sector = excluded.sector",
            [key, agency.name, _region_code(agency), agency.level, agency.kind, agency.sector],
        )


def _region_code(agency: Agency) -> str | None:
    return agency.region_code if agency.region_code in every_region() else None


def _put_report(conn: sqlite3.Connection, row: dict[str, object]) -> None:
    """Insert or update in place: the search index refers to a report by its rowid."""
    names = list(row)
    conn.execute(
        f"INSERT INTO reports ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{n} = excluded.{n}' for n in names[1:])}",
        list(row.values()),
    )


def _changes(conn: sqlite3.Connection, report_id: str, history: History, steps: Steps) -> list[Row]:
    found: dict[Row, Row] = {}
    for old, new in pairwise(history.revisions):
        one, other = report_of_version(conn, old.version), report_of_version(conn, new.version)
        for row in change_rows(report_id, new.first_seen, one, other, steps):
            found[row[:5]] = row  # the primary key: of two versions in one second the later stays
    return list(found.values())


def _differs(conn: sqlite3.Connection, table: str, report_id: str, rows: list[Row]) -> bool:
    have = conn.execute(f"SELECT * FROM {table} WHERE report_id = ?", [report_id]).fetchall()
    return sorted(have, key=str) != sorted(rows, key=str)


def _see_again(conn: sqlite3.Connection, table: str, report_id: str, rows: list[Row]) -> bool:
    """Write when rows were last seen, where nothing else differs; return whether that was so."""
    found = conn.execute(f"SELECT * FROM {table} WHERE report_id = ?", [report_id])
    names = [name for name, *_ in found.description]
    place = names.index("last_seen")
    told = {_without(row, place): row[place] for row in rows}
    had = {_without(row, place): row[place] for row in found}
    if had.keys() != told.keys():
        return False
    others = " AND ".join(f"{name} IS ?" for name in _without(tuple(names), place))
    conn.executemany(
        f"UPDATE {table} SET last_seen = ? WHERE {others}",
        [(seen, *other) for other, seen in told.items() if had[other] != seen],
    )
    return True


def _without(row: Row, place: int) -> Row:
    return row[:place] + row[place + 1 :]


def _insert(conn: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        conn.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)


def _drop(conn: sqlite3.Connection, report_id: str) -> LoadResult:
    """Remove a report that has no document any more, after a better reading of its documents."""
    row = _report(conn, report_id)
    if row is None:
        return "unchanged"
    forward_report(conn, report_id, documents_of(conn, report_id))
    search.remove(conn, _rowid(conn, report_id))
    runner.discard_comparisons(conn, report_id)
    runner.enqueue_checks(conn, report_id)
    _enqueue_duties(conn, report_id)
    for table in CHILDREN:
        conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report_id])
    conn.execute("DELETE FROM reports WHERE id = ?", [report_id])
    latest = conn.execute(
        "SELECT id FROM reports WHERE agency_id = ? ORDER BY year DESC LIMIT 1", [row["agency_id"]]
    ).fetchone()
    if latest is None:
        conn.execute("DELETE FROM duties WHERE agency_id = ?", [row["agency_id"]])
        delete_links(conn, str(row["agency_id"]))
        conn.execute("DELETE FROM agencies WHERE id = ?", [row["agency_id"]])
    elif history := history_of(conn, latest[0]):
        _put_agency(conn, latest[0], report_of_version(conn, history.current.version))
    return "dropped"
