"""What an id that the archive had before stands for now."""

from __future__ import annotations

import sqlite3


def present_id(conn: sqlite3.Connection, old: str) -> str | None:
    """Return the present id of a former one; None without one, or in an archive of before."""
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'forwards'").fetchone():
        return None
    row = conn.execute("SELECT new_id FROM forwards WHERE old_id = ?", [old]).fetchone()
    return str(row[0]) if row else None
