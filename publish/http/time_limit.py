"""A time limit for queries, so that none holds a thread for long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

STEPS = 10_000
"""Instructions of SQLite's virtual machine between two looks at the clock."""

WAITING = 4
"""How many times as long a query may take by the clock: it also waits for disk and processor."""


@contextmanager
def time_limit(conn: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Interrupt queries in the block after a processor time of this thread.

    A query that is slow because others are served at the same time goes on, up to `WAITING` times
    as long.

    Raises:
        sqlite3.OperationalError: The time was over before a query ended.
    """
    end = time.thread_time() + milliseconds / 1000
    last = time.monotonic() + WAITING * milliseconds / 1000

    def is_over() -> bool:
        return time.thread_time() > end or time.monotonic() > last

    conn.set_progress_handler(is_over, STEPS)
    try:
        yield
    finally:
        conn.set_progress_handler(None, STEPS)
