"""No question may hold a thread for long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

STEPS = 10_000
"""Instructions of SQLite's machine between two looks at the clock."""


@contextmanager
def limited(conn: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Interrupt what runs in the block after a time: it raises sqlite3.OperationalError."""
    end = time.monotonic() + milliseconds / 1000

    def over() -> bool:
        return time.monotonic() > end

    conn.set_progress_handler(over, STEPS)
    try:
        yield
    finally:
        conn.set_progress_handler(None, STEPS)
