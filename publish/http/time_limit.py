"""A time limit for queries, so that none holds a thread for long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEPS = 10_000
"""Instructions of SQLite's virtual machine between two looks at the clock."""

FEW_STEPS = 1_000
"""The same where steps are counted."""

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
    with _interrupted_when(conn, _end_of_time(milliseconds), STEPS):
        yield


@contextmanager
def step_limit(conn: sqlite3.Connection, steps: int, milliseconds: int) -> Iterator[None]:
    """Interrupt queries in the block after a number of steps, the same on every machine, or a time.

    Raises:
        sqlite3.OperationalError: The steps or the time were used up before a query ended.
    """
    is_late, left = _end_of_time(milliseconds), steps // FEW_STEPS

    def is_over() -> bool:
        nonlocal left
        left -= 1
        return left < 0 or is_late()

    with _interrupted_when(conn, is_over, FEW_STEPS):
        yield


def _end_of_time(milliseconds: int) -> Callable[[], bool]:
    end = time.thread_time() + milliseconds / 1000
    last = time.monotonic() + WAITING * milliseconds / 1000
    return lambda: time.thread_time() > end or time.monotonic() > last


@contextmanager
def _interrupted_when(
    conn: sqlite3.Connection, is_over: Callable[[], bool], steps: int
) -> Iterator[None]:
    conn.set_progress_handler(is_over, steps)
    try:
        yield
    finally:
        conn.set_progress_handler(None, steps)
