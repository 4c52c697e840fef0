"""What the index of the originals has and the archive lacks.

A build remembers how far it has read the index, and asks for what came after. Where the index is another
one, because it was made again or restored from a copy, both are compared as a whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Protocol

from gongkai.archive.store.work_queue import BATCH
from gongkai.crawler.index_log import IndexChanges, IndexMark
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Run, Snapshot
from gongkai.crawler.warc.tables.import_table import ImportNote
from gongkai.crawler.warc.tables.visits import Confirmation

_UNDATED = "server_date IS NULL AND status IS NOT NULL"
"""SQL: a fetch whose server did not say the time, or whose date an earlier version did not keep."""


class SnapshotSource(Protocol):
    """What the build needs of `gongkai.crawler.warc.store.Snapshots`, where each is described."""

    folder: Path

    def rows(self) -> Iterator[Snapshot]:
        """Yield the snapshots that found something else than the one before, in the order of fetching."""
        ...

    def confirmations(self, changes: IndexChanges | None = None) -> Iterator[Confirmation]:
        """Yield the visits that found the same, by the snapshot that they confirm."""
        ...

    def counted_by(self, url: str, warc: str, offset: int) -> str:
        """Return the id of the snapshot of an address that counts the record at a place; "" without one."""
        ...

    def mark(self) -> IndexMark:
        """Return how far the index goes by now."""
        ...

    def changes_since(self, mark: IndexMark) -> IndexChanges | None:
        """Return what came after a mark; None where the mark is of another index."""
        ...

    def after(self, seq: int) -> Iterator[tuple[int, Snapshot]]:
        """Yield (number, snapshot) of those that were added after a number."""
        ...

    def get(self, snapshot_id: str) -> Snapshot | None:
        """Return a snapshot by its id."""
        ...

    def body(self, snapshot: Snapshot) -> bytes:
        """Return the document of a snapshot."""
        ...

    def headers(self, snapshot: Snapshot) -> Sequence[tuple[str, str]]:
        """Return the headers of the answer."""
        ...

    def facts(self, snapshot: Snapshot) -> Mapping[str, str]:
        """Return what an operator stated of a document from disk."""
        ...

    def runs(self, ended: Sequence[str] | None = None) -> Iterable[Run]:
        """Return all runs, the oldest first; of those that ended only some, where ids are given."""
        ...

    def remarks(self, changes: IndexChanges | None = None) -> Iterable[tuple[str, str, str]]:
        """Return (snapshot, address, remark) of answers that broke off or lack a report."""
        ...

    def sites(self) -> Sequence[Site]:
        """Return the portals by the facts under which they were crawled last."""
        ...

    def imports(self, snapshots: Sequence[str] | None = None) -> Iterable[ImportNote]:
        """Return where the records of other crawlers came from, all or those of these ids."""
        ...

    def units(self) -> Iterable[tuple[str, str]]:
        """Return (snapshot, name) of the agencies that pages of disclosure name."""
        ...


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A row of the archive, its address, and the snapshot that counts it as one of its visits."""

    id: str
    url: str
    counted_by: str


@dataclass(frozen=True, slots=True)
class IndexNews:
    """What the index has and the archive lacks, and how far the index went when it was asked.

    `snapshots` and `runs` are new. Of `rejudged` and `rejudged_runs` the archive has another time, or
    another opinion of the clock. `moved` stand at another place, because files were merged. `remarks` are
    (snapshot, address, remark), `units` (snapshot, name of an agency). `visits` are those that found the
    same, and `counted` rows of the archive which the index counts among them.
    """

    mark: IndexMark
    snapshots: Sequence[Snapshot]
    runs: Sequence[Run]
    rejudged: Sequence[Snapshot]
    rejudged_runs: Sequence[Run]
    moved: Sequence[Snapshot]
    remarks: Sequence[tuple[str, str, str]]
    units: Sequence[tuple[str, str]]
    imports: Sequence[ImportNote]
    visits: Sequence[Confirmation]
    counted: Sequence[CountedRow]

    def __bool__(self) -> bool:
        _, *news = (getattr(self, name) for name in self.__slots__)
        return any(news)


