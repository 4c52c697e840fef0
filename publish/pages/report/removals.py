"""Reports that were taken down: since when that is known, and when each was last seen."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_SINCE = """
coalesce((SELECT max(b.since) FROM absences b WHERE b.report_id = r.id AND b.until IS NULL),
         r.last_seen)
"""


@dataclass(frozen=True, slots=True)
class Removal:
    """When the archive learned that a report is gone, and when anybody had seen it last."""

    since: str
    last_seen: str


def removals_sql(conn: sqlite3.Connection) -> str:
    """Return a query with a row for each removed report: report_id, at, last_seen.

    A publication of an earlier version has no absences: there the last sighting stands for the day.
    """
    has_absences = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'absences'").fetchone()
    since = _SINCE if has_absences else "r.last_seen"
    return (
        f"SELECT r.id AS report_id, {since} AS at, r.last_seen FROM reports r"
        " WHERE r.status = 'removed'"
    )


def load_removal(conn: sqlite3.Connection, report_id: str) -> Removal | None:
    """Return when a report was taken down, None for one that was not."""
    row = conn.execute(f"{removals_sql(conn)} AND r.id = ?", (report_id,)).fetchone()
    return Removal(str(row[1]), str(row[2])) if row else None
