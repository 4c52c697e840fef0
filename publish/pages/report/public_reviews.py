"""Public verdicts of people on failed checks, from the file of reviews beside the archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gongkai.archive.store.database import read_only
from gongkai.archive.store.former_ids import former_check_ids


@dataclass(frozen=True, slots=True)
class Review:
    """A public verdict on a check. The name of the reviewer is not published."""

    verdict: str
    comment: str
    at: str


class ReviewsUnreadable(Exception):
    """Raised for a file of reviews that is not a database of reviews."""


def check_reviews(path: Path | None) -> None:
    """Check the file of reviews, if there is one, before a page needs it.

    Raises:
        ReviewsUnreadable: The file is there and cannot be read.
    """
    try:
        public_reviews(path, [""])
    except sqlite3.DatabaseError as problem:
        raise ReviewsUnreadable(str(problem)) from problem


def public_reviews(
    path: Path | None, checks: Sequence[str], archive: sqlite3.Connection | None = None
) -> Mapping[str, Review]:
    """Return the public verdicts on checks by id, or {} if there is no file of reviews.

    `archive` tells which ids the checks had before: a verdict stands when its report gets another id.
    """
    if path is None or not path.is_file() or not checks:
        return {}
    former = former_check_ids(archive, checks) if archive else {}
    marks = ", ".join("?" * (len(checks) + len(former)))
    with closing(read_only(path)) as conn:
        if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'reviews'").fetchone():
            return {}
        rows = conn.execute(
            "SELECT check_id, verdict, comment, at FROM reviews"
            f" WHERE public = 1 AND check_id IN ({marks}) ORDER BY at",
            [*checks, *former],
        ).fetchall()
    found = {row[0]: Review(row[1], row[2] or "", row[3] or "") for row in rows}
    moved = {former[key]: review for key, review in found.items() if key in former}
    return moved | {key: review for key, review in found.items() if key not in former}
