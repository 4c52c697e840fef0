"""Several processes serve on one socket. The one that started them looks after them and serves nothing.

They are forked before anything is opened, so that they share what the program itself takes of memory, and
they have about as many connections each (see `accepting`). One that ends is replaced; one that does not get
as far as serving is tried again after a pause that grows. If the first of all does not, the command ends
with its error.
"""

from __future__ import annotations

import gc
import logging
import mmap
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from gongkai.catalogue import language_of_process, text

LOG = logging.getLogger(__name__)

SHORT_LIFE = 30.0
"""Seconds. A worker that ends sooner is replaced after a pause, others at once."""

LONGEST_PAUSE = 60.0
LOOK_SECONDS = 0.5
"""Between two looks at the workers, where no signal comes."""

STOP_SECONDS = 20.0
"""For all workers to end when the server is stopped: longer than they give to answers under way."""

AWAY = (1 << 32) - 1
"""In place of the number of connections of a process that does not serve."""

_HEARD = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM)
_STOPPING = (signal.SIGINT, signal.SIGTERM)


@dataclass
class _Seat:
    """The place of a worker: its process, when it was started, and how often one did not last."""

    number: int
    pid: int = 0
    started: float = 0.0
    short_lives: int = 0
    next_start: float = 0.0


class Worker:
    """One of the processes, as it knows itself and the others.

    `connections` has the numbers of open connections of all processes, `AWAY` of one that does not serve.
    """

    def __init__(self, number: int, serving: mmap.mmap, connections: memoryview) -> None:
        """Begin as one that does not serve."""
        self._number = number
        self._serving = serving
        self._connections = connections

    def serves(self) -> None:
        """Say that this process serves."""
        self._serving[self._number] = 1
        self.note(0)

    def note(self, connections: int) -> None:
        """Say how many connections this process has."""
        self._connections[self._number] = min(connections, AWAY - 1)

    def has_more(self, connections: int) -> bool:
        """Note how many connections this process has; return whether another one that serves has fewer."""
        self.note(connections)
        return connections > min(self._connections)


def fork_workers(many: int) -> Worker:
    """Return in each of `many` forked processes, and in this one never.

    Raises:
        SystemExit: in this process, when it was told to stop or the first worker could not serve.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    return _Overseer(many).run()


class _Overseer:
    """Starts workers and replaces them, until it is told to stop."""

    def __init__(self, many: int) -> None:
        self._seats = [_Seat(number) for number in range(many)]
        self._serving = mmap.mmap(-1, many)  # shared with the workers: a byte for each seat
        self._connections = memoryview(mmap.mmap(-1, 4 * many)).cast("I")
        self._alive, self._held = os.pipe()  # ends when this process does, however it does
        self._mask: set[int] = set()
        for number in range(many):
            self._connections[number] = AWAY

    def run(self) -> Worker:
        """Fork, and look after the workers; return in a worker."""
        gc.collect()
        gc.freeze()  # what is not looked at again stays shared with the workers
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        while True:
            # the first one shows whether the site can be served at all
            wanted = self._seats if any(self._serving[:]) else self._seats[:1]
            for seat in wanted:
                if not seat.pid and time.monotonic() >= seat.next_start and self._fork(seat):
                    return self._begin(seat)
            told = signal.sigtimedwait(_HEARD, LOOK_SECONDS)
            if told is not None and told.si_signo in _STOPPING:
                self._stop(told.si_signo)
            self._replace_ended()

    def _fork(self, seat: _Seat) -> bool:
        """Start the process of a seat; return whether this is the one."""
        seat.started = time.monotonic()
        self._connections[seat.number] = AWAY
        seat.pid = os.fork()
        return seat.pid == 0

    def _begin(self, seat: _Seat) -> Worker:
        """Be a worker: hear signals as any program, and stop when the overseer is gone."""
        os.close(self._held)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
        threading.Thread(target=self._outlive_nobody, daemon=True).start()
        return Worker(seat.number, self._serving, self._connections)

    def _outlive_nobody(self) -> None:
        os.read(self._alive, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _replace_ended(self) -> None:
        for seat in self._seats:
            code = _exit_code(seat.pid)
            if code is None:
                continue
            if not any(self._serving[:]):
                sys.exit(code)  # it has said why
            lived = time.monotonic() - seat.started
            seat.short_lives = seat.short_lives + 1 if lived < SHORT_LIFE else 0
            pause = min(LONGEST_PAUSE, 2.0**seat.short_lives) if seat.short_lives else 0.0
            seat.next_start = time.monotonic() + pause
            self._connections[seat.number] = AWAY
            said = {"process": str(seat.pid), "code": str(code)}
            LOG.error("%s", text(language_of_process(), "worker_ended", **said))
            seat.pid = 0

    def _stop(self, number: int) -> None:
        """Stop the workers, and end as the signal ends a program.

        Raises:
            SystemExit: always.
        """
        self._signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end and any(seat.pid for seat in self._seats):
            signal.sigtimedwait((signal.SIGCHLD,), LOOK_SECONDS)
            for seat in self._seats:
                if _exit_code(seat.pid) is not None:
                    seat.pid = 0
        self._signal(signal.SIGKILL)
        if number == signal.SIGINT:
            sys.exit(0)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
        signal.raise_signal(number)
        sys.exit(128 + number)

    def _signal(self, number: signal.Signals) -> None:
        for seat in self._seats:
            if seat.pid:
                with suppress(ProcessLookupError):
                    os.kill(seat.pid, number)


def _exit_code(pid: int) -> int | None:
    """Return the exit code of a process that has ended, as a shell has it; None if it runs."""
    if not pid:
        return None
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
