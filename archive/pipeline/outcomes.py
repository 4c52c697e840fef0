"""What each document and each snapshot turned out to be."""

from __future__ import annotations

import sqlite3

from gongkai.archive.store import work_queue
from gongkai.archive.store.database import transaction

NOBODYS = "机构或年度不明 agency or year unknown; name them with: gongkai add --agency … --year …"
UNREAD = "原件无法读取 the original cannot be read"


def describe_documents(conn: sqlite3.Connection) -> None:
    """Fill in the documents noted as pending, and the outcomes of their snapshots."""
    digests = work_queue.queued(conn, "digest")
    for start in range(0, len(digests), work_queue.BATCH):
        with transaction(conn):
            for digest in digests[start : start + work_queue.BATCH]:
                _describe(conn, digest)
                work_queue.dequeue(conn, "digest", digest)


def _describe(conn: sqlite3.Connection, digest: str) -> None:
    """A document is what its first reading says, or what the server said of it."""
    conn.execute(
        f"""UPDATE snapshots AS s SET outcome = coalesce(
              (SELECT r.outcome FROM readings r WHERE r.digest = s.digest AND r.url = s.url),
              'error') WHERE s.digest = ? AND {work_queue.READABLE}""",
        [digest],
    )
    reading = conn.execute(
        f"""SELECT r.media_type, r.title, r.outcome, r.extractor,
                   CASE WHEN r.rank IS NOT NULL AND r.report_id IS NULL THEN ? ELSE r.why END
            FROM snapshots s JOIN readings r ON r.digest = s.digest AND r.url = s.url
            WHERE s.digest = ? AND {work_queue.READABLE}
            ORDER BY s.fetched_at, s.warc, s.offset LIMIT 1""",
        [NOBODYS, digest],
    ).fetchone()
    if reading is None:
        reading = _unread(conn, digest)
    conn.execute(
        "UPDATE documents SET media_type = ?, title = ?, outcome = ?, extractor = ?, error = ?"
        " WHERE digest = ?",
        [*reading, digest],
    )


def _unread(conn: sqlite3.Connection, digest: str) -> tuple[str, str, str | None, None, str]:
    media_type, status, outcome = conn.execute(
        f"SELECT media_type, status, outcome FROM snapshots s WHERE digest = ?"
        f" ORDER BY {work_queue.READABLE} DESC, fetched_at, warc, offset LIMIT 1",
        [digest],
    ).fetchone()
    return (
        media_type,
        "",
        outcome,
        None,
        f"HTTP {status}" if is_decided_by_status(status) else UNREAD,
    )


def is_decided_by_status(status: int | None) -> bool:
    """Say whether the server's status, not the document, says what this is."""
    return status is not None and not 200 <= status <= 299 and status != 304
