"""Each division with itself and all above it: where a report of a county is counted too."""

from __future__ import annotations

import sqlite3

CHAINS = """chains(code, root) AS (
    SELECT code, code FROM regions
    UNION SELECT c.code, g.parent_code FROM chains c JOIN regions g ON g.code = c.root
    WHERE g.parent_code IS NOT NULL)"""
"""SQL: each division with itself and each division above it."""


def has_rollup(conn: sqlite3.Connection, table: str) -> bool:
    """Return whether a table of this room is there and is about what the connection sees.

    A page of an earlier day sees views in the place of tables, about which nothing is ready.
    """
    if conn.execute("SELECT 1 FROM sqlite_temp_master LIMIT 1").fetchone():
        return False
    found = conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return bool(found)
