"""The index of the snapshots in SQLite: made again from the WARC files whenever it is missing.

Every fetch is committed, so that a crawl knows after any fault what was kept: as a row, or beside the row
that it confirms (`visits.py`). Several processes write to the index, each for its own site.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from heapq import merge
from pathlib import Path
from typing import Any

from gongkai.crawler.clock.clock_verdicts import ClockVerdict
from gongkai.crawler.index_log import IndexLog
from gongkai.crawler.warc.file import StorageError, open_warc
from gongkai.crawler.warc.import_notes import ImportNote
from gongkai.crawler.warc.mounts import is_on_network
from gongkai.crawler.warc.parse import DamagedRecord, read_record_at, refers_to
from gongkai.crawler.warc.snapshot import IndexEntry, Run, Snapshot, index_entry
from gongkai.crawler.warc.tables.index_schema import (
    COLUMNS,
    FETCHED,
    LATEST,
    LOST_FILES,
    ORDER_BY_TIME,
    OWN,
    RUN_CLOCK,
    RUN_SEEN,
    RUNS_OF_SITE,
    SCHEMA,
    SCHEMA_VERSION,
    SNAPSHOT_WIDTH,
)
from gongkai.crawler.warc.tables.page_notes import NamedUnits, PageNote, PendingLink
from gongkai.crawler.warc.tables.stretches import STRETCHES_SCHEMA, StretchTable
from gongkai.crawler.warc.tables.visits import VISITS_SCHEMA, LocatedVisit, VisitTable
from gongkai.regular_file import require_regular

log = logging.getLogger(__name__)

BUSY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run without a recorded end: its last file, and the number and time of its fetches."""

    id: str
    site: str
    started: str
    last_fetch: str
    file: str
    fetches: int


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """Where a record stands that is added once all others are, its portal and its stretch.

    `is_meant` tells that it holds a payload to which another record that is held refers.
    """

    site: str
    warc: str
    offset: int
    stretch: int | None
    is_meant: bool = False


