"""The WARC files in an open index: which are known, awaited, lost, doubted or not ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator

from gongkai.crawler.warc.tables.index_schema import LOST_FILES


class FileTable:
    """The tables of files."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def prepare(self) -> None:
        """Create what an index of this version may lack."""
        self._db.execute(LOST_FILES)

    def add(self, name: str, site: str, run: str, started: str) -> None:
        """Add a WARC file and the run that wrote it, "" where it was written outside a run."""
        self._db.execute(
            "INSERT OR REPLACE INTO files SELECT ?1, ?2, ?3, ?4,"
            " ?3 = '' OR EXISTS (SELECT 1 FROM runs WHERE id = ?3)",
            (name, site, run, started),
        )

    def forget(self, name: str) -> None:
        """Remove a file."""
        self._db.execute("DELETE FROM files WHERE name = ?", (name,))

    def take_over(self, merged: str, part: str) -> None:
        """Let a merged file stand for one of its parts."""
        self._db.execute(
            "INSERT OR REPLACE INTO files SELECT ?, site, run, started, is_ended"
            " FROM files WHERE name = ?",
            (merged, part),
        )
        self.forget(part)

    def names(self) -> set[str]:
        """Return the names of the WARC files that are in the index."""
        return {name for (name,) in self._db.execute("SELECT name FROM files")}

    def runs(self) -> dict[str, str]:
        """Return the run of each WARC file, "" for one that was written outside a run."""
        return dict(self._db.execute("SELECT name, run FROM files"))

    def former(self) -> set[str]:
        """Return the names of all files of ours that an index of any version knows."""
        return self._names_in("files") | self._names_in("awaited_files")

    def awaited(self) -> set[str]:
        """Return the names of files that are known to be ours, and are still to be read to their end.

        A process that dies while it reads leaves them to the next one.
        """
        return self._names_in("awaited_files")

    def await_reading(self, names: Iterable[str]) -> None:
        """Note files of ours that are to be read to their end."""
        self._db.executemany(
            "INSERT OR IGNORE INTO awaited_files VALUES (?)", [(name,) for name in names]
        )

    def await_no_more(self, names: Iterable[str]) -> None:
        """Note that files have been read to their end."""
        self._db.executemany(
            "DELETE FROM awaited_files WHERE name = ?", [(name,) for name in names]
        )

    def lost(self) -> set[str]:
        """Return the names of files of ours that were not in the folder when it was listed last."""
        return self._names_in("lost_files")

    def has_any_to_read(self) -> bool:
        """Return whether files are awaited that were in the folder when it was listed last."""
        query = (
            "SELECT 1 FROM awaited_files WHERE name NOT IN (SELECT name FROM lost_files) LIMIT 1"
        )
        return self._db.execute(query).fetchone() is not None

    def note_lost(self, lost: Collection[str]) -> None:
        """Note which files of ours are not in the folder; no others are lost by now."""
        self._db.execute("DELETE FROM lost_files")
        self._db.executemany("INSERT INTO lost_files VALUES (?)", [(name,) for name in lost])

    def add_foreign(self, name: str) -> None:
        """Note a file that is not ours, so that it is not looked at again."""
        self._db.execute("INSERT OR IGNORE INTO foreign_files VALUES (?)", (name,))

    def foreign(self) -> set[str]:
        """Return the names of the files that are not ours."""
        return {name for (name,) in self._db.execute("SELECT name FROM foreign_files")}

    def add_doubted(self, name: str, offset: int) -> None:
        """Note a record that no manifest covers, though one covers its file."""
        self._db.execute("INSERT OR IGNORE INTO doubted VALUES (?, ?)", (name, offset))

    def doubted(self) -> list[tuple[str, int, int]]:
        """Return the files with records that no manifest covers: name, first offset, how many."""
        query = "SELECT warc, min(offset), count(*) FROM doubted GROUP BY warc ORDER BY warc"
        return self._db.execute(query).fetchall()

    def add_site_facts(self, site: str, sequence: int, facts: str) -> None:
        """Add the facts of the registry under which a file of this number was written."""
        self._db.execute(
            "INSERT INTO site_facts VALUES (?, ?, ?) ON CONFLICT (site, facts) DO UPDATE SET"
            " sequence = max(sequence, excluded.sequence)",
            (site, facts, sequence),
        )

    def site_facts(self) -> Iterator[tuple[str, str]]:
        """Yield (site, facts) in the order in which the facts were last stated."""
        yield from self._db.execute(
            "SELECT site, facts FROM site_facts ORDER BY site, sequence, facts"
        )

    def _names_in(self, table: str) -> set[str]:
        """Return the names in a table, which an index of an earlier version may lack."""
        try:
            return {name for (name,) in self._db.execute(f"SELECT name FROM {table}")}
        except sqlite3.OperationalError:  # there is no such table
            return set()
