"""Public files of which rows are replaced night after night, and the same made anew."""

from __future__ import annotations

import random
import sqlite3

from gongkai.archive.rollups import every_rollup, gram_index
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store import views
from tests.archive.rollups.thrown_rows import Night, Touched

ROUNDS = 3
"""Nights one after the other."""


def copied(source: sqlite3.Connection) -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    source.backup(conn)
    conn.execute("CREATE TEMP TABLE due_calendar AS SELECT '2024-03-31' AS day")
    return conn


def made_anew(source: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy in which all that is derived was made again."""
    conn = copied(source)
    for name in (*views.PUBLISHED_VIEWS, "figures"):
        conn.execute(f"DROP VIEW {name}")
    for name in (*MATERIALISED_VIEWS, *every_rollup.TABLES, gram_index.TABLE):
        conn.execute(f"DROP TABLE {name}")
    every_rollup.create_rollups(conn)
    return conn


def touch(conn: sqlite3.Connection, touched: Touched) -> None:
    for table, ids in zip(
        every_rollup.TOUCHED, (touched.reports, touched.agencies, touched.sites), strict=True
    ):
        conn.execute(f"DROP TABLE IF EXISTS temp.{table}")
        conn.execute(f"CREATE TEMP TABLE {table} (id TEXT PRIMARY KEY)")
        conn.executemany(f"INSERT INTO {table} VALUES (?)", [(each,) for each in sorted(ids)])


def renew(conn: sqlite3.Connection, dice: random.Random, count: int, seen: int) -> None:
    night = Night(conn, dice, f"night-{seen}")
    night.throw(count)
    conn.execute("BEGIN")
    touch(conn, night.touched)
    every_rollup.forget_rollups(conn)
    for change in night.changes:
        change(conn)
    every_rollup.add_rollups(conn)
    conn.execute("COMMIT")
