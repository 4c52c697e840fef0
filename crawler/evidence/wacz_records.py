"""The records of snapshots as a package holds them: byte for byte as they were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gongkai.crawler.evidence.stored_records import record_key
from gongkai.crawler.foreign.record_head import UnusableRecord
from gongkai.crawler.warc.cdxj import cdxj_line
from gongkai.crawler.warc.compose import derive_record_id
from gongkai.crawler.warc.file import open_warc
from gongkai.crawler.warc.foreign_record import read_foreign
from gongkai.crawler.warc.parse import (
    DamagedRecord,
    WarcRecord,
    gzip_members,
    parse_record,
)
from gongkai.crawler.warc.snapshot import Snapshot
from gongkai.crawler.warc.store import Snapshots, StorageError
from gongkai.crawler.warc.trust import is_imported
from gongkai.errors import cause_of

COMPANION_TYPES = ("request", "metadata")
"""Types of records behind a document that belong to it: its request, notes and stated facts."""


@dataclass(frozen=True, slots=True)
class PackedRecord:
    """A record as it stands in its file: the packed bytes, and what they hold."""

    packed: bytes
    content: bytes
    record: WarcRecord

    def index_line(self, name: str, offset: int) -> str:
        """Return the line of an index for a file of a name, "" for a record that is not indexed."""
        return cdxj_line(name, offset, offset + len(self.packed), self.record)


def packed_records(snapshots: Snapshots, wanted: Iterable[Snapshot]) -> Iterator[PackedRecord]:
    """Yield the records of snapshots, each once: documents, what belongs to them, what they refer to.

    Raises:
        StorageError: A record cannot be read.
    """
    seen: set[str] = set()
    for snapshot in wanted:
        yield from _with_originals(snapshots, snapshot, seen)


def _with_originals(
    snapshots: Snapshots, snapshot: Snapshot, seen: set[str]
) -> Iterator[PackedRecord]:
    """Yield the record that a revisit or a rendered page refers to before its own."""
    if snapshot.id in seen:
        return
    seen.add(snapshot.id)
    entry = snapshots.index.get(snapshot.id)
    refers = entry.refers if entry else snapshots.refers(snapshot)
    if original := snapshots.get(refers or snapshot.rendered_from):
        yield from _with_originals(snapshots, original, seen)
    yield from _group(snapshots, snapshot)


def _group(snapshots: Snapshots, snapshot: Snapshot) -> Iterator[PackedRecord]:
    """Yield the record of a snapshot and those behind it that belong to it."""
    places: list[tuple[int, int, bytes, WarcRecord]] = []
    try:
        with open_warc(snapshots.folder, snapshot.warc) as file:
            file.seek(snapshot.offset)
            for start, end, content in gzip_members(file):
                record = _read(snapshot, content, is_first=not places)
                if places and not _belongs(record, snapshot):
                    break
                places.append((start, end, content, record))
            if not places:
                raise DamagedRecord("record_incomplete")
            for start, end, content, record in places:
                file.seek(start)
                yield PackedRecord(file.read(end - start), content, record)
    except (OSError, DamagedRecord, UnusableRecord) as problem:
        raise StorageError(
            "record_unreadable",
            file=snapshot.warc,
            offset=snapshot.offset,
            why=cause_of(problem),
        ) from problem


def _read(snapshot: Snapshot, content: bytes, is_first: bool) -> WarcRecord:
    """Return a record; that of another crawler has the address and the date that we read in it."""
    if is_first and is_imported(snapshot.warc):
        return read_foreign(content).record
    return parse_record(content)


def _belongs(record: WarcRecord, snapshot: Snapshot) -> bool:
    """Return whether a record that stands behind a document names it."""
    if record.kind not in COMPANION_TYPES:
        return False
    if record.id == derive_record_id(f"import:{snapshot.id}"):
        return True  # where a record of another crawler came from
    fields = (record.field("WARC-Concurrent-To"), record.field("WARC-Refers-To"))
    return snapshot.id in map(record_key, fields)
