"""The similarity of pairs of reports, stored between builds."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING

from gongkai.archive.checks.comparable_prose import blank_names, prose
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.facts_query import section_texts

if TYPE_CHECKING:
    from gongkai.archive.checks.minhash import Shingles


class SimilarityCache:
    """The similarity of two reports, computed once for each pair until the text of either changes."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._stored: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._pieces = lru_cache(maxsize=512)(self._cut)

    def begin(self, report_id: str) -> None:
        """Begin with the pairs of a report."""
        found = "SELECT earlier_id, share FROM likeness WHERE report_id = ?"
        self._stored = dict(self._conn.execute(found, [report_id]).fetchall())
        self._used = {}

    def __call__(self, report: ReportFacts, earlier: ReportFacts) -> float:
        """Return the similarity of the blanked prose of the report begun with and another."""
        share = self._stored.get(earlier.report_id)
        if share is None:
            from gongkai.archive.checks.minhash import jaccard  # late: numpy takes half a second

            share = jaccard(self._pieces(report), self._pieces(earlier))
        self._used[earlier.report_id] = share
        return share

    def finish(self, report_id: str) -> None:
        """Store the pairs of a report that were asked for, and delete its others."""
        self._conn.executemany(
            "DELETE FROM likeness WHERE report_id = ? AND earlier_id = ?",
            [(report_id, key) for key in self._stored.keys() - self._used.keys()],
        )
        self._conn.executemany(
            "INSERT INTO likeness VALUES (?, ?, ?)",
            [(report_id, key, self._used[key]) for key in self._used.keys() - self._stored.keys()],
        )

    def _cut(self, report: ReportFacts) -> Shingles:
        from gongkai.archive.checks.minhash import shingles

        text = prose(section_texts(self._conn, report.report_id))
        return shingles(blank_names(text, report.agency, report.region_code))
