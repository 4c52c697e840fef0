"""How many reports the index passes for a question.

A phrase is looked for in every report that has all its characters, and 999条 is made of those that nearly
every report has. The full-text index does not tell how many these are; a sample of the latest reports does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from gongkai.archive.store.search import INDEX
from gongkai.archive.store.search_question import Phrase, parse

MOST_RANKED = 20_000
"""Reports with the characters of a question up to which results are ordered by relevance.

The index reads them twice more for that."""

SAMPLE = 5_000
"""Reports by which it is estimated how many have the characters of a question."""

NEAR = 20
"""Reports that the index passes to come from one with a rare character to the next, at most."""

_MOST_CHARACTERS = 40
"""Characters of a question that are counted in the sample. More are taken to be everywhere."""


def share_looked_into(conn: sqlite3.Connection, question: str, last: int) -> float:
    """Return about which share of all reports a question looks into, more than 0, by those up to a rowid.

    Where one of `NEAR` reports has the rarest character of a phrase, the index passes all that have the others.
    """
    asked = parse(question)
    counts = _Counts(conn, last)
    wanted = min((counts.of_any(group) for group in asked.groups), default=1.0)
    return max(1 / SAMPLE, min(1.0, wanted + counts.of_any(asked.excluded)))


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
