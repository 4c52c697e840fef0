"""Where a record of another program came from: a record of ours behind each one that was taken in.

The files lie in `imports/`. What is in them was fetched by others: it belongs to the portal whose
address it has, it is no fetch and no run of ours, and without our record behind it it is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from gongkai.crawler.foreign.record_head import UnusableRecord
from gongkai.crawler.manifests.covered_bytes import Believed, believe_all
from gongkai.crawler.warc.compose import IMPORT_TYPE
from gongkai.crawler.warc.file_records import (
    MalformedRecord,
    UnreadableBytes,
)
from gongkai.crawler.warc.foreign_record import ForeignRecord, read_foreign
from gongkai.crawler.warc.parse import DamagedRecord, parse_record, readable_members
from gongkai.crawler.warc.tables.import_table import ImportNote
from gongkai.foreign_json import NOT_AS_EXPECTED, parse_json
from gongkai.messages import message
from gongkai.regular_file import open_regular


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """A record of another program with our note on it, and where it stands."""

    foreign: ForeignRecord
    note: ImportNote
    offset: int
    length: int


def walk_imports(
    path: Path, is_believed: Believed = believe_all
) -> Iterator[ImportedRecord | MalformedRecord | UnreadableBytes]:
    """Yield what a file of imports holds from its beginning to its end.

    Nothing is taken from what is not believed.

    Raises:
        OSError: The file cannot be read.
    """
    expected = 0
    before: tuple[int, int, bytes] | None = None
    with open_regular(path) as file:
        for offset, end, content in readable_members(file):
            if offset != expected:
                yield UnreadableBytes(expected, offset)
            expected = end
            if not is_believed(offset, end):
                continue
            note = _read_note(content)
            if note is None:
                if before:
                    yield MalformedRecord(before[0], message("import_without_note"))
                before = None if offset == 0 else (offset, end - offset, content)
            elif before:
                yield _imported(before, note)
                before = None
    if before:
        yield MalformedRecord(before[0], message("import_without_note"))
    size = path.stat().st_size
    if expected != size:
        yield UnreadableBytes(expected, size)


def _imported(before: tuple[int, int, bytes], note: ImportNote) -> ImportedRecord | MalformedRecord:
    offset, length, content = before
    try:
        foreign = read_foreign(content)
    except UnusableRecord:
        return MalformedRecord(offset, message("record_malformed"))
    if foreign.record.id != note.snapshot:
        return MalformedRecord(offset, message("import_without_note"))
    return ImportedRecord(foreign, note, offset, length)


def _read_note(content: bytes) -> ImportNote | None:
    """Return the note in a record, None where it is another record."""
    try:
        record = parse_record(content)
    except DamagedRecord:
        return None
    if record.kind != "metadata" or record.field("Content-Type") != IMPORT_TYPE:
        return None
    try:
        stated = parse_json(record.payload)
        given = {each.name: stated[each.name] for each in fields(ImportNote) if each.name != "kind"}
        note = ImportNote(**given, kind=stated.get("kind", ""))
    except NOT_AS_EXPECTED:
        return None
    return note if all(isinstance(value, str) for value in asdict(note).values()) else None
