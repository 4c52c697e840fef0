"""The records of snapshots as a package holds them: byte for byte as they were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gongkai.crawler.warc.cdxj import cdxj_line
from gongkai.crawler.warc.file import open_warc
from gongkai.crawler.warc.parse import (
    DamagedRecord,
    WarcRecord,
    gzip_members,
    parse_record,
    refers_to,
)
from gongkai.crawler.warc.snapshot import Snapshot
from gongkai.crawler.warc.store import Snapshots, StorageError
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
    group = list(_group(snapshots, snapshot))
    original = snapshots.get(refers_to(group[0].record))
    if original:
        yield from _with_originals(snapshots, original, seen)
    yield from group


def _group(snapshots: Snapshots, snapshot: Snapshot) -> Iterator[PackedRecord]:
    """Yield the record of a snapshot and those behind it that belong to it."""
    try:
        with open_warc(snapshots.folder, snapshot.warc) as file:
            file.seek(snapshot.offset)
            places: list[tuple[int, int, bytes, WarcRecord]] = []
            for start, end, content in gzip_members(file):
                record = parse_record(content)
                if places and not _belongs(record, snapshot):
                    break
                places.append((start, end, content, record))
            if not places:
                raise DamagedRecord("record_incomplete")
            for start, end, content, record in places:
                file.seek(start)
                yield PackedRecord(file.read(end - start), content, record)
    except (OSError, DamagedRecord) as problem:
        raise StorageError(
            "record_unreadable",
            file=snapshot.warc,
            offset=snapshot.offset,
            why=cause_of(problem),
        ) from problem


def _belongs(record: WarcRecord, snapshot: Snapshot) -> bool:
    """Return whether a record that stands behind a document names it."""
    fields = (record.field("WARC-Concurrent-To"), record.field("WARC-Refers-To"))
    named = {
        field.strip("<>").removeprefix("urn:uuid:").replace("-", "").lower() for field in fields
    }
    return record.kind in COMPANION_TYPES and snapshot.id in named
