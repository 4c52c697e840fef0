"""The stretches of fetching in the index: in which order they began, and what their clocks said.

A file gets the next number when it is opened; the number stands in the record that opens it
(`sequence`), so that the order survives when the index is made again from files whose names and
dates come from a wrong clock. Records that somebody else has dated, such as imported ones, belong
to no stretch: their files have no number and no run.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from gongkai.clock import seconds_of, stamp_of
from gongkai.crawler.clock.clock_verdicts import DAY, ClockVerdict
from gongkai.crawler.clock.server_dates import median_lead
from gongkai.crawler.clock.verdict_table import VerdictTable
from gongkai.crawler.sites.registry import ADDED_SITE
from gongkai.crawler.warc.tables.entries import IndexEntry

SEQUENCE_FIELD = "sequence"
"""Field of the record that opens a file: its number among the files of the folder, from 1 on."""

MAX_SEQUENCE_DIGITS = 12
STEP_BACK = 5
"""Seconds by which a clock may be set back within a run without a word."""

STRETCHES_SCHEMA = """
CREATE TABLE numbering (sequence INTEGER NOT NULL);
CREATE TABLE stretches (
    id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, warc TEXT NOT NULL, offset INTEGER NOT NULL,
    site TEXT NOT NULL, run TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL,
    lead INTEGER, shift INTEGER NOT NULL DEFAULT 0, clock TEXT NOT NULL DEFAULT '',
    out_of_order INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL UNIQUE, file TEXT NOT NULL,
    base INTEGER NOT NULL, fetches INTEGER NOT NULL DEFAULT 0, visits INTEGER NOT NULL DEFAULT 0, last_fetch TEXT NOT NULL DEFAULT '',
    is_empty INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX stretches_file ON stretches(file);
CREATE INDEX stretches_warc ON stretches(warc);
CREATE INDEX stretches_sequence ON stretches(sequence);
CREATE INDEX stretches_run ON stretches(run);
CREATE INDEX stretches_site ON stretches(site, clock);
CREATE INDEX stretches_clock ON stretches(clock, sequence);
CREATE INDEX stretches_end ON stretches(ended + shift);
CREATE TABLE clock_marks (run TEXT PRIMARY KEY) WITHOUT ROWID
"""
"""`warc` is the first name of the file, `file` the present one, in which what was the first byte of the
stretch's own file stands at `base`. `number` is a short name of the stretch within this index.
Of its `fetches`, and the pages rendered from them, so many `visits` are counted beside other fetches."""


@dataclass(frozen=True, slots=True)
class FileOpening:
    """How a file of our own begins: its number, 0 without one, its site and run, and our time."""

    warc: str  # its first name
    sequence: int
    site: str
    run: str
    started: str
    file: str = ""  # its present name, "" for its first one
    base: int = 0  # where it begins in that file


class StretchTable:
    """The tables of an open index that have to do with the clock.

    `verdicts` is told of every change, so that it knows what to judge.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.verdicts = VerdictTable(db)

    def next_sequence(self) -> int:
        """Return the number of the next file; it is given once."""
        self._db.execute(
            "INSERT INTO numbering SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM numbering)"
        )
        (sequence,) = self._db.execute(
            "UPDATE numbering SET sequence = 1 + max(sequence, coalesce("
            "(SELECT max(sequence) FROM stretches), 0)) RETURNING sequence"
        ).fetchone()
        return int(sequence)

    def begin(self, opening: FileOpening, offset: int, started: int) -> int:
        """Return the id of the stretch that begins at an offset of a file.

        It is that of the file before it was merged with others.
        """
        offset -= opening.base
        added = self._db.execute(
            "INSERT OR IGNORE INTO stretches"
            " (id, sequence, warc, offset, site, run, started, ended, file, base, number)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1 + coalesce((SELECT max(number) FROM stretches), 0))",
            (
                *(stretch := _id_of(opening.warc, offset), opening.sequence, opening.warc, offset),
                *(opening.site, opening.run, started, started),
                *(opening.file or opening.warc, opening.base),
            ),
        )
        if added.rowcount:
            self.verdicts.note_begin(stretch)
        return stretch

    def move(self, stretch: int, started: int) -> None:
        """Let a stretch begin with its first fetch instead of the opening of its file."""
        before = self.verdicts.one(stretch)
        self._db.execute(
            "UPDATE stretches SET started = ?1, ended = ?1 WHERE id = ?2",
            (started, stretch),
        )
        if before:
            self.verdicts.note_change(before.stretch)

    def forget(self, warc: str) -> None:
        """Remove the stretches of a file of this first name."""
        query = "SELECT id FROM stretches WHERE warc = ?"
        for (stretch,) in self._db.execute(query, (warc,)).fetchall():
            before = self.verdicts.one(stretch)
            self._db.execute("DELETE FROM stretches WHERE id = ?", (stretch,))
            if before:
                self.verdicts.note_removal(before)

    def id_of(self, number: int) -> int:
        """Return the id of the stretch with a number."""
        query = "SELECT id FROM stretches WHERE number = ?"
        return int(self._db.execute(query, (number,)).fetchone()[0])

    def fill(self, stretch: int) -> None:
        """Note that something was fetched in a stretch."""
        self._db.execute("UPDATE stretches SET is_empty = 0 WHERE id = ?", (stretch,))

    def move_file(self, name: str, merged: str, base: int) -> list[int]:
        """Let the stretches of a file stand in a merged one, and return their numbers."""
        found = self._db.execute(
            "UPDATE stretches SET file = ?, base = base + ? WHERE file = ? RETURNING number",
            (merged, base, name),
        )
        return sorted(number for (number,) in found.fetchall())

    def merged_of(self, names: Collection[str]) -> set[str]:
        """Return those of some first names whose files stand in merged ones by now."""
        query = "SELECT 1 FROM stretches WHERE warc = ? AND file != warc LIMIT 1"
        return {name for name in names if self._db.execute(query, (name,)).fetchone()}

    def note_run(self, run: str, started: str, finished: str) -> None:
        """Take the times of what a run opened without a fetch from its record.

        What it opened first began with it. A file that was opened for the record alone, as that of a crawl
        that was lost, began when the run was over: meanwhile others have begun.
        """
        query = (
            "SELECT id, EXISTS (SELECT 1 FROM stretches o WHERE o.run = t.run"
            " AND (o.sequence, o.offset) < (t.sequence, t.offset))"
            " FROM stretches t WHERE run = ? AND is_empty"
        )
        with suppress(ValueError):  # a date that is none tells nothing about the clock
            began, ended = seconds_of(started), seconds_of(finished)
            for stretch, is_later in self._db.execute(query, (run,)).fetchall():
                self.move(stretch, ended if is_later else began)

    def shift_of(self, stretch: int) -> ClockVerdict:
        """Return the verdict on a stretch as it is now."""
        found = self._db.execute(
            "SELECT shift, clock, out_of_order FROM stretches WHERE id = ?", (stretch,)
        ).fetchone()
        return ClockVerdict(found[0], found[1], bool(found[2])) if found else ClockVerdict(0, "")

    def finish(self, stretch: int, ended: int, leads: Sequence[int]) -> None:
        """Note when a stretch ended, and by how much each of its servers was ahead of our clock."""
        before = self.verdicts.one(stretch)
        self._db.execute(
            "UPDATE stretches SET ended = max(started, ?), lead = ? WHERE id = ?",
            (ended, median_lead(leads), stretch),
        )
        if before:
            self.verdicts.note_change(before.stretch, is_end=True)

    def marked(self) -> set[str]:
        """Return the runs that an operator has marked, as far as the index knows."""
        return {run for (run,) in self._db.execute("SELECT run FROM clock_marks")}

    def set_marked(self, runs: Collection[str]) -> None:
        """Replace the marked runs."""
        self.verdicts.note_marked(self.marked() ^ set(runs))
        self._db.execute("DELETE FROM clock_marks")
        self._db.executemany("INSERT INTO clock_marks VALUES (?)", [(run,) for run in runs])

    def last_end(self) -> int | None:
        """Return when the last stretch ended, by the time it really was; None without any.

        Stretches whose clock is known to have been wrong count with the time that is probable.
        """
        (end,) = self._db.execute("SELECT max(ended + shift) FROM stretches").fetchone()
        return None if end is None else int(end)


def _id_of(warc: str, offset: int) -> int:
    """Return the id of a stretch: the same whenever the index is made again."""
    return int.from_bytes(hashlib.sha256(f"{warc}@{offset}".encode()).digest()[:6], "big")


def is_dated_now(site: str, run: str) -> bool:
    """Return whether the records of a file have the time of the clock at which they were written."""
    return bool(run) or site == ADDED_SITE


def sequence_of(about: Mapping[str, str]) -> int:
    """Return the number in the record that opens a file, 0 where there is none."""
    number = about.get(SEQUENCE_FIELD, "")
    is_number = number.isascii() and number.isdecimal() and len(number) <= MAX_SEQUENCE_DIGITS
    return int(number) if is_number else 0


def opening_of(warc: str, site: str, date: str, about: Mapping[str, str]) -> FileOpening | None:
    """Return how a file begins, by the record that opens it; None where it is no crawl of ours."""
    sequence, run = sequence_of(about), about.get("run", "")
    try:
        seconds_of(date)
    except ValueError:
        return None
    return FileOpening(warc, sequence, site, run, date) if is_dated_now(site, run) else None


class StretchTracker:
    """Assigns the records of one file, in their order, to stretches.

    `has_stepped` tells whether the clock made a step before the last record, `is_empty` that nothing was
    fetched yet.
    """

    def __init__(self, table: StretchTable, opening: FileOpening, offset: int = 0) -> None:
        self._table = table
        self._opening = opening
        self._last = seconds_of(opening.started)
        self.is_empty = True
        self._ends: dict[int, int] = {}
        self._leads: dict[int, list[int]] = {}
        self.has_stepped = False
        self.ids = [table.begin(opening, offset, self._last)]

    def is_step(self, fetched_at: str) -> bool:
        """Return whether the clock made a step between the last record and a fetch of this time."""
        try:
            return self._is_step_to(seconds_of(fetched_at))
        except ValueError:
            return False

    def _is_step_to(self, at: int) -> bool:
        return at < self._last - STEP_BACK or at > self._last + DAY

    def place(self, fetched_at: str, offset: int, server_date: str = "") -> int:
        """Return the stretch of a fetch; one at which the clock has made a step begins the next.

        `server_date` is what the server said of the time, "" where it did not.
        """
        try:
            at = seconds_of(fetched_at)
        except ValueError:
            return self.ids[-1]  # a date that is none tells nothing about the clock
        is_step = self._is_step_to(at)
        if is_step and self.is_empty:
            self._table.move(self.ids[-1], at)
        elif is_step:
            self._finish(self.ids[-1])
            self.ids.append(self._table.begin(self._opening, offset, at))
        if self.is_empty or is_step:
            self._table.fill(self.ids[-1])
        self._last, self.is_empty, self.has_stepped = at, False, is_step
        stretch = self.ids[-1]
        self._ends[stretch] = max(at, self._ends.get(stretch, at))
        if server_date:
            self._leads.setdefault(stretch, []).append(seconds_of(server_date) - at)
        return stretch

    @property
    def verdict(self) -> ClockVerdict:
        """What is thought of the clock at the moment."""
        return self._table.shift_of(self.ids[-1])

    def finish(self) -> None:
        """Note what is known of the stretches at their end."""
        for stretch in self.ids:
            self._finish(stretch)

    def _finish(self, stretch: int) -> None:
        if stretch in self._ends:
            self._table.finish(stretch, self._ends[stretch], self._leads.get(stretch, ()))


def with_seen_time(entry: IndexEntry, verdict: ClockVerdict) -> IndexEntry:
    """Return an entry with the time at which it was probably fetched."""
    at = entry.snapshot.fetched_at
    seen = stamp_of(seconds_of(at) + verdict.shift) if verdict.shift else at
    return replace(entry, snapshot=replace(entry.snapshot, seen_at=seen, clock=verdict.clock))
