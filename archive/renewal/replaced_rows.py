"""Rows of copied tables, replaced where they were touched, and looked at for lost references."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.renewal.copied_tables import (
    ORDER,
    columns_of,
    is_published,
    published_column,
    published_columns,
)
from gongkai.archive.renewal.table_scopes import COMPUTED, COPIED, SEEN

_KEEPING = {
    "reports": "n.published_on IS o.published_on AND n.year = o.year",
    "agencies": "true",
}
"""Tables whose rows are known by their numbers, and when a row o keeps its number as n."""


def replace_rows(conn: sqlite3.Connection) -> None:
    """Put the rows of the archive in the place of those that were touched.

    A report keeps its number while it stands and its date stays; others follow at the end by date.
    """
    for table, condition in COPIED.items():
        if table in _KEEPING:
            _note_numbers(conn, table, condition)
        conn.execute(f"DELETE FROM main.{table} AS t WHERE {condition}")
        _insert(conn, table, condition)


def see_again(conn: sqlite3.Connection) -> None:
    """Write when reports that were only seen again were last seen."""
    for table in SEEN:
        key = [row[1] for row in conn.execute(f"PRAGMA main.table_info({table})") if row[5]]
        same = " AND ".join(f"{published_column(table, name, 'n')} = t.{name}" for name in key)
        conn.execute(
            f"UPDATE main.{table} AS t SET last_seen = (SELECT n.last_seen FROM archive.{table} n"
            f" WHERE {same} AND {is_published(table, 'n')}) WHERE {SEEN[table]}"
        )


def lost_reference(conn: sqlite3.Connection) -> tuple[str, str] | None:
    """Return a table with a touched row that refers to a missing one, and the other table; or None."""
    gone = {
        other: f"SELECT key FROM touched_keys WHERE kind = '{kind}'"
        for other, kind in (("documents", "document"), ("snapshots", "snapshot"), ("sites", "site"))
    } | {
        "reports": "SELECT id FROM touched_reports",
        "agencies": "SELECT id FROM touched_agencies",
        "manifests": "SELECT CAST(key AS INTEGER) FROM touched_keys WHERE kind = 'manifest'",
    }
    for table, condition in (*COPIED.items(), *COMPUTED.items()):
        refers = "IS NOT NULL" if table in COPIED else "<> ''"
        for column, other, key in _references(conn, table):
            of_missing = (
                f"SELECT 1 FROM main.{table} t WHERE t.{column} {refers}"
                f" AND NOT EXISTS (SELECT 1 FROM main.{other} o WHERE o.{key} = t.{column}) AND"
            )
            asked = [condition]
            if other in gone and table in COPIED:
                asked.append(f"t.{column} IN ({gone[other]})")
            if any(conn.execute(f"{of_missing} {each} LIMIT 1").fetchone() for each in asked):
                return table, other
    return None


def _references(conn: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, str]]:
    """Yield column, other table and its key for each foreign key; SQLite knows none of computed tables."""
    if table in COPIED:
        for _, _, other, column, key, *_ in conn.execute(f"PRAGMA main.foreign_key_list({table})"):
            yield column, other, key
        return
    for each in table_schemas()[table].foreign_keys:
        (column,), (key,) = each["fields"], each["reference"]["fields"]
        yield column, each["reference"]["resource"] or table, key


def _note_numbers(conn: sqlite3.Connection, table: str, condition: str) -> None:
    conn.execute(
        f"CREATE TEMP TABLE kept_{table} AS SELECT t.id, t.rowid AS number FROM main.{table} t"
        f" WHERE {condition} AND EXISTS (SELECT 1 FROM archive.{table} n, main.{table} o"
        f" WHERE n.id = t.id AND o.id = t.id AND {_KEEPING[table]})"
    )
    conn.execute(f"CREATE INDEX temp.kept_{table}_id ON kept_{table}(id)")


def _insert(conn: sqlite3.Connection, table: str, condition: str) -> None:
    names = ", ".join(columns_of(conn, table))
    shown = published_columns(conn, table, "t")
    source = f"FROM archive.{table} t WHERE {condition} AND {is_published(table, 't')}"
    if table in _KEEPING:
        conn.execute(
            f"INSERT INTO main.{table} (rowid, {names}) SELECT k.number, {shown}"
            f" FROM kept_{table} k CROSS JOIN archive.{table} t ON t.id = k.id"
        )
        source += f" AND t.id NOT IN (SELECT id FROM kept_{table})"
    order = f" ORDER BY {ORDER[table]}" if table in ORDER else ""
    conn.execute(f"INSERT INTO main.{table} ({names}) SELECT {shown} {source}{order}")
