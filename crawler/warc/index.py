"""The index of the snapshots in SQLite: made again from the WARC files whenever it is missing.

Every fetch is committed, so that a crawl knows after any fault what was kept: as a row, or beside the row
that it confirms (`visits.py`). Several processes write to the index, each for its own site.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from heapq import merge
from pathlib import Path

from gongkai.crawler.clock.clock_verdicts import ClockVerdict
from gongkai.crawler.index_log import IndexLog
from gongkai.crawler.warc.file import StorageError
from gongkai.crawler.warc.mounts import is_on_network
from gongkai.crawler.warc.snapshot import IndexEntry, Snapshot
from gongkai.crawler.warc.tables.fetch_table import FetchTable, entry_of
from gongkai.crawler.warc.tables.file_table import FileTable
from gongkai.crawler.warc.tables.held_table import HeldTable
from gongkai.crawler.warc.tables.import_table import ImportTable
from gongkai.crawler.warc.tables.index_schema import (
    COLUMNS,
    FETCHED,
    LATEST,
    OWN,
    SCHEMA,
    SCHEMA_VERSION,
)
from gongkai.crawler.warc.tables.note_table import NoteTable
from gongkai.crawler.warc.tables.page_notes import NamedUnits, PageNote
from gongkai.crawler.warc.tables.run_table import RunTable
from gongkai.crawler.warc.tables.stretches import STRETCHES_SCHEMA, StretchTable
from gongkai.crawler.warc.tables.visits import VISITS_SCHEMA, LocatedVisit, VisitTable
from gongkai.crawler.warc.visit_records import VisitRecords
from gongkai.regular_file import require_regular

log = logging.getLogger(__name__)

BUSY_SECONDS = 60


def version_of(path: Path) -> int:
    """Return the version that made an index, 0 where there is none.

    Who opens one of an earlier version makes it again.

    Raises:
        sqlite3.DatabaseError: The file is not a database.
    """
    if not path.is_file():
        return 0
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as db:
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


class SnapshotIndex:
    """An open index. Every method that writes commits before it returns, or at the end of `batch`."""

    def __init__(self, path: Path) -> None:
        """Open or create an index; `fresh` tells that it is empty and has to be filled.

        Raises:
            StorageError: A later version of this program made it.
            sqlite3.DatabaseError: The file is not a database.
            OSError: It is no file.
        """
        require_regular(path)
        if version_of(path) > SCHEMA_VERSION:
            raise StorageError("index_newer", path=str(path))
        self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        # WAL mode needs memory that all processes share, which machines cannot
        mode = "DELETE" if is_on_network(path.parent) else "WAL"
        self._db.execute(f"PRAGMA journal_mode = {mode}")
        self._db.execute("PRAGMA synchronous = FULL")
        self.fetches = FetchTable(self._db)
        self.visits = VisitTable(self._db)
        self.visit_records = VisitRecords(path.parent, self.fetches, self.visits)
        self.stretches = StretchTable(self._db)
        self.files = FileTable(self._db)
        self.runs = RunTable(self._db, self.stretches)
        self.notes = NoteTable(self._db)
        self.imports = ImportTable(self._db, self.fetches)
        self.held = HeldTable(self._db)
        self.log = IndexLog(self._db)
        with self.batch():
            self.fresh = self._version() != SCHEMA_VERSION
            if self.fresh:
                self.clear()
            else:
                self.runs.prepare()
                self.files.prepare()
                self.stretches.verdicts.prepare()
        if self.stretches.verdicts.unjudged():
            with suppress(sqlite3.OperationalError):  # a full disk, say: who comes next tries again
                self.judge_clocks()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def clear(self) -> None:
        """Drop all tables and create them again, empty but for the names of the files: they are awaited."""
        with self.batch():
            former = self.files.former()
            for (name,) in self._db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                self._db.execute(f"DROP TABLE {name}")
            for statement in f"{SCHEMA};{STRETCHES_SCHEMA};{VISITS_SCHEMA}".split(";"):
                self._db.execute(statement)
            self.runs.prepare()
            self.files.prepare()
            self.stretches.verdicts.prepare()
            self.log.begin()
            self.files.await_reading(former)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Write what the block writes in one transaction; nested blocks join the outer one."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:  # SQLite rolls back itself when the disk is full
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def add(self, entry: IndexEntry, stretch: int | None = None) -> None:
        """Add a fetch and its stretch, if it has one; a fetch that is known stays as it is.

        One that found what the visit before had found is counted beside the fetch that it confirms.
        """
        is_rendering = entry.kind == "conversion"
        if stretch is not None and not self.fetches.has(entry.snapshot.id):
            if is_rendering and self.visits.confirm_rendering(entry, stretch):
                return
            if not is_rendering and self.visits.confirm(entry, stretch):
                return
        if is_rendering:
            self._give_row(entry.snapshot.rendered_from)
        self.fetches.add(entry, stretch)

    def original_of(self, entry: IndexEntry) -> IndexEntry:
        """Return the fetch that a confirmation of an entry refers to: one that keeps its row and its payload."""
        fetch = None if entry.refers else self.visits.fetch_confirmed_by(entry.snapshot.id)
        kept = entry if fetch is None else self.fetches.numbered(fetch)
        return (self.visit_records.original(kept.refers) if kept.refers else None) or kept

    def _give_row(self, record_id: str) -> None:
        """Give the last visit of an address a row of its own, since something is told of it.

        What is known of the visit before it is read from its record.
        """
        fetch = self.visits.fetch_confirmed_by(record_id)
        if fetch is None:
            return
        last, later = (
            self.visits.last_of(fetch, self.fetches.numbered(fetch)),
            self.visits.later(fetch),
        )
        with self.batch():
            earlier = self.visits.located("WHERE s.seq = ?", (fetch,))[:-1]
            before = self.visit_records.read(earlier[-1]) if earlier else None
            self.visits.take_last(fetch, before)
            self.fetches.add(last, self.stretches.id_of(later[-1].stretch), is_counted=True)

    def judge_clocks(self) -> None:
        """Judge the clocks of all runs anew, and order the fetches by the times that follow."""
        self._order_by(self.stretches.verdicts.judge)

    def judge_changed_clocks(self) -> None:
        """Judge the clocks anew that stretches which began, ended or were removed may tell about."""
        self._order_by(self.stretches.verdicts.judge_changed)

    def _order_by(self, judge: Callable[[], Mapping[int, ClockVerdict]]) -> None:
        """Order the visits by the new verdicts on stretches, which are told by their numbers.

        Originals can be read and written without: where judging fails, the verdicts stay as they are, and
        who opens the folder next tries again.
        """
        with self.batch():
            self._db.execute("SAVEPOINT judging")
            try:
                changed = judge()
                self.visits.note_changed(changed)
                for number, verdict in changed.items():
                    if verdict.clock:
                        self._give_rows(number)
            except sqlite3.Error:
                raise
            except Exception:  # logged, and told by `Snapshots.doubts`
                log.exception("clocks could not be judged")
                self._db.execute("ROLLBACK TO judging")
            self._db.execute("RELEASE judging")

    def _give_rows(self, number: int) -> None:
        """Give the visits of a stretch rows of their own, since its clock was wrong."""
        found = self.visits.located(
            "WHERE s.site IN (SELECT site FROM stretches WHERE number = ? AND visits)", (number,)
        )
        by_fetch: dict[int, list[LocatedVisit]] = {}
        for visit in found:
            by_fetch.setdefault(visit.fetch, []).append(visit)
        for fetch, visits in by_fetch.items():
            theirs = [visit for visit in visits if visit.stretch == number]
            if theirs:
                rest = [visit for visit in visits if visit.stretch != number]
                entries = [self.visit_records.read(visit) for visit in theirs]
                self.visits.take_stretch(
                    fetch, number, self.visit_records.read(rest[-1]) if rest else None
                )
                for entry in entries:
                    self.fetches.add(entry, self.stretches.id_of(number), is_counted=True)

    def holds_fetches(self, names: Sequence[str]) -> bool:
        """Return whether any fetch stands in files of these names."""
        marks = ", ".join("?" * len(names))
        query = (
            f"SELECT 1 FROM snapshots WHERE warc IN ({marks}) UNION ALL"
            f" SELECT 1 FROM stretches WHERE file IN ({marks}) AND fetches LIMIT 1"
        )
        return self._db.execute(query, [*names, *names]).fetchone() is not None

    def forget_files(self, names: Sequence[str]) -> None:
        """Remove files without fetches, and their stretches."""
        with self.batch():
            for name in names:
                self.files.forget(name)
                self.stretches.forget(name)
            self.judge_changed_clocks()

    def move_files(self, merged: str, parts: Sequence[tuple[str, int]]) -> None:
        """Let a file that was merged from others stand for these; `parts` are (name, first byte).

        Of a merge that stands already, nothing changes.
        """
        with self.batch():
            for name, offset in parts:
                self._db.execute(
                    "UPDATE snapshots SET warc = ?, offset = offset + ? WHERE warc = ?",
                    (merged, offset, name),
                )
                self.visits.note_changed(self.stretches.move_file(name, merged, offset))
                self.files.take_over(merged, name)

    def note_lost(self, missing: Collection[str]) -> None:
        """Note which files of ours are not in the folder; no others are lost by now.

        Those that were merged with others are none: what they had stands in the merged file.
        """
        merged = self.stretches.merged_of(missing)
        lost = {name for name in missing if name not in merged}
        read = merged & self.files.awaited()
        if not read and lost == self.files.lost():
            return
        with self.batch():
            self.files.await_no_more(read)
            self.files.note_lost(lost)

    def add_note(self, note: PageNote) -> None:
        """Add a note on a fetch in place of an earlier one."""
        self._give_row(note.snapshot)
        self.notes.add(note)

    def add_units(self, units: NamedUnits) -> None:
        """Add the agencies that an answer names; those that are in the index stay as they are."""
        self._give_row(units.snapshot)
        self.notes.add_units(units)

    def get(self, record_id: str) -> IndexEntry | None:
        """Return the fetch of an id, None where it is unknown."""
        return self.visit_records.get(record_id)

    def latest(self, url: str, good: bool = False, until: str = "") -> IndexEntry | None:
        """Return the last fetch of an address; with `good`, the last one with a document or a 304.

        With `until`, only fetches up to that time count.
        """
        where = f"WHERE url = ? AND {FETCHED} AND {OWN}" + (
            " AND status IN (0, 200, 304)" if good else ""
        )
        if until:
            where += " AND seen_at <= ?"
        query = f"SELECT seq, {COLUMNS} FROM snapshots {where} {LATEST}"
        row = self._db.execute(query, (url, until) if until else (url,)).fetchone()
        if row is None:
            return None
        seq, *of = row
        first = entry_of(of)
        last = self.visits.last_of(seq, first)
        if not until or last.snapshot.seen_at <= until:
            return last
        fetched_at, seen_at = self.visits.last_until(seq, until)
        if not fetched_at:
            return first
        return replace(
            first, snapshot=replace(first.snapshot, fetched_at=fetched_at, seen_at=seen_at)
        )

    def last_digests(self, url: str) -> list[str]:
        """Return the digests of the last three documents that we fetched from an address, the last first."""
        found = self._db.execute(
            f"SELECT seq, digest FROM snapshots WHERE url = ? AND {FETCHED} AND {OWN}"
            " AND status IN (0, 200, 304) ORDER BY last_seen DESC, warc DESC, offset DESC LIMIT 3",
            (url,),
        ).fetchall()
        seen = [digest for seq, digest in found for _ in range(1 + len(self.visits.later(seq)))]
        return seen[:3]

    def versions(self, urls: Sequence[str]) -> list[Snapshot]:
        """Return all fetches of these addresses in order of fetching."""
        marks = ", ".join("?" * len(urls))
        return list(self._every(f"WHERE url IN ({marks})", urls))

    def every(self, site: str = "") -> Iterator[Snapshot]:
        """Yield all fetches, or those of a site, in order of fetching.

        Those that are counted beside another one are read from their records: this takes its time.
        """
        return self._every("WHERE site = ?" if site else "", (site,) if site else ())

    def _every(self, where: str, values: Sequence[str]) -> Iterator[Snapshot]:
        rows = self.fetches.select(where, values)
        visits = (self.visit_records.read(each) for each in self.visits.located(where, values))
        return merge(
            rows,
            (each.snapshot for each in visits),
            key=lambda each: (each.seen_at, each.warc, each.offset),
        )

    def urls_elsewhere(self, name: str, offsets: Collection[int]) -> list[str]:
        """Return the addresses of fetches that stand in a file by the index, and not at these places.

        The visits that are counted beside a fetch are read where their number is wrong.
        """
        found = self._db.execute(
            "SELECT offset, url FROM snapshots WHERE warc = ? ORDER BY seen_at, offset", (name,)
        ).fetchall()
        rows = {offset for offset, _ in found}
        (counted,) = self._db.execute(
            "SELECT coalesce(sum(visits), 0) FROM stretches WHERE file = ?", (name,)
        ).fetchone()
        missing = [url for offset, url in found if offset not in offsets]
        if counted and counted != len(set(offsets) - rows):
            visits = self.visits.located(
                "WHERE s.site IN (SELECT site FROM stretches WHERE file = ?)", (name,)
            )
            missing += [
                self.fetches.numbered(each.fetch).snapshot.url
                for each in visits
                if each.warc == name and each.offset not in offsets
            ]
        return missing

    def place_now(self, warc: str, offset: int) -> tuple[str, int]:
        """Return where a record stands by now that stood at a place before files were merged."""
        row = self._db.execute(
            "SELECT file, base FROM stretches WHERE warc = ? LIMIT 1", (warc,)
        ).fetchone()
        return (str(row[0]), int(row[1]) + offset) if row else (warc, offset)

    def _version(self) -> int:
        version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        return version
