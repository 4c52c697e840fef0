"""CSV of any length as an answer: read and sent in blocks, within bounds, and honest about its end.

Nothing but a block is in memory. A file that is cut says so in its last line, because the status and
the headers of an answer are long sent by then.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from gongkai.publish.datasette_types import Send
from gongkai.publish.http.csv_response import BOM, csv_lines
from gongkai.publish.http.time_limit import time_limit

Line = Sequence[object]
Lines = Callable[[sqlite3.Connection], Iterator[Line]]
"""Reads the lines of a file from the archive, the header first."""

FIRST_LINES = 20
"""What is read before an answer begins."""

BLOCK_LINES = 500
BLOCK_CHARACTERS = 250_000
"""What is read at a time, whichever comes first."""

MOST_LINES = 1_048_575
"""Rows below the header: as many as a spreadsheet takes."""

LIST_LINES = 50_000
"""Rows of a list or a search as a file. Longer ones are among the downloads."""

PROCESSOR_SECONDS = 25.0
"""Processor time for a whole file."""

WALL_SECONDS = 600.0
"""From the first line to the last, however slowly the reader takes them."""

AT_ONCE = 3
"""Files that are sent at the same time. They share the processor with all pages."""


class TooManyExports(Exception):
    """Raised while `AT_ONCE` files are being sent."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """What a file is: its name without suffix, for whom it is made, and how it ends if it is cut.

    `for_excel` puts the byte order mark in front. `cut_line` is the text of the last line of a file
    that is not complete. `method` is that of the request.
    """

    name: str
    cut_line: str
    for_excel: bool = True
    is_attachment: bool = True
    method: str = "GET"
    most_lines: int = MOST_LINES


class CsvStream:
    """An answer that is a CSV file. Make it with `start`, which reads the first block."""

    sending = 0
    """Files that are being sent in this process."""

    def __init__(self, file: CsvFile, connect: Callable[[], sqlite3.Connection]) -> None:
        """Begin without a connection."""
        self._file = file
        self._connect = connect
        self._conn: sqlite3.Connection | None = None
        self._lines: Iterator[Line] = iter(())
        self._left = PROCESSOR_SECONDS
        self._end = time.monotonic() + WALL_SECONDS
        self._sent = -1  # the header is no row
        self._is_over = False
        self._turn = threading.Lock()
        self._first = ""

    @classmethod
    async def start(
        cls, file: CsvFile, connect: Callable[[], sqlite3.Connection], lines: Lines
    ) -> CsvStream:
        """Return an answer whose first lines are read: what fails, fails before it begins.

        Raises:
            TooManyExports: Enough other files are being sent.
            sqlite3.OperationalError: Not even one row was found in the time.
        """
        if CsvStream.sending >= AT_ONCE:
            raise TooManyExports
        CsvStream.sending += 1
        stream = cls(file, connect)
        try:
            stream._first = await asyncio.to_thread(stream._open, lines)
        except BaseException:
            stream._close()
            raise
        return stream

    def _open(self, lines: Lines) -> str:
        self._conn = self._connect()
        self._conn.row_factory = sqlite3.Row
        self._lines = lines(self._conn)
        first = self._next_block()
        if self._is_over and self._sent < 1 and self._left <= 0:
            raise sqlite3.OperationalError("interrupted")
        return first

    def _next_block(self) -> str:
        """Return the next lines as text; afterwards `_is_over` says whether they were the last."""
        block: list[Line] = []
        with self._turn:
            if self._conn is None:  # the reader is gone
                return ""
            is_cut, start = time.monotonic() > self._end, time.thread_time()
            try:
                with time_limit(self._conn, int(self._left * 1000)):
                    is_cut = is_cut or self._read_into(block)
            except sqlite3.OperationalError as problem:
                if "interrupted" not in str(problem):
                    raise
                is_cut, self._left = True, 0.0
            self._left -= time.thread_time() - start
        return self._encode(block, is_cut or (self._left <= 0 and not self._is_over))

    def _read_into(self, block: list[Line]) -> bool:
        """Read the lines of a block; return whether there are more than the file may have."""
        size, most = 0, FIRST_LINES if self._sent < 0 else BLOCK_LINES
        while len(block) < most and size < BLOCK_CHARACTERS:
            line = next(self._lines, None)
            if line is None:
                self._is_over = True
                return False
            if self._sent >= self._file.most_lines:
                return True
            block.append(line)
            self._sent += 1
            size += sum(len(value) for value in line if isinstance(value, str))
        return False

    def _encode(self, block: list[Line], is_cut: bool) -> str:
        if is_cut:
            self._is_over = True
            block = [*block, [self._file.cut_line]]
        return csv_lines(block, for_excel=self._file.for_excel)

    async def asgi_send(self, send: Send) -> None:
        """Send the file block by block."""
        try:
            await send(self._head())
            text = f"{BOM if self._file.for_excel else ''}{self._first}"
            while self._file.method != "HEAD":
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                if self._is_over:
                    break
                text = await asyncio.to_thread(self._next_block)
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._close()

    def _head(self) -> dict[str, object]:
        headers = [
            (b"content-type", b"text/csv; charset=utf-8"),
            (b"cache-control", b"max-age=300"),
        ]
        if self._file.is_attachment:
            name = f'attachment; filename="{self._file.name}.csv"'
            headers.append((b"content-disposition", name.encode("ascii")))
        return {"type": "http.response.start", "status": 200, "headers": headers}

    def _close(self) -> None:
        if self._conn is not None:
            self._conn.interrupt()  # the block that a thread may be reading
        with self._turn:
            conn, self._conn = self._conn, None
            if isinstance(self._lines, Generator):
                self._lines.close()  # while it still has its connection
        if conn is not None:
            conn.close()
        CsvStream.sending -= 1