@dataclass(frozen=True, slots=True)
class ReportElsewhere:
    """An address at which other crawlers saw a report or a file of one, and when they did last."""

    url: str
    last_seen: str
    is_page: bool


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
        self._folder = path.parent
        self.stretches = StretchTable(self._db)
        self.visits = VisitTable(self._db)
        self.log = IndexLog(self._db)
        with self.batch():
            self.fresh = self._version() != SCHEMA_VERSION
            if self.fresh:
                self.clear()
            else:
                self._db.execute(RUNS_OF_SITE)
                self._db.execute(LOST_FILES)
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
            former = self._names_in("files") | self._names_in("awaited_files")
            for (name,) in self._db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                self._db.execute(f"DROP TABLE {name}")
            for statement in f"{SCHEMA};{STRETCHES_SCHEMA};{VISITS_SCHEMA}".split(";"):
                self._db.execute(statement)
            self._db.execute(RUNS_OF_SITE)
            self._db.execute(LOST_FILES)
            self.stretches.verdicts.prepare()
            self.log.begin()
            self.await_files(former)
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
        if stretch is not None and not self._has_row(entry.snapshot.id):
            if is_rendering and self.visits.confirm_rendering(entry, stretch):
                return
            if not is_rendering and self.visits.confirm(entry, stretch):
                return
        if is_rendering:
            self._give_row(entry.snapshot.rendered_from)
        self.add_row(entry, stretch)

    def add_row(self, entry: IndexEntry, stretch: int | None, is_counted: bool = False) -> None:
        """Add the row of a fetch; `is_counted` tells that its stretch counts it already."""
        row = (*astuple(entry.snapshot), *astuple(entry)[1:], stretch, entry.snapshot.seen_at)
        marks = ", ".join("?" * len(row))
        added = self._db.execute(
            f"INSERT OR IGNORE INTO snapshots ({COLUMNS}, stretch, last_seen) VALUES ({marks})", row
        ).rowcount
        if added and stretch is not None and not is_counted and entry.kind != "conversion":
            self._db.execute(
                "UPDATE stretches SET fetches = fetches + 1, last_fetch = max(last_fetch, ?)"
                " WHERE id = ?",
                (entry.snapshot.fetched_at, stretch),
            )

    def has_document(self, digest: str) -> bool:
        """Return whether any fetch found this document."""
        query = "SELECT 1 FROM snapshots WHERE digest = ? LIMIT 1"
        return self._db.execute(query, (digest,)).fetchone() is not None

    def original_of(self, entry: IndexEntry) -> IndexEntry:
        """Return the fetch that a confirmation of an entry refers to: one that keeps its row and its payload."""
        fetch = None if entry.refers else self.visits.fetch_confirmed_by(entry.snapshot.id)
        kept = entry if fetch is None else self._entry_of(fetch)
        return (self.get(kept.refers) if kept.refers else None) or kept

    def _has_row(self, record_id: str) -> bool:
        query = "SELECT 1 FROM snapshots WHERE id = ?"
        return self._db.execute(query, (record_id,)).fetchone() is not None

    def _give_row(self, record_id: str) -> None:
        """Give the last visit of an address a row of its own, since something is told of it.

        What is known of the visit before it is read from its record.
        """
        fetch = self.visits.fetch_confirmed_by(record_id)
        if fetch is None:
            return
        last, later = self.visits.last_of(fetch, self._entry_of(fetch)), self.visits.later(fetch)
        with self.batch():
            earlier = self.visits.located("WHERE s.seq = ?", (fetch,))[:-1]
            before = self._read_visit(earlier[-1]) if earlier else None
            self.visits.take_last(fetch, before)
            self.add_row(last, self.stretches.id_of(later[-1].stretch), is_counted=True)

    def _read_visit(self, visit: LocatedVisit) -> IndexEntry:
        """Return a visit that a fetch counts, by its record; what cannot be read is as in the fetch."""
        entry = self._entry_of(visit.fetch)
        try:
            with open_warc(self._folder, visit.warc) as file:
                record = read_record_at(file, visit.offset)
            original = self.get(refers_to(record))
            entry = index_entry(record, entry.snapshot.site, visit.warc, visit.offset, original)
        except (OSError, DamagedRecord):  # `gongkai snapshots verify` names it
            of = replace(entry.snapshot, id="", warc=visit.warc, offset=visit.offset)
            entry = replace(entry, snapshot=of)
        return replace(
            entry, snapshot=replace(entry.snapshot, seen_at=visit.seen_at, clock=visit.clock)
        )

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
                entries = [self._read_visit(visit) for visit in theirs]
                self.visits.take_stretch(
                    fetch, number, self._read_visit(rest[-1]) if rest else None
                )
                for entry in entries:
                    self.add_row(entry, self.stretches.id_of(number), is_counted=True)

    def add_file(self, name: str, site: str, run: str, started: str) -> None:
        """Add a WARC file and the run that wrote it, "" where it was written outside a run."""
        self._db.execute(
            "INSERT OR REPLACE INTO files SELECT ?1, ?2, ?3, ?4,"
            " ?3 = '' OR EXISTS (SELECT 1 FROM runs WHERE id = ?3)",
            (name, site, run, started),
        )

    def add_site_facts(self, site: str, sequence: int, facts: str) -> None:
        """Add the facts of the registry under which a file of this number was written."""
        self._db.execute(
            "INSERT INTO site_facts VALUES (?, ?, ?) ON CONFLICT (site, facts) DO UPDATE SET"
            " sequence = max(sequence, excluded.sequence)",
            (site, facts, sequence),
        )

    def site_facts(self) -> Iterator[tuple[str, str]]:
        """Yield (site, facts) in the order in which the facts were last stated."""
        yield from self._db.execute(
            "SELECT site, facts FROM site_facts ORDER BY site, sequence, facts"
        )

    def add_foreign_file(self, name: str) -> None:
        """Note a file that is not ours, so that it is not looked at again."""
        self._db.execute("INSERT OR IGNORE INTO foreign_files VALUES (?)", (name,))

    def add_doubted(self, name: str, offset: int) -> None:
        """Note a record that no manifest covers, though one covers its file."""
        self._db.execute("INSERT OR IGNORE INTO doubted VALUES (?, ?)", (name, offset))

    def doubted(self) -> list[tuple[str, int, int]]:
        """Return the files with records that no manifest covers: name, first offset, how many."""
        query = "SELECT warc, min(offset), count(*) FROM doubted GROUP BY warc ORDER BY warc"
        return self._db.execute(query).fetchall()

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
                self._db.execute("DELETE FROM files WHERE name = ?", (name,))
                self.stretches.forget(name)
            self.judge_changed_clocks()

    def move_files(self, merged: str, parts: Sequence[tuple[str, int]]) -> None:
        """Let a file that was merged from others stand for these; `parts` are (name, first byte).

        Of a merge that stands already, nothing changes.
        """
        with self.batch():
            for name, offset in parts:
                self._db.execute(
                    "INSERT OR REPLACE INTO files SELECT ?, site, run, started, is_ended"
                    " FROM files WHERE name = ?",
                    (merged, name),
                )
                self._db.execute(
                    "UPDATE snapshots SET warc = ?, offset = offset + ? WHERE warc = ?",
                    (merged, offset, name),
                )
                self.visits.note_changed(self.stretches.move_file(name, merged, offset))
                self._db.execute("DELETE FROM files WHERE name = ?", (name,))

    def add_run(self, run: Run) -> None:
        """Add the result of a run."""
        self.stretches.note_run(run.id, run.started, run.finished)
        counts = json.dumps(dict(run.counts), sort_keys=True)
        self._db.execute(
            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(run.id, run.site, run.started, run.finished, run.outcome, counts),
                *(run.kind, run.why, run.server_lead),
            ),
        )
        self._db.execute("UPDATE files SET is_ended = 1 WHERE run = ?", (run.id,))

    def add_note(self, note: PageNote) -> None:
        """Add a note on a fetch in place of an earlier one."""
        self._give_row(note.snapshot)
        *row, pending = astuple(note)
        marks = ", ".join("?" * (len(row) + 1))
        self._db.execute(
            f"INSERT OR REPLACE INTO notes VALUES ({marks})",
            (*row, json.dumps(pending, ensure_ascii=False)),
        )

    def add_units(self, units: NamedUnits) -> None:
        """Add the agencies that an answer names; those that are in the index stay as they are."""
        self._give_row(units.snapshot)
        self._db.executemany(
            "INSERT OR IGNORE INTO units VALUES (?, ?, ?)",
            [(units.snapshot, units.site, name) for name in units.names],
        )

    def unit_names(self, site: str) -> set[str]:
        """Return the names of agencies that the pages of a site have."""
        found = self._db.execute("SELECT DISTINCT name FROM units WHERE site = ?", (site,))
        return {name for (name,) in found}

    def units(self) -> Iterator[tuple[str, str]]:
        """Yield (id of the snapshot, name) of all agencies that pages name."""
        yield from self._db.execute(
            "SELECT snapshot, name FROM units ORDER BY site, name, snapshot"
        )

    def notes(self, site: str = "") -> Iterator[PageNote]:
        """Yield the notes on all fetches, or on those of a site, in order of fetching."""
        where = "WHERE n.site = ?" if site else ""
        for *texts, is_report, misses, pending in self._db.execute(
            f"SELECT n.* FROM notes n JOIN snapshots s ON s.id = n.snapshot {where} "
            "ORDER BY s.seen_at, s.warc, s.offset",
            (site,) if site else (),
        ):
            snapshot, url, site, outcome, role, referrer = texts
            links = tuple(PendingLink(*link) for link in json.loads(pending))
            yield PageNote(
                snapshot, url, site, outcome, role, referrer, bool(is_report), misses, links
            )

    def digests_noted(self, site: str, outcome: str) -> set[str]:
        """Return the digests of the documents of a site that a note gives this outcome."""
        found = self._db.execute(
            "SELECT DISTINCT s.digest FROM notes n JOIN snapshots s ON s.id = n.snapshot "
            "WHERE n.site = ? AND n.outcome = ? AND s.digest != ''",
            (site, outcome),
        )
        return {digest for (digest,) in found}

    def truncated(self, seq: int = 0) -> Iterator[tuple[str, str]]:
        """Yield (id, address) of the documents that broke off, in order of fetching.

        With `seq`, only those that were added after a number.
        """
        yield from self._db.execute(
            "SELECT id, url FROM snapshots INDEXED BY snapshots_cut"
            f" WHERE truncated != '' AND role = '' AND seq > ? {ORDER_BY_TIME}",
            (seq,),
        )

    def missed(self, snapshots: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
        """Yield (id, address) of the whole answers that lack a report, in order of fetching.

        With `snapshots`, only those of these ids.
        """
        noted = "notes n"
        if snapshots is not None:
            noted = "json_each(?) k CROSS JOIN notes n ON n.snapshot = k.value"
        # a CROSS JOIN keeps the order: few notes tell of a missing report, and fetches are many
        yield from self._db.execute(
            f"SELECT n.snapshot, n.url FROM {noted}"
            " CROSS JOIN snapshots s ON s.id = n.snapshot"
            " WHERE n.misses > 0 AND NOT (s.truncated != '' AND s.role = '')"
            " ORDER BY s.seen_at, s.warc, s.offset",
            () if snapshots is None else (json.dumps(snapshots),),
        )

    def first_fetch_of_site(self, site: str) -> str:
        """Return the time of the first fetch of a site, "" where there is none."""
        return self._first(f"SELECT min(seen_at) FROM snapshots WHERE site = ? AND {OWN}", site)

    def first_fetch_of_url(self, url: str) -> str:
        """Return the time of the first fetch of an address, "" where there is none."""
        return self._first(f"SELECT min(seen_at) FROM snapshots WHERE url = ? AND {OWN}", url)

    def last_run(self, site: str, outcomes: Sequence[str] = ()) -> Run | None:
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
            self.runs(ids=[key for (key,) in found]),
            key=lambda run: (run.seen_at, run.id),
            default=None,
        )

    def files(self) -> set[str]:
        """Return the names of the WARC files that are in the index."""
        return {name for (name,) in self._db.execute("SELECT name FROM files")}

    def awaited_files(self) -> set[str]:
        """Return the names of files that are known to be ours, and are still to be read to their end.

        A process that dies while it reads leaves them to the next one.
        """
        return self._names_in("awaited_files")

    def lost_files(self) -> set[str]:
        """Return the names of files of ours that were not in the folder when it was listed last."""
        return self._names_in("lost_files")

    def has_files_to_read(self) -> bool:
        """Return whether files are awaited that were in the folder when it was listed last."""
        query = (
            "SELECT 1 FROM awaited_files WHERE name NOT IN (SELECT name FROM lost_files) LIMIT 1"
        )
        return self._db.execute(query).fetchone() is not None

    def note_lost(self, missing: Collection[str]) -> None:
        """Note which files of ours are not in the folder; no others are lost by now.

        Those that were merged with others are none: what they had stands in the merged file.
        """
        merged = self.stretches.merged_of(missing)
        lost = {name for name in missing if name not in merged}
        if not merged and lost == self.lost_files():
            return
        with self.batch():
            self.await_no_more(merged)
            self._db.execute("DELETE FROM lost_files")
            self._db.executemany("INSERT INTO lost_files VALUES (?)", [(name,) for name in lost])

    def await_files(self, names: Iterable[str]) -> None:
        """Note files of ours that are to be read to their end."""
        self._db.executemany(
            "INSERT OR IGNORE INTO awaited_files VALUES (?)", [(name,) for name in names]
        )

    def hold(
        self, reader: str, record: HeldRecord, record_id: str, fetched_at: str, refers: str
    ) -> None:
        """Note a record that is added once all others are; it may refer to another."""
        self._db.execute(
            "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(record_id, reader, record.site, fetched_at),
                *(record.warc, record.offset, record.stretch, refers),
            ),
        )

    def held(self, reader: str) -> Iterator[tuple[HeldRecord, ClockVerdict]]:
        """Yield the held records and what is thought of their clocks, by portal and in order of fetching.

        Those to which others refer come first.
        """
        for shift, clock, *record in self._db.execute(
            "SELECT coalesce(t.shift, 0), coalesce(t.clock, ''), h.site, h.warc, h.offset, h.stretch,"
            " h.refers = '' AND EXISTS (SELECT 1 FROM held o WHERE o.refers = h.id AND o.refers != '')"
            " AS is_meant"
            " FROM held h LEFT JOIN stretches t ON t.id = h.stretch WHERE h.reader = ?"
            " ORDER BY is_meant DESC, h.site, strftime('%s', h.fetched_at) + coalesce(t.shift, 0),"
            " h.warc, h.offset",
            (reader,),
        ):
            yield HeldRecord(*record), ClockVerdict(shift, clock)

    def count_held(self, reader: str) -> int:
        """Return how many records are held."""
        query = "SELECT count(*) FROM held WHERE reader = ?"
        return int(self._db.execute(query, (reader,)).fetchone()[0])

    def release(self, reader: str) -> None:
        """Forget the records that were held, which are added by now."""
        self._db.execute("DELETE FROM held WHERE reader = ?", (reader,))

    def await_no_more(self, names: Iterable[str]) -> None:
        """Note that files have been read to their end."""
        self._db.executemany(
            "DELETE FROM awaited_files WHERE name = ?", [(name,) for name in names]
        )

    def add_import(self, note: ImportNote) -> None:
        """Add where a record of another program came from."""
        marks = ", ".join("?" * len(astuple(note)))
        self._db.execute(f"INSERT OR REPLACE INTO imports VALUES ({marks})", astuple(note))

    def imported_as(self, record: str) -> list[IndexEntry]:
        """Return the records of other programs that give themselves this id, in order of time."""
        found = self._db.execute("SELECT snapshot FROM imports WHERE record = ?", (record,))
        entries = [entry for (each,) in found.fetchall() if (entry := self.get(each))]
        return sorted(entries, key=lambda entry: (entry.snapshot.fetched_at, entry.snapshot.id))

    def imported_at(self, url: str, fetched_at: str) -> IndexEntry | None:
        """Return the answer of another crawler from this address and second."""
        return self._one(
            f"WHERE url = ? AND fetched_at = ? AND kind != 'revisit' AND NOT ({OWN}) ORDER BY id",
            (url, fetched_at),
        )

    def imported_payload(self, payload: str) -> IndexEntry | None:
        """Return the first answer of another crawler with this payload."""
        return self._one(
            "WHERE payload = ? AND kind NOT IN ('revisit', 'conversion') "
            f"AND NOT ({OWN}) ORDER BY fetched_at, id LIMIT 1",
            (payload,),
        )

    def reports_elsewhere(self, host: str) -> list[ReportElsewhere]:
        """Return the addresses of a host, without www, at which other crawlers saw a report or its files.

        What a revisit confirms is told by the record that it means.
        """
        found = self._db.execute(
            "SELECT s.url, max(s.seen_at), s.media_type = 'text/html' FROM snapshots s "
            "JOIN imports i ON i.snapshot = s.id LEFT JOIN imports o ON o.snapshot = i.refers "
            f"WHERE s.site = ? AND NOT ({OWN}) AND s.status IN (0, 200, 304) "
            "AND coalesce(o.kind, i.kind) IN ('', 'report', 'document') GROUP BY s.url ORDER BY s.url",
            (host,),
        )
        return [ReportElsewhere(url, seen_at, bool(is_page)) for url, seen_at, is_page in found]

    def imports(self, snapshots: Sequence[str] | None = None) -> Iterator[ImportNote]:
        """Yield where the records of other programs came from, all or those of these ids."""
        which = "" if snapshots is None else "WHERE snapshot IN (SELECT value FROM json_each(?))"
        for row in self._db.execute(
            f"SELECT * FROM imports {which} ORDER BY snapshot",
            () if snapshots is None else (json.dumps(snapshots),),
        ):
            yield ImportNote(*row)

    def foreign_files(self) -> set[str]:
        """Return the names of the files that are not ours."""
        return {name for (name,) in self._db.execute("SELECT name FROM foreign_files")}

    def runs_of_files(self) -> dict[str, str]:
        """Return the run of each WARC file, "" for one that was written outside a run."""
        return dict(self._db.execute("SELECT name, run FROM files"))

    def snapshots(self, site: str = "") -> Iterator[Snapshot]:
        """Yield the fetches that have a row, all or those of a site, in order of fetching."""
        where = "WHERE site = ?" if site else ""
        query = f"SELECT {COLUMNS} FROM snapshots {where} {ORDER_BY_TIME}"
        for row in self._db.execute(query, (site,) if site else ()):
            yield Snapshot(*row[:SNAPSHOT_WIDTH])

    def after(self, seq: int) -> Iterator[tuple[int, Snapshot]]:
        """Yield (number, fetch) of those that were added after a number."""
        query = f"SELECT seq, {COLUMNS} FROM snapshots WHERE seq > ? ORDER BY seq"
        for number, *row in self._db.execute(query, (seq,)):
            yield number, Snapshot(*row[:SNAPSHOT_WIDTH])

    def get(self, record_id: str) -> IndexEntry | None:
        """Return the fetch of an id, None where it is unknown."""
        if found := self._one("WHERE id = ?", (record_id,)):
            return found
        fetch = self.visits.fetch_confirmed_by(record_id)
        return None if fetch is None else self.visits.last_of(fetch, self._entry_of(fetch))

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
        first = _entry(of)
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
        query = f"SELECT {COLUMNS} FROM snapshots {where} {ORDER_BY_TIME}"
        rows = (Snapshot(*row[:SNAPSHOT_WIDTH]) for row in self._db.execute(query, values))
        visits = (self._read_visit(each) for each in self.visits.located(where, values))
        return merge(
            rows,
            (each.snapshot for each in visits),
            key=lambda each: (each.seen_at, each.warc, each.offset),
        )

    def counted(self, stated: IndexEntry) -> IndexEntry | None:
        """Return what the fetch tells that counts a visit, the visit's own record being `stated`.

        None where no fetch counts a visit at that place. What differs from one visit to the next is
        taken from the record.
        """
        of = stated.snapshot
        fetch = self.visits.fetch_counting(of.url, of.warc, of.offset)
        if fetch is None:
            return None
        snapshot = replace(
            self._entry_of(fetch).snapshot,
            id=of.id,
            fetched_at=of.fetched_at,
            status=of.status,
            server_date=of.server_date,
            warc=of.warc,
            offset=of.offset,
            rendered_from=of.rendered_from,
        )
        return replace(stated, snapshot=snapshot)

    def counted_by(self, url: str, warc: str, offset: int) -> str:
        """Return the id of the fetch that counts the record at a place as a visit, "" where none does."""
        fetch = self.visits.fetch_counting(url, warc, offset)
        return "" if fetch is None else self._entry_of(fetch).snapshot.id

    def visit_at(self, record_id: str, warc: str, offset: int) -> Snapshot | None:
        """Return the visit whose record of an id stands at a place, None where there is no such record."""
        try:
            with open_warc(self._folder, warc) as file:
                record = read_record_at(file, offset)
        except (OSError, DamagedRecord):
            return None
        fetch = self.visits.fetch_counting(record.address, warc, offset)
        if fetch is None or record.id != record_id:
            return None
        of = self._entry_of(fetch).snapshot
        original = self.get(refers_to(record)) if record.kind == "revisit" else None
        return index_entry(record, of.site, warc, offset, original).snapshot

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
                self._entry_of(each.fetch).snapshot.url
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

    def find_payload(self, site: str, payload: str, url: str) -> IndexEntry | None:
        """Return a record of the site that holds this payload, preferably of the same address."""
        return self._one(
            f"WHERE payload = ? AND site = ? AND kind NOT IN ('revisit', 'conversion') AND {OWN} "
            "ORDER BY url = ? DESC, seen_at, warc, offset LIMIT 1",
            (payload, site, url),
        )

    def runs(self, site: str = "", ids: Sequence[str] | None = None) -> Iterator[Run]:
        """Yield the runs that ended, all, those of a site or those of these ids, in order of time."""
        which, values = ("WHERE site = ?", site) if site else ("", "")
        if ids is not None:
            which, values = "WHERE r.id IN (SELECT value FROM json_each(?))", json.dumps(ids)
        query = f"SELECT r.*, {RUN_SEEN}, {RUN_CLOCK} FROM runs r {which} ORDER BY {RUN_SEEN}, r.id"
        for row in self._db.execute(query, (values,) if which else ()):
            run_id, site, started, finished, outcome, counts, *rest = row
            yield Run(run_id, site, started, finished, outcome, json.loads(counts), *rest)

    def unfinished_runs(self) -> list[UnfinishedRun]:
        """Return the runs without a recorded end, oldest first."""
        found = self._db.execute(
            "SELECT f.run, f.site, min(f.started), coalesce(nullif(max(t.last_fetch), ''),"
            " min(f.started)), (SELECT l.name FROM files l WHERE l.run = f.run"
            " ORDER BY l.rowid DESC LIMIT 1), coalesce(sum(t.fetches), 0)"
            " FROM files f INDEXED BY files_unended LEFT JOIN stretches t ON t.file = f.name"
            " WHERE NOT f.is_ended GROUP BY f.run ORDER BY 3, 1"
        )
        return [UnfinishedRun(*row) for row in found]

    def _first(self, query: str, value: str) -> str:
        time: str | None = self._db.execute(query, (value,)).fetchone()[0]
        return time or ""

    def _names_in(self, table: str) -> set[str]:
        """Return the names in a table, which an index of an earlier version may lack."""
        try:
            return {name for (name,) in self._db.execute(f"SELECT name FROM {table}")}
        except sqlite3.OperationalError:  # there is no such table
            return set()

    def _version(self) -> int:
        version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        return version

    def _one(self, rest: str, values: tuple[str, ...]) -> IndexEntry | None:
        row = self._db.execute(f"SELECT {COLUMNS} FROM snapshots {rest}", values).fetchone()
        return None if row is None else _entry(row)

    def _entry_of(self, seq: int) -> IndexEntry:
        """Return the fetch of a number that there is."""
        query = f"SELECT {COLUMNS} FROM snapshots WHERE seq = ?"
        return _entry(self._db.execute(query, (seq,)).fetchone())


def _entry(row: Sequence[Any]) -> IndexEntry:
    """Return the fetch that the columns of a row tell of."""
    return IndexEntry(Snapshot(*row[:SNAPSHOT_WIDTH]), *row[SNAPSHOT_WIDTH:])
