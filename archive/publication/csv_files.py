"""A table as CSV: bare and with the byte order mark that Excel wants, plain and compressed."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from gongkai.archive.store.csv_export import table_lines

PLAIN, MARKED = "csv", "csv-bom"
"""Folders of the two variants."""

MARK = "\ufeff".encode()
LONGEST = 1_048_575
"""Rows below the header that a spreadsheet takes; a longer table comes compressed only."""

LEVEL = 6
_BLOCK = 2_000


def write_sheets(conn: sqlite3.Connection, table: str, folder: Path) -> tuple[list[Path], int]:
    """Write the sheets of a table or view; return the files and the number of rows."""
    rows = conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    files = []
    with ExitStack() as stack:
        sinks = []
        for variant, mark in ((PLAIN, b""), (MARKED, MARK)):
            (folder / variant).mkdir(exist_ok=True)
            for suffix in (".csv", ".csv.gz") if rows <= LONGEST else (".csv.gz",):
                path = folder / variant / f"{table}{suffix}"
                file = stack.enter_context(path.open("wb"))
                sink = stack.enter_context(compressed(file)) if path.suffix == ".gz" else file
                sink.write(mark)
                files.append(path)
                sinks.append(sink)
        for block in _blocks(table_lines(conn, table)):
            for sink in sinks:
                sink.write(block)
    return files, rows


def _blocks(rows: Iterator[list[object]]) -> Iterator[bytes]:
    while some := list(islice(rows, _BLOCK)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows(some)
        yield text.getvalue().encode()


def compressed(file: BinaryIO) -> BinaryIO:
    """Return a stream that compresses into a file, without time or name: same content, same bytes."""
    return gzip.GzipFile("", "wb", LEVEL, file, mtime=0)  # type: ignore[return-value]


def compress(source: Path, target: Path) -> None:
    """Write a file compressed."""
    with (
        source.open("rb") as plain,
        target.open("wb") as file,
        compressed(file) as sink,
    ):
        shutil.copyfileobj(plain, sink, 1 << 20)
