"""Keeping what one crawl fetches: a WARC record on disk and its row in the index, or neither."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from gongkai.clock import utc_stamp
from gongkai.crawler.manifests.chain_heads import HEAD_FIELD, current_head
from gongkai.crawler.sites.site_facts import SITE_FACTS_FIELD
from gongkai.crawler.warc.compose import (
    Exchange,
    RevisitTarget,
    compose_exchange,
    compose_facts,
    compose_note,
    compose_rendering,
    compose_resource,
    compose_run,
    compose_units,
    compose_warcinfo,
    payload_digest,
)
from gongkai.crawler.warc.file import StorageError, WarcFile
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.parse import WarcRecord, read_record_at
from gongkai.crawler.warc.snapshot import (
    IndexEntry,
    Run,
    Snapshot,
    fetched_at,
    index_entry,
    note_fields,
    run_fields,
)
from gongkai.crawler.warc.tables.page_notes import NamedUnits, PageNote
from gongkai.crawler.warc.tables.stretches import (
    SEQUENCE_FIELD,
    FileOpening,
    StretchTracker,
    is_dated_now,
    with_seen_time,
)
from gongkai.errors import cause_of

MAX_FILE_BYTES = 1 << 30
"""A file that has grown beyond this is followed by a new one."""

MOST_FILES_BY_STEPS = 8
"""Files that a writer opens because the clock was set; after that many it stays in one file."""

WARCINFO = {
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": (
        "Entities are as sent, content coding included. Not as sent: the case and order of header "
        "names, the reason phrase, the framing of chunked bodies, and headers of the connection "
        "(Connection, Keep-Alive, Transfer-Encoding), which the HTTP client does not hand on."
    ),
}


class SnapshotWriter:
    """Writes the records of one site; `about` goes into the record that opens each file.

    A run, and what is added from disk, has the time of this machine's clock: each file gets a number,
    so that their order does not depend on it.

    `files` are the names of the files so far, the last of which is being written.
    """

    def __init__(
        self,
        folder: Path,
        index: SnapshotIndex,
        site: str,
        run: str = "",
        about: Mapping[str, str] | None = None,
        max_file: int = MAX_FILE_BYTES,
    ) -> None:
        self._folder = folder
        self._index = index
        self._site = site
        self._run = run
        self._about = {**WARCINFO, "isPartOf": site, "run": run, **(about or {})}
        self._max_file = max_file
        self._is_closed = False
        self._track: StretchTracker | None = None
        self._number = 0
        self._has_facts_to_note = False
        self._files_by_steps = 0
        self.files: list[str] = []
        self._file = self._open_file()

    def write_exchange(self, exchange: Exchange) -> tuple[Snapshot, IndexEntry | None]:
        """Keep a request and its answer; return its snapshot and the last good one before it.

        An answer with a payload that the site's files hold already, or "not modified", becomes a
        revisit record.

        Raises:
            StorageError: Nothing was kept.
        """
        before = self._index.latest(exchange.address, good=True)
        original = self._original_of(exchange, before)
        target = _revisit_target(original) if original else None
        return self._write(compose_exchange(exchange, uuid4().hex, target), original), before

    def write_resource(
        self, url: str, body: bytes, media_type: str, facts: Mapping[str, str]
    ) -> Snapshot:
        """Keep a document that came from disk, and the facts that are stated of it.

        Raises:
            StorageError: Nothing was kept.
        """
        record_id, now = uuid4().hex, utc_stamp()
        records = compose_resource(url, body, media_type, record_id, now)
        if facts:
            records += compose_facts(record_id, url, now, facts)
        return self._write(records, None)

    def write_rendering(self, url: str, html: bytes, original: Snapshot) -> Snapshot:
        """Keep a page after its scripts ran, beside the answer that they were in.

        Raises:
            StorageError: Nothing was kept.
        """
        entry = self._index.get(original.id)
        target = RevisitTarget(
            original.id, original.url, original.fetched_at, entry.payload if entry else ""
        )
        return self._write(
            compose_rendering(url, html, uuid4().hex, original.fetched_at, target), None
        )

    def write_note(self, note: PageNote, fetched_at: str) -> None:
        """Keep a note on a fetch of that time.

        Raises:
            StorageError: Nothing was kept.
        """
        record = compose_note(note.snapshot, note.url, fetched_at, note_fields(note))
        with self._with_row(self._file.append(record)):
            self._index.add_note(note)

    def write_units(self, units: NamedUnits, fetched_at: str) -> None:
        """Keep the agencies that a fetch of that time names.

        Raises:
            StorageError: Nothing was kept.
        """
        record = compose_units(units.snapshot, units.url, fetched_at, units.names)
        with self._with_row(self._file.append(record)), self._index.batch():
            self._index.add_units(units)

    def write_run(self, run: Run) -> None:
        """Keep the result of the run.

        Raises:
            StorageError: Nothing was kept.
        """
        offset = self._file.append(compose_run(run.id, run.finished, run_fields(run)))
        with self._with_row(offset), self._index.batch():
            self._index.runs.add(run)
            # it moves what the run opened without a fetch: others would judge all clocks until it is judged
            self._index.judge_changed_clocks()

    def close(self) -> None:
        """Give the last file its final name; once."""
        if not self._is_closed:
            self._is_closed = True
            self._finish_stretches()
            self._file.close()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was fetched so far."""
        return not self._index.holds_fetches(self.files)

    def discard(self) -> None:
        """Remove the file of a run that fetched nothing, in place of closing it.

        The result of the run stays in the index; it has to stand in a manifest too. Where the index cannot
        forget the file, it is closed.
        """
        if not self._is_closed:
            self._is_closed = True
            # The rows go first: a file without its row is read by who opens the folder next, and a row
            # without its file is a lost original.
            try:
                self._index.forget_files(self.files)
            except sqlite3.Error:
                self._file.close()
            else:
                self._file.discard()

    def _open_file(self) -> WarcFile:
        file = WarcFile(self._folder, self._site)
        self.files.append(file.name)
        started = utc_stamp()
        try:
            about, number = dict(self._about), 0
            if is_dated_now(self._site, self._run):
                number = self._index.stretches.next_sequence()
                about = {**about, SEQUENCE_FIELD: str(number)}
                if head := current_head(self._folder):
                    about[HEAD_FIELD] = str(head)
            file.append(compose_warcinfo(file.name, started, about))
            self._index.files.add(file.name, self._site, self._run, started)
            self._number, self._has_facts_to_note = number, SITE_FACTS_FIELD in about
            if number:
                opening = FileOpening(file.name, number, self._site, self._run, started)
                with self._index.batch():
                    self._track = StretchTracker(self._index.stretches, opening)
                    self._index.judge_changed_clocks()
        except sqlite3.Error as problem:
            raise StorageError("index_not_writable", why=cause_of(problem)) from problem
        return file

    def _finish_stretches(self) -> None:
        """Note what the servers said of the clock, and judge anew what that tells about."""
        if self._track is None:
            return
        # the file is whole; a new index finds out the same
        with suppress(sqlite3.Error), self._index.batch():
            self._track.finish()
            self._index.judge_changed_clocks()

    def _write(self, records: bytes, original: IndexEntry | None) -> Snapshot:
        # What is about to be written is read first: the row is made from the record itself, and no
        # record is written that could not be read back.
        record = read_record_at(BytesIO(records), 0)
        is_after_step = self._is_after_step(record)
        if self._file.end > self._max_file or is_after_step:
            self._files_by_steps += is_after_step
            self._finish_stretches()
            self._file.close()
            self._file = self._open_file()
        offset = self._file.append(records)
        row = index_entry(record, self._site, self._file.name, offset, original)
        with self._with_row(offset), self._index.batch():
            self._note_site_facts()
            if self._track is None:
                self._index.add(row)
                return row.snapshot
            stretch = self._stretch_of(self._track, row, offset)
            row = with_seen_time(row, self._track.verdict)
            self._index.add(row, stretch)
        return row.snapshot

    def _note_site_facts(self) -> None:
        """Add the facts of the portal with the first record: a file without one is discarded."""
        if self._has_facts_to_note:
            self._index.files.add_site_facts(
                self._site, self._number, self._about[SITE_FACTS_FIELD]
            )
            self._has_facts_to_note = False

    def _stretch_of(self, track: StretchTracker, row: IndexEntry, offset: int) -> int:
        """Return the stretch of a record; a rendered page has the date of an earlier answer."""
        if row.kind == "conversion":
            return track.ids[-1]
        stretch = track.place(row.snapshot.fetched_at, offset, row.snapshot.server_date)
        if track.has_stepped:
            self._index.judge_changed_clocks()
        return stretch

    def _is_after_step(self, record: WarcRecord) -> bool:
        """Return whether the clock was set since the last fetch: the next file has the number of its time.

        Others may have begun meanwhile. A rendered page has the date of an earlier answer. A clock that is
        set again and again does not open a file each time: the steps are stretches of one file then.
        """
        if self._track is None or record.kind == "conversion":
            return False
        if self._files_by_steps >= MOST_FILES_BY_STEPS:
            return False
        return not self._track.is_empty and self._track.is_step(fetched_at(record))

    def _original_of(self, exchange: Exchange, before: IndexEntry | None) -> IndexEntry | None:
        """Return the entry that holds the payload of an answer, None where no entry does."""
        if exchange.status == HTTPStatus.NOT_MODIFIED:
            return self._index.original_of(before) if before else None
        if not exchange.body:
            return None
        return self._index.fetches.find_payload(
            self._site, payload_digest(exchange.body), exchange.address
        )

    @contextmanager
    def _with_row(self, offset: int) -> Iterator[None]:
        """Remove the record at an offset again where its row cannot be committed."""
        try:
            yield
        except sqlite3.Error as problem:
            self._file.truncate(offset)
            raise StorageError("index_not_writable", why=cause_of(problem)) from problem


def _revisit_target(original: IndexEntry) -> RevisitTarget:
    snapshot = original.snapshot
    return RevisitTarget(snapshot.id, snapshot.url, snapshot.fetched_at, original.payload)
