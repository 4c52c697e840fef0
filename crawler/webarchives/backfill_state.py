"""What a backfill has asked for and fetched: it goes on from here, however it ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path

from gongkai.crawler.warc.trust import IMPORTS
from gongkai.crawler.webarchives.captures import Capture
from gongkai.regular_file import require_regular

SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
    source TEXT NOT NULL, host TEXT NOT NULL, part TEXT NOT NULL,
    PRIMARY KEY (source, host, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS captures (
    source TEXT NOT NULL, host TEXT NOT NULL, part TEXT NOT NULL, url TEXT NOT NULL,
    at TEXT NOT NULL, status TEXT NOT NULL, media_type TEXT NOT NULL, digest TEXT NOT NULL,
    collection TEXT NOT NULL, filename TEXT NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, truncated TEXT NOT NULL,
    PRIMARY KEY (source, host, url, at, filename, offset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fetched (
    source TEXT NOT NULL, url TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (source, url, at)
) WITHOUT ROWID
"""
NAME = "backfill.db"


class BackfillState:
    """An open file of what was asked for. It may be deleted: then everything is asked for again."""

    def __init__(self, snapshots: Path) -> None:
        """Open or create the file.

        Raises:
            OSError: The folder cannot be made, or the file is none.
            sqlite3.DatabaseError: The file is not a database.
        """
        folder = snapshots / IMPORTS
        folder.mkdir(parents=True, exist_ok=True)
        require_regular(folder / NAME)
        self._db = sqlite3.connect(folder / NAME)
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def is_asked(self, source: str, host: str, question: str) -> bool:
        """Return whether an answer of an index was read to its end."""
        query = "SELECT 1 FROM asked WHERE source = ? AND host = ? AND part = ?"
        return self._db.execute(query, (source, host, question)).fetchone() is not None

    def add(self, source: str, host: str, part: str, captures: Iterable[Capture]) -> None:
        """Add captures of a part of an index; those that are there stay."""
        with self._db:
            self._db.executemany(
                f"INSERT OR IGNORE INTO captures VALUES ({', '.join('?' * 13)})",
                [(source, host, part, *astuple(each)) for each in captures],
            )

    def finish(self, source: str, host: str, question: str) -> None:
        """Note that an answer of an index was read to its end."""
        row = (source, host, question)
        with self._db:
            self._db.execute("INSERT OR IGNORE INTO asked VALUES (?, ?, ?)", row)

    def captures(self, source: str, host: str, since: str) -> Iterator[Capture]:
        """Yield the captures of a host since a time, oldest first."""
        for row in self._db.execute(
            "SELECT url, at, status, media_type, digest, collection, filename, offset, length,"
            " truncated FROM captures WHERE source = ? AND host = ? AND at >= ? ORDER BY at, url",
            (source, host, since),
        ):
            yield Capture(*row)

    def is_fetched(self, source: str, capture: Capture) -> bool:
        """Return whether a capture was fetched, whatever became of it."""
        query = "SELECT 1 FROM fetched WHERE source = ? AND url = ? AND at = ?"
        found = self._db.execute(query, (source, capture.url, capture.at)).fetchone()
        return found is not None

    def note_fetched(self, source: str, capture: Capture) -> None:
        """Note that a capture was fetched."""
        with self._db:
            self._db.execute(
                "INSERT OR IGNORE INTO fetched VALUES (?, ?, ?)", (source, capture.url, capture.at)
            )
