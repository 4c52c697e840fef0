"""A process that analyses pages, forked from a crawl that has everything loaded already.

Starting the program anew takes half a second of processor time, more than a night at a small portal
without news needs for all the rest.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
from pathlib import Path

from gongkai import interrupts
from gongkai.crawler.analysis.analyst_process import serve

DESCRIPTORS = Path("/proc/self/fd")
THREADS = Path("/proc/self/task")


class ForkedProcess:
    """What `subprocess.Popen` would be for a process that was forked: the names are the same ones."""

    def __init__(self, pid: int, sink: int, source: int) -> None:
        self.pid = pid
        self.stdin = os.fdopen(sink, "wb", buffering=0)
        self.stdout = os.fdopen(source, "rb")
        self.returncode: int | None = None
        self._collecting = threading.Lock()  # a number that is free again may be another process

    def kill(self) -> None:
        """End the process, unless it has been collected; this may be called from any thread."""
        with self._collecting:
            if self.returncode is None:
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for the end of the process and return its code, `-signal` where a signal ended it."""
        if self.returncode is None:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            with self._collecting:
                _, status = os.waitpid(self.pid, 0)
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def may_fork() -> bool:
    """Return whether this process has one thread only.

    The lock of another thread would stay taken in a process that is forked.
    """
    return len(list(THREADS.iterdir())) == 1


def fork_process(seconds: float, memory: int) -> ForkedProcess:
    """Fork a process that analyses pages; each may take so many seconds, the process so many bytes."""
    questions, sink = os.pipe()
    source, answers = os.pipe()
    with interrupts.deferred():
        pid = os.fork()
        if pid == 0:
            _run(questions, answers, seconds, memory)
    os.close(questions)
    os.close(answers)
    return ForkedProcess(pid, sink, source)


def _run(questions: int, answers: int, seconds: float, memory: int) -> None:
    """Analyse pages and end this process; nothing of the crawl is left in its reach."""
    try:
        gc.freeze()  # the collector would copy the memory of the crawl to look through it
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        logging.getLogger().handlers.clear()  # one has the log of the crawl open
        os.dup2(questions, 0)
        os.dup2(answers, 1)
        _leave_descriptors()
        serve(seconds, memory)
    finally:
        os._exit(0)


def _leave_descriptors() -> None:
    """Point every descriptor but the first two at /dev/null.

    The objects of the crawl that hold them still exist here. One that closes its own must not close a
    file that got its number afterwards.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for entry in list(DESCRIPTORS.iterdir()):
        number = int(entry.name)
        if number > 1 and number != nothing:
            os.dup2(nothing, number)
