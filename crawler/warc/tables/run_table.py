"""The runs in an open index, with and without a recorded end."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongkai.crawler.warc.tables.entries import Run
from gongkai.crawler.warc.tables.index_schema import RUN_CLOCK, RUN_SEEN, RUNS_OF_SITE
from gongkai.crawler.warc.tables.stretches import StretchTable


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run without a recorded end: its last file, and the number and time of its fetches."""

    id: str
    site: str
    started: str
    last_fetch: str
    file: str
    fetches: int


class RunTable:
    """The table of runs; `stretches` are told of their times."""

    def __init__(self, db: sqlite3.Connection, stretches: StretchTable) -> None:
        self._db = db
        self._stretches = stretches

    def prepare(self) -> None:
        """Create what an index of this version may lack."""
        self._db.execute(RUNS_OF_SITE)

    def add(self, run: Run) -> None:
        """Add the result of a run."""
        self._stretches.note_run(run.id, run.started, run.finished)
        counts = json.dumps(dict(run.counts), sort_keys=True)
        self._db.execute(
            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(run.id, run.site, run.started, run.finished, run.outcome, counts),
                *(run.kind, run.why, run.server_lead),
            ),
        )
        self._db.execute("UPDATE files SET is_ended = 1 WHERE run = ?", (run.id,))

    def all(self, site: str = "", ids: Sequence[str] | None = None) -> Iterator[Run]:
        """Yield the runs that ended, all, those of a site or those of these ids, in order of time."""
        which, values = ("WHERE site = ?", site) if site else ("", "")
        if ids is not None:
            which, values = "WHERE r.id IN (SELECT value FROM json_each(?))", json.dumps(ids)
        query = f"SELECT r.*, {RUN_SEEN}, {RUN_CLOCK} FROM runs r {which} ORDER BY {RUN_SEEN}, r.id"
        for row in self._db.execute(query, (values,) if which else ()):
            run_id, site, started, finished, outcome, counts, *rest = row
            yield Run(run_id, site, started, finished, outcome, json.loads(counts), *rest)

    def ids(self) -> list[str]:
        """Return the ids of the runs that ended."""
        return [run for (run,) in self._db.execute("SELECT id FROM runs")]

    def last(self, site: str, outcomes: Sequence[str] = ()) -> Run | None:
        """Return the last run of a site with one of these outcomes, or with any; None without one."""
        # those with a moved time are few; of the others the last one began last by our clock, too
        which = "(?2 = '[]' OR r.outcome IN (SELECT value FROM json_each(?2)))"
        found = self._db.execute(
            "SELECT id FROM (SELECT r.id FROM runs r INDEXED BY runs_site WHERE r.site = ?1"
            f" AND {which} AND NOT EXISTS"
            " (SELECT 1 FROM stretches t WHERE t.run = r.id AND t.shift != 0)"
            " ORDER BY r.started DESC, r.id DESC LIMIT 1) UNION ALL"
            " SELECT r.id FROM stretches t INDEXED BY stretches_moved CROSS JOIN runs r ON r.id = t.run"
            f" WHERE t.site = ?1 AND t.shift != 0 AND {which}",
            (site, json.dumps(outcomes)),
        )
        return max(
            self.all(ids=[key for (key,) in found]),
            key=lambda run: (run.seen_at, run.id),
            default=None,
        )

    def unfinished(self) -> list[UnfinishedRun]:
        """Return the runs without a recorded end, oldest first."""
        found = self._db.execute(
            "SELECT f.run, f.site, min(f.started), coalesce(nullif(max(t.last_fetch), ''),"
            " min(f.started)), (SELECT l.name FROM files l WHERE l.run = f.run"
            " ORDER BY l.rowid DESC LIMIT 1), coalesce(sum(t.fetches), 0)"
            " FROM files f INDEXED BY files_unended LEFT JOIN stretches t ON t.file = f.name"
            " WHERE NOT f.is_ended GROUP BY f.run ORDER BY 3, 1"
        )
        return [UnfinishedRun(*row) for row in found]
