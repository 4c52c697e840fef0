"""Tables of counts, which grow and shrink by single rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence


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
