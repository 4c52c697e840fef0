"""Whether the files still hold the records that a manifest names, byte for byte and in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from gongkai.crawler.evidence.stored_records import record_key
from gongkai.crawler.manifests.covered_bytes import hash_part
from gongkai.crawler.manifests.manifest_index import FilePlace
from gongkai.crawler.manifests.run_manifest import FileDigest, MergedFile, RecordDigest
from gongkai.crawler.warc.file import open_warc
from gongkai.crawler.warc.parse import DamagedRecord, parse_record, readable_members
from gongkai.messages import Message, message
from gongkai.regular_file import NotRegularFile, open_regular

MOST_NAMED = 20
"""Records of one file that are named; of a file that is damaged throughout the rest is counted."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record as it stands in a file now."""

    id: str
    sha256: str
    offset: int
    type: str
    url: str


def check_file(folder: Path, file: FileDigest, place: FilePlace, run: str) -> list[Message]:
    """Return what differs between a manifest's file and the bytes that stand for it now.

    Raises:
        OSError: The file cannot be read.
    """
    if place.file != file.name and not (folder / place.file).exists():
        place = replace(place, file=file.name, offset=0)  # a merge that is not finished
    try:
        opened = open_warc(folder, place.file)
    except (FileNotFoundError, NotRegularFile):
        return [message("manifest_file_missing", file=file.name, run=run, n=len(file.records))]
    with opened as stream:
        if hash_part(stream, place.offset, file.bytes) == file.sha256:
            behind = place.file == file.name  # behind a part of a merged file are other parts
            return _behind(stream, place.file, file.bytes, run) if behind else []
        if not file.records:
            return [message("manifest_file_changed", file=file.name, run=run)]
        return _named(list(_differences(stream, file, place, run)), file.name, run)


def check_merged(folder: Path, merged: MergedFile) -> list[Message]:
    """Return what stands in a merged file behind its parts, which are compared by themselves.

    Raises:
        OSError: The file cannot be read.
    """
    path = folder / merged.name
    if not path.is_file():  # its parts are said to be missing
        return []
    with open_regular(path) as stream:
        return _behind(stream, merged.name, merged.bytes, "-")


def _behind(stream: BinaryIO, name: str, end: int, run: str) -> list[Message]:
    """Return what stands behind the end that a file had when it was covered."""
    size = stream.seek(0, 2)
    if size <= end:
        return []
    records = [_added(each, name, run) for each in _stored_records(stream, end)]
    longer = message("manifest_file_longer", file=name, run=run, n=size - end)
    return [longer, *_named(records, name, run)]


def _differences(
    stream: BinaryIO, file: FileDigest, place: FilePlace, run: str
) -> Iterator[Message]:
    """Yield the records that were changed or removed, then what was added or put in another order."""
    is_whole_file = place.file == file.name
    stored = list(
        _stored_records(stream, place.offset, None if is_whole_file else place.offset + file.bytes)
    )
    here = Counter(each.sha256 for each in stored)
    ids = {each.id for each in stored}
    lost = [record for record in file.records if not _take(here, record.sha256)]
    size = stream.seek(0, 2) - place.offset
    is_shorter = size < file.bytes
    for record in lost:
        is_there = record.id in ids or not is_shorter
        yield _record_message(record, file, run, is_there)
    named = {record.id for record in file.records}
    added = [each for each in stored if here[each.sha256] > 0 and each.id not in named]
    for each in added:
        yield _added(each, place.file, run)
    if not lost and not added:
        yield message("manifest_records_reordered", file=file.name, run=run)


def _added(stored: _Stored, name: str, run: str) -> Message:
    return message(
        "record_not_covered",
        file=name,
        run=run,
        type=stored.type or "-",
        record=stored.id or "-",
        url=stored.url or "-",
        offset=stored.offset,
    )


def _take(counts: Counter[str], digest: str) -> bool:
    """Take one off a count, and return whether there was one."""
    if counts[digest] <= 0:
        return False
    counts[digest] -= 1
    return True


def _record_message(record: RecordDigest, file: FileDigest, run: str, is_there: bool) -> Message:
    return message(
        "manifest_record_changed" if is_there else "manifest_record_removed",
        file=file.name,
        run=run,
        type=record.type,
        record=record.id,
        url=record.url or "-",
        offset=record.offset,
    )


def _stored_records(stream: BinaryIO, start: int, end: int | None = None) -> Iterator[_Stored]:
    """Yield the records of a file from an offset to another, or to its end."""
    stream.seek(start)
    found = []
    for first, last, content in readable_members(stream):
        if end is not None and first >= end:
            break
        try:
            record = parse_record(content)
        except DamagedRecord:
            found.append((first, last, "", "", ""))
        else:
            key = record_key(record.field("WARC-Record-ID"))
            found.append((first, last, key, record.kind, record.url))
    for first, last, key, kind, url in found:
        yield _Stored(key, hash_part(stream, first, last - first), first, kind, url)


def _named(found: list[Message], name: str, run: str) -> list[Message]:
    """Return the first messages, and how many more there are."""
    if len(found) <= MOST_NAMED:
        return found
    rest = message("manifest_records_more", file=name, run=run, n=len(found) - MOST_NAMED)
    return [*found[:MOST_NAMED], rest]
