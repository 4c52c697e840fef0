"""Readers who ask a server without pause, in a process of their own: `load` starts it.

python -m tests.benchmarks.load_client reads a task from its input, as JSON, and prints what it saw.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TypedDict

SEED = 1
LATEST = 60.0
"""Seconds after which an answer that has not come is an error."""


class Task(TypedDict):
    """The port, the addresses of each group of readers, and how many readers it has."""

    port: int
    seconds: float
    groups: dict[str, tuple[int, list[str]]]


@dataclass
class Seen:
    """Seconds of each answer, and how many had which status; 0 is a connection that broke."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def figures(self, seconds: float) -> dict[str, float]:
        """Return requests a second, milliseconds, and how many were refused or failed."""
        taken = sorted(self.seconds) or [0.0]
        answered = sum(self.statuses[status] for status in (200, 302, 304))
        return {
            "a_second": answered / seconds,
            "median": statistics.median(taken) * 1000,
            "p95": taken[int(len(taken) * 0.95)] * 1000,
            "refused": self.statuses[503],
            "errors": self.statuses.total() - answered - self.statuses[503],
        }


async def read_on(
    port: int, dice: random.Random, addresses: list[str], end: float, seen: Seen
) -> None:
    """Ask for one address after the other on one connection."""
    pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while time.monotonic() < end:
        started = time.monotonic()
        try:
            async with asyncio.timeout(LATEST):
                pipe = pipe or await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
                status, is_kept = await ask(*pipe, dice.choice(addresses))
        except (OSError, EOFError, ValueError, TimeoutError):
            status, is_kept = 0, False
        seen.statuses[status] += 1
        if status in (200, 302, 304):
            seen.seconds.append(time.monotonic() - started)
        if pipe and not is_kept:
            pipe[1].close()
            pipe = None
        if status in (0, 503):
            await asyncio.sleep(0.2)
    if pipe:
        pipe[1].close()


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
) -> tuple[int, bool]:
    """Return the status of an answer that was read whole, and whether the connection stays open."""
    writer.write(
        f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    )
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    head = dict(line.partition(": ")[::2] for line in lines[1:] if line)
    if head.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    else:
        await reader.readexactly(int(head.get("content-length", "0")))
    return int(lines[0].split(" ")[1]), head.get("connection") != "close"


async def run(task: Task) -> dict[str, dict[str, float]]:
    """Let all readers read, and return the figures of each group."""
    seen, readers = {name: Seen() for name in task["groups"]}, []
    end = time.monotonic() + task["seconds"]
    for name, (many, addresses) in task["groups"].items():
        for number in range(many):
            dice = random.Random(f"{SEED} {name} {number}")
            readers.append(read_on(task["port"], dice, addresses, end, seen[name]))
    await asyncio.gather(*readers)
    return {name: each.figures(task["seconds"]) for name, each in seen.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
