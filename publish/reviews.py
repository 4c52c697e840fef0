"""What people said of failed checks: a file of its own beside the archive, shown where public."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Review:
    """A public verdict on a check; who gave it is not published."""

    verdict: str
    comment: str
    at: str


def public_reviews(path: Path | None, checks: Sequence[str]) -> Mapping[str, Review]:
    """Return the public verdicts on these checks, by check; none where there is no such file."""
    if path is None or not path.is_file() or not checks:
        return {}
    marks = ", ".join("?" * len(checks))
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as conn:
        if not conn.execute("select 1 from sqlite_master where name = 'reviews'").fetchone():
            return {}
        rows = conn.execute(
            "select check_id, verdict, comment, at from reviews"
            f" where public = 1 and check_id in ({marks})",
            list(checks),
        ).fetchall()
    return {row[0]: Review(row[1], row[2] or "", row[3] or "") for row in rows}
