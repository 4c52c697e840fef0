"""Asking a process with limits what a page is: `Analyst(limits).analyze(page)`.

The process is forked from the crawl, or started with the first page, and reused. A page that takes
more processor time or memory than it may is hostile: the process is ended, and the next page gets a
new one. This holds inside one regular expression too, which no handler of a signal could interrupt.
The kernel ends the process by a timer of its own; the look from outside is for the case that the
timer fails.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gongkai
from gongkai import interrupts
from gongkai.crawler.analysis.forked_process import ForkedProcess, fork_process, may_fork
from gongkai.crawler.analysis.frames import (
    MAX_ANSWER_BYTES,
    frame_length,
    pack_page,
    unpack,
    unpack_analysis,
)
from gongkai.crawler.analysis.page_analysis import PageAnalysis
from gongkai.crawler.analysis.page_outcome import FetchedPage

ROOT = Path(gongkai.__file__).parents[1]
PIECE_BYTES = 1 << 20
LOOK_SECONDS = 0.05
"""Between two looks at the processor time of a busy process."""

OUT_OF_TIME = (-signal.SIGPROF, -signal.SIGXCPU)
"""How a process ends whose timer, or whose limit of processor time, has run out."""

START_SECONDS = 30.0
"""Processor time for the start of a process: it imports the readers."""

ATTEMPTS = 2
"""A process that dies without exceeding a limit may have been ended by something else."""

TICKS = os.sysconf("SC_CLK_TCK")

AnalystProcess = subprocess.Popen[bytes] | ForkedProcess


@dataclass(frozen=True, slots=True)
class AnalysisLimits:
    """What one page may use.

    Seconds of processor time, and of the clock where the machine is busy; `memory` is the address
    space of the process in bytes, 0 for no limit.
    """

    seconds: float = 5.0
    wall: float = 120.0
    memory: int = 1 << 30


class AnalystClosed(Exception):
    """The crawl ends: the page was not analysed."""


class AnalysisFailed(Exception):
    """The page could not be analysed because of a fault of ours, or because the machine is busy."""


class _LimitExceeded(Exception):
    """A page took more of something than it may; the argument names it."""


class _ProcessDied(Exception):
    """The process ended without an answer."""


class Analyst:
    """Keeps one process for the pages of a crawl. `analyze` blocks, `close` may come from a thread.

    `used` is the processor time of the last page in seconds, all attempts together, without the
    starts of processes.
    """

    def __init__(self, limits: AnalysisLimits = AnalysisLimits()) -> None:
        self.limits = limits
        self.used = 0.0
        self._process: AnalystProcess | None = None
        self._is_ready = False
        self._busy = threading.Lock()
        self._closed = False

    def prepare(self) -> None:
        """Fork the first process from this one, where it has no other thread yet.

        It is ready at once, and shares what is loaded. Later ones are started.
        """
        if may_fork():
            self._process = _watched(fork_process(self.limits.seconds, self.limits.memory))

    def analyze(self, page: FetchedPage) -> PageAnalysis:
        """Return what a page is; it is hostile where it exceeds a limit.

        Raises:
            AnalystClosed: The analyst was closed meanwhile.
            AnalysisFailed: The page gave no result without exceeding a limit of its own.
        """
        frame = pack_page(page)
        with self._busy:
            self.used = 0.0
            for _ in range(ATTEMPTS):
                try:
                    return self._ask(frame)
                except _LimitExceeded as problem:
                    return PageAnalysis("hostile", limit=str(problem))
                except _ProcessDied:
                    continue
        return PageAnalysis("hostile", limit="crash")

    def close(self) -> None:
        """End the process, whatever it does. Nothing can be asked afterwards."""
        self._closed = True
        if process := self._process:
            process.kill()  # the thread that waits for it sees the end of its pipe
        with self._busy:  # that thread still uses the pipes
            self._end()

    def _ask(self, frame: bytes) -> PageAnalysis:
        if self._closed:
            raise AnalystClosed
        try:
            process = self._started()
            content, _ = unpack(self._timed_exchange(process, frame))
        except (_LimitExceeded, _ProcessDied, AnalysisFailed):
            self._end()
            if self._closed:
                raise AnalystClosed from None
            raise
        return _analysis_in(content)

    def _timed_exchange(self, process: AnalystProcess, frame: bytes) -> bytearray:
        """Send a page and return the answer; it may take what earlier attempts left of its time.

        Raises:
            _LimitExceeded: The page exceeded a limit.
            _ProcessDied: The process ended.
            AnalysisFailed: The clock ran out.
        """
        before = _processor_seconds(process.pid)
        try:
            return self._exchange(process, frame, self.limits.seconds - self.used)
        except _ProcessDied:
            if _how_ended(process) in OUT_OF_TIME:
                raise _LimitExceeded("time") from None
            raise
        finally:
            self.used += max(0.0, _processor_seconds(process.pid) - before)

    def _started(self) -> AnalystProcess:
        """Return the process, started and ready for a page.

        Raises:
            AnalysisFailed: The process cannot be started: no page is at fault.
            AnalystClosed: The analyst was closed meanwhile.
        """
        if self._process is None:
            self._process = _watched(_start(self.limits))
            if self._closed:  # meanwhile, by another thread that saw no process yet
                self._end()
                raise AnalystClosed
        if not self._is_ready:
            try:
                self._exchange(self._process, b"", START_SECONDS)
            except (_LimitExceeded, _ProcessDied):
                raise AnalysisFailed("the process that analyses pages does not start") from None
            self._is_ready = True
        return self._process

    def _exchange(self, process: AnalystProcess, frame: bytes, seconds: float) -> bytearray:
        """Send a frame and return the frame that is the answer; it may take so much processor time.

        Raises:
            _LimitExceeded: The page exceeded a limit.
            _ProcessDied: The process ended.
            AnalysisFailed: The clock ran out.
        """
        assert process.stdin is not None
        assert process.stdout is not None
        source, sink = process.stdout.fileno(), process.stdin.fileno()
        left, answer = memoryview(frame), bytearray()
        allowed = _processor_seconds(process.pid) + seconds
        deadline = time.monotonic() + self.limits.wall
        while (length := frame_length(answer)) is None or len(answer) < length:
            if length is not None and length > MAX_ANSWER_BYTES:
                raise _LimitExceeded("size")
            readable, writable, _ = select.select(
                [source], [sink] if left else [], [], LOOK_SECONDS
            )
            try:
                if writable:
                    left = left[os.write(sink, left[:PIECE_BYTES]) :]
                if readable:
                    piece = os.read(source, PIECE_BYTES)
                    if not piece:
                        raise _ProcessDied
                    answer += piece
            except BlockingIOError:
                continue
            except OSError:
                raise _ProcessDied from None
            if not readable and _processor_seconds(process.pid) > allowed:
                raise _LimitExceeded("time")
            if time.monotonic() > deadline:
                raise AnalysisFailed(f"no answer within {self.limits.wall:g} s of the clock")
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        self._is_ready = False
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), True)
                try:
                    pipe.close()
                except OSError:  # the rest of a page that is not wanted any more
                    continue


def _start(limits: AnalysisLimits) -> subprocess.Popen[bytes]:
    module = "gongkai.crawler.analysis.analyst_process"
    words = [str(limits.seconds), str(limits.memory)]
    with interrupts.deferred():
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


def _watched(process: AnalystProcess) -> AnalystProcess:
    """Return a process whose pipe never blocks the one that asks it."""
    assert process.stdin is not None
    os.set_blocking(process.stdin.fileno(), False)
    return process


def _analysis_in(content: dict[str, Any]) -> PageAnalysis:
    if "error" in content:
        raise AnalysisFailed(str(content["error"]))
    try:
        return unpack_analysis(content)
    except ValueError as problem:
        raise AnalysisFailed(str(problem)) from problem


def _how_ended(process: AnalystProcess) -> int:
    """Return the code of a process that has closed its pipe, `-signal` where a signal ended it.

    It is not collected yet, so that its processor time can still be read.
    """
    try:
        os.kill(process.pid, signal.SIGKILL)  # changes nothing for a process that is ending
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    except (ChildProcessError, ProcessLookupError):  # `close` has collected it
        return process.returncode or 0
    if ended is None:
        return 0
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def _processor_seconds(pid: int) -> float:
    """Return the processor time of a process, ended but not collected too, 0 for none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS
