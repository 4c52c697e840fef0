"""How many reports a question may look into, so that a rare phrase costs no more in a large archive.

A phrase is looked for in every report that has all its characters, and 999条 is made of those that nearly
every report has. The full-text index does not tell how many these are; a sample of the latest reports does.
Those that are not looked into are the earliest, and can be asked for by their date.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from gongkai.archive.store.search import INDEX
from gongkai.archive.store.search_question import Phrase, parse
from gongkai.publish.facets.bitmaps import Facets

MOST_PASSED = 50_000
"""Reports with the characters of a question that are looked into for a page: 30 to 90 milliseconds."""

MOST_RANKED = 20_000
"""The same where results are ordered by relevance, for which the index reads them twice more."""

SAMPLE = 5_000
"""Reports by which it is estimated how many have the characters of a question."""

NEAR = 20
"""Reports that the index passes to come from one with a rare character to the next, at most."""

_MOST_CHARACTERS = 40
"""Characters of a question that are counted in the sample. More are taken to be everywhere."""


def lowest_passed(
    conn: sqlite3.Connection,
    facets: Facets,
    question: str,
    first: int,
    last: int,
    most: int | None,
) -> int:
    """Return the lowest rowid, of those between two, from which a question may look into reports.

    It is 0 where all may be looked into, else that of a report which is numbered by date. `most` is the number
    of reports with its characters, None for all.
    """
    if most is None or last - first < most:
        return 0
    within = (facets.in_order & ((2 << last) - 1)) >> first
    allowed = int(most / share_looked_into(conn, question, last))
    if within.bit_count() <= allowed:
        return 0
    place = bisect_right(
        range(last - first + 1), -allowed, key=lambda at: -(within >> at).bit_count()
    )
    return first + place - 1


def share_looked_into(conn: sqlite3.Connection, question: str, last: int) -> float:
    """Return about which share of all reports a question looks into, more than 0, by those up to a rowid.

    Where one of `NEAR` reports has the rarest character of a phrase, the index passes all that have the others.
    """
    asked = parse(question)
    counts = _Counts(conn, last)
    wanted = min((counts.of_any(group) for group in asked.groups), default=1.0)
    return max(1 / SAMPLE, min(1.0, wanted + counts.of_any(asked.excluded)))


def day_of(conn: sqlite3.Connection, lowest: int) -> str:
    """Return the day after which all reports have a rowid from `lowest` on, "" if none has a day."""
    sql = "SELECT coalesce(published_on, (SELECT min(published_on) FROM reports)) FROM reports WHERE rowid = ?"
    (day,) = conn.execute(sql, [lowest]).fetchone()  # reports without a day come last
    return str(day or "")


class _Counts:
    """The shares of the latest reports that have characters."""

    def __init__(self, conn: sqlite3.Connection, last: int) -> None:
        self._conn = conn
        self._last = last
        self._known: dict[str, float] = {}

    def of_any(self, phrases: Iterable[Phrase]) -> float:
        """Return the share of reports in which one of some phrases is looked for."""
        return sum(min(self._of_each(phrase)) for phrase in phrases)

    def _of_each(self, phrase: Phrase) -> Iterator[float]:
        for token in dict.fromkeys(phrase):
            if token not in self._known and len(self._known) < _MOST_CHARACTERS:
                self._known[token] = self._count(token)
            yield self._known.get(token, 1.0)

    def _count(self, token: str) -> float:
        most = max(1, SAMPLE // NEAR)
        (found,) = self._conn.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {INDEX} WHERE {INDEX} MATCH ?"
            " AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?)",
            [f'"{token}"', self._last - SAMPLE + 1, self._last, most],
        ).fetchone()
        return 1.0 if found == most else NEAR * found / SAMPLE
