"""Each division with itself and all above it: where a report of a county is counted too."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from gongkai.archive.store.pooled.region_totals import COUNTRY, chains_sql

CHAINS = chains_sql("SELECT code FROM regions")
"""SQL: each division with itself and each division above it."""

UNDER = """under(root, code) AS (
    SELECT value, value FROM json_each(:roots)
    UNION SELECT u.root, g.code FROM regions g JOIN under u ON g.parent_code = u.code)"""
"""SQL: some divisions, the JSON array :roots, each with itself and each division below it."""


def placed_sql(counted: str, region: str, columns: str) -> str:
    """Return SQL for sums of `n` by `root` and columns: of each division with all below it, and the country.

    `counted` is SQL for rows with the columns, a count `n` and the code of a division, whose column is
    `region`.
    """
    return (
        f"WITH RECURSIVE counted AS MATERIALIZED ({counted}),"
        f" {chains_sql(f'SELECT {region} FROM counted')},"
        f" placed AS (SELECT h.root, {columns}, n FROM counted c JOIN chains h ON h.code = c.{region}"
        f" UNION ALL SELECT '{COUNTRY}', {columns}, n FROM counted)"
        f" SELECT root, {columns}, sum(n) FROM placed GROUP BY root, {columns} ORDER BY root, {columns}"
    )


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
