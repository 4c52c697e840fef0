"""A time limit for queries, so that none holds a thread for long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

STEPS = 10_000
"""Instructions of SQLite's virtual machine between two looks at the clock."""


@contextmanager
def time_limit(conn: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Interrupt queries in the block after a time.

    Raises:
        sqlite3.OperationalError: The time was over before a query ended.
    """
    end = time.monotonic() + milliseconds / 1000

    def is_over() -> bool:
        return time.monotonic() > end

    conn.set_progress_handler(is_over, STEPS)
    try:
        yield
    finally:
        conn.set_progress_handler(None, STEPS)
