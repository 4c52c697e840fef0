"""Ending with the program that started this process.

A crawl whose parent has gone ends in order, and leaves its host to the next one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

CHUNK_BYTES = 1024


def on_parent_exit(pipe: int, call: Callable[[], object]) -> None:
    """Call a function, in a thread of its own, when the other end of a pipe is closed.

    The parent holds the other end as long as it lives.
    """
    threading.Thread(target=_wait, args=(pipe, call), name="parent-watch", daemon=True).start()


def _wait(pipe: int, call: Callable[[], object]) -> None:
    while os.read(pipe, CHUNK_BYTES):
        continue
    call()
