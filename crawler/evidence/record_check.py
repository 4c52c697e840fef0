"""Whether the files still hold the records that a manifest names, byte for byte and in their order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from gongkai.crawler.evidence.manifest_index import FilePlace
from gongkai.crawler.evidence.run_manifest import FileDigest, MergedFile, RecordDigest
from gongkai.crawler.evidence.stored_records import record_key
from gongkai.crawler.warc.file import open_warc
from gongkai.crawler.warc.parse import DamagedRecord, parse_record, readable_members
from gongkai.messages import Message, message

PIECE_BYTES = 1 << 20
MOST_NAMED = 20
"""Records of one file that are named; of a file that is damaged throughout the rest is counted."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record as it stands in a file now."""

    id: str
    sha256: str


def check_file(folder: Path, file: FileDigest, place: FilePlace, run: str) -> list[Message]:
    """Return what differs between a manifest's file and the bytes that stand for it now.

    Raises:
        OSError: The file cannot be read.
    """
    if place.file != file.name and not (folder / place.file).exists():
        place = replace(place, file=file.name, offset=0)  # a merge that is not finished
    try:
        opened = open_warc(folder, place.file)
    except FileNotFoundError:
        return [message("manifest_file_missing", file=file.name, run=run, n=len(file.records))]
    with opened as stream:
        if _hash_part(stream, place.offset, file.bytes) == file.sha256:
            return _behind(stream, file, place, run)
        if not file.records:
            return [message("manifest_file_changed", file=file.name, run=run)]
        return _named(list(_differences(stream, file, place, run)), file, run)


def check_merged(folder: Path, merged: MergedFile) -> list[Message]:
    """Return whether a merged file is longer than its parts, which are compared by themselves.

    Raises:
        OSError: The file cannot be read.
    """
    path = folder / merged.name
    size = path.stat().st_size if path.exists() else 0
    if size <= merged.bytes:
        return []
    return [message("manifest_file_longer", file=merged.name, run="-", n=size - merged.bytes)]


def _behind(stream: BinaryIO, file: FileDigest, place: FilePlace, run: str) -> list[Message]:
    """Return what stands behind the end that a file had; behind a part of a merged file are others."""
    if place.file != file.name:
        return []
    size = stream.seek(0, 2)
    if size == file.bytes:
        return []
    return [message("manifest_file_longer", file=file.name, run=run, n=size - file.bytes)]


def _differences(
    stream: BinaryIO, file: FileDigest, place: FilePlace, run: str
) -> Iterator[Message]:
    """Yield the records that were changed or removed, then what was added or put in another order."""
    stored = list(_stored_records(stream, place.offset, file.bytes, place.file == file.name))
    here = Counter(each.sha256 for each in stored)
    ids = {each.id for each in stored}
    lost = [record for record in file.records if not _take(here, record.sha256)]
    size = stream.seek(0, 2) - place.offset
    is_shorter = size < file.bytes
    for record in lost:
        is_there = record.id in ids or not is_shorter
        yield _record_message(record, file, run, is_there)
    named = {record.id for record in file.records}
    if added := [each for each in stored if here[each.sha256] > 0 and each.id not in named]:
        yield message("manifest_records_added", file=file.name, run=run, n=len(added))
    if not lost and not added:
        yield message("manifest_records_reordered", file=file.name, run=run)


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


def _stored_records(stream: BinaryIO, start: int, size: int, to_end: bool) -> Iterator[_Stored]:
    """Yield the records between two offsets of a file, to its end where it is one file of its own."""
    stream.seek(start)
    places = []
    for begin, end, content in readable_members(stream):
        if not to_end and begin >= start + size:
            break
        try:
            fields = parse_record(content).field("WARC-Record-ID")
        except DamagedRecord:
            fields = ""
        places.append((begin, end, record_key(fields)))
    for begin, end, key in places:
        yield _Stored(key, _hash_part(stream, begin, end - begin))


def _hash_part(stream: BinaryIO, start: int, size: int) -> str:
    digest, left = hashlib.sha256(), size
    stream.seek(start)
    while left and (data := stream.read(min(PIECE_BYTES, left))):
        digest.update(data)
        left -= len(data)
    return digest.hexdigest() if not left else ""


def _named(found: list[Message], file: FileDigest, run: str) -> list[Message]:
    """Return the first messages, and how many more there are."""
    if len(found) <= MOST_NAMED:
        return found
    rest = message("manifest_records_more", file=file.name, run=run, n=len(found) - MOST_NAMED)
    return [*found[:MOST_NAMED], rest]
