"""How often each value stands in the columns by which a table page offers to narrow a whole table.

While rows of a public file are replaced, triggers note each value that comes or goes, in whatever table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.rollups.counted_rows import merge_counts
from gongkai.archive.rollups.touched import REPORT_IDS
from gongkai.archive.store.measures_sql import only_in

TABLE = "table_facets"

REGION = "region"
"""Stands for the division of the agency of a report, which is no column of `reports`."""

_NOTES = "values_that_changed"
_EVENTS = {
    "INSERT": (("new", 1),),
    "DELETE": (("old", -1),),
    "UPDATE": (("old", -1), ("new", 1)),
}
"""The values that a row has after an event, or had before it."""


def create_table_facets(conn: sqlite3.Connection) -> None:
    """Create the table from all tables and materialised views that offer facets."""
    conn.execute(
        f'CREATE TABLE {TABLE} ("table", "column", value, n,'
        ' PRIMARY KEY ("table", "column", value)) WITHOUT ROWID'
    )
    for table, columns in _facets(conn):
        for column in columns:
            counted = f'SELECT "{column}" AS value FROM {table}'
            _count(conn, table, column, counted)
    _count(conn, "reports", REGION, _regions())
    conn.execute(f'CREATE INDEX {TABLE}_by_n ON {TABLE}("table", "column", n DESC, value)')


def note_values(conn: sqlite3.Connection) -> None:
    """Begin to note values that come and go; the old rows stand.

    A row that is replaced by a conflict clause is noted only with `PRAGMA recursive_triggers`, which is set.
    """
    conn.execute("PRAGMA recursive_triggers = ON")
    conn.execute(f'CREATE TEMP TABLE {_NOTES} ("table", "column", value, n)')
    for table, columns in _facets(conn):
        for event, changes in _EVENTS.items():
            notes = " ".join(
                f"INSERT INTO {_NOTES} VALUES ('{table}', '{column}', {row}.\"{column}\", {n});"
                for column in columns
                for row, n in changes
            )
            conn.execute(
                f"CREATE TEMP TRIGGER {_trigger(table, event)} AFTER {event} ON main.{table}"
                f" BEGIN {notes} END"
            )
    _note_regions(conn, -1)


def count_noted_values(conn: sqlite3.Connection) -> None:
    """Count what was noted, and note no more; the new rows stand."""
    _note_regions(conn, 1)
    for table, _ in _facets(conn):
        for event in _EVENTS:
            conn.execute(f"DROP TRIGGER temp.{_trigger(table, event)}")
    rows = conn.execute(
        f'SELECT "table", "column", value, sum(n) FROM {_NOTES} WHERE value IS NOT NULL'
        " GROUP BY 1, 2, 3 HAVING sum(n) <> 0"
    ).fetchall()
    merge_counts(conn, TABLE, ("table", "column", "value"), rows)
    conn.execute(f"DROP TABLE temp.{_NOTES}")


def _facets(conn: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """Yield each table of the file with the columns that it offers."""
    tables = conn.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
    present = {name for (name,) in tables}
    for schema in table_schemas().values():
        columns = [facet for facet in schema.facets if isinstance(facet, str)]
        if columns and schema.name in present:
            yield schema.name, columns


def _trigger(table: str, event: str) -> str:
    return f"{table}_values_{event.lower()}"


def _regions(ids: str = "") -> str:
    return (
        "SELECT g.code AS value FROM reports r JOIN agencies a ON a.id = r.agency_id"
        f" JOIN regions g ON g.code = a.region_code{only_in('r.id', ids)}"
    )


def _note_regions(conn: sqlite3.Connection, n: int) -> None:
    conn.execute(
        f"INSERT INTO {_NOTES} SELECT 'reports', '{REGION}', value, ? FROM ({_regions(REPORT_IDS)})",
        [n],
    )


def _count(conn: sqlite3.Connection, table: str, column: str, values: str) -> None:
    conn.execute(
        f"INSERT INTO {TABLE} SELECT ?, ?, value, count(*) FROM ({values})"
        " WHERE value IS NOT NULL GROUP BY value ORDER BY value",
        (table, column),
    )


def ready_values(conn: sqlite3.Connection, table: str, column: str) -> dict[str | int, int]:
    """Return the values of a column in a publication in their order, with the number of rows of each."""
    found = conn.execute(
        f'SELECT value, n FROM {TABLE} WHERE "table" = ? AND "column" = ? ORDER BY value',
        (table, column),
    )
    return dict(found.fetchall())
