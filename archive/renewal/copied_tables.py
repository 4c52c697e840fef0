"""How the tables of an archive are copied into a public file: in which order, and without what."""

from __future__ import annotations

import sqlite3

CALENDAR = "due_calendar"
"""What `coverage` is computed with, and no table of the data contract."""

ORDER = {
    # a search reads from the end, so that the hits of a frequent word are the latest reports
    "reports": "published_on, year, id DESC",
    "agency_links": "from_id, to_id",
    CALENDAR: "day",
}
"""The order of tables that are not in that of their key."""

LEFT_OUT = {"runs": "kind = 'build'"}
"""Rows that stay with the operator. When an archive was built is nobody's business, and differs for the
same originals; they are never inserted, because the rows after them would get other numbers."""

ADDRESSES = (
    ("snapshots", "url"),
    ("snapshots", "final_url"),
    ("reports", "url"),
    ("revisions", "url"),
    ("copies", "url"),
)
"""Columns that may have the name of a file on the operator's disk, as `file:///<digest>/<name>`."""

IS_NAMED = "{0} LIKE 'file:///%/%'"
"""SQL: an address has the name of a file."""

NAMELESS = "substr({0}, 1, 8 + instr(substr({0}, 9), '/'))"
"""SQL: such an address without the name."""


def columns_of(conn: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of the columns of a table, in their order."""
    return [name for _, name, *_ in conn.execute(f"PRAGMA table_info({table})")]


def published_columns(conn: sqlite3.Connection, table: str, alias: str) -> str:
    """Return SQL for the columns of a row of the archive as a public file has them."""
    hidden = {column for name, column in ADDRESSES if name == table}
    return ", ".join(
        _shown(f"{alias}.{name}") if name in hidden else f"{alias}.{name}"
        for name in columns_of(conn, table)
    )


def _shown(column: str) -> str:
    is_named, nameless = IS_NAMED.format(column), NAMELESS.format(column)
    return f"CASE WHEN {is_named} THEN {nameless} ELSE {column} END"
