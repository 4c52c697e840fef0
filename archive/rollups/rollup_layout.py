"""The layout of what a publication has ready, so that no other program reads it wrong."""

from __future__ import annotations

import sqlite3

TABLE = "rollup_layout"

LAYOUT = "1"
"""Changes with the tables, columns and meaning of roll-ups. Pages read them without looking again.

It stays where a table is added for which pages look first: a site of another layout would refuse to start.
"""

_SIGN = "coverage_sums"
"""A table that every publication with roll-ups has."""


def create_rollup_layout(conn: sqlite3.Connection) -> None:
    """Write the layout into a public file."""
    conn.execute(f"CREATE TABLE {TABLE} (layout TEXT PRIMARY KEY) WITHOUT ROWID")
    conn.execute(f"INSERT INTO {TABLE} VALUES (?)", [LAYOUT])


def has_other_layout(conn: sqlite3.Connection) -> bool:
    """Return whether a file has roll-ups that this program does not know how to read."""
    names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    if TABLE not in names:
        return _SIGN in names
    return conn.execute(f"SELECT layout FROM {TABLE}").fetchall() != [(LAYOUT,)]
