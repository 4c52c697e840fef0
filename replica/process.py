"""The replica in a process of its own, so that it does not share a processor with whoever crawls it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gongkai import interrupts

COMMAND = (sys.executable, "-m", "gongkai.replica.server", "--port", "0")


@contextmanager
def running_replica() -> Iterator[str]:
    """Run the replica on a free port of 127.0.0.1 and give its address; end it afterwards.

    Raises:
        RuntimeError: the replica did not start.
    """
    with interrupts.deferred():
        process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address.startswith("http://"):
                raise RuntimeError("the replica did not start")
            yield address
        finally:
            process.terminate()
