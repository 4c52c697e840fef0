"""Numbers for rows that come between others."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from gongkai.archive.rollups.places_in_order import (
    GAP,
    NoFreePlace,
    free_places,
    key_columns,
    sort_key,
)

FIRST = 1000


@pytest.fixture
def rows() -> Iterator[sqlite3.Connection]:
    """Return a table in memory, without rows."""
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute("CREATE TABLE rows (place INTEGER PRIMARY KEY, key)")
        yield conn


def put(conn: sqlite3.Connection, keys: list[int]) -> list[int]:
    """Put rows with these keys where they belong; return their places."""

    def key_at(place: int) -> tuple[int, ...]:
        return tuple(conn.execute("SELECT key FROM rows WHERE place = ?", [place]).fetchone())

    places = free_places(conn, "rows", key_at, [(key,) for key in keys], FIRST)
    conn.executemany("INSERT INTO rows VALUES (?, ?)", zip(places, keys, strict=True))
    return places


def in_order(conn: sqlite3.Connection) -> list[int]:
    return [key for (key,) in conn.execute("SELECT key FROM rows ORDER BY place")]


def test_rows_come_before_between_and_after_others(rows: sqlite3.Connection) -> None:
    assert put(rows, [20, 40]) == [FIRST + GAP, FIRST + 2 * GAP]
    standing = rows.execute("SELECT * FROM rows").fetchall()
    put(rows, [5, 10, 25, 30, 35, 50])
    assert in_order(rows) == [5, 10, 20, 25, 30, 35, 40, 50]
    assert set(standing) <= set(rows.execute("SELECT * FROM rows"))
    assert put(rows, []) == []


def test_any_rows_find_their_places(rows: sqlite3.Connection) -> None:
    """One by one or many at a time; those that come between two share the room between them."""
    dice = random.Random(3)
    keys = list(range(400))
    dice.shuffle(keys)
    while keys:
        count = dice.choice((1, 2, 30))
        put(rows, sorted(keys[:count]))
        del keys[:count]
        assert in_order(rows) == sorted(in_order(rows))
    assert in_order(rows) == list(range(400))


def test_without_room_nothing_is_put_in(rows: sqlite3.Connection) -> None:
    """Always in the same gap: it has room for as many halvings as it has bits."""
    put(rows, [0, 1000])
    for key in range(1, GAP.bit_length()):
        put(rows, [key])
    with pytest.raises(NoFreePlace):
        put(rows, [GAP.bit_length()])
    assert in_order(rows) == [*range(GAP.bit_length()), 1000]


VALUES = (None, -1, 0, 2.5, 30)
TEXTS = (None, "", "2024-01-31", "三", "丁")


@pytest.mark.parametrize("values", [VALUES, TEXTS])
@pytest.mark.parametrize("order", [("a", "b DESC"), ("b DESC", "a"), ("a DESC", "b DESC")])
def test_keys_compare_as_sqlite_does(
    rows: sqlite3.Connection, values: tuple[object, ...], order: tuple[str, ...]
) -> None:
    rows.execute("CREATE TABLE pairs (a, b)")
    pairs = [(one, other) for one in values for other in values]
    rows.executemany("INSERT INTO pairs VALUES (?, ?)", pairs)
    found = rows.execute(f"SELECT {key_columns(order)} FROM pairs").fetchall()
    expected = rows.execute(f"SELECT {key_columns(order)} FROM pairs ORDER BY {', '.join(order)}")
    assert sorted(found, key=lambda row: sort_key(order, row)) == expected.fetchall()
