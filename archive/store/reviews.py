"""What people say of failed checks, in a file of its own that no build opens: `reviews.db`.

A verdict hangs on the id of a check, the fingerprint of report, rule, scope and values. As long as
the finding stands, every rebuild gives it the same id and the verdict stands with it. When it is no
longer found, or the agency has changed the number, the verdict is kept but speaks of nothing that
the archive has: `listed` says so, and no page shows it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store import database
from gongkai.archive.store.failed_query import query_failed_checks

VERDICTS: Mapping[str, str] = {
    "confirmed": "属实",
    "rejected": "不成立",
    "source": "报告自身问题",
    "extraction": "识读有误",
    "unsure": "待核",
}
"""What can be said of a check; the last three name whose fault it is."""

_SHORTEST = 4
"""Letters of an id that are enough when they fit one check only."""

_TABLE = """CREATE TABLE IF NOT EXISTS reviews (
  check_id TEXT PRIMARY KEY, verdict TEXT NOT NULL, comment TEXT NOT NULL, "by" TEXT NOT NULL,
  at TEXT NOT NULL, public INTEGER NOT NULL)"""
_COLUMNS = ("check_id", "verdict", "comment", "by", "at", "public")


@dataclass(frozen=True, slots=True)
class Review:
    """What a person says of a check."""

    check_id: str
    verdict: str
    comment: str
    by: str
    at: str
    public: bool


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """What is to be said anew of a check; None leaves what stands."""

    verdict: str | None = None
    comment: str | None = None
    public: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return self.verdict is None and self.comment is None and self.public is None


ReviewRecord = dict[str, Any]
"""A verdict, with the `check` it is about; that is None where the archive has no such check."""


def reviews_file(db: Path) -> Path:
    """Return where the verdicts on an archive's checks stand: beside it."""
    return db.with_name("reviews.db")


def list_reviews(conn: sqlite3.Connection, path: Path) -> list[ReviewRecord]:
    """Return all verdicts, the latest first, with the checks that the archive has of them."""
    checks = {check["id"]: check for check in query_failed_checks(conn)}
    said = sorted(
        _stored_reviews(path).values(), key=lambda each: (each.at, each.check_id), reverse=True
    )
    return [_review_record(each, checks.get(each.check_id)) for each in said]


def find_review(conn: sqlite3.Connection, path: Path, words: str) -> ReviewRecord:
    """Return what is said of a check, and the check. Raises ArchiveError where nothing is."""
    said, checks = (
        _stored_reviews(path),
        {check["id"]: check for check in query_failed_checks(conn)},
    )
    key = _resolve_check_id(words, said, checks)
    if key not in said:
        raise ArchiveError(f"{key}: 尚无复核意见 no verdict yet; give one with --verdict")
    return _review_record(said[key], checks.get(key))


def save_review(
    conn: sqlite3.Connection, path: Path, words: str, stated: ReviewChange, by: str, at: str
) -> ReviewRecord:
    """Write what is said of a check, and return it.

    :param words: the id of a check, or its beginning
    :raises ArchiveError: when there is no such check, or no verdict to go with what is said
    """
    said, checks = (
        _stored_reviews(path),
        {check["id"]: check for check in query_failed_checks(conn)},
    )
    key = _resolve_check_id(words, said, checks)
    before = said.get(key)
    if before is None and stated.verdict is None:
        raise ArchiveError(f"{key}: 尚无复核意见 no verdict yet; give one with --verdict")
    stands = before or Review(key, "", "", by, at, public=False)
    verdict = replace(
        stands,
        verdict=stands.verdict if stated.verdict is None else stated.verdict,
        comment=stands.comment if stated.comment is None else stated.comment,
        public=stands.public if stated.public is None else stated.public,
        by=by,
        at=at,
    )
    _write(path, verdict)
    return _review_record(verdict, checks.get(key))


def _resolve_check_id(words: str, said: Mapping[str, Review], checks: Mapping[str, Any]) -> str:
    """Return the id that is meant. Raises ArchiveError where none or several are."""
    known = {*said, *checks}
    if words in known:
        return words
    found = sorted(key for key in known if key.startswith(words)) if words[_SHORTEST - 1 :] else []
    if not found:
        raise ArchiveError(
            f"{words}: 没有这项核对 no such check; see their ids with: gongkai check"
        )
    if len(found) > 1:
        raise ArchiveError(f"{words}: 不止一项 more than one check: {', '.join(found[:5])}")
    return found[0]


def _review_record(verdict: Review, check: Mapping[str, Any] | None) -> ReviewRecord:
    said = {name: getattr(verdict, name) for name in _COLUMNS}
    return {**said, "check": dict(check) if check else None}


def _stored_reviews(path: Path) -> dict[str, Review]:
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return {}  # an empty file is one that was about to be made
    with _opened(path, "ro") as conn:
        rows = conn.execute(f"SELECT {_quoted()} FROM reviews").fetchall()
    return {
        key: Review(key, verdict, comment, by, at, bool(public))
        for key, verdict, comment, by, at, public in rows
    }


def _write(path: Path, verdict: Review) -> None:
    row = tuple(getattr(verdict, name) for name in _COLUMNS)
    with _opened(path, "rwc") as conn, conn:
        marks = ", ".join("?" * len(row))
        conn.execute(f"INSERT OR REPLACE INTO reviews ({_quoted()}) VALUES ({marks})", row)


def _quoted() -> str:
    return ", ".join(f'"{name}"' for name in _COLUMNS)


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """Open the file of verdicts. Raises ArchiveError where it is none."""
    if path.is_dir():
        raise ArchiveError(f"{path}: 是目录 is a directory; move it away")
    address = f"{path.absolute().as_uri()}?mode={mode}"
    with (
        database.translate_sqlite_errors(path),
        closing(sqlite3.connect(address, uri=True, timeout=database.BUSY_SECONDS)) as conn,
    ):
        tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
        if not tables and mode == "rwc":
            conn.execute(_TABLE)
        columns = tuple(row[1] for row in conn.execute("PRAGMA table_info(reviews)"))
        if columns != _COLUMNS:
            raise ArchiveError(f"{path}: 不是复核文件 not a file of reviews; move it away")
        yield conn
