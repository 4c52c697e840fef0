"""The records that are held while an index is filled, since they may refer to others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.crawler.clock.clock_verdicts import ClockVerdict


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """Where a record stands that is added once all others are, its portal and its stretch.

    `is_meant` tells that it holds a payload to which another record that is held refers.
    """

    site: str
    warc: str
    offset: int
    stretch: int | None
    is_meant: bool = False


class HeldTable:
    """The table of records that are held, each for one reader."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def hold(
        self, reader: str, record: HeldRecord, record_id: str, fetched_at: str, refers: str
    ) -> None:
        """Note a record that is added once all others are; it may refer to another."""
        self._db.execute(
            "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(record_id, reader, record.site, fetched_at),
                *(record.warc, record.offset, record.stretch, refers),
            ),
        )

    def all(self, reader: str) -> Iterator[tuple[HeldRecord, ClockVerdict]]:
        """Yield the held records and what is thought of their clocks, by portal and in order of fetching.

        Those to which others refer come first.
        """
        for shift, clock, *record in self._db.execute(
            "SELECT coalesce(t.shift, 0), coalesce(t.clock, ''), h.site, h.warc, h.offset, h.stretch,"
            " h.refers = '' AND EXISTS (SELECT 1 FROM held o WHERE o.refers = h.id AND o.refers != '')"
            " AS is_meant"
            " FROM held h LEFT JOIN stretches t ON t.id = h.stretch WHERE h.reader = ?"
            " ORDER BY is_meant DESC, h.site, strftime('%s', h.fetched_at) + coalesce(t.shift, 0),"
            " h.warc, h.offset",
            (reader,),
        ):
            yield HeldRecord(*record), ClockVerdict(shift, clock)

    def count(self, reader: str) -> int:
        """Return how many records are held."""
        query = "SELECT count(*) FROM held WHERE reader = ?"
        return int(self._db.execute(query, (reader,)).fetchone()[0])

    def release(self, reader: str) -> None:
        """Forget the records that were held, which are added by now."""
        self._db.execute("DELETE FROM held WHERE reader = ?", (reader,))
