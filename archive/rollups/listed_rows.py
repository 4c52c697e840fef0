"""Lists with their orders, divisions and counts made ready: a page reads the rows that it shows.

A row has a number, its place in the usual order. Between two places others are left free, so that a row can
come between. Another table has the places of each division with all below it, a third the numbers of rows
by division and facets.
"""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.chains import has_rollup, placed_sql
from gongkai.archive.rollups.counted_rows import merge_counts
from gongkai.archive.rollups.list_specs import COVERAGE, LISTS, ListSpec
from gongkai.archive.rollups.places_in_order import (
    GAP,
    NoFreePlace,
    free_places,
    key_columns,
    sort_key,
)
from gongkai.archive.store.pooled.region_totals import chains_sql

_FIRST = 1 << 40
"""The first place: there is room before it, and all places have numbers of six bytes."""

_CAME, _WENT = "listed_that_came", "listed_that_went"


def create_listed_rows(conn: sqlite3.Connection) -> None:
    """Create the tables of all lists."""
    for spec in LISTS.values():
        _create_list(conn, spec)


def has_list(conn: sqlite3.Connection, spec: ListSpec) -> bool:
    """Return whether the tables of a list are there."""
    return has_rollup(conn, spec.rows_table)


def forget_listed_rows(conn: sqlite3.Connection) -> None:
    """Take what is touched from all lists but that of coverage, which follows its table."""
    for spec in LISTS.values():
        if spec is not COVERAGE:
            forget_list(conn, spec)


def add_listed_rows(conn: sqlite3.Connection) -> None:
    """Put what is touched into all lists but that of coverage."""
    for spec in LISTS.values():
        if spec is not COVERAGE:
            add_list(conn, spec)


def _create_list(conn: sqlite3.Connection, spec: ListSpec) -> None:
    _create_rows(conn, spec)
    _create_places(conn, spec)
    for table, columns in spec.counted.items():
        _create_counts(conn, table, columns, spec.rows_table)


def _create_rows(conn: sqlite3.Connection, spec: ListSpec) -> None:
    table, columns = spec.rows_table, _columns(spec)
    conn.execute(f"CREATE TABLE {table} (place INTEGER PRIMARY KEY, {columns})")
    conn.execute(
        f"INSERT INTO {table} (place, {columns})"
        f" SELECT {_FIRST} + {GAP} * row_number() OVER (), {columns} FROM ({spec.select})"
    )
    for name in dict.fromkeys((*spec.facets, *spec.filters, *spec.sorts)):
        conn.execute(f"CREATE INDEX {table}_by_{name} ON {table}({name}, place)")
    for name in spec.sorts:
        conn.execute(f"CREATE INDEX {table}_from_{name} ON {table}({name} DESC, place)")
    conn.execute(f'CREATE INDEX {table}_by_row ON {table}("row")')
    conn.execute(f"CREATE INDEX {table}_by_agency ON {table}(agency, place)")


def _create_places(conn: sqlite3.Connection, spec: ListSpec) -> None:
    table = spec.places_table
    conn.execute(f"CREATE TABLE {table} (root, place, PRIMARY KEY (root, place)) WITHOUT ROWID")
    conn.execute(f"INSERT INTO {table} {_placed(spec.rows_table)} ORDER BY 1, 2")


def _create_counts(
    conn: sqlite3.Connection, table: str, columns: tuple[str, ...], source: str
) -> None:
    names = ", ".join(columns)
    conn.execute(f"CREATE TABLE {table} (root, {names}, n)")
    conn.execute(f"INSERT INTO {table} {_counts(columns, source)}")
    conn.execute(f"CREATE INDEX {table}_by_root ON {table}(root, {names}, n)")


def _columns(spec: ListSpec) -> str:
    return ", ".join(f'"{name}"' for name in spec.columns)


def _placed(source: str) -> str:
    """Return SQL for the places of rows in each division."""
    return (
        f"WITH RECURSIVE {chains_sql(f'SELECT region FROM {source}')}"
        f" SELECT c.root, l.place FROM {source} l JOIN chains c ON c.code = l.region"
    )


def _counts(columns: tuple[str, ...], source: str) -> str:
    """Return SQL for the numbers of rows by division and columns."""
    names = ", ".join(columns)
    counted = f"SELECT region, {names}, count(*) AS n FROM {source} GROUP BY region, {names}"
    return placed_sql(counted, "region", names)


def forget_list(conn: sqlite3.Connection, spec: ListSpec) -> None:
    """Take what is touched from a list; its old rows stand."""
    # with a cross join, and numbers without a type as in the list, SQLite does not read all of it
    rows = (
        f"SELECT place, {_columns(spec)} FROM (SELECT rowid AS owned FROM {spec.owned})"
        f' CROSS JOIN {spec.rows_table} ON "row" = +owned'
    )
    conn.execute(f"CREATE TEMP TABLE {_WENT} AS {rows}")
    _merge_counts(conn, spec, _WENT, -1)
    conn.execute(f"DELETE FROM {spec.places_table} WHERE (root, place) IN ({_placed(_WENT)})")
    conn.execute(f"DELETE FROM {spec.rows_table} WHERE place IN (SELECT place FROM {_WENT})")
    conn.execute(f"DROP TABLE temp.{_WENT}")


def add_list(conn: sqlite3.Connection, spec: ListSpec) -> None:
    """Put what is touched into a list; its new rows stand. Without a free place the list is made anew."""
    columns = _columns(spec)
    conn.execute(f"CREATE TEMP TABLE {_CAME} (place INTEGER, {columns})")
    conn.execute(f"INSERT INTO {_CAME} ({columns}) SELECT {columns} FROM ({spec.part(spec.ids)})")
    try:
        _find_places(conn, spec)
    except NoFreePlace:
        for table in spec.tables:
            conn.execute(f"DROP TABLE main.{table}")
        _create_list(conn, spec)
    else:
        conn.execute(f"INSERT INTO {spec.rows_table} (place, {columns}) SELECT * FROM {_CAME}")
        conn.execute(f"INSERT INTO {spec.places_table} {_placed(_CAME)}")
        _merge_counts(conn, spec, _CAME, 1)
    conn.execute(f"DROP TABLE temp.{_CAME}")


def _merge_counts(conn: sqlite3.Connection, spec: ListSpec, source: str, sign: int) -> None:
    for table, columns in spec.counted.items():
        rows = conn.execute(_counts(columns, source)).fetchall()
        merge_counts(conn, table, ("root", *columns), rows, sign)


def _find_places(conn: sqlite3.Connection, spec: ListSpec) -> None:
    """Give each row that came a free place.

    Raises:
        NoFreePlace: two rows that stand have no free place between them.
    """
    keys = f"SELECT {key_columns(spec.order)} FROM {{}} l {spec.joined}"
    came = sorted(
        (sort_key(spec.order, key), number)
        for number, *key in conn.execute(
            f"SELECT l.rowid, {key_columns(spec.order)} FROM {_CAME} l {spec.joined}"
        )
    )

    def key_at(place: int) -> tuple[object, ...]:
        found = conn.execute(
            f"{keys.format(spec.rows_table)} WHERE l.place = ?", [place]
        ).fetchone()
        if found is None:  # what it lists is gone, and was not touched
            raise NoFreePlace
        return sort_key(spec.order, found)

    places = free_places(conn, spec.rows_table, key_at, [key for key, _ in came], _FIRST)
    conn.executemany(
        f"UPDATE {_CAME} SET place = ? WHERE rowid = ?",
        [(place, number) for place, (_, number) in zip(places, came, strict=True)],
    )