def compare_with_index(conn: sqlite3.Connection, source: SnapshotSource) -> IndexNews:
    """Return the differences between the archive and the index, in order of fetching."""
    mark = source.mark()  # what is added from here on may be seen twice, and never missed
    before = _stored_mark(conn)
    changes = source.changes_since(before) if before else None
    seen = _places_of(conn, source, changes) if changes else _all_places(conn, source)
    keys = changes.keys if changes else None
    runs, rejudged_runs = _runs(conn, source.runs(keys["run"] if keys else None))
    return IndexNews(
        mark=mark,
        snapshots=seen.new,
        runs=runs,
        rejudged=seen.rejudged,
        rejudged_runs=rejudged_runs,
        moved=seen.moved,
        remarks=_lacking(conn, "remarks", source.remarks(changes)),
        units=_new_units(conn, source, keys["unit"] if keys else None),
        imports=_new_imports(conn, source.imports(keys["import"] if keys else None)),
        visits=_new_visits(conn, source, changes),
        counted=seen.counted,
    )


def store_mark(conn: sqlite3.Connection, mark: IndexMark) -> None:
    """Remember how far the index was read. The caller commits."""
    conn.execute("DELETE FROM index_mark")
    conn.execute("INSERT INTO index_mark VALUES (?, ?, ?, ?, ?, ?)", astuple(mark))


def _stored_mark(conn: sqlite3.Connection) -> IndexMark | None:
    row = conn.execute("SELECT * FROM index_mark").fetchone()
    return IndexMark(*row) if row else None


@dataclass(frozen=True, slots=True)
class _Seen:
    new: list[Snapshot]
    rejudged: list[Snapshot]
    moved: list[Snapshot]
    counted: list[CountedRow]


def _all_places(conn: sqlite3.Connection, source: SnapshotSource) -> _Seen:
    """Compare all fetches of the index with those of the archive."""
    # a number in place of the name: there may be millions
    places = {
        key: hash((warc, offset))
        for key, warc, offset in conn.execute("SELECT id, warc, offset FROM snapshots")
    }
    undated = {row for (row,) in conn.execute(f"SELECT id FROM snapshots WHERE {_UNDATED}")}
    judged = _judged(conn, "snapshots", "fetched_at")
    seen = _Seen([], [], [], [])
    for each in source.rows():
        place = places.pop(each.id, None)
        if place is None:
            seen.new.append(each)
            continue
        if place != hash((each.warc, each.offset)):
            seen.moved.append(each)
        known = judged.get(each.id, (each.fetched_at, ""))
        if known != (each.seen_at, each.clock) or (each.server_date and each.id in undated):
            seen.rejudged.append(each)
    seen.counted.extend(_counted(conn, source, places))
    return seen


def _counted(
    conn: sqlite3.Connection, source: SnapshotSource, keys: Iterable[str]
) -> Iterator[CountedRow]:
    """Yield which rows that the index does not have it counts among the visits of another one."""
    for key in keys:
        url, warc, offset = conn.execute(
            "SELECT url, warc, offset FROM snapshots WHERE id = ?", [key]
        ).fetchone()
        if counted_by := source.counted_by(url, warc, offset):
            yield CountedRow(key, url, counted_by)


def _new_visits(
    conn: sqlite3.Connection, source: SnapshotSource, changes: IndexChanges | None
) -> list[Confirmation]:
    """Return the visits that found the same and that the archive does not have, or not like this."""
    new = []
    for each in source.confirmations(changes):
        row = conn.execute(
            "SELECT visits, last_seen, last_record, last_warc, last_offset FROM snapshots WHERE id = ?",
            [each.snapshot],
        ).fetchone()
        stated = (each.last, each.warc, each.offset) if each.times else (None, None, None)
        known = row and row[0] == 1 + len(each.times) and row[2:] == stated
        if not known or (each.times and row[1] != each.times[-1]):
            new.append(each)
    return new


