"""The fetches of one report over time, from the tables of the archive."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from gongkai.archive.pipeline.attribution import with_article_metadata
from gongkai.archive.pipeline.history import (
    DocumentVersion,
    History,
    Observation,
    reconstruct_history,
    without_cut_versions,
)
from gongkai.archive.pipeline.seen_elsewhere import SeenElsewhere
from gongkai.archive.store import work_queue
from gongkai.clock import seconds_of, stamp_of
from gongkai.extract.model.report import Report

GONE_STATUSES = (301, 308, 404, 410)
"""HTTP statuses that say that an address does not have the report any more."""

MISSING, CUT = "missing", "cut"
"""Remarks of the crawl: a report is not there any more, an answer broke off."""

_VISITED = f"""
SELECT {work_queue.READABLE}, EXISTS (SELECT 1 FROM remarks m WHERE m.snapshot = s.id),
  EXISTS (SELECT 1 FROM snapshots o WHERE o.url = s.url AND o.id <> s.id AND o.last_seen > :until
          AND NOT EXISTS (SELECT 1 FROM snapshots page WHERE page.rendered_from = o.id)),
  (SELECT r.report_id FROM readings r WHERE r.digest = s.digest AND r.url = s.url), s.url
FROM snapshots s WHERE s.id = :id
"""


def history_of(conn: sqlite3.Connection, report_id: str) -> History | None:
    """Return the history of a report, None where it has no document any more."""
    versions = _document_versions(conn, report_id)
    if not versions:
        return None
    seen = conn.execute(
        f"""SELECT s.seen_at, s.visited, s.url, s.digest, s.status, {work_queue.READABLE}, r.report_id,
              coalesce(m.remark, ''), i.snapshot IS NOT NULL
            FROM snapshots s LEFT JOIN readings r ON r.digest = s.digest AND r.url = s.url
            LEFT JOIN remarks m ON m.snapshot = s.id
            LEFT JOIN imports i ON i.snapshot = s.id
            WHERE s.url IN (SELECT url FROM readings WHERE report_id = ?) AND {work_queue.NO_PART}
            ORDER BY s.seen_at, s.warc, s.offset""",
        [report_id],
    )
    observations = []
    elsewhere = SeenElsewhere()
    visits = [(at, *of) for first, visited, *of in seen for at in every_visit(first, visited)]
    visits.sort(key=lambda each: each[0])
    for at, url, digest, status, readable, attributed_to, remark, is_imported in visits:
        version = versions.get((digest, url)) if readable else None
        another = readable and attributed_to is not None and version is None
        # An error, a block or a page without a report proves nothing. Where no list links to the
        # address any more, the crawl remarks that such a page means a missing report.
        is_gone = status in GONE_STATUSES
        if version or another or remark == MISSING or is_gone:
            found = Observation(at, url, version, cut=remark == CUT)
            is_clear = bool(is_gone or another)
            observations.append(elsewhere.compare(found, not is_imported, is_clear))
    return reconstruct_history(without_cut_versions(observations))


def every_visit(first: str, visited: str | None) -> Iterator[str]:
    """Yield when an address was visited, from the first visit on; the steps are those of a row."""
    yield first
    at = seconds_of(first) if visited else 0
    for step in json.loads(visited or "[]"):
        at += step
        yield stamp_of(at)


def enqueue_visited(conn: sqlite3.Connection, snapshot: str, known_until: str | None) -> None:
    """Enqueue the reports of the address of a snapshot that visits found as it was.

    A report that was found there before, and of which nothing else was met at the address after
    `known_until`, was only seen again. Without that time, visits that are known already were changed.
    """
    readable, remarked, has_later, found, url = conn.execute(
        _VISITED, {"id": snapshot, "until": known_until or ""}
    ).fetchone()
    if not remarked and (not readable or found is None):
        return  # neither the report nor that it is missing
    is_sighting = bool(known_until and not remarked and not has_later)
    for (report_id,) in conn.execute(
        "SELECT DISTINCT report_id FROM readings WHERE url = ? AND report_id IS NOT NULL", [url]
    ).fetchall():
        kind = work_queue.SEEN if is_sighting and report_id == found else "report"
        work_queue.enqueue(conn, kind, report_id)


def _document_versions(
    conn: sqlite3.Connection, report_id: str
) -> dict[tuple[str, str], DocumentVersion]:
    rows = conn.execute(
        "SELECT digest, url, fingerprint, rank, media_type, article, published_on FROM readings"
        " WHERE report_id = ?",
        [report_id],
    )
    return {
        (digest, url): DocumentVersion(
            url, digest, fingerprint, rank, _role(kind, article), published or ""
        )
        for digest, url, fingerprint, rank, kind, article, published in rows
    }


def _role(media_type: str, article: str | None) -> str:
    if article:
        return "attachment"
    return "page" if media_type == "text/html" else "file"


def report_of_version(conn: sqlite3.Connection, version: DocumentVersion) -> Report:
    """Return the report of a version, its missing metadata taken from its article."""
    article = conn.execute(
        "SELECT article, article_digest FROM readings WHERE digest = ? AND url = ?",
        [version.digest, version.url],
    ).fetchone()
    report = with_article_metadata(
        conn, version.digest, version.url, article if article[0] else None
    )
    if report is None:
        raise LookupError(
            f"{version.url} ({version.digest}) was attributed as a report and has none"
        )
    return report
