"""Each division with itself and all above it: where a report of a county is counted too."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

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


def load_chains(conn: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return for each region the codes of itself and of all regions above it."""
    parents = dict(conn.execute("SELECT code, parent_code FROM regions"))
    return {code: _chain(code, parents) for code in parents}


def _chain(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    chain: list[str] = []
    current: str | None = code
    while current and current not in chain:  # a region that is above itself would never end
        chain.append(current)
        current = parents.get(current)
    return tuple(chain)