def _places_of(conn: sqlite3.Connection, source: SnapshotSource, changes: IndexChanges) -> _Seen:
    """Compare the fetches that were added or changed since with those of the archive."""
    added = [each for _, each in source.after(changes.seq)]
    known = _known(conn, "snapshots", "id", [each.id for each in added])
    new = [each for each in added if each.id not in known]
    new.sort(key=lambda each: (each.seen_at, each.warc, each.offset))
    seen = _Seen(new, [], [], [])
    for key in changes.keys["snapshot"]:
        row = conn.execute(
            "SELECT warc, offset, seen_at, clock FROM snapshots WHERE id = ?", [key]
        ).fetchone()
        each = source.get(key) if row else None
        if each is None:
            continue
        if row[:2] != (each.warc, each.offset):
            seen.moved.append(each)
        if row[2:] != (each.seen_at, each.clock):
            seen.rejudged.append(each)
    return seen


def _judged(conn: sqlite3.Connection, table: str, own: str) -> Mapping[str, tuple[str, str]]:
    """Return time and opinion of the rows whose clock is not simply believed."""
    rows = conn.execute(
        f"SELECT id, seen_at, clock FROM {table} WHERE seen_at <> {own} OR clock <> ''"
    )
    return {key: (seen_at, opinion) for key, seen_at, opinion in rows}


def _runs(conn: sqlite3.Connection, runs: Iterable[Run]) -> tuple[list[Run], list[Run]]:
    """Return the runs that ended and are new, and those whose clock is judged in another way."""
    new, rejudged = [], []
    for run in runs:
        if run.outcome == "running":
            continue
        row = conn.execute("SELECT seen_at, clock FROM runs WHERE id = ?", [run.id]).fetchone()
        if row is None:
            new.append(run)
        elif row != (run.seen_at, run.clock):
            rejudged.append(run)
    return new, rejudged


def _lacking(
    conn: sqlite3.Connection, table: str, found: Iterable[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """Return what the archive does not have yet, by the snapshot."""
    every = list(found)
    known = _known(conn, table, "snapshot", [snapshot for snapshot, *_ in every])
    return [each for each in every if each[0] not in known]


def _new_units(
    conn: sqlite3.Connection, source: SnapshotSource, lines: Sequence[str] | None
) -> list[tuple[str, str]]:
    """Return the names of agencies that the archive does not have yet, in the order of the index."""
    if lines is None:
        every: Iterable[tuple[str, str]] = source.units()
    else:
        every = [(snapshot, name) for snapshot, _, name in (line.partition(" ") for line in lines)]
    return [named for named in every if not _has_unit(conn, named)]


def _has_unit(conn: sqlite3.Connection, named: tuple[str, str]) -> bool:
    query = "SELECT 1 FROM unit_names WHERE snapshot = ? AND name = ?"
    return conn.execute(query, named).fetchone() is not None


def _new_imports(conn: sqlite3.Connection, notes: Iterable[ImportNote]) -> list[ImportNote]:
    """Return the notes on records of other crawlers that the archive does not have yet."""
    every = list(notes)
    known = _known(conn, "imports", "snapshot", [note.snapshot for note in every])
    return [note for note in every if note.snapshot not in known]


def _known(conn: sqlite3.Connection, table: str, column: str, keys: Sequence[str]) -> set[str]:
    """Return which keys a table has."""
    query = f"SELECT {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"
    known: set[str] = set()
    for start in range(0, len(keys), BATCH):
        some = json.dumps(keys[start : start + BATCH])
        known |= {key for (key,) in conn.execute(query, [some])}
    return known
