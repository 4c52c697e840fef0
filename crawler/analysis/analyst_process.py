"""The process that analyses the pages of one crawl, one after the other.

It is started or forked by `analyst.py`, which watches it from outside. Its own limits hold also where the
program that started it is gone. It has no network and starts no process.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from gongkai import interrupts
from gongkai.crawler.analysis.frames import HEAD, frame_length, pack, pack_analysis, unpack_page
from gongkai.crawler.analysis.page_analysis import PageAnalysis, analyze
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.walls import build_walls

GRACE_SECONDS = 2
"""Processor time beyond the limit of a page after which the kernel ends this process."""


def serve(seconds: float, memory: int) -> None:
    """Say that this process is ready, then analyse pages from standard input until it ends.

    Each page may take `seconds` of processor time, and the process `memory` bytes of address space.
    Descriptors 0 and 1 are used, whatever `sys.stdin` and `sys.stdout` are.
    """
    interrupts.ignore()  # the crawl gets SIGINT as well, and ends this process
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _limit_memory(memory)
    build_walls()
    source, answers = os.fdopen(0, "rb", closefd=False), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may get between the answers
    _send(answers, pack({"ready": True}))
    while frame := _read_frame(source):
        _limit_time(seconds)
        _send(answers, _answer(unpack_page(frame)))
        signal.setitimer(signal.ITIMER_PROF, 0)
        del frame


def _answer(page: FetchedPage) -> bytes:
    try:
        return pack_analysis(analyze(page))
    except MemoryError:
        return pack_analysis(PageAnalysis("hostile", limit="memory"))
    except RecursionError:
        return pack_analysis(PageAnalysis("hostile", limit="depth"))
    except Exception:  # noqa: BLE001  # passed on to the crawl, which logs it and goes on
        if _is_memory_short():
            return pack_analysis(PageAnalysis("hostile", limit="memory"))
        return pack({"error": traceback.format_exc(limit=-5)})


def _send(answers: BinaryIO, frame: bytes) -> None:
    answers.write(frame)
    answers.flush()


def _limit_memory(memory: int) -> None:
    """Limit the address space, 0 for no limit; a lower limit of the crawl itself stays in force."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if memory and (hard == resource.RLIM_INFINITY or memory < hard):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _is_memory_short() -> bool:
    """Return whether this process has held more than half of the address space that it may have.

    lxml reports a lack of memory as errors of several kinds, and a failed request leaves no trace.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    peak = next((line.split()[1] for line in lines if line.startswith("VmPeak:")), "0")
    return limit != resource.RLIM_INFINITY and int(peak) * 1024 > limit // 2


def _limit_time(seconds: float) -> None:
    """Have the kernel end this process when it has used so much processor time from now on.

    Nothing handles the signal of the timer, so that it needs no turn of the interpreter. The limit
    holds where a library would stop the timer.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + GRACE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _read_frame(source: BinaryIO) -> bytes:
    """Return the next frame, b"" at the end of the stream."""
    head = source.read(HEAD.size)
    length = frame_length(head)
    return head + source.read(length - HEAD.size) if length else b""


if __name__ == "__main__":
    serve(float(sys.argv[1]), int(sys.argv[2]))
