"""Waiting for something that can be seen, as long as a machine with much else to do may take."""

from __future__ import annotations

import time
from collections.abc import Callable

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
