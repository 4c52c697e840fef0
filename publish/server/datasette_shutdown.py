"""Closing a Datasette instance for good, with its threads and files.

Datasette 0.65 runs until its process ends, so it has no public way to do this. A server that
changes from one publication to the next would leave a thread and open files behind each time.
"""

from __future__ import annotations

import asyncio
import sqlite3

from datasette.app import Datasette


async def close_datasette(datasette: Datasette) -> None:
    """Close an instance that answers no more requests."""
    for database in datasette.databases.values():
        # the thread that writes to Datasette's own tables in memory; no public name leads to it
        thread = database._write_thread
        if thread is not None:
            await database.execute_write_fn(_end_thread, block=False)
            await asyncio.to_thread(thread.join)
    await asyncio.to_thread(datasette.executor.shutdown)
    for database in datasette.databases.values():
        database.close()


def _end_thread(_conn: sqlite3.Connection) -> None:
    """End the writing thread, which runs an endless loop of such functions."""
    raise SystemExit
