"""What an id that the archive had before stands for now."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from gongkai.archive.store.check_rows import fingerprint_of


def present_id(conn: sqlite3.Connection, old: str) -> str | None:
    """Return the present id of a former one; None without one, or in an archive of before."""
    if not _has_forwards(conn):
        return None
    row = conn.execute("SELECT new_id FROM forwards WHERE old_id = ?", [old]).fetchone()
    return str(row[0]) if row else None


def former_check_ids(conn: sqlite3.Connection, checks: Sequence[str] = ()) -> dict[str, str]:
    """Return the ids that checks had under former ids of their reports, each with the present one.

    A review refers to a check by its id, in which the id of the report is. `checks` are those that are
    asked for, by default all.
    """
    if not _has_forwards(conn):
        return {}
    marks = ", ".join("?" * len(checks))
    # of all checks, those of the few reports that have former ids
    tables = "checks c JOIN forwards f" if checks else "forwards f CROSS JOIN checks c"
    rows = conn.execute(
        "SELECT f.old_id, c.id, c.rule, c.scope, c.left_value, c.right_value"
        f" FROM {tables} ON f.new_id = c.report_id"
        + (f" WHERE c.id IN ({marks})" if checks else ""),
        list(checks),
    )
    return {fingerprint_of(old, *finding): present for old, present, *finding in rows}


def _has_forwards(conn: sqlite3.Connection) -> bool:
    found = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'forwards'").fetchone()
    return found is not None
