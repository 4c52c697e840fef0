"""The queue of what the next build has to compute again, and which snapshots count."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from gongkai.crawler.sites.registry import ADDED_SITE
from gongkai.crawler.warc.trust import IMPORTS

ADDED = ADDED_SITE
"""The portal of documents that an operator added from disk."""

RENDERED = "EXISTS (SELECT 1 FROM snapshots page WHERE page.rendered_from = s.id)"
"""SQL: the answer s was rendered: the page that its scripts made is read in its place."""

PART = "part"
"""The outcome of a snapshot of an image or a style sheet of a page; the crawl says which these are."""

NO_PART = f"coalesce(s.outcome, '') != '{PART}'"
"""SQL: the snapshot s is that of a page or a document, not of an image or a style sheet of a page."""

READABLE = (
    "((s.status BETWEEN 200 AND 299 OR s.status = 304 OR s.status IS NULL)"
    f" AND {NO_PART} AND NOT {RENDERED})"
)
"""SQL: the snapshot s has a document, not an error or a redirect. A file from disk has no status."""

OWN = f"s.warc NOT GLOB '{IMPORTS}/*'"
"""SQL: the snapshot s is a fetch of ours, not a record of another crawler. An index has these alone."""

DUTIES = "duties"
"""The kind of work that computes who owes reports; its keys are agencies, an empty one stands for all."""

TREES = "trees"
"""The kind of work that computes who owes reports by the trees of portals, which are its keys."""

SEEN = "seen"
"""The kind of work that notes when a report was last seen; its keys are reports that were found as they were."""

BATCH = 500
"""Rows in one transaction, where each is small."""


def invalidate_readings(conn: sqlite3.Connection, where: str, values: Sequence[str | None]) -> None:
    """Mark readings as those of an older extractor, so that their documents are read again."""
    conn.execute(f"UPDATE readings SET extractor = '' WHERE {where}", values)


def enqueue(conn: sqlite3.Connection, kind: str, key: str) -> None:
    """Add a key to the queue of a kind, unless it is there."""
    conn.execute("INSERT OR IGNORE INTO pending VALUES (?, ?)", [kind, key])


def has_queued(conn: sqlite3.Connection) -> bool:
    """Return whether an earlier build left something to do."""
    return conn.execute("SELECT 1 FROM pending LIMIT 1").fetchone() is not None


def count_queued(conn: sqlite3.Connection) -> int:
    """Return how many pieces of work a build left that was interrupted; 0 after one that ended."""
    count: int = conn.execute("SELECT count(*) FROM pending").fetchone()[0]
    return count


def queued(conn: sqlite3.Connection, kind: str) -> list[str]:
    """Return the queued keys of a kind, in a stable order."""
    return [
        key
        for (key,) in conn.execute("SELECT key FROM pending WHERE kind = ? ORDER BY key", [kind])
    ]


def dequeue(conn: sqlite3.Connection, kind: str, key: str) -> None:
    """Remove a key from the queue of a kind."""
    conn.execute("DELETE FROM pending WHERE kind = ? AND key = ?", [kind, key])


def distinct_values(
    conn: sqlite3.Connection, table: str, column: str, where: str = "1"
) -> list[str]:
    """Return the values of an indexed column, each found by one step in the index, whatever its rows."""
    found = conn.execute(
        f"""WITH RECURSIVE found(value) AS (
              SELECT min({column}) FROM {table} WHERE {where}
              UNION ALL
              SELECT (SELECT min({column}) FROM {table} WHERE {where} AND {column} > value)
              FROM found WHERE value IS NOT NULL)
            SELECT value FROM found WHERE value IS NOT NULL"""
    )
    return [value for (value,) in found]
