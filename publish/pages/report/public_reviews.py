"""What people said of failed checks: a file of its own beside the archive, shown where public."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gongkai.publish.http.read_only import read_only


@dataclass(frozen=True, slots=True)
class Review:
    """A public verdict on a check; who gave it is not published."""

    verdict: str
    comment: str
    at: str


class NoReviews(Exception):
    """Raised where the file of reviews is none; the words say which file and why."""


def check(path: Path | None) -> None:
    """Raise NoReviews if the file is there and cannot be read: better now than on a page."""
    try:
        public_reviews(path, [""])
    except sqlite3.DatabaseError as problem:
        raise NoReviews(f"{path}: 复核文件无法读取 reviews cannot be read: {problem}") from problem


def public_reviews(path: Path | None, checks: Sequence[str]) -> Mapping[str, Review]:
    """Return the public verdicts on these checks, by check; none where there is no such file."""
    if path is None or not path.is_file() or not checks:
        return {}
    marks = ", ".join("?" * len(checks))
    with closing(read_only(path)) as conn:
        if not conn.execute("select 1 from sqlite_master where name = 'reviews'").fetchone():
            return {}
        rows = conn.execute(
            "select check_id, verdict, comment, at from reviews"
            f" where public = 1 and check_id in ({marks})",
            list(checks),
        ).fetchall()
    return {row[0]: Review(row[1], row[2] or "", row[3] or "") for row in rows}
