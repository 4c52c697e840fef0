"""The summary of the reports as Excel and Stata files: whole while it is short, by year above."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication import stata, workbook
from gongkai.archive.publication.package import DownloadFile
from gongkai.archive.publication.parts.file_pieces import FilePiece
from gongkai.archive.publication.parts.kept_files import KeptFiles
from gongkai.archive.publication.parts.table_files import Part

SUMMARY = "report_summary"

LONGEST = 20_000
"""Rows of one file of all years. A longer one takes a minute to write, and as long to open."""

_Write = Callable[[Path, int | None], int]
"""What writes a year, or all, into a file, and returns the number of rows."""


def write_summary(
    conn: sqlite3.Connection,
    folder: Path,
    last: KeptFiles,
    years: Sequence[int],
    pieces: dict[str, Sequence[FilePiece]],
) -> list[DownloadFile]:
    """Write the files, or take them from the last publication where the summary did not change.

    Where the rows of an Excel file stand is added to `pieces`.

    Raises:
        RenewalImpossibleError: a file that another is made from is damaged.
    """
    table = table_schemas()[SUMMARY]

    def excel(path: Path, year: int | None) -> int:
        name = path.relative_to(folder).as_posix()
        sheet = last.last_sheet(name, _parts(years, year))
        try:
            made = workbook.write_workbook(conn, table, path, year, sheet)
        except ValueError:  # the last file has another head
            made = workbook.write_workbook(conn, table, path, year)
        pieces[name] = made
        # rows that need several sheets are no piece, and never copied
        return sum(piece.rows for piece in made) if made else counted(year)

    def stata_file(path: Path, year: int | None) -> int:
        before = last.last_stata(path.relative_to(folder).as_posix(), _parts(years, year))
        return stata.write_stata(conn, table, path, year, before)

    formats: list[tuple[str, _Write]] = [("xlsx", excel)]
    if stata.is_installed():
        formats.append((stata.FOLDER, stata_file))
    counts: dict[int, int] = {
        year: conn.execute(f"SELECT count(*) FROM {SUMMARY} WHERE year = ?", [year]).fetchone()[0]
        for year in years
    }
    total = sum(counts.values())

    def counted(year: int | None) -> int:
        return counts[year] if year else total

    divided: list[tuple[int | None, int]] = [(None, total)]
    if total > LONGEST:
        divided = [(year, rows) for year, rows in counts.items() if rows]
    found = []
    for year, rows in divided:
        is_unchanged = all(part in last.unchanged for part in _parts(years, year))
        for suffix, write in formats:
            name = f"{suffix}/{SUMMARY}{f'/{year}' if year else ''}.{suffix}"
            # a year that is gone is none of the parts: the rows of a file tell whether it has one
            is_kept = is_unchanged and name in last.records and last.records[name].rows == rows
            record = last.link(name, folder) if is_kept else None
            path = folder / name
            if record is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                if write(path, year) != rows:
                    raise RenewalImpossibleError("files_other_rows", table=SUMMARY)
            elif name in last.pieces:
                pieces[name] = last.pieces[name]
            digest = record.sha256 if record else ""
            found.append(DownloadFile(path, SUMMARY, rows, year, digest))
    return found


def _parts(years: Sequence[int], year: int | None) -> list[Part]:
    """Return the parts of a file of a year, or of all."""
    return [Part(SUMMARY, each) for each in ([year] if year else years)]
