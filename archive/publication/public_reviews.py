"""The public reviews, copied without the names of their authors."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from gongkai.archive.store.database import read_only, translate_sqlite_errors
from gongkai.archive.store.former_ids import former_check_ids

_TABLE = """CREATE TABLE reviews (
  check_id TEXT PRIMARY KEY, verdict TEXT NOT NULL, comment TEXT NOT NULL, at TEXT NOT NULL,
  public INTEGER NOT NULL) WITHOUT ROWID"""


def copy_public_reviews(source: Path, public_file: Path, target: Path) -> int:
    """Write the public reviews of checks that the public file has; return how many there are.

    Without a file of reviews, nothing is written.

    Raises:
        ArchiveError: the file cannot be read.
    """
    if not source.is_file():
        return 0
    with translate_sqlite_errors(source), closing(read_only(source)) as conn:
        if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'reviews'").fetchall():
            return 0  # created, but without a review yet
        rows = conn.execute(
            "SELECT check_id, verdict, comment, at, 1 FROM reviews WHERE public = 1 ORDER BY at"
        ).fetchall()
    with closing(read_only(public_file)) as conn:
        known = {key for key, *_ in rows if _has_check(conn, key)}
        former = former_check_ids(conn)
    moved = {former[key]: (former[key], *row) for key, *row in rows if key in former}
    present = {key: (key, *row) for key, *row in rows if key in known}
    return _write([row for _, row in sorted((moved | present).items())], target)


def _has_check(conn: sqlite3.Connection, check: str) -> bool:
    return conn.execute("SELECT 1 FROM checks WHERE id = ?", [check]).fetchone() is not None


def _write(rows: Sequence[tuple[object, ...]], target: Path) -> int:
    with translate_sqlite_errors(target), closing(sqlite3.connect(target)) as conn, conn:
        conn.execute(_TABLE)
        conn.executemany("INSERT INTO reviews VALUES (?, ?, ?, ?, ?)", rows)
    return len(rows)
