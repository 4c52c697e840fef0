"""What was noted of fetches, in an open index: what pages are, what they lack, which agencies they name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import astuple

from gongkai.crawler.warc.tables.index_schema import ORDER_BY_TIME
from gongkai.crawler.warc.tables.page_notes import NamedUnits, PageNote, PendingLink


class NoteTable:
    """The tables of notes and of named agencies; what is noted of has a row of its own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, note: PageNote) -> None:
        """Add a note on a fetch in place of an earlier one."""
        *row, pending = astuple(note)
        marks = ", ".join("?" * (len(row) + 1))
        self._db.execute(
            f"INSERT OR REPLACE INTO notes VALUES ({marks})",
            (*row, json.dumps(pending, ensure_ascii=False)),
        )

    def add_units(self, units: NamedUnits) -> None:
        """Add the agencies that an answer names; those that are in the index stay as they are."""
        self._db.executemany(
            "INSERT OR IGNORE INTO units VALUES (?, ?, ?)",
            [(units.snapshot, units.site, name) for name in units.names],
        )

    def all(self, site: str = "") -> Iterator[PageNote]:
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

    def digests(self, site: str, outcome: str) -> set[str]:
        """Return the digests of the documents of a site that a note gives this outcome."""
        found = self._db.execute(
            "SELECT DISTINCT s.digest FROM notes n JOIN snapshots s ON s.id = n.snapshot "
            "WHERE n.site = ? AND n.outcome = ? AND s.digest != ''",
            (site, outcome),
        )
        return {digest for (digest,) in found}

    def unit_names(self, site: str) -> set[str]:
        """Return the names of agencies that the pages of a site have."""
        found = self._db.execute("SELECT DISTINCT name FROM units WHERE site = ?", (site,))
        return {name for (name,) in found}

    def units(self) -> Iterator[tuple[str, str]]:
        """Yield (id of the snapshot, name) of all agencies that pages name."""
        yield from self._db.execute(
            "SELECT snapshot, name FROM units ORDER BY site, name, snapshot"
        )

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
