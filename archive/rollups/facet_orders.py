"""All reports in two orders, as their rowids: unsigned integers of four bytes, little-endian."""

from __future__ import annotations

import sqlite3
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from gongkai.archive.rollups.places_in_order import FALLING, key_columns, sort_key
from gongkai.archive.rollups.touched import REPORT_IDS

TABLE = "facet_orders"

LATEST, NEWEST = "latest", "newest"
"""The orders: by the day of publishing, and by the time at which the present version was first fetched."""


@dataclass(frozen=True, slots=True)
class _Order:
    """An order, as expressions over a report `r`."""

    by: tuple[str, ...]

    @property
    def select(self) -> str:
        """SQL for the rowids of all reports in this order."""
        return f"SELECT r.rowid FROM reports r ORDER BY {', '.join(self.by)}"

    def key_of(self, conn: sqlite3.Connection) -> Callable[[int], tuple[Any, ...]]:
        """Return what gives the key of a report by its rowid."""
        sql = f"SELECT {key_columns(self.by)} FROM reports r WHERE r.rowid = ?"
        return cache(lambda row: sort_key(self.by, conn.execute(sql, [row]).fetchone()))


_PRESENT = "(SELECT max(v.first_seen) FROM revisions v WHERE v.report_id = r.id AND v.current)"
_ORDERS = {
    LATEST: _Order((f"r.published_on{FALLING}", f"r.year{FALLING}", "r.id")),
    NEWEST: _Order((f"max(r.first_seen, coalesce({_PRESENT}, '')){FALLING}", "r.id")),
}


def load_orders(conn: sqlite3.Connection) -> dict[str, array[int]]:
    """Return the rowids of all reports in each order, read from the tables."""
    return {
        name: array("I", (row for (row,) in conn.execute(order.select)))
        for name, order in _ORDERS.items()
    }


def create_orders(conn: sqlite3.Connection) -> None:
    """Create the table of the orders."""
    conn.execute(f"CREATE TABLE {TABLE} (name PRIMARY KEY, rows BLOB)")
    for name, rows in load_orders(conn).items():
        _keep(conn, name, rows)


def ready_order(conn: sqlite3.Connection, name: str) -> array[int]:
    """Return the rowids of an order that is ready."""
    (kept,) = conn.execute(f"SELECT rows FROM {TABLE} WHERE name = ?", [name]).fetchone()
    return _in_file_order(array("I", kept))


def forget_in_orders(conn: sqlite3.Connection) -> None:
    """Take the touched reports out of the orders; their old rows stand."""
    gone = _touched(conn)
    for name, order in _ORDERS.items() if gone else ():
        rows, key_of = ready_order(conn, name), order.key_of(conn)
        places = sorted(bisect_left(rows, key_of(row), key=key_of) for row in gone)
        kept, start = array("I"), 0
        for place in places:
            kept += rows[start:place]
            start = place + 1
        _keep(conn, name, kept + rows[start:])


def add_to_orders(conn: sqlite3.Connection) -> None:
    """Put the touched reports into the orders; their new rows stand."""
    come = _touched(conn)
    for name, order in _ORDERS.items() if come else ():
        rows, key_of = ready_order(conn, name), order.key_of(conn)
        merged, start = array("I"), 0
        for row in sorted(come, key=key_of):
            place = bisect_left(rows, key_of(row), lo=start, key=key_of)
            merged += rows[start:place]
            merged.append(row)
            start = place
        _keep(conn, name, merged + rows[start:])


def _touched(conn: sqlite3.Connection) -> list[int]:
    found = conn.execute(f"SELECT rowid FROM reports WHERE id IN ({REPORT_IDS})")
    return [row for (row,) in found]


def _keep(conn: sqlite3.Connection, name: str, rows: array[int]) -> None:
    conn.execute(f"DELETE FROM {TABLE} WHERE name = ?", [name])
    conn.execute(f"INSERT INTO {TABLE} VALUES (?, ?)", (name, _in_file_order(rows).tobytes()))


def _in_file_order(rows: array[int]) -> array[int]:
    """Return numbers with the bytes of the file, or back: little-endian on every machine."""
    if sys.byteorder == "big":
        rows.byteswap()
    return rows
