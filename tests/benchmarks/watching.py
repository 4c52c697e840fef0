"""What a benchmark's processes take: CPU seconds, and memory while they run (Linux)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

EVERY = 0.25
"""Seconds between two looks."""


@dataclass
class Seen:
    """CPU seconds, and megabytes of all processes together, now and then."""

    cpu: float = 0.0
    memory: list[float] = field(default_factory=list)

    @property
    def quarters(self) -> str:
        """The highest memory in each quarter of the time."""
        return "/".join(f"{max(part, default=0):.0f}" for part in split(self.memory, 4))


@contextmanager
def watched(apart: int) -> Iterator[Seen]:
    """Watch this process and all below it, but the one that is `apart`."""
    seen, done = Seen(), threading.Event()
    before = {pid: spent(pid) for pid in ours(apart)}

    def look() -> None:
        while not done.wait(EVERY):
            seen.memory.append(sum(map(resident, ours(apart))))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()
        seen.cpu = sum(spent(pid) - before.get(pid, 0.0) for pid in ours(apart))


def ours(apart: int) -> set[int]:
    """This process and all below it, but one."""
    return {os.getpid(), *below(os.getpid())} - {apart}


def below(pid: int) -> Iterator[int]:
    """The processes that a process started, and theirs."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            for child in map(int, path.read_text(encoding="ascii").split()):
                yield child
                yield from below(child)


def spent(pid: int) -> float:
    """CPU seconds of a process and of those below it that have ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, text.rpartition(")")[2].split()[11:15])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Megabytes of memory that a process has; what it shares with others counts by its share."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(text.partition("\nPss:")[2].split()[0]) * 1024 / 1e6


def split(values: Sequence[float], parts: int) -> list[Sequence[float]]:
    """A sequence in so many parts of the same length."""
    return [values[len(values) * n // parts : len(values) * (n + 1) // parts] for n in range(parts)]
