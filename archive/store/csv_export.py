"""Every table and view of the data contract as CSV, with stable columns and a stable order."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import Progress, silent
from gongkai.archive.store.csv_formulas import escape_formula

TABLES = (
    "regions",
    "agencies",
    "duties",
    "sites",
    "snapshots",
    "imports",
    "documents",
    "reports",
    "revisions",
    "copies",
    "absences",
    "changes",
    "change_marks",
    "sections",
    "active_disclosure",
    "active_disclosure_2019",
    "requests",
    "review_litigation",
    "cell_notes",
    "checks",
    "twin_passages",
    "runs",
    "manifests",
    "covered",
    "forwards",
    "agency_links",
)
VIEWS = (
    *("report_summary", "cells", "coverage", "reports_by_region", "refusal_reasons"),
    *("form_crosswalk", "panel", "region_totals"),
)
JOINED = ("requests_in_context", "reasons_by_agency", "figures")
"""Views with the rows of others beside the year, agency and region of their reports. They are there to
be filtered and sorted, on the site and in SQL; files would only repeat what stands in others."""


def export_tables(
    conn: sqlite3.Connection, folder: Path, progress: Progress = silent
) -> list[Path]:
    """Write NAME.csv for every table and view; return the files.

    UTF-8 with a byte order mark, as Excel expects. A file is replaced when the new one is complete.

    Raises:
        ArchiveError: the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise ArchiveError("export_folder_invalid", path=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with progress("progress_export", len(TABLES) + len(VIEWS)) as step:
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
    """Yield the header and the rows of a table or view, always in the same order."""
    found = conn.execute(f"SELECT * FROM {name} ORDER BY {order_by(conn, name)}")
    yield [column for column, *_ in found.description]
    for row in found:
        yield [escape_formula(value) for value in row]


def order_by(conn: sqlite3.Connection, name: str) -> str:
    """Return the columns that a table or view is sorted by: its primary key, else all of them."""
    columns = conn.execute(f"PRAGMA table_info({name})").fetchall()
    key = sorted((place, column) for _, column, _, _, _, place in columns if place)
    return ", ".join(column for _, column in key) or ", ".join(column[1] for column in columns)
