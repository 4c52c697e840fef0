"""A forked child with limits, for work on untrusted bytes.

A child that loops, eats memory or crashes does no harm to its parent, which learns what happened.
It has no network, can start no process, signal no other one, and holds no file of its parent.
Fork only from a process with a single thread (a worker of the pool): another thread's locks would
stay locked in the child.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from gongkai import interrupts
from gongkai.archive.errors import UnreadDocumentError
from gongkai.walls import build_walls

_MIB = 1024 * 1024
_RESULT, _MEMORY, _FORBIDDEN, _ERROR = (
    b"=",
    b"M",
    b"F",
    b"E",
)  # the first byte of an answer says what follows
_GRACE = 1  # seconds between the soft and the hard limit on processor time


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What a child may use.

    MiB of `memory` beyond that of the parent, seconds of processor time (`cpu`) and of the clock
    (`wall`), MiB of `result`. Processor time decides about a document; the clock is a backstop that
    a busy machine must not reach.
    """

    memory: int = 600
    cpu: int = 15
    wall: float = 150.0
    result: int = 16


LIMITS = SandboxLimits()
"""Enough for ten times the longest known report; the command and its workers stay below 1 GB and
60 s with it."""


class SandboxError(UnreadDocumentError):
    """The child gave no result; the message says why."""


def run_sandboxed(work: Callable[[], bytes], limits: SandboxLimits = LIMITS) -> bytes:
    """Do `work` in a child and return its result.

    Raises:
        SandboxError: it ran out of time or memory, crashed, failed or gave too long a result.
    """
    ends = os.pipe()
    address_space = _held() + limits.memory * _MIB
    with interrupts.withheld():  # the child would go on as its parent where it is interrupted
        child = os.fork()
        if child == 0:
            gc.freeze()  # the collector would copy the parent's memory to look through it
            with _Reporting(ends[1]) as report:
                _confine(limits, address_space, keep=ends[1])
                report(_RESULT, work())
    os.close(ends[1])
    try:
        answer = _receive(ends[0], limits)
    finally:
        os.close(ends[0])
        _kill(child)
        _, status = os.waitpid(child, 0)
    return _checked(answer, status, limits)


class _Reporting:
    """The work of the child: it sends one answer through the pipe and exits, whatever happens."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def __enter__(self) -> Callable[[bytes, bytes], None]:
        return self._send

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> NoReturn:
        try:
            if kind is not None:
                os.write(self._pipe, _complaint(kind, trace))
        finally:
            os._exit(0)

    def _send(self, kind: bytes, result: bytes) -> None:
        view = memoryview(kind + result)
        while view:
            view = view[os.write(self._pipe, view) :]


def _complaint(kind: type[BaseException], trace: TracebackType | None) -> bytes:
    if issubclass(kind, MemoryError):
        return _MEMORY
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    sort = _FORBIDDEN if issubclass(kind, PermissionError) else _ERROR
    if trace is None:
        return sort + kind.__name__.encode()
    name = Path(trace.tb_frame.f_code.co_filename).name
    return sort + f"{kind.__name__} in {name}, line {trace.tb_lineno}".encode()


def _confine(limits: SandboxLimits, address_space: int, keep: int) -> None:
    os.setsid()  # a group of its own, so that whatever it starts can be ended with it
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)  # libraries written in C complain to standard error
    # Among the files of a worker are the pipes of its pool, whose other end believes what it reads.
    for number in {int(entry.name) for entry in Path("/proc/self/fd").iterdir()} - {0, 1, 2, keep}:
        with suppress(OSError):  # the one that read the list is closed already
            os.close(number)
    interrupts.ignore()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + _GRACE))
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    build_walls()


_GAVE_UP = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL)
"""How libraries written in C end their process when they cannot go on."""


def _held() -> int:
    """Return the bytes of address space of this process, which a child begins with."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _receive(pipe: int, limits: SandboxLimits) -> bytes:
    """Return what comes through the pipe until its end.

    Raises:
        SandboxError: the deadline has passed, or the result is too long.
    """
    end = time.monotonic() + limits.wall
    most = limits.result * _MIB
    received = bytearray()
    while len(received) <= most and (left := end - time.monotonic()) > 0:
        if not select.select([pipe], [], [], left)[0]:
            break
        piece = os.read(pipe, 65536)
        if not piece:
            return bytes(received)
        received += piece
    if len(received) > most:
        raise SandboxError("sandbox_result_too_large", limit=limits.result)
    raise SandboxError("sandbox_timeout", seconds=f"{limits.wall:g}")


def _kill(child: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it has not made its group yet, or its group has ended already


def _checked(answer: bytes, status: int, limits: SandboxLimits) -> bytes:
    kind, result = answer[:1], answer[1:]
    if kind == _RESULT and os.WIFEXITED(status):
        return result
    if kind == _MEMORY:
        raise SandboxError("sandbox_memory", limit=limits.memory)
    if kind == _FORBIDDEN:
        raise SandboxError("sandbox_forbidden", where=result.decode(errors="replace"))
    if kind == _ERROR:
        raise SandboxError("sandbox_error", where=result.decode(errors="replace"))
    signal_number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if signal_number == signal.SIGXCPU:
        raise SandboxError("sandbox_cpu_time", seconds=limits.cpu)
    if signal_number in _GAVE_UP:
        raise SandboxError("sandbox_gave_up", limit=limits.memory)
    raise SandboxError("sandbox_crash", signal=signal_number or status)
