"""The reports that were first fetched between two days, by the order in which a publication lists new ones."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongkai.archive.rollups.list_specs import NEW_REPORTS
from gongkai.archive.rollups.listed_rows import has_list
from gongkai.clock import CHINA, utc_stamp
from gongkai.publish.facets.bitmaps import to_bits

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
"""Bounds of days, so that no sum of one leaves the calendar."""

_ROWS = NEW_REPORTS.rows_table
_FETCHED = f"""
SELECT r.first_seen FROM {_ROWS} l JOIN reports r ON r.rowid = l."row"
WHERE l.place >= ? ORDER BY l.place LIMIT 1
"""
"""SQL: when the first report from a place on was fetched; the latest comes first."""


def fetched_between(conn: sqlite3.Connection, every: int, first: str, last: str) -> int:
    """Return the bits of the reports first fetched between two days in China, "" for no bound.

    `every` are the bits of all reports. Read are the reports between the days, or the others where these
    are fewer.
    """
    size = every.bit_length()
    start = _midnight(first) if first else ""
    end = _midnight(last, days=1) if last else ""
    if not has_list(conn, NEW_REPORTS):
        found = conn.execute(
            "SELECT rowid FROM reports WHERE first_seen >= :start AND (:end = '' OR first_seen < :end)",
            {"start": start, "end": end},
        )
        return to_bits((row for (row,) in found), size)
    places = _Places.of(conn)
    above = places.first_before(conn, end) if end else places.start
    below = places.first_before(conn, start) if start else places.end
    if below <= above:
        return 0
    if 2 * (below - above) <= places.end - places.start:
        return _bits(conn, size, "place >= ? AND place < ?", above, below)
    return every & ~_bits(conn, size, "place < ? OR place >= ?", above, below)


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of the list, from the first to after the last."""

    start: int
    end: int

    @classmethod
    def of(cls, conn: sqlite3.Connection) -> _Places:
        """Return the places that there are."""
        sql = f"SELECT coalesce(min(place), 0), coalesce(max(place) + 1, 0) FROM {_ROWS}"
        start, end = conn.execute(sql).fetchone()
        return cls(start, end)

    def first_before(self, conn: sqlite3.Connection, moment: str) -> int:
        """Return the first place from which all reports were fetched before a time."""

        def is_before(place: int) -> bool:
            return bool(conn.execute(_FETCHED, [place]).fetchone()[0] < moment)

        places = range(self.start, self.end)
        return self.start + bisect_left(places, True, key=is_before)


def _bits(conn: sqlite3.Connection, size: int, where: str, *places: int) -> int:
    rows = conn.execute(f'SELECT "row" FROM {_ROWS} WHERE {where}', places)
    return to_bits((row for (row,) in rows), size)


def _midnight(day: str, days: int = 0) -> str:
    """Return the beginning of a day in China, or of one of the days after it, as the archive has times."""
    known = min(max(date.fromisoformat(day), _FIRST_DAY), _LAST_DAY)
    return utc_stamp(datetime.combine(known + timedelta(days=days), time(), CHINA))
