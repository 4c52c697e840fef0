"""Keeping what one crawl fetches: a WARC record on disk and its row in the index, or neither."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, astuple
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from gongkai.crawler.warc.compose import (
    Exchange,
    RevisitTarget,
    compose_exchange,
    compose_facts,
    compose_note,
    compose_resource,
    compose_run,
    compose_warcinfo,
    payload_digest,
)
from gongkai.crawler.warc.file import StorageError, WarcFile
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.page_notes import PageNote
from gongkai.crawler.warc.parse import read_record_at
from gongkai.crawler.warc.snapshot import IndexEntry, Run, Snapshot, index_entry

MAX_FILE_BYTES = 1 << 30
"""A file that has grown past this is followed by a new one."""

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
    """The one who writes for a site; `about` goes into the record that opens each file."""

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
        self._file = self._open()

    def exchange(self, exchange: Exchange) -> tuple[Snapshot, IndexEntry | None]:
        """Keep a request and its answer; give its snapshot and the last good one before it.

        An answer whose payload the site's files hold already, or "not modified", becomes a revisit
        record. Raises StorageError; then nothing was kept.
        """
        before = self._index.latest(exchange.url, good=True)
        held = self._held(exchange, before)
        records = compose_exchange(exchange, uuid4().hex, _original(held) if held else None)
        return self._keep(records, held), before

    def resource(
        self, url: str, body: bytes, media_type: str, facts: Mapping[str, str]
    ) -> Snapshot:
        """Keep a document that came from disk, and what is stated of it; raises StorageError."""
        record_id, now = uuid4().hex, utc_now()
        records = compose_resource(url, body, media_type, record_id, now)
        if facts:
            records += compose_facts(record_id, url, now, facts)
        return self._keep(records, None)

    def note(self, note: PageNote, at: str) -> None:
        """Keep what the crawl says of a fetch of that time; raises StorageError."""
        said: dict[str, object] = {
            name: getattr(note, name) for name in ("outcome", "role", "via", "report", "misses")
        }
        if note.leads:
            said["leads"] = [astuple(lead) for lead in note.leads]
        offset = self._file.append(compose_note(note.snapshot, note.url, at, said))
        with self._row_or_nothing(offset):
            self._index.add_note(note)

    def end(self, run: Run) -> None:
        """Keep how the run went; raises StorageError."""
        offset = self._file.append(compose_run(run.id, run.finished, asdict(run)))
        with self._row_or_nothing(offset):
            self._index.add_run(run)

    def close(self) -> None:
        """Give the last file its final name."""
        self._file.close()

    def _open(self) -> WarcFile:
        file = WarcFile(self._folder, self._site)
        started = utc_now()
        file.append(compose_warcinfo(file.name, started, self._about))
        try:
            self._index.add_file(file.name, self._site, self._run, started)
        except sqlite3.Error as problem:
            raise StorageError(f"cannot write to the index: {problem}") from problem
        return file

    def _keep(self, records: bytes, original: IndexEntry | None) -> Snapshot:
        if self._file.end > self._max_file:
            self._file.close()
            self._file = self._open()
        # what is about to be written is read first: the row is that of the record, and no record
        # is written that could not be read
        record = read_record_at(BytesIO(records), 0)
        offset = self._file.append(records)
        row = index_entry(record, self._site, self._file.name, offset, original)
        with self._row_or_nothing(offset):
            self._index.add(row)
        return row.snapshot

    def _held(self, exchange: Exchange, before: IndexEntry | None) -> IndexEntry | None:
        if exchange.status == HTTPStatus.NOT_MODIFIED:
            return self._index.get(before.refers) if before and before.refers else before
        if not exchange.body:
            return None
        digest = payload_digest(exchange.body)
        return self._index.holder(self._site, digest, exchange.url)

    @contextmanager
    def _row_or_nothing(self, offset: int) -> Iterator[None]:
        """Take the record at an offset back where its row cannot be committed."""
        try:
            yield
        except sqlite3.Error as problem:
            self._file.cut(offset)
            raise StorageError(f"cannot write to the index: {problem}") from problem


def _original(held: IndexEntry) -> RevisitTarget:
    found = held.snapshot
    return RevisitTarget(found.id, found.url, found.fetched_at, held.payload)


def utc_now() -> str:
    """Give the time as the index prints it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
