"""What was known on which night, and which subscriber was told up to which.

Times of fetching would not do: what is imported or read late is new tonight and was fetched long ago. The
ledger is a file beside the archive and survives its rebuilding.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from gongkai.archive.store.database import translate_sqlite_errors

_SCHEMA = """
CREATE TABLE IF NOT EXISTS nights (number INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS known (
  kind TEXT NOT NULL, key TEXT NOT NULL, night INTEGER NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS known_by_night ON known (kind, night);
CREATE TABLE IF NOT EXISTS told (
  address TEXT PRIMARY KEY, night INTEGER NOT NULL, sending INTEGER
) WITHOUT ROWID;
"""


def ledger_path(archive: Path) -> Path:
    """Return where the ledger of an archive lies."""
    return archive.with_name(f"{archive.name}.digests")


class DigestLedger:
    """The ledger, opened. Each method that changes it has written it to the disk when it returns."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Use an open database; its tables are made if they are missing."""
        self._conn = conn
        conn.executescript(_SCHEMA)

    def note_night(self, kinds: Mapping[str, Iterable[str]]) -> int:
        """Note what is known by now, by kind; return the number of the night.

        What the first night finds is known before there is anybody to tell.
        """
        with self._conn:
            last = self._conn.execute("SELECT max(number) FROM nights").fetchone()[0]
            night: int = 0 if last is None else last + 1
            self._conn.execute("INSERT INTO nights VALUES (?)", [night])
            for kind, keys in kinds.items():
                self._conn.executemany(
                    "INSERT OR IGNORE INTO known VALUES (?, ?, ?)",
                    ((kind, key, night) for key in keys),
                )
        return night

    def last_told(self, address: str, night: int) -> int:
        """Return up to which night a subscriber was told; a new one is told of this night."""
        row = self._conn.execute(
            "SELECT night FROM told WHERE address = ?", [address.casefold()]
        ).fetchone()
        return max(night - 1, 0) if row is None else int(row[0])

    def new_keys(self, kind: str, since: int) -> list[str]:
        """Return the keys of a kind that became known after a night."""
        found = self._conn.execute(
            "SELECT key FROM known WHERE kind = ? AND night > ? ORDER BY key", [kind, since]
        )
        return [key for (key,) in found]

    def begin(self, address: str, since: int, night: int) -> None:
        """Note that a digest is on its way, before the first byte of it."""
        with self._conn:
            self._conn.execute(
                "INSERT INTO told VALUES (?, ?, ?)"
                " ON CONFLICT (address) DO UPDATE SET sending = excluded.sending",
                [address.casefold(), since, night],
            )

    def end(self, address: str, night: int) -> None:
        """Note that a subscriber was told up to a night."""
        with self._conn:
            self._conn.execute(
                "INSERT INTO told VALUES (?, ?, NULL) ON CONFLICT (address)"
                " DO UPDATE SET night = excluded.night, sending = NULL",
                [address.casefold(), night],
            )

    def give_up(self, address: str) -> None:
        """Note that a digest was not sent; the next night tells the same and more."""
        with self._conn:
            self._conn.execute(
                "UPDATE told SET sending = NULL WHERE address = ?", [address.casefold()]
            )

    def interrupted(self) -> list[tuple[str, int]]:
        """Return the digests of which nobody knows whether they arrived, as (address, night)."""
        found = self._conn.execute(
            "SELECT address, sending FROM told WHERE sending IS NOT NULL ORDER BY address"
        )
        return [(address, night) for address, night in found]


@contextmanager
def open_ledger(archive: Path) -> Iterator[DigestLedger]:
    """Open the ledger of an archive.

    Raises:
        ArchiveError: It cannot be read or written.
    """
    path = ledger_path(archive)
    with translate_sqlite_errors(path), closing(sqlite3.connect(path)) as conn:
        yield DigestLedger(conn)
