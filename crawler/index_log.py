"""The log of an index: what was added or changed after a build looked last.

Fetches have numbers of their own, in the order in which they were added, and so have the visits that are
counted beside them, in the order in which they changed. Everything else that a build
copies leaves a line in the table `log`, written by triggers in the transaction of the change. A mark tells
how far somebody has read; it names the last fetch and the last line, so that an index that was restored
from a copy is not taken for the one that was read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import uuid4

Kind = Literal["snapshot", "note", "unit", "run", "import"]
"""What a line is about. A snapshot has another place or time; the others were added, or replaced."""

STATEMENTS = (
    "CREATE TABLE log_name (name TEXT NOT NULL)",
    "CREATE TABLE log (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL)",
    """CREATE TRIGGER log_snapshots AFTER UPDATE OF warc, offset, seen_at, clock ON snapshots
       BEGIN INSERT INTO log (kind, key) VALUES ('snapshot', new.id); END""",
    """CREATE TRIGGER log_notes AFTER INSERT ON notes WHEN new.misses > 0
       BEGIN INSERT INTO log (kind, key) VALUES ('note', new.snapshot); END""",
    """CREATE TRIGGER log_units AFTER INSERT ON units
       BEGIN INSERT INTO log (kind, key) VALUES ('unit', new.snapshot || ' ' || new.name); END""",
    """CREATE TRIGGER log_runs AFTER INSERT ON runs
       BEGIN INSERT INTO log (kind, key) VALUES ('run', new.id); END""",
    """CREATE TRIGGER log_stretches AFTER UPDATE OF shift, clock ON stretches
       WHEN new.run != '' AND (new.shift != old.shift OR new.clock != old.clock)
       BEGIN INSERT INTO log (kind, key) VALUES ('run', new.run); END""",
    """CREATE TRIGGER log_imports AFTER INSERT ON imports
       BEGIN INSERT INTO log (kind, key) VALUES ('import', new.snapshot); END""",
)
"""The tables and triggers, beside the tables that they watch."""

_VISIT = "(SELECT coalesce(max(changed), 0) FROM visits)"
_MARK = f"""
SELECT (SELECT name FROM log_name), coalesce(s.seq, 0), coalesce(s.id, ''), coalesce(l.number, 0),
       coalesce(l.kind || ' ' || l.key, ''), {_VISIT}
FROM (SELECT 1) LEFT JOIN (SELECT seq, id FROM snapshots ORDER BY seq DESC LIMIT 1) s
LEFT JOIN (SELECT number, kind, key FROM log ORDER BY number DESC LIMIT 1) l
"""


@dataclass(frozen=True, slots=True)
class IndexMark:
    """How far an index was read: its name, number and id of the last fetch, number and text of the last line.

    `visit` is the number of the last change of visits that found the same.
    """

    name: str
    seq: int
    snapshot: str
    number: int
    line: str
    visit: int = 0


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """What came after a mark: fetches with a number above `seq`, and the keys of other changes by kind.

    Visits that found the same were counted, moved or judged anew where their number is above `visit`.
    """

    seq: int
    keys: dict[Kind, Sequence[str]]
    visit: int = 0


class IndexLog:
    """The log of an open index."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def begin(self) -> None:
        """Create the log of an index that has its other tables, and give it a name."""
        for statement in STATEMENTS:
            self._db.execute(statement)
        self._db.execute("INSERT INTO log_name VALUES (?)", (uuid4().hex,))

    def mark(self) -> IndexMark:
        """Return the mark of the end, as of one moment."""
        return IndexMark(*self._db.execute(_MARK).fetchone())

    def changes_since(self, mark: IndexMark) -> IndexChanges | None:
        """Return what came after a mark; None where it is none of this index."""
        if not self._is_known(mark):
            return None
        keys: dict[Kind, Sequence[str]] = {}
        for kind in get_args(Kind):
            rows = self._db.execute(
                "SELECT DISTINCT key FROM log WHERE number > ? AND kind = ?", (mark.number, kind)
            )
            keys[kind] = [key for (key,) in rows]
        return IndexChanges(mark.seq, keys, mark.visit)

    def _is_known(self, mark: IndexMark) -> bool:
        """Return whether this index had the fetch and the line of a mark under their numbers."""
        there = self._db.execute(
            "SELECT (SELECT name FROM log_name),"
            " coalesce((SELECT id FROM snapshots WHERE seq = ?), ''),"
            f" coalesce((SELECT kind || ' ' || key FROM log WHERE number = ?), ''), {_VISIT} >= ?",
            (mark.seq, mark.number, mark.visit),
        ).fetchone()
        return bool(there == (mark.name, mark.snapshot, mark.line, 1))
