"""What other crawlers fetched, in an open index: where it came from, and what it shows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from gongkai.crawler.warc.tables.entries import IndexEntry
from gongkai.crawler.warc.tables.fetch_table import FetchTable
from gongkai.crawler.warc.tables.index_schema import OWN


@dataclass(frozen=True, slots=True)
class ImportNote:
    """Who fetched a record when, and how it came to us.

    `collection` and `crawler` are what the file, or whoever brought it, says: nobody can check it.
    `source` is the name of the file or the address that it was read from, `source_digest` the SHA-256
    of that file, "" where only a part of it was read. `refers` is the id, of ours, of the record that a
    revisit means. `remarks` are words, joined by spaces, that say how the record is to be read. `kind` is
    what it was taken as: report, list, document, redirect, gone, revisit; "" where that is not known.
    """

    snapshot: str
    collection: str
    crawler: str
    source: str
    source_digest: str
    record: str  # the id that the record gives itself
    imported_at: str  # UTC, ISO, seconds, Z
    refers: str = ""
    remarks: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ReportElsewhere:
    """An address at which other crawlers saw a report or a file of one, and when they did last."""

    url: str
    last_seen: str
    is_page: bool


class ImportTable:
    """The table of the notes on records of other programs, whose answers are among the `fetches`."""

    def __init__(self, db: sqlite3.Connection, fetches: FetchTable) -> None:
        self._db = db
        self._fetches = fetches

    def add(self, note: ImportNote) -> None:
        """Add where a record of another program came from."""
        marks = ", ".join("?" * len(astuple(note)))
        self._db.execute(f"INSERT OR REPLACE INTO imports VALUES ({marks})", astuple(note))

    def all(self, snapshots: Sequence[str] | None = None) -> Iterator[ImportNote]:
        """Yield where the records of other programs came from, all or those of these ids."""
        which = "" if snapshots is None else "WHERE snapshot IN (SELECT value FROM json_each(?))"
        for row in self._db.execute(
            f"SELECT * FROM imports {which} ORDER BY snapshot",
            () if snapshots is None else (json.dumps(snapshots),),
        ):
            yield ImportNote(*row)

    def called(self, record: str) -> list[IndexEntry]:
        """Return the records of other programs that give themselves this id, in order of time."""
        found = self._db.execute("SELECT snapshot FROM imports WHERE record = ?", (record,))
        entries = [entry for (each,) in found.fetchall() if (entry := self._fetches.with_id(each))]
        return sorted(entries, key=lambda entry: (entry.snapshot.fetched_at, entry.snapshot.id))

    def answer_at(self, url: str, fetched_at: str) -> IndexEntry | None:
        """Return the answer of another crawler from this address and second."""
        return self._fetches.one(
            f"WHERE url = ? AND fetched_at = ? AND kind != 'revisit' AND NOT ({OWN}) ORDER BY id",
            (url, fetched_at),
        )

    def with_payload(self, payload: str) -> IndexEntry | None:
        """Return the first answer of another crawler with this payload."""
        return self._fetches.one(
            "WHERE payload = ? AND kind NOT IN ('revisit', 'conversion') "
            f"AND NOT ({OWN}) ORDER BY fetched_at, id LIMIT 1",
            (payload,),
        )

    def reports(self, host: str) -> list[ReportElsewhere]:
        """Return the addresses of a host, without www, at which other crawlers saw a report or its files.

        What a revisit confirms is told by the record that it means.
        """
        found = self._db.execute(
            "SELECT s.url, max(s.seen_at), s.media_type = 'text/html' FROM snapshots s "
            "JOIN imports i ON i.snapshot = s.id LEFT JOIN imports o ON o.snapshot = i.refers "
            f"WHERE s.site = ? AND NOT ({OWN}) AND s.status IN (0, 200, 304) "
            "AND coalesce(o.kind, i.kind) IN ('', 'report', 'document') GROUP BY s.url ORDER BY s.url",
            (host,),
        )
        return [ReportElsewhere(url, seen_at, bool(is_page)) for url, seen_at, is_page in found]
