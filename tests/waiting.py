"""Waiting for something that can be seen, as long as a machine with much else to do may take."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 180.0
"""Longer than anything takes on a busy machine; a test that waits so long has found a fault."""

LOOK_SECONDS = 0.05


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it did not hold in time.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(LOOK_SECONDS)


@contextmanager
def no_waiting() -> Iterator[None]:
    """Fail where something waits without end, for a pipe say, instead of waiting with it."""

    def give_up(_number: int, _frame: object) -> None:
        raise AssertionError("it waited")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
