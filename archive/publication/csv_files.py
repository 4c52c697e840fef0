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
from gongkai.archive.store.csv_formulas import quote_id

PLAIN, MARKED = "csv", "csv-bom"
"""Folders of the two variants. In that for Excel, ids that look like numbers are quoted."""

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
                sinks.append((variant, sink))
        for rows_of_block in _blocks(table_lines(conn, table)):
            as_is = _encoded(rows_of_block)
            quoted = _encoded([[quote_id(value) for value in row] for row in rows_of_block])
            for variant, sink in sinks:
                sink.write(quoted if variant == MARKED else as_is)
    return files, rows


def _blocks(rows: Iterator[list[object]]) -> Iterator[list[list[object]]]:
    while some := list(islice(rows, _BLOCK)):
        yield some


def _encoded(rows: list[list[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


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
