"""Ctrl-C while a process only loads modules: it ends without a word, the command says what happened.

The terminal sends SIGINT to all processes of a command. The server from which others are forked loads
modules for seconds; interrupted there, it would print a traceback. It ignores SIGINT meanwhile: its
parent gets the same signal and ends it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

BEFORE = "gongkai.interrupts_ignored"
"""The module that such a server imports first."""

AFTER = "gongkai.interrupts_heard"
"""The module that it imports last; what is forked from it hears SIGINT again."""


class Terminated(BaseException):
    """Raised in the main thread of the program where SIGTERM is received; no error of any kind."""


@contextmanager
def deferred() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back until the block ends, in the main thread; elsewhere do nothing.

    A process that is being started when its parent is stopped would not be known to it yet.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []

    def receive(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if received:
            signal.raise_signal(received[0])
