"""Lists with their orders, divisions and counts made ready: a page reads the rows that it shows.

A row has a number, its place in the usual order. Another table has the places of each division with all
below it, a third the numbers of rows by division and facets.
"""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.chains import CHAINS, has_rollup
from gongkai.archive.rollups.list_specs import LISTS, ListSpec
from gongkai.archive.store.pooled.region_totals import COUNTRY


def create_listed_rows(conn: sqlite3.Connection) -> None:
    """Create the tables of all lists."""
    for spec in LISTS.values():
        _create_rows(conn, spec)
        _create_places(conn, spec)
        if spec.facets:
            _create_counts(conn, spec)


def has_list(conn: sqlite3.Connection, spec: ListSpec) -> bool:
    """Return whether the tables of a list are there."""
    return has_rollup(conn, spec.rows_table)


def _create_rows(conn: sqlite3.Connection, spec: ListSpec) -> None:
    table, columns = spec.rows_table, ", ".join(f'"{name}"' for name in spec.columns)
    conn.execute(f"CREATE TABLE {table} (place INTEGER PRIMARY KEY, {columns})")
    conn.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ({spec.select})")
    for name in dict.fromkeys((*spec.facets, *spec.sorts)):
        conn.execute(f"CREATE INDEX {table}_by_{name} ON {table}({name}, place)")
    for name in spec.sorts:
        conn.execute(f"CREATE INDEX {table}_from_{name} ON {table}({name} DESC, place)")
    conn.execute(f'CREATE INDEX {table}_by_row ON {table}("row")')
    conn.execute(f"CREATE INDEX {table}_by_agency ON {table}(agency, place)")


def _create_places(conn: sqlite3.Connection, spec: ListSpec) -> None:
    table = spec.places_table
    conn.execute(f"CREATE TABLE {table} (root, place, PRIMARY KEY (root, place)) WITHOUT ROWID")
    conn.execute(
        f"INSERT INTO {table} WITH RECURSIVE {CHAINS}"
        f" SELECT c.root, l.place FROM {spec.rows_table} l JOIN chains c ON c.code = l.region"
        " ORDER BY 1, 2"
    )


def _create_counts(conn: sqlite3.Connection, spec: ListSpec) -> None:
    table, facets = spec.counts_table, ", ".join(spec.facets)
    conn.execute(f"CREATE TABLE {table} (root, {facets}, n)")
    conn.execute(
        f"INSERT INTO {table} WITH RECURSIVE {CHAINS}, counted AS MATERIALIZED ("
        f" SELECT region, {facets}, count(*) AS n FROM {spec.rows_table} GROUP BY region, {facets}),"
        f" placed AS (SELECT h.root, {facets}, n FROM counted c JOIN chains h ON h.code = c.region"
        f" UNION ALL SELECT '{COUNTRY}', {facets}, n FROM counted)"
        f" SELECT root, {facets}, sum(n) FROM placed GROUP BY root, {facets} ORDER BY root, {facets}"
    )
    conn.execute(f"CREATE INDEX {table}_by_root ON {table}(root, {facets}, n)")
