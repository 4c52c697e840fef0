"""The summary of the reports as Excel and Stata files: whole while it is short, by year above."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication import stata, workbook
from gongkai.archive.publication.package import DownloadFile
from gongkai.archive.publication.parts.file_pieces import FilePiece
from gongkai.archive.publication.parts.kept_files import FileRecord, KeptFiles
from gongkai.archive.publication.parts.table_files import Part

SUMMARY = "report_summary"

LONGEST = 20_000
"""Rows of one file of all years. A longer one takes a minute to write, and as long to open."""


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
    counted = f"SELECT count(*) FROM {SUMMARY} WHERE year = ?"
    counts = {year: int(conn.execute(counted, [year]).fetchone()[0]) for year in years}
    files = _SummaryFiles(conn, folder, last, counts, pieces)
    divided: list[int | None] = [None]
    if files.rows(None) > LONGEST:
        divided = [year for year, rows in counts.items() if rows]
    return [made for year in divided for made in files.write(year)]


@dataclass(frozen=True, slots=True)
class _SummaryFiles:
    """Writes the files of a year, or of all: how many rows each year has, what can be taken from."""

    conn: sqlite3.Connection
    folder: Path
    last: KeptFiles
    counts: Mapping[int, int]
    pieces: dict[str, Sequence[FilePiece]]

    def rows(self, year: int | None) -> int:
        """Return how many rows a year has, or all have."""
        return sum(self.counts.values()) if year is None else self.counts[year]

    def write(self, year: int | None) -> Iterator[DownloadFile]:
        """Write the files of a year, or of all.

        Raises:
            RenewalImpossibleError: one has other rows than the public file, or is made from a damaged one.
        """
        formats: list[tuple[str, Callable[[str, int | None], int]]] = [("xlsx", self._write_excel)]
        if stata.is_installed():
            formats.append((stata.FOLDER, self._write_stata))
        for suffix, write in formats:
            name = f"{suffix}/{SUMMARY}{'' if year is None else f'/{year}'}.{suffix}"
            path, rows = self.folder / name, self.rows(year)
            record = self._kept(name, year)
            if record is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                if write(name, year) != rows:
                    raise RenewalImpossibleError("files_other_rows", table=SUMMARY)
            elif name in self.last.pieces:
                self.pieces[name] = self.last.pieces[name]
            yield DownloadFile(path, SUMMARY, rows, year, record.sha256 if record else "")

    def _kept(self, name: str, year: int | None) -> FileRecord | None:
        """Take a file from the last publication; None where it changed."""
        record = self.last.records.get(name)
        # of a year that is gone nothing may be known: the rows of a file tell whether it has one
        if record is None or record.rows != self.rows(year):
            return None
        is_unchanged = all(part in self.last.unchanged for part in self._parts(year))
        return self.last.link(name, self.folder) if is_unchanged else None

    def _parts(self, year: int | None) -> list[Part]:
        """Return the parts of a file, those of years that are gone too."""
        if year is not None:
            return [Part(SUMMARY, year)]
        touched = {part for part in self.last.touched if part.table == SUMMARY}
        return list(touched | {Part(SUMMARY, each) for each in self.counts})

    def _write_excel(self, name: str, year: int | None) -> int:
        """Write a workbook, and return the number of its rows."""
        table, path = table_schemas()[SUMMARY], self.folder / name
        last = self.last.last_sheet(name, self._parts(year))
        try:
            made = workbook.write_workbook(self.conn, table, path, year, last)
        except ValueError:  # the last file has another head
            made = workbook.write_workbook(self.conn, table, path, year)
        self.pieces[name] = made
        # rows that need several sheets are no piece, and never copied
        return sum(piece.rows for piece in made) if made else self.rows(year)

    def _write_stata(self, name: str, year: int | None) -> int:
        """Write a Stata file, and return the number of its rows."""
        last = self.last.last_stata(name, self._parts(year))
        table, path = table_schemas()[SUMMARY], self.folder / name
        return stata.write_stata(self.conn, table, path, year, last)
