"""Filling the index from WARC files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import fields, replace
from pathlib import Path
from uuid import uuid4

from gongkai.clock import utc_stamp
from gongkai.crawler.clock.clock_verdicts import ClockVerdict
from gongkai.crawler.clock.server_dates import server_time
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.manifests.covered_bytes import Believed, CoveredFiles, believe_all
from gongkai.crawler.manifests.manifest_files import MANIFESTS_FOLDER
from gongkai.crawler.sites.portals import host_key
from gongkai.crawler.sites.registry import netloc
from gongkai.crawler.sites.site_facts import SITE_FACTS_FIELD
from gongkai.crawler.warc.file import open_warc, site_of_file
from gongkai.crawler.warc.file_records import (
    MalformedRecord,
    PlacedRecord,
    UnreadableBytes,
    walk_records,
)
from gongkai.crawler.warc.import_notes import ImportedRecord, walk_imports
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.parse import DamagedRecord, read_record_at, refers_to
from gongkai.crawler.warc.snapshot import (
    RUN_FIELDS,
    IndexEntry,
    Run,
    fetched_at,
    index_entry,
    read_note,
    read_run,
    read_units,
    read_warcinfo,
)
from gongkai.crawler.warc.tables.held_table import HeldRecord
from gongkai.crawler.warc.tables.stretches import (
    StretchTracker,
    opening_of,
    sequence_of,
    with_seen_time,
)
from gongkai.crawler.warc.trust import is_imported, is_own_file
from gongkai.foreign_json import parse_json
from gongkai.regular_file import read_regular

log = logging.getLogger(__name__)

SELF_CONTAINED_KINDS = ("response", "resource")
"""Kinds of records that hold their payload themselves."""

HELD_KINDS = ("revisit", "conversion")
"""Kinds of records that mean an earlier one, and are added after all others."""

MAX_FILELESS_BYTES = 16 << 10
"""Size of the largest manifest of a run without files."""


def add_files(
    index: SnapshotIndex,
    folder: Path,
    names: Sequence[str],
    own: Collection[str] = (),
    begin: BeginWork = unseen,
) -> list[str]:
    """Add whole files; revisits and rendered pages last and in order of time.

    They may refer to a file with a later name, and confirm what the visit before them found. Each file is
    one transaction. What cannot be read is logged and left out. Files are awaited until their revisits
    stand in the index too.

    Once there are manifests, only what they cover is believed, byte for byte, and files that are known
    to be our `own`: runs that were killed left them, and the next manifest covers them. Other records
    are noted as doubted. `begin` shows how far it is. Return the names of the files of which nothing is believed.
    """
    if not names:
        return []
    with closing(CoveredFiles(folder)) as covered:
        return _add_files(index, folder, names, own, covered, begin)


def _add_files(
    index: SnapshotIndex,
    folder: Path,
    names: Sequence[str],
    own: Collection[str],
    covered: CoveredFiles,
    begin: BeginWork,
) -> list[str]:
    imported: list[tuple[ImportedRecord, str]] = []
    tracks, strange = _Tracks(index), list[str]()
    with begin("progress_index_files", len(names)) as step:
        for name in names:
            step()
            is_believed = covered.believed(name)
            with index.batch():
                if not is_own_file(folder / name):
                    log.warning("%s: no file of ours, it is not read", name)
                    index.files.add_foreign(name)
                    continue
                if is_believed is None and covered.is_begun and name not in own:
                    # not noted in the index: it is read once a manifest covers it
                    strange.append(name)
                    continue
                index.files.await_reading([name])  # its revisits follow
                is_believed = _noting_doubts(index, name, is_believed or believe_all)
                if is_imported(name):
                    imported += _add_imports(index, folder, name, is_believed)
                else:
                    _add_file(index, folder / name, tracks, is_believed)
    with index.batch():
        if tracks.is_met:
            index.judge_clocks()
        with begin("progress_index_visits", index.held.count(tracks.reader)) as step:
            _add_held(index, folder, tracks.reader, step)
        for record, name in imported:
            add_import(index, record, name, index.get(record.note.refers))
        index.files.await_no_more(name for name in names if name not in strange)
    return strange


def _noting_doubts(index: SnapshotIndex, name: str, is_believed: Believed) -> Believed:
    """Return what is believed of a file; the records that are not are noted on the way."""

    def ask(start: int, end: int) -> bool:
        if is_believed(start, end):
            return True
        index.files.add_doubted(name, start)
        return False

    return ask


def add_import(
    index: SnapshotIndex, imported: ImportedRecord, name: str, original: IndexEntry | None
) -> None:
    """Add a record of another program that stands in the file of this name.

    It belongs to the host of its address: the registry tells whose that is, and not the file. Nor
    does the file tell what of it is read.
    """
    record = imported.foreign.record
    site = host_key(netloc(record.url))
    entry = index_entry(record, site, name, imported.offset, original)
    index.add(
        replace(entry, snapshot=replace(entry.snapshot, role=""), refers=imported.note.refers)
    )
    index.imports.add(imported.note)


class _Tracks:
    """The stretches of the files that are added, one file after the other.

    `reader` is the name under which records are held until all others are added, `is_met` tells that there
    were stretches.
    """

    def __init__(self, index: SnapshotIndex) -> None:
        self._index = index
        self._current: StretchTracker | None = None
        self.reader = uuid4().hex
        self.is_met = False

    def open(self, placed: PlacedRecord, about: Mapping[str, str]) -> None:
        """Begin a file, or what was a file of its own before files were merged."""
        self.finish()
        first_name = placed.record.field("WARC-Filename") or placed.file
        opening = opening_of(first_name, placed.site, placed.record.date, about)
        if opening is not None:
            opening = replace(opening, file=placed.file, base=placed.offset)
            self._current = StretchTracker(self._index.stretches, opening, placed.offset)
            self.is_met = True

    def place(self, placed: PlacedRecord) -> int | None:
        """Return the stretch of a record; a rendered page has the date of an earlier answer."""
        if self._current is None:
            return None
        if placed.record.kind == "conversion":
            return self._current.ids[-1]
        said = server_time(placed.record.headers)
        return self._current.place(
            fetched_at(placed.record), placed.offset, utc_stamp(said) if said else ""
        )

    @property
    def verdict(self) -> ClockVerdict:
        """What is thought of the clock of the file by now."""
        return self._current.verdict if self._current else ClockVerdict(0, "")

    def finish(self) -> None:
        """Note what the file told of its clock."""
        if self._current is not None:
            self._current.finish()
        self._current = None


def _add_file(index: SnapshotIndex, path: Path, tracks: _Tracks, is_believed: Believed) -> None:
    """Add a file and its records; revisits and rendered pages are held."""
    is_added = False
    for item in walk_records(path, is_believed):
        if isinstance(item, UnreadableBytes):
            log.warning("%s: bytes %d to %d cannot be read", path.name, item.start, item.end)
            continue
        if not is_added:
            # the row is replaced when the record that opens the file is read
            index.files.add(path.name, site_of_file(path.name), "", "")
            is_added = True
        if isinstance(item, MalformedRecord):
            log.warning("%s: no WARC record at byte %d", path.name, item.offset)
        elif item.record.kind in HELD_KINDS:
            _hold(index, item, tracks, tracks.place(item))
        else:
            try:
                _add_record(index, item, tracks)
            except DamagedRecord as problem:
                log.warning("%s: record at byte %d: %s", path.name, item.offset, problem)
    tracks.finish()


def _add_held(index: SnapshotIndex, folder: Path, reader: str, step: Callable[[], None]) -> None:
    """Add the records that were held. Each is read again: there may be millions."""
    with ExitStack() as files:
        opened, file = "", None
        for held, verdict in index.held.all(reader):
            step()
            if file is None or held.warc != opened:
                files.close()
                file, opened = files.enter_context(open_warc(folder, held.warc)), held.warc
            record = read_record_at(file, held.offset)
            original = index.get(refers_to(record)) if record.kind == "revisit" else None
            entry = index_entry(record, held.site, held.warc, held.offset, original)
            entry = with_seen_time(entry, verdict)
            if held.is_meant:
                index.fetches.add(entry, held.stretch)
            else:
                index.add(entry, held.stretch)
    index.held.release(reader)


def _hold(index: SnapshotIndex, placed: PlacedRecord, tracks: _Tracks, stretch: int | None) -> None:
    record = placed.record
    held = HeldRecord(placed.site, placed.file, placed.offset, stretch)
    refers = refers_to(record) if record.kind == "revisit" else ""
    index.held.hold(tracks.reader, held, record.id, fetched_at(record), refers)


def _add_imports(
    index: SnapshotIndex, folder: Path, name: str, is_believed: Believed
) -> list[tuple[ImportedRecord, str]]:
    """Add a file of imports and its records, all but the revisits, which are returned."""
    revisits = []
    index.files.add(name, "", "", "")
    for item in walk_imports(folder / name, is_believed):
        if isinstance(item, UnreadableBytes):
            log.warning("%s: bytes %d to %d cannot be read", name, item.start, item.end)
        elif isinstance(item, MalformedRecord):
            log.warning("%s: byte %d: %s", name, item.offset, item.why)
        elif item.note.refers:
            revisits.append((item, name))
        else:
            add_import(index, item, name, None)
    return revisits


def _add_record(index: SnapshotIndex, placed: PlacedRecord, tracks: _Tracks) -> None:
    record = placed.record
    if record.kind == "warcinfo":
        about = read_warcinfo(record)
        index.files.add(placed.file, placed.site, about.get("run", ""), record.date)
        tracks.open(placed, about)
        if facts := about.get(SITE_FACTS_FIELD):
            index.files.add_site_facts(placed.site, sequence_of(about), facts)
    elif record.kind in SELF_CONTAINED_KINDS:
        stretch = tracks.place(placed)
        entry = index_entry(placed.record, placed.site, placed.file, placed.offset, None)
        if record.kind == "response" and index.fetches.has_document(entry.snapshot.digest):
            _hold(index, placed, tracks, stretch)  # the same again, sent in other bytes
        else:
            index.fetches.add(with_seen_time(entry, tracks.verdict), stretch)
    elif note := read_note(record, placed.site):
        index.add_note(note)
    elif units := read_units(record, placed.site):
        index.add_units(units)
    elif result := read_run(record):
        index.runs.add(result)


def fileless_runs(folder: Path) -> Iterator[Run]:
    """Yield the runs that fetched nothing, in order of their manifests: these alone have their result.

    What cannot be read is left out: `gongkai snapshots verify` names it.
    """
    for path in sorted((folder / MANIFESTS_FOLDER).glob("??????/?????????.json")):
        try:
            stored = parse_json(read_regular(path, MAX_FILELESS_BYTES))
        except (OSError, ValueError):
            continue
        run = stored.get("run") if isinstance(stored, dict) else None
        if isinstance(run, dict) and not stored.get("files"):
            known = {each.name: run[each.name] for each in fields(Run) if each.name in run}
            if known.keys() >= RUN_FIELDS and isinstance(known.get("counts", {}), dict):
                yield Run(**known)
