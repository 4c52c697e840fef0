"""Reviews of failed checks by people, in a file of its own that no build opens: `reviews.db`.

A review refers to the id of a check, which is the fingerprint of report, rule, scope and values. As
long as the finding stands, every rebuild gives it the same id. When it is not found any more, or the
agency has changed the number, the review is kept but refers to no check of the archive:
`list_reviews` marks it, and no page shows it. When the report gets another id, its checks do too, and
the reviews follow.
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
from gongkai.archive.store.failed_checks_query import query_failed_checks
from gongkai.archive.store.former_ids import former_check_ids

VERDICTS = ("confirmed", "rejected", "source", "extraction", "unsure")
"""The verdicts of a review; the last three say where the fault is."""

_SHORTEST = 4
"""Letters of an id that are enough where they fit one check only."""

_TABLE = """CREATE TABLE IF NOT EXISTS reviews (
  check_id TEXT PRIMARY KEY, verdict TEXT NOT NULL, comment TEXT NOT NULL, "by" TEXT NOT NULL,
  at TEXT NOT NULL, public INTEGER NOT NULL)"""
_COLUMNS = ("check_id", "verdict", "comment", "by", "at", "public")


@dataclass(frozen=True, slots=True)
class Review:
    """What a person concludes about a check."""

    check_id: str
    verdict: str
    comment: str
    by: str
    at: str
    public: bool


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """What is to change in the review of a check; None leaves a field as it is."""

    verdict: str | None = None
    comment: str | None = None
    public: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        return self.verdict is None and self.comment is None and self.public is None


ReviewRecord = dict[str, Any]
"""The fields of a review, and the `check` it refers to, None where the archive has no such check."""


def reviews_file(db: Path) -> Path:
    """Return the path of the reviews of an archive: beside it."""
    return db.with_name("reviews.db")


def list_reviews(conn: sqlite3.Connection, path: Path) -> list[ReviewRecord]:
    """Return all reviews, the latest first, with their checks."""
    checks = {check["id"]: check for check in query_failed_checks(conn)}
    reviews = sorted(
        _present_reviews(conn, path).values(),
        key=lambda each: (each.at, each.check_id),
        reverse=True,
    )
    return [_review_record(each, checks.get(each.check_id)) for each in reviews]


def find_review(conn: sqlite3.Connection, path: Path, words: str) -> ReviewRecord:
    """Return the review of a check; `words` is the id of the check or its beginning.

    Raises:
        ArchiveError: there is no such check, or it has no review.
    """
    known, checks = (
        _present_reviews(conn, path),
        {check["id"]: check for check in query_failed_checks(conn)},
    )
    key = _resolve_check_id(former_check_ids(conn).get(words, words), known, checks)
    if key not in known:
        raise ArchiveError("review_missing", check=key)
    return _review_record(known[key], checks.get(key))


def save_review(
    conn: sqlite3.Connection, path: Path, words: str, change: ReviewChange, by: str, at: str
) -> ReviewRecord:
    """Write the review of a check, and return it; `words` is the id of the check or its beginning.

    Raises:
        ArchiveError: there is no such check, or a first review has no verdict.
    """
    known, checks = (
        _present_reviews(conn, path),
        {check["id"]: check for check in query_failed_checks(conn)},
    )
    key = _resolve_check_id(former_check_ids(conn).get(words, words), known, checks)
    before = known.get(key)
    if before is None and change.verdict is None:
        raise ArchiveError("review_missing", check=key)
    stands = before or Review(key, "", "", by, at, public=False)
    review = replace(
        stands,
        verdict=stands.verdict if change.verdict is None else change.verdict,
        comment=stands.comment if change.comment is None else change.comment,
        public=stands.public if change.public is None else change.public,
        by=by,
        at=at,
    )
    _write(path, review)
    return _review_record(review, checks.get(key))


def _resolve_check_id(words: str, reviews: Mapping[str, Review], checks: Mapping[str, Any]) -> str:
    """Return the one id that begins with `words`.

    Raises:
        ArchiveError: there is no such check, or more than one.
    """
    known = {*reviews, *checks}
    if words in known:
        return words
    found = sorted(key for key in known if key.startswith(words)) if words[_SHORTEST - 1 :] else []
    if not found:
        raise ArchiveError("check_missing", words=words)
    if len(found) > 1:
        raise ArchiveError("check_ambiguous", words=words, some=", ".join(found[:5]))
    return found[0]


def _review_record(review: Review, check: Mapping[str, Any] | None) -> ReviewRecord:
    fields = {name: getattr(review, name) for name in _COLUMNS}
    return {**fields, "check": dict(check) if check else None}


def _present_reviews(conn: sqlite3.Connection, path: Path) -> dict[str, Review]:
    """Return the stored reviews by the present ids of their checks; a review of the present id counts."""
    stored, former = _stored_reviews(path), former_check_ids(conn)
    moved = {
        former[key]: replace(review, check_id=former[key])
        for key, review in sorted(stored.items(), key=lambda item: item[1].at)
        if key in former
    }
    return moved | {key: review for key, review in stored.items() if key not in former}


def _stored_reviews(path: Path) -> dict[str, Review]:
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return {}  # an empty file: its writer was killed before the first review
    with _opened(path, "ro") as conn:
        rows = conn.execute(f"SELECT {_quoted()} FROM reviews").fetchall()
    return {
        key: Review(key, verdict, comment, by, at, bool(public))
        for key, verdict, comment, by, at, public in rows
    }


def _write(path: Path, review: Review) -> None:
    row = tuple(getattr(review, name) for name in _COLUMNS)
    with _opened(path, "rwc") as conn, conn:
        marks = ", ".join("?" * len(row))
        conn.execute(f"INSERT OR REPLACE INTO reviews ({_quoted()}) VALUES ({marks})", row)


def _quoted() -> str:
    return ", ".join(f'"{name}"' for name in _COLUMNS)


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """Open the file of reviews.

    Raises:
        ArchiveError: it is a folder, or a file of another kind.
    """
    if path.is_dir():
        raise ArchiveError("reviews_is_folder", path=str(path))
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
            raise ArchiveError("reviews_invalid", path=str(path))
        yield conn
