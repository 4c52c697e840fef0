"""Which manifest covers which file, in SQLite: derived from the manifests, and made again where it is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.crawler.manifests.run_manifest import Manifest
from gongkai.regular_file import require_regular

INDEX_NAME = "index.db"
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE manifests (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL, kind TEXT NOT NULL, run TEXT NOT NULL, site TEXT NOT NULL,
    created TEXT NOT NULL, records INTEGER NOT NULL
);
CREATE INDEX manifests_run ON manifests(run) WHERE run <> '';
CREATE TABLE files (
    name TEXT PRIMARY KEY, manifest INTEGER NOT NULL, bytes INTEGER NOT NULL, records INTEGER NOT NULL
);
CREATE TABLE parts (
    name TEXT PRIMARY KEY, merged TEXT NOT NULL, offset INTEGER NOT NULL, bytes INTEGER NOT NULL
);
CREATE INDEX parts_merged ON parts(merged, offset);
"""
BUSY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What the index knows of a manifest."""

    number: int
    digest: str
    kind: str
    run: str
    site: str
    created: str
    records: int


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where the bytes of a covered file are now: a file of the folder and the first byte in it."""

    name: str  # as its manifest names it
    manifest: int
    bytes: int
    records: int  # 0 where only the whole file has a digest
    file: str
    offset: int


class ManifestIndex:
    """An open index. Whoever writes holds the lock of the chain."""

    def __init__(self, folder: Path | None) -> None:
        """Open or create the index in a folder of manifests, or one in memory.

        Raises:
            sqlite3.Error: The file cannot be used.
            OSError: It is no file.
        """
        if folder:
            require_regular(folder / INDEX_NAME)
        self._db = _connect(folder / INDEX_NAME if folder else ":memory:")
        # no WAL mode: the folder may lie on a network file system, and few processes write
        if not self._is_current():
            self.clear()

    @classmethod
    def read_only(cls, folder: Path) -> ManifestIndex | None:
        """Open the index in a folder for reading alone; None where there is none of this version.

        What a writer that died had begun is rolled back first. None where that cannot be done either.

        Raises:
            sqlite3.DatabaseError: The file is not a database.
            OSError: It is no file.
        """
        path = folder / INDEX_NAME
        require_regular(path)
        if not path.exists():
            return None
        for mode in ("ro", "rw"):  # a journal of a writer that died cannot be read past
            found = cls.__new__(cls)
            found._db = _connect(f"{path.absolute().as_uri()}?mode={mode}", is_uri=True)
            try:
                if found._is_current():
                    return found
            except sqlite3.OperationalError:
                found.close()
            else:
                found.close()
                return None
        return None

    def copy_to(self, other: ManifestIndex) -> None:
        """Copy everything into another index, in place of what it has."""
        self._db.backup(other._db)

    def _is_current(self) -> bool:
        version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        return version == SCHEMA_VERSION

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def clear(self) -> None:
        """Drop all tables and create them again, empty."""
        self._db.execute("BEGIN IMMEDIATE")
        for (name,) in self._db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            self._db.execute(f"DROP TABLE {name}")
        for statement in SCHEMA.split(";"):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("COMMIT")

    def add(self, manifest: Manifest, digest: str) -> None:
        """Add a manifest in one transaction."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._insert(manifest, digest)
        except BaseException:
            if self._db.in_transaction:  # SQLite rolls back itself when the disk is full
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _insert(self, manifest: Manifest, digest: str) -> None:
        site = str(manifest.run.get("site", ""))
        self._db.execute(
            "INSERT OR REPLACE INTO manifests VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                manifest.number,
                digest,
                manifest.kind,
                manifest.run_id,
                site,
                manifest.created,
                manifest.records,
            ),
        )
        # the first manifest that names a file covers it, whatever a later one says
        self._db.executemany(
            "INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)",
            [
                (file.name, manifest.number, file.bytes, len(file.records))
                for file in manifest.files
            ],
        )
        if merged := manifest.merged:
            self._db.executemany(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)",
                [(name, merged.name, offset, size) for name, offset, size in merged.parts],
            )

    def last(self) -> ManifestRow | None:
        """Return the last manifest, None where there is none."""
        return self._row("ORDER BY number DESC LIMIT 1")

    def get(self, number: int) -> ManifestRow | None:
        """Return the manifest of a number, None where there is none."""
        return self._row("WHERE number = ?", number)

    def has_digest(self, digest: str) -> bool:
        """Return whether a manifest has this digest."""
        found = self._db.execute("SELECT 1 FROM manifests WHERE digest = ? LIMIT 1", (digest,))
        return found.fetchone() is not None

    def of_run(self, run: str) -> list[ManifestRow]:
        """Return the manifests of a run in order; a long run may have several."""
        found = self._db.execute("SELECT * FROM manifests WHERE run = ? ORDER BY number", (run,))
        return [ManifestRow(*row) for row in found]

    def rows(self, since: int = 1) -> Iterator[ManifestRow]:
        """Yield the manifests from a number on."""
        for row in self._db.execute(
            "SELECT * FROM manifests WHERE number >= ? ORDER BY number", (since,)
        ):
            yield ManifestRow(*row)

    def covered(self) -> set[str]:
        """Return the names of all files that are covered, those of merged files included."""
        query = "SELECT name FROM files UNION SELECT merged FROM parts"
        return {name for (name,) in self._db.execute(query)}

    def parts(self) -> Iterator[tuple[str, str]]:
        """Yield (name, merged file) of the files that were merged into others."""
        yield from self._db.execute("SELECT name, merged FROM parts")

    def place(self, name: str) -> FilePlace | None:
        """Return where the bytes of a covered file are, None where no manifest names it."""
        return next(iter(self._places("WHERE f.name = ?", name)), None)

    def place_at(self, file: str, offset: int) -> FilePlace | None:
        """Return the covered file whose bytes stand at an offset of a file, None without one."""
        found = self._places(
            "WHERE p.merged = ? AND p.offset <= ? ORDER BY p.offset DESC LIMIT 1", file, offset
        )
        return next(iter(found), None) or self.place(file)

    def places_in(self, file: str) -> list[FilePlace]:
        """Return the covered files whose bytes a file holds, in order of their bytes."""
        return list(self._places("WHERE coalesce(p.merged, f.name) = ? ORDER BY p.offset", file))

    def places(self, since: int = 1) -> Iterator[FilePlace]:
        """Yield the files that manifests from a number on cover."""
        yield from self._places("WHERE f.manifest >= ? ORDER BY f.manifest, f.name", since)

    def _places(self, rest: str, *values: object) -> Iterator[FilePlace]:
        query = (
            "SELECT f.name, f.manifest, f.bytes, f.records, coalesce(p.merged, f.name), "
            f"coalesce(p.offset, 0) FROM files f LEFT JOIN parts p ON p.name = f.name {rest}"
        )
        for row in self._db.execute(query, values):
            yield FilePlace(*row)

    def _row(self, rest: str, *values: object) -> ManifestRow | None:
        found = self._db.execute(f"SELECT * FROM manifests {rest}", values).fetchone()
        return ManifestRow(*found) if found else None


def _connect(target: Path | str, is_uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        target, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=is_uri
    )
