"""Where SQL queries of readers are handed in: one runs, a few wait, the others are sent away."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import sys
import tempfile
import weakref
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from gongkai.publish.queries import sql_worker

SECONDS = 5.0
"""For one query."""

GRACE = 3.0
"""Seconds after which a process that has not ended by itself is killed."""

MOST_WAITING = 6
PATIENCE = 20.0
"""Seconds for which a query waits for its turn."""

LOOK_SECONDS = 0.05
"""Between two looks at whether a query of another process of the server has ended."""

MOST_BYTES = 4_000_000
"""Characters of the values of an answer."""

MOST_ANSWER = 40_000_000
"""Bytes of an answer as the process writes it: six for a character, and what stands between."""

WORKER = (sys.executable, "-I", "-S", sql_worker.__file__)

Problem = Literal["invalid", "slow", "large", "busy"]


class QueryFailed(Exception):
    """Raised for a query without an answer; `why` is what SQLite says, in English, or ""."""

    def __init__(self, problem: Problem, why: str = "") -> None:
        super().__init__(problem, why)
        self.problem = problem
        self.why = why


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The columns and rows of a query. `is_cut` means that there are more rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    is_cut: bool


class QueryDesk:
    """Runs queries one after another, in the order in which they came. One desk is for a server.

    Processes that are forked from the one that made the desk take turns, in no order.
    """

    def __init__(self, seconds: float = SECONDS, patience: float = PATIENCE) -> None:
        """Begin without a queue."""
        self._turn = asyncio.Lock()
        # a lock of the system on it belongs to a process, and ends with it
        self._shared = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as there is the desk
        weakref.finalize(self, self._shared.close)
        self._seconds = seconds
        self._patience = patience
        self._waiting = 0

    async def run(self, path: Path, sql: str, tables: Sequence[str], rows: int) -> QueryAnswer:
        """Return the answer of a query, at most so many rows of it.

        Raises:
            QueryFailed: It is wrong, too dear, or too many others wait.
        """
        if self._waiting > MOST_WAITING:
            raise QueryFailed("busy")
        self._waiting += 1
        try:
            await asyncio.wait_for(self._take_turn(), self._patience)
        except TimeoutError as problem:
            raise QueryFailed("busy") from problem
        finally:
            self._waiting -= 1
        try:
            return await self._ask(path, sql, tables, rows)
        finally:
            fcntl.lockf(self._shared, fcntl.LOCK_UN)
            self._turn.release()

    async def _take_turn(self) -> None:
        await self._turn.acquire()
        try:
            while not self._is_free_elsewhere():
                await asyncio.sleep(LOOK_SECONDS)
        except BaseException:
            self._turn.release()
            raise

    def _is_free_elsewhere(self) -> bool:
        """Take the turn among processes, and return whether there was one to take."""
        try:
            fcntl.lockf(self._shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True

    async def _ask(self, path: Path, sql: str, tables: Sequence[str], rows: int) -> QueryAnswer:
        task = {
            "path": f"file:{quote(os.fsencode(path.absolute()))}",
            "sql": sql,
            "tables": list(tables),
            "seconds": self._seconds,
            "rows": rows,
            "bytes": MOST_BYTES,
        }
        process = await asyncio.create_subprocess_exec(
            *WORKER, stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL, env={}
        )
        try:
            written = await asyncio.wait_for(
                _exchange(process, json.dumps(task).encode()), self._seconds + GRACE
            )
        except TimeoutError as problem:
            raise QueryFailed("slow") from problem
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return _answer(written)


async def _exchange(process: Process, task: bytes) -> bytes:
    """Hand a task to a process and return what it writes, as far as an answer may be long."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(task)
        await process.stdin.drain()
        process.stdin.close()
    written = bytearray()
    while block := await process.stdout.read(1 << 16):
        written += block
        if len(written) > MOST_ANSWER:
            raise QueryFailed("large")
    return bytes(written)


def _answer(written: bytes) -> QueryAnswer:
    """Return what a process wrote. One that was ended by a limit wrote nothing whole.

    Raises:
        QueryFailed: There is no answer.
    """
    try:
        said = json.loads(written)
    except ValueError as problem:
        raise QueryFailed("large") from problem
    if "error" in said:
        raise QueryFailed(said["error"], said["why"])
    return QueryAnswer(said["columns"], said["rows"], said["is_cut"])
