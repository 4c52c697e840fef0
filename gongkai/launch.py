"""The program `gongkai`.

Loading the command line takes a second, on a busy machine several. Ctrl-C in this time ends the program
as it does later: with a line and without a traceback.

SIGTERM ends a command as an error would, so that it stops its processes and removes what it has only for
a while; then the process dies of the signal, as whoever sent it expects.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from contextlib import suppress
from types import FrameType

from gongkai.interrupts import Terminated

ABORTED = 1
"""The exit code of a command that was interrupted, as click has it."""


def main() -> None:
    """Load and run the command line."""
    try:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _terminate)
        _run()
    except Terminated:
        sys.exit(128 + signal.SIGTERM)


def _run() -> None:
    try:
        from gongkai.archive.cli import main as command_line
    except KeyboardInterrupt:
        with suppress(KeyboardInterrupt):
            from gongkai.catalogue import language_of_environment, text

            sys.stderr.write(f"\n{text(language_of_environment(), 'aborted')}\n")
        sys.exit(ABORTED)
    command_line()


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """End the command in order; a second signal ends it at once."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.stdout.flush()
    _last_of_all.append(signal.SIGTERM)
    raise Terminated


_last_of_all: list[int] = []


def _die_of_signal() -> None:
    for number in _last_of_all:
        os.kill(os.getpid(), number)


atexit.register(_die_of_signal)  # registered first, so that it runs after all others

if __name__ == "__main__":
    main()
