"""Folders that were joined: the numbers of their files say nothing, so their stretches are ordered by time.

Files of one number come from several folders. All clocks are judged there, unless a change leaves no doubt
that nothing else follows from it.
"""

from __future__ import annotations

import sqlite3

from gongkai.crawler.clock.clock_verdicts import DAY, TOLERANCE

JOINED_STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS shared_numbers (sequence INTEGER PRIMARY KEY)",
    f"CREATE INDEX IF NOT EXISTS stretches_ahead ON stretches(started + lead) WHERE lead > {DAY}",
)
"""`shared_numbers` are those of several files."""

_SHARED = """
SELECT sequence FROM stretches WHERE sequence > 0
GROUP BY sequence HAVING count(DISTINCT warc) > 1
"""
_SHARED_WITH = """
SELECT o.sequence FROM stretches t, stretches o
WHERE t.id = ? AND o.sequence = t.sequence AND o.sequence > 0 AND o.warc != t.warc LIMIT 1
"""
_UNSHARED = """
DELETE FROM shared_numbers WHERE sequence = ?1
AND (SELECT count(DISTINCT warc) FROM stretches WHERE sequence = ?1) < 2
"""

_IN_DOUBT_AT_START = f"""
SELECT ?2 < (SELECT max(ended + shift) FROM stretches WHERE id != ?1)
    OR EXISTS (SELECT 1 FROM stretches WHERE lead > {DAY} AND started + lead >= ?2 AND id != ?1)
    OR EXISTS (SELECT 1 FROM stretches WHERE clock = 'wrong' AND out_of_order)
    OR EXISTS (SELECT 1 FROM stretches t JOIN clock_marks m ON m.run = t.run WHERE t.id = ?1)
    OR EXISTS (SELECT 1 FROM stretches WHERE clock IN ('wrong', 'marked') AND id != ?1
        AND started + max(0, coalesce(lead, 0)) >= coalesce((SELECT started FROM stretches
            INDEXED BY stretches_end WHERE clock NOT IN ('wrong', 'marked') AND id != ?1
            ORDER BY ended + shift DESC LIMIT 1), 0))
"""
"""?1 is the stretch, ?2 the earlier of its starts."""

_IN_DOUBT_AT_END = """
SELECT abs(coalesce(t.lead, 0)) > ?2 OR t.clock != '' OR t.shift != 0
    OR EXISTS (SELECT 1 FROM stretches o WHERE o.site = t.site AND o.clock = 'doubtful')
    OR EXISTS (SELECT 1 FROM stretches o WHERE o.clock > '' AND abs(o.started - t.started) <= ?3)
    OR EXISTS (SELECT 1 FROM stretches WHERE clock = 'wrong' AND out_of_order)
FROM stretches t WHERE t.id = ?1
"""
"""No index finds what is unequal to something: `clock > ''` asks `stretches_clock` for those with a verdict."""


class JoinedFolders:
    """What an open index knows of the folders whose files it has."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def is_joined(self) -> bool:
        """Return whether the files of several folders are here."""
        query = "SELECT 1 FROM shared_numbers LIMIT 1"
        return self._db.execute(query).fetchone() is not None

    def add(self, stretch: int) -> None:
        """Note that a stretch was added."""
        self._db.execute(f"INSERT OR IGNORE INTO shared_numbers {_SHARED_WITH}", (stretch,))

    def remove(self, sequence: int) -> None:
        """Note that a stretch of this number was removed."""
        self._db.execute(_UNSHARED, (sequence,))

    def find(self) -> None:
        """Find the numbers of several files among all stretches, whoever added these."""
        found = set(self._db.execute(_SHARED))
        if found != set(self._db.execute("SELECT sequence FROM shared_numbers")):
            self._db.execute("DELETE FROM shared_numbers")
            self._db.executemany("INSERT INTO shared_numbers VALUES (?)", found)

    def is_start_in_doubt(self, stretch: int, started: int) -> bool:
        """Return whether a stretch that began, moved or was removed may change what is thought of others.

        `started` is the earliest of its starts. There is no doubt where it follows on all others, the order
        of these leaves none, and a right one of them bounds those that are wrong.
        """
        found = self._db.execute(_IN_DOUBT_AT_START, (stretch, started)).fetchone()
        return bool(found[0])

    def is_end_in_doubt(self, stretch: int) -> bool:
        """Return whether the end of a stretch may change what is thought of it or of others.

        That is so where its servers, or what is thought of it or of those of the same day, leave a doubt.
        """
        found = self._db.execute(_IN_DOUBT_AT_END, (stretch, TOLERANCE, DAY)).fetchone()
        return bool(found and found[0])
