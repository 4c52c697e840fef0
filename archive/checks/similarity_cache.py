"""The similarity of pairs of reports, stored between builds.

Imported late: numpy and scipy take half a second.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from gongkai.archive.checks.comparable_prose import blank_names, prose
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.facts_query import section_texts
from gongkai.archive.checks.minhash import Shingles, jaccard, shingles


class SimilarityCache:
    """The similarity of two reports, computed once for each pair until the text of either changes."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._kept: dict[tuple[str, str], float] = {
            (report, earlier): share
            for report, earlier, share in conn.execute("SELECT * FROM likeness")
        }
        self._used: dict[tuple[str, str], float] = {}
        self._pieces = lru_cache(maxsize=512)(self._cut)

    def __call__(self, report: ReportFacts, earlier: ReportFacts) -> float:
        """Return the similarity of the blanked prose of two reports."""
        pair = report.report_id, earlier.report_id
        share = self._kept.get(pair)
        if share is None:
            share = jaccard(self._pieces(report), self._pieces(earlier))
        self._used[pair] = share
        return share

    def save(self) -> None:
        """Store the pairs that were asked for, and delete the others."""
        gone = [pair for pair in self._kept if pair not in self._used]
        new = [(*pair, share) for pair, share in self._used.items() if pair not in self._kept]
        self._conn.executemany("DELETE FROM likeness WHERE report_id = ? AND earlier_id = ?", gone)
        self._conn.executemany("INSERT INTO likeness VALUES (?, ?, ?)", new)

    def _cut(self, report: ReportFacts) -> Shingles:
        text = prose(section_texts(self._conn, report.report_id))
        return shingles(blank_names(text, report.agency, report.region_code))
