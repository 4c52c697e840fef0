"""The fetches in an open index that have a row of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any

from gongkai.crawler.warc.tables.entries import IndexEntry, Snapshot
from gongkai.crawler.warc.tables.index_schema import COLUMNS, ORDER_BY_TIME, OWN, SNAPSHOT_WIDTH


class FetchTable:
    """The table of fetches."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, entry: IndexEntry, stretch: int | None, is_counted: bool = False) -> None:
        """Add the row of a fetch; `is_counted` tells that its stretch counts it already."""
        row = (*astuple(entry.snapshot), *astuple(entry)[1:], stretch, entry.snapshot.seen_at)
        marks = ", ".join("?" * len(row))
        added = self._db.execute(
            f"INSERT OR IGNORE INTO snapshots ({COLUMNS}, stretch, last_seen) VALUES ({marks})", row
        ).rowcount
        if added and stretch is not None and not is_counted and entry.kind != "conversion":
            self._db.execute(
                "UPDATE stretches SET fetches = fetches + 1, last_fetch = max(last_fetch, ?)"
                " WHERE id = ?",
                (entry.snapshot.fetched_at, stretch),
            )

    def has_document(self, digest: str) -> bool:
        """Return whether any fetch found this document."""
        query = "SELECT 1 FROM snapshots WHERE digest = ? LIMIT 1"
        return self._db.execute(query, (digest,)).fetchone() is not None

    def has(self, record_id: str) -> bool:
        """Return whether a fetch of this id has a row."""
        query = "SELECT 1 FROM snapshots WHERE id = ?"
        return self._db.execute(query, (record_id,)).fetchone() is not None

    def numbered(self, seq: int) -> IndexEntry:
        """Return the fetch of a number that there is."""
        query = f"SELECT {COLUMNS} FROM snapshots WHERE seq = ?"
        return entry_of(self._db.execute(query, (seq,)).fetchone())

    def with_id(self, record_id: str) -> IndexEntry | None:
        """Return the fetch of an id, None where it has no row."""
        return self.one("WHERE id = ?", (record_id,))

    def one(self, rest: str, values: tuple[str, ...]) -> IndexEntry | None:
        """Return the first fetch that a condition in SQL names, None where there is none."""
        row = self._db.execute(f"SELECT {COLUMNS} FROM snapshots {rest}", values).fetchone()
        return None if row is None else entry_of(row)

    def rows(self, site: str = "") -> Iterator[Snapshot]:
        """Yield the fetches that have a row, all or those of a site, in order of fetching."""
        return self.select("WHERE site = ?" if site else "", (site,) if site else ())

    def select(self, where: str, values: Sequence[str]) -> Iterator[Snapshot]:
        """Yield the fetches that a condition in SQL names, in order of fetching."""
        query = f"SELECT {COLUMNS} FROM snapshots {where} {ORDER_BY_TIME}"
        for row in self._db.execute(query, values):
            yield Snapshot(*row[:SNAPSHOT_WIDTH])

    def after(self, seq: int) -> Iterator[tuple[int, Snapshot]]:
        """Yield (number, fetch) of those that were added after a number."""
        query = f"SELECT seq, {COLUMNS} FROM snapshots WHERE seq > ? ORDER BY seq"
        for number, *row in self._db.execute(query, (seq,)):
            yield number, Snapshot(*row[:SNAPSHOT_WIDTH])

    def find_payload(self, site: str, payload: str, url: str) -> IndexEntry | None:
        """Return a record of the site that holds this payload, preferably of the same address."""
        return self.one(
            f"WHERE payload = ? AND site = ? AND kind NOT IN ('revisit', 'conversion') AND {OWN} "
            "ORDER BY url = ? DESC, seen_at, warc, offset LIMIT 1",
            (payload, site, url),
        )

    def first_of_site(self, site: str) -> str:
        """Return the time of the first fetch of a site, "" where there is none."""
        return self._first(f"SELECT min(seen_at) FROM snapshots WHERE site = ? AND {OWN}", site)

    def first_of_url(self, url: str) -> str:
        """Return the time of the first fetch of an address, "" where there is none."""
        return self._first(f"SELECT min(seen_at) FROM snapshots WHERE url = ? AND {OWN}", url)

    def _first(self, query: str, value: str) -> str:
        time: str | None = self._db.execute(query, (value,)).fetchone()[0]
        return time or ""


def entry_of(row: Sequence[Any]) -> IndexEntry:
    """Return the fetch that the columns of a row tell of."""
    return IndexEntry(Snapshot(*row[:SNAPSHOT_WIDTH]), *row[SNAPSHOT_WIDTH:])
