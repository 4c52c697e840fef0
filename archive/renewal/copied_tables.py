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

_OTHER_NAME = f"""
{IS_NAMED.format("{0}.url")} AND EXISTS (
  SELECT 1 FROM archive.copies o WHERE o.report_id = {{0}}.report_id
  AND (o.first_seen, o.url) < ({{0}}.first_seen, {{0}}.url)
  AND {IS_NAMED.format("o.url")} AND {NAMELESS.format("o.url")} = {NAMELESS.format("{0}.url")})
"""
"""SQL: a copy is the same file as an earlier one, added once more under another name."""

LEFT_OUT = {"runs": "{0}.kind = 'build'", "copies": _OTHER_NAME}
"""Rows that stay with the operator, as SQL over a row with an alias. When an archive was built is nobody's
business, and differs for the same originals. Two names of one file are one address without them. Such rows
are never inserted, because the rows after them would get other numbers."""


def columns_of(conn: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of the columns of a table, in their order."""
    return [name for _, name, *_ in conn.execute(f"PRAGMA table_info({table})")]


def published_columns(conn: sqlite3.Connection, table: str, alias: str) -> str:
    """Return SQL for the columns of a row of the archive as a public file has them."""
    return ", ".join(published_column(table, name, alias) for name in columns_of(conn, table))


def published_column(table: str, name: str, alias: str) -> str:
    """Return SQL for a column of a row of the archive as a public file has it."""
    column = f"{alias}.{name}"
    if (table, name) not in ADDRESSES:
        return column
    is_named, nameless = IS_NAMED.format(column), NAMELESS.format(column)
    return f"CASE WHEN {is_named} THEN {nameless} ELSE {column} END"


def is_published(table: str, alias: str) -> str:
    """Return SQL for whether a public file has a row of the archive."""
    return f"NOT ({LEFT_OUT[table].format(alias)})" if table in LEFT_OUT else "true"
