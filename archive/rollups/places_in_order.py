"""Rows in an order: keys that compare as SQLite compares them, and numbers for rows that come between others.

The rows that stand keep their numbers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, total_ordering
from itertools import groupby
from typing import Any

FALLING = " DESC"
"""How an expression ends by which rows fall."""

GAP = 1 << 16
"""How far two places lie from each other in a table that was made in one go."""

Key = tuple[Any, ...]
_Between = tuple[int | None, int | None]


@total_ordering
@dataclass(frozen=True, slots=True)
class Falling:
    """A value of which the largest comes first."""

    value: Any  # a text or a number: whatever the column has

    def __lt__(self, other: Falling) -> bool:
        return bool(self.value > other.value)


def sort_key(order: Sequence[str], values: Sequence[Any]) -> tuple[Any, ...]:
    """Return a key by which rows compare as by ORDER BY; what is not known comes before everything."""
    known = ((value is not None, "" if value is None else value) for value in values)
    return tuple(
        Falling(value) if each.endswith(FALLING) else value
        for each, value in zip(order, known, strict=True)
    )


def key_columns(order: Sequence[str]) -> str:
    """Return the SQL for the values of a key."""
    return ", ".join(each.removesuffix(FALLING) for each in order)


class NoFreePlace(Exception):
    """Two rows that stand have no free number between them."""


def free_places(
    conn: sqlite3.Connection,
    table: str,
    key_at: Callable[[int], Key],
    keys: Sequence[Key],
    first: int,
) -> list[int]:
    """Return a place for each of some sorted keys in a table with rows by `place`, in their order.

    `key_at` returns the key of the row at a place, `first` is for a table without rows.

    Raises:
        NoFreePlace: two rows that stand have no free place between them.
    """
    key_at = cache(key_at)
    between = [_neighbours(conn, table, key_at, key) for key in keys]
    return [
        place
        for (low, high), same in groupby(between)
        for place in _spread(low, high, len(list(same)), first)
    ]


def _neighbours(
    conn: sqlite3.Connection, table: str, key_at: Callable[[int], Key], key: Key
) -> _Between:
    """Return the places of the rows before and after a key, None where there is none.

    The number of rows that are read grows with the logarithm of the table.
    """
    low, high = conn.execute(
        f"SELECT (SELECT min(place) FROM {table}), (SELECT max(place) FROM {table})"
    ).fetchone()
    if low is None or key < key_at(low):
        return None, low
    if key_at(high) < key:
        return high, None
    while True:
        middle = (low + high) // 2
        (found,) = conn.execute(
            f"SELECT coalesce((SELECT max(place) FROM {table} WHERE place > :low AND place <= :middle),"
            f" (SELECT min(place) FROM {table} WHERE place > :middle AND place < :high))",
            {"low": low, "middle": middle, "high": high},
        ).fetchone()
        if found is None:
            return low, high
        low, high = (found, high) if key_at(found) < key else (low, found)


def _spread(low: int | None, high: int | None, count: int, first: int) -> list[int]:
    """Return places at even distances."""
    if low is None:
        start = first if high is None else high - GAP * (count + 1)
        return [start + GAP * number for number in range(1, count + 1)]
    step = GAP if high is None else (high - low) // (count + 1)
    if not step:
        raise NoFreePlace
    return [low + step * number for number in range(1, count + 1)]
