"""Ctrl-C in a program of several processes: it ends without a word, the command says what happened.

The terminal sends SIGINT to all processes of a command. A Python program that gets it before its first
line of ours prints a traceback, and so does one that loads modules for seconds. Therefore our processes
are started with SIGINT blocked (`deferred`, `withheld`), which a program inherits, and ignore it from
their first line on (`ignore`): their parent gets the same signal and ends them.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

IGNORED = "gongkai.interrupts_ignored"
"""The module that a server imports first, from which others are forked."""


class Terminated(BaseException):
    """Raised in the main thread of the program where SIGTERM is received; no error of any kind."""


def ignore() -> None:
    """Ignore SIGINT from now on, in a process that was started with SIGINT blocked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def hear() -> None:
    """Let SIGINT through that was held back since this process was started, and later ones.

    Raises:
        KeyboardInterrupt: there was one.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def withheld() -> Iterator[None]:
    """Hold SIGINT back from this thread until the block ends; other threads still get it.

    A process that is started in the block is without it until it calls `ignore` or `hear`.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def deferred() -> Iterator[None]:
    """Start a process in the block: it begins with SIGINT blocked, and is known before we are stopped.

    In the main thread, SIGINT and SIGTERM wait until the block ends: a process that is being started
    when its parent is stopped would not be known to it yet.
    """
    if threading.current_thread() is not threading.main_thread():
        with withheld():
            yield
        return
    received: list[int] = []

    def receive(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with withheld():
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if received:
            signal.raise_signal(received[0])


def start_fork_server() -> None:
    """Start the server from which `multiprocessing` forks, unless it runs.

    The module IGNORED is the first that it should load.
    """
    from multiprocessing import forkserver, resource_tracker  # late: most programs need neither

    with deferred():
        resource_tracker.ensure_running()  # it unblocks SIGINT when it has started
        with withheld():
            forkserver.ensure_running()
