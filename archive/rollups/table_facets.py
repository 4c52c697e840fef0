"""How often each value stands in the columns by which a table page offers to narrow a whole table."""

from __future__ import annotations

import sqlite3

from gongkai.archive.codebook.table_schema import table_schemas

TABLE = "table_facets"

REGION = "region"
"""Stands for the division of the agency of a report, which is no column of `reports`."""

MOST_VALUES = 1001
"""Values of a column that are kept, those that occur most."""


def create_table_facets(conn: sqlite3.Connection) -> None:
    """Create the table from all tables and materialised views that offer facets."""
    conn.execute(
        f'CREATE TABLE {TABLE} ("table", "column", place, value, n,'
        ' PRIMARY KEY ("table", "column", place)) WITHOUT ROWID'
    )
    present = {
        name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    for schema in table_schemas().values():
        if schema.name in present:
            for facet in schema.facets:
                if isinstance(facet, str):
                    _count(
                        conn, schema.name, facet, f'SELECT "{facet}" AS value FROM {schema.name}'
                    )
    by_region = (
        "SELECT g.code AS value FROM reports r JOIN agencies a ON a.id = r.agency_id"
        " JOIN regions g ON g.code = a.region_code"
    )
    _count(conn, "reports", REGION, by_region)


def _count(conn: sqlite3.Connection, table: str, column: str, values: str) -> None:
    conn.execute(
        f"INSERT INTO {TABLE} SELECT ?, ?, row_number() OVER (ORDER BY n DESC, value), value, n FROM ("
        f"SELECT value, count(*) AS n FROM ({values}) WHERE value IS NOT NULL GROUP BY value"
        f" ORDER BY n DESC, value LIMIT {MOST_VALUES})",
        (table, column),
    )
