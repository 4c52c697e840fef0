"""Ending with the program that asked for the work.

A crawl that nobody waits for any more ends in order, and leaves its host to the next one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

_pipe: int | None = None


def watch_parent(pipe: int) -> None:
    """Say that whoever holds the other end of a pipe started this process; its end is their death."""
    global _pipe
    _pipe = pipe


def on_parent_exit(call: Callable[[], object]) -> None:
    """Call something, in a thread, when they are gone; never where there is nobody."""
    if _pipe is not None:
        threading.Thread(target=_wait, args=(_pipe, call), daemon=True).start()


def _wait(pipe: int, call: Callable[[], object]) -> None:
    while os.read(pipe, 1024):
        continue
    call()
