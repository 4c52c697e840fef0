"""The outcome of each document and each snapshot."""

from __future__ import annotations

import sqlite3

from gongkai.archive.store import work_queue
from gongkai.archive.store.database import transaction
from gongkai.messages import message

UNATTRIBUTED = str(message("document_unattributed"))
UNREAD = str(message("document_unread"))
RENDERED = str(message("document_rendered"))
"""Stored messages: what `documents.error` says of them."""


def describe_documents(conn: sqlite3.Connection) -> None:
    """Fill in the documents that are queued, and the outcomes of their snapshots."""
    digests = work_queue.queued(conn, "digest")
    for start in range(0, len(digests), work_queue.BATCH):
        with transaction(conn):
            for digest in digests[start : start + work_queue.BATCH]:
                _describe(conn, digest)
                work_queue.dequeue(conn, "digest", digest)


def _describe(conn: sqlite3.Connection, digest: str) -> None:
    """Take the outcome of a document from its first reading, else from the answer of the server."""
    conn.execute(
        f"""UPDATE snapshots AS s SET outcome = coalesce(
              (SELECT r.outcome FROM readings r WHERE r.digest = s.digest AND r.url = s.url),
              'error') WHERE s.digest = ? AND {work_queue.READABLE}""",
        [digest],
    )
    conn.execute(
        f"UPDATE snapshots AS s SET outcome = 'not_report' WHERE s.digest = ? AND {work_queue.RENDERED}",
        [digest],
    )
    reading = conn.execute(
        f"""SELECT r.media_type, r.title, r.outcome, r.extractor,
                   CASE WHEN r.rank IS NOT NULL AND r.report_id IS NULL THEN ? ELSE r.why END
            FROM snapshots s JOIN readings r ON r.digest = s.digest AND r.url = s.url
            WHERE s.digest = ? AND {work_queue.READABLE}
            ORDER BY s.seen_at, s.warc, s.offset LIMIT 1""",
        [UNATTRIBUTED, digest],
    ).fetchone()
    if reading is None:
        reading = _unread(conn, digest)
    conn.execute(
        "UPDATE documents SET media_type = ?, title = ?, outcome = ?, extractor = ?, error = ?"
        " WHERE digest = ?",
        [*reading, digest],
    )


def _unread(conn: sqlite3.Connection, digest: str) -> tuple[str, str, str | None, None, str]:
    media_type, status, outcome, is_rendered = conn.execute(
        f"SELECT media_type, status, outcome, {work_queue.RENDERED} FROM snapshots s WHERE digest = ?"
        f" ORDER BY {work_queue.READABLE} DESC, seen_at, warc, offset LIMIT 1",
        [digest],
    ).fetchone()
    why = RENDERED if is_rendered else UNREAD
    return (
        media_type,
        "",
        outcome,
        None,
        f"HTTP {status}" if is_decided_by_status(status) else why,
    )


def is_decided_by_status(status: int | None) -> bool:
    """Return whether the HTTP status, not the document, decides the outcome."""
    return status is not None and not 200 <= status <= 299 and status != 304
