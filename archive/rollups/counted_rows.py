"""Tables of counts and of sums, which grow and shrink by single rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any


def merge_counts(
    conn: sqlite3.Connection,
    table: str,
    keys: Sequence[str],
    rows: Iterable[Sequence[object]],
    sign: int = 1,
) -> None:
    """Add counts to those of a table with the columns `keys` and `n`, or take them away.

    Each row has the keys and a count. What is counted no more has no row.
    """
    same = " AND ".join(f'"{key}" IS ?' for key in keys)
    marks = ", ".join("?" * len(keys))
    for *key, n in rows:
        change = sign * int(str(n))
        updated = conn.execute(
            f"UPDATE main.{table} SET n = n + ? WHERE {same}", (change, *key)
        ).rowcount
        if not updated:
            columns = ", ".join(f'"{name}"' for name in (*keys, "n"))
            conn.execute(
                f"INSERT INTO main.{table} ({columns}) VALUES ({marks}, ?)", (*key, change)
            )
        elif change < 0:
            conn.execute(f"DELETE FROM main.{table} WHERE n = 0 AND {same}", key)


def merge_sums(
    conn: sqlite3.Connection, table: str, keys: int, rows: Iterable[Sequence[Any]], sign: int
) -> None:
    """Add sums to those of a table, or take them away.

    The first `keys` columns of each row are its key. Two counts follow, of which the first is that of
    reports, then part, whole and reports of each measure. What has no report has no row.
    """
    names = [row[1] for row in conn.execute(f"PRAGMA main.table_info({table})")]
    same = " AND ".join(f"{name} = ?" for name in names[:keys])
    marks = ", ".join("?" * len(names))
    for row in rows:
        key, change = tuple(row[:keys]), tuple(row[keys:])
        kept = conn.execute(f"SELECT * FROM main.{table} WHERE {same}", key).fetchone()
        sums = _merged(tuple(kept[keys:]) if kept else (None,) * len(change), change, sign)
        conn.execute(f"DELETE FROM main.{table} WHERE {same}", key)
        if sums[0]:
            conn.execute(f"INSERT INTO main.{table} VALUES ({marks})", (*key, *sums))


Sums = Sequence[int | None]


def _merged(kept: Sums, change: Sums, sign: int) -> list[int | None]:
    """Return sums with a change.

    Numbers of requests and cases are whole, so that no order of adding gives another sum.
    """
    sums: list[int | None] = [
        (one or 0) + sign * (other or 0) for one, other in zip(kept, change, strict=True)
    ]
    for place in range(2, len(sums), 3):
        if not sums[place + 2]:  # the sum over no report is not zero
            sums[place] = sums[place + 1] = None
    return sums
