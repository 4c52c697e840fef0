"""Filling the index from WARC files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from gongkai.crawler.warc.file import site_of_file
from gongkai.crawler.warc.file_records import (
    MalformedRecord,
    PlacedRecord,
    UnreadableBytes,
    walk_records,
)
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.parse import DamagedRecord, refers_to
from gongkai.crawler.warc.snapshot import (
    IndexEntry,
    index_entry,
    read_note,
    read_run,
    read_units,
    read_warcinfo,
)
from gongkai.crawler.warc.trust import is_own_file

log = logging.getLogger(__name__)

SELF_CONTAINED_KINDS = ("response", "resource", "conversion")
"""Kinds of records that hold their payload themselves."""


def add_files(index: SnapshotIndex, folder: Path, names: Sequence[str]) -> None:
    """Add whole files; revisits last, since they may refer to a file with a later name.

    Each file is one transaction. What cannot be read is logged and left out.
    """
    revisits: list[PlacedRecord] = []
    for name in names:
        with index.batch():
            revisits += _add_file(index, folder / name)
    with index.batch():
        for placed in revisits:
            _add_copy(index, placed, index.get(refers_to(placed.record)))


def _add_file(index: SnapshotIndex, path: Path) -> list[PlacedRecord]:
    """Add a file and its records, all but the revisits, which are returned.

    A file that is not ours is noted and not read.
    """
    if not is_own_file(path):
        log.warning("%s: no file of ours, it is not read", path.name)
        index.add_foreign_file(path.name)
        return []
    revisits: list[PlacedRecord] = []
    is_added = False
    for item in walk_records(path):
        if isinstance(item, UnreadableBytes):
            log.warning("%s: bytes %d to %d cannot be read", path.name, item.start, item.end)
            continue
        if not is_added:
            # the row is replaced when the record that opens the file is read
            index.add_file(path.name, site_of_file(path.name), "", "")
            is_added = True
        if isinstance(item, MalformedRecord):
            log.warning("%s: no WARC record at byte %d", path.name, item.offset)
        elif item.record.kind == "revisit":
            revisits.append(item)
        else:
            try:
                _add_record(index, item)
            except DamagedRecord as problem:
                log.warning("%s: record at byte %d: %s", path.name, item.offset, problem)
    return revisits


def _add_record(index: SnapshotIndex, placed: PlacedRecord) -> None:
    record = placed.record
    if record.kind == "warcinfo":
        run = read_warcinfo(record).get("run", "")
        index.add_file(placed.file, placed.site, run, record.date)
    elif record.kind in SELF_CONTAINED_KINDS:
        _add_copy(index, placed, None)
    elif note := read_note(record, placed.site):
        index.add_note(note)
    elif units := read_units(record, placed.site):
        index.add_units(units)
    elif result := read_run(record):
        index.add_run(result)


def _add_copy(index: SnapshotIndex, placed: PlacedRecord, original: IndexEntry | None) -> None:
    index.add(index_entry(placed.record, placed.site, placed.file, placed.offset, original))
