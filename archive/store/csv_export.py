"""Every table and view of the data contract as CSV: for spreadsheets, in stable columns and order."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import Progress, silent

TABLES = (
    "regions",
    "agencies",
    "sites",
    "snapshots",
    "documents",
    "reports",
    "revisions",
    "copies",
    "changes",
    "sections",
    "active_disclosure",
    "active_disclosure_2019",
    "requests",
    "review_litigation",
    "cell_notes",
    "checks",
    "twin_passages",
    "runs",
)
VIEWS = ("report_summary", "cells", "coverage", "reports_by_region", "refusal_reasons")

_FORMULA = re.compile(r"[\s\0]*[=+\-@＝＋－＠]|[\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def export_tables(
    conn: sqlite3.Connection, folder: Path, progress: Progress = silent
) -> list[Path]:
    """Write NAME.csv for every table and view; return the files.

    UTF-8 with a byte order mark, as Excel wants it. A file is replaced when it is whole.

    :raises ArchiveError: when the folder cannot be used
    """
    if folder.exists() and not folder.is_dir():
        raise ArchiveError(f"{folder}: 不是目录 not a directory; name another with --out")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with progress("导出 export", len(TABLES) + len(VIEWS)) as step:
        for name in (*TABLES, *VIEWS):
            written.append(_write(conn, name, folder / f"{name}.csv"))
            step()
    return written


def _write(conn: sqlite3.Connection, name: str, path: Path) -> Path:
    partial = path.with_name(f"{path.name}.part")
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerows(table_lines(conn, name))
    return partial.replace(path)


def table_lines(conn: sqlite3.Connection, name: str) -> Iterator[list[object]]:
    """Yield the header and the rows of a table or view, in an order that is always the same."""
    found = conn.execute(f"SELECT * FROM {name} ORDER BY {order_by(conn, name)}")
    yield [column for column, *_ in found.description]
    for row in found:
        yield [escape_formula(value) for value in row]


def order_by(conn: sqlite3.Connection, name: str) -> str:
    """Return by what a table or view is sorted: its primary key, else every column."""
    columns = conn.execute(f"PRAGMA table_info({name})").fetchall()
    key = sorted((place, column) for _, column, _, _, _, place in columns if place)
    return ", ".join(column for _, column in key) or ", ".join(column[1] for column in columns)


def escape_formula(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay what they are.

    >>> escape_formula("=1+1"), escape_formula("-5"), escape_formula(-5)
    ("'=1+1", '-5', -5)
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
