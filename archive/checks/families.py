"""Families of similar reports in indexed tables: what is like a text is looked up, not compared.

`families` has a row for each report: the sketch of its prose, its place in order of time, and whether it
begins a family. `bands` has the bands of each sketch; those of the first reports of families lie together.
A look-up reads the reports that share a band with a text, however many others there are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from gongkai.archive.checks.bands import bands_of
from gongkai.archive.checks.facts import ReportFacts

if TYPE_CHECKING:
    from gongkai.archive.checks.sketch_table import SketchTable

_UNDATED = 99_999_999
_DAYS = 100_000_000
_MOST_IN_MEMORY = 300_000
"""First reports of families whose sketches stay in memory, with half a kilobyte each."""


@dataclass(frozen=True, slots=True)
class Member:
    """A report among its like. `place` orders all of them by time; the sketch of a short text is empty."""

    report_id: str
    place: str
    is_first: bool
    sketch: bytes

    @property
    def number(self) -> int:
        """A number of 63 bits that belongs to the id."""
        return int.from_bytes(blake2b(self.report_id.encode(), digest_size=8).digest(), "big") >> 1

    @property
    def period(self) -> int:
        """The beginning of its place as a number: year and day of publication."""
        year, published, *_ = self.place.split("\x1f")
        day = _UNDATED if published == "9" else int(published.replace("-", ""))
        return int(year) * _DAYS + day


def place_of(report: ReportFacts) -> str:
    """Return the place of a report in order of time; one without a date comes last in its year."""
    parts = (f"{report.year:04}", report.published_on or "9", report.first_seen, report.report_id)
    return "\x1f".join(parts)


class Families:
    """The tables of an archive that is open for writing."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._firsts: SketchTable | None = None

    def get(self, report_id: str) -> Member | None:
        """Return a report as it was entered last, None for one that was not."""
        row = self._conn.execute(
            "SELECT report_id, place, is_first, sketch FROM families WHERE report_id = ?",
            [report_id],
        ).fetchone()
        return Member(row[0], row[1], bool(row[2]), row[3]) if row else None

    def has_current_sketch(self, report_id: str) -> bool:
        """Return whether the text of a report is that of its sketch."""
        query = "SELECT is_current FROM families WHERE report_id = ?"
        row: tuple[int] | None = self._conn.execute(query, [report_id]).fetchone()
        return row is not None and bool(row[0])

    def enter(self, member: Member) -> None:
        """Enter a report, or enter it again with other bands or another place."""
        self._conn.execute(
            "INSERT OR REPLACE INTO families VALUES (?, ?, ?, ?, ?, 1)",
            [member.number, member.report_id, member.place, member.is_first, member.sketch],
        )
        self._conn.executemany(
            "INSERT INTO bands VALUES (?, ?, ?, ?)",
            [
                (band, member.is_first, member.period, member.number)
                for band in _distinct_bands(member)
            ],
        )

    def leave(self, member: Member) -> None:
        """Remove a report."""
        if self._firsts is not None:
            self._firsts.discard(member.number)
        self._conn.executemany(
            "DELETE FROM bands WHERE band = ? AND is_first = ? AND period = ? AND member = ?",
            [
                (band, member.is_first, member.period, member.number)
                for band in _distinct_bands(member)
            ],
        )
        self._conn.execute("DELETE FROM families WHERE member = ?", [member.number])

    def similar_before(self, member: Member) -> list[str]:
        """Return the first reports of families that share a band, are earlier and probably similar.

        The most similar comes first. Many texts of one template share a band and are not alike: their
        sketches are compared in one array.
        """
        rows = self._conn.execute(
            "SELECT b.member FROM json_each(?) j CROSS JOIN bands b"
            " WHERE b.band = j.value AND b.is_first = 1 AND b.period <= ?",
            [json.dumps(_distinct_bands(member)), member.period],
        )
        numbers = {number for (number,) in rows}
        if not numbers:
            return []
        table = self._table()
        self._read([number for number in numbers if number not in table])
        return table.similar_before(member.sketch, member.place, numbers)

    def _table(self) -> SketchTable:
        """Return the sketches in memory; where all are compared, each is asked for many times."""
        if self._firsts is None or len(self._firsts) > _MOST_IN_MEMORY:
            from gongkai.archive.checks.sketch_table import SketchTable  # late: numpy is slow

            self._firsts = SketchTable()
        return self._firsts

    def _read(self, numbers: Sequence[int]) -> None:
        table = self._table()
        for row in self._conn.execute(
            "SELECT member, report_id, place, sketch FROM families"
            " WHERE member IN (SELECT value FROM json_each(?))",
            [json.dumps(numbers)],
        ):
            table.add(*row)

    def later(self, member: Member) -> list[str]:
        """Return the ids of the later reports that share a band and are probably similar.

        To others it makes no difference whether this one begins a family.
        """
        found = self._conn.execute(
            "SELECT f.report_id, f.sketch FROM families f WHERE f.place > ?1 AND f.member IN ("
            " SELECT b.member FROM json_each(?2) j CROSS JOIN bands b"
            " WHERE b.band = j.value AND b.is_first IN (0, 1) AND b.period >= ?3)",
            [member.place, json.dumps(_distinct_bands(member)), member.period],
        ).fetchall()
        if not found:
            return []
        from gongkai.archive.checks.sketch_table import which_are_likely  # late: numpy is slow

        likely = which_are_likely(member.sketch, [sketch for _, sketch in found])
        return [
            report_id for (report_id, _), is_likely in zip(found, likely, strict=True) if is_likely
        ]


def _distinct_bands(member: Member) -> Sequence[int]:
    return list(dict.fromkeys(bands_of(member.sketch))) if member.sketch else []


def discard_sketch(conn: sqlite3.Connection, report_id: str) -> None:
    """Note that the text of a report is not that of its sketch any more."""
    conn.execute("UPDATE families SET is_current = 0 WHERE report_id = ?", [report_id])


def clear_families(conn: sqlite3.Connection) -> None:
    """Remove all reports."""
    conn.execute("DELETE FROM families")
    conn.execute("DELETE FROM bands")
