"""The folder of originals: WARC files and their index, read and written.

    with Snapshots(Path("snapshots")) as snapshots:
        for snapshot in snapshots.all():
            body = snapshots.body(snapshot)

Opening a folder puts it in order first: files that dead processes left are cut to their last whole
record and closed, and files that the index does not know (or all, where the index is missing) are
walked and added to it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from gongkai.crawler.sites.registry import www_variant
from gongkai.crawler.warc.content_coding import decode_content
from gongkai.crawler.warc.file import (
    OPEN_SUFFIX,
    WARC_SUFFIX,
    StorageError,
    file_names,
    folder_lock,
    open_warc,
    recover_files,
    site_of_file,
)
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.parse import (
    DamagedRecord,
    HeaderList,
    WarcRecord,
    gzip_members,
    parse_record,
    read_record_at,
    readable_members,
    refers_to,
)
from gongkai.crawler.warc.snapshot import (
    IndexEntry,
    Run,
    Snapshot,
    index_entry,
    read_facts,
    read_note,
    read_run,
    read_warcinfo,
)
from gongkai.crawler.warc.writer import MAX_FILE_BYTES, SnapshotWriter

__all__ = ["Run", "Snapshot", "Snapshots", "StorageError"]

log = logging.getLogger(__name__)

ADDED_SITE = "added"
"""Site of documents that came from disk."""

SELF_CONTAINED_KINDS = ("response", "resource")
"""Records that hold their payload themselves."""


class Snapshots:
    """An open folder of snapshots. Raises StorageError where folder or index cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.index = SnapshotIndex(folder / "index.db")
            self.refresh()
        except sqlite3.OperationalError as problem:
            raise StorageError(f"cannot use {folder / 'index.db'}: {problem}") from problem
        except sqlite3.DatabaseError as problem:
            raise StorageError(
                f"{folder / 'index.db'} is damaged ({problem}); "
                "delete it: it is made again from the WARC files"
            ) from problem
        except OSError as problem:
            raise StorageError(f"cannot use the folder {folder}: {problem}") from problem

    def __enter__(self) -> Snapshots:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def all(self, site: str = "") -> Iterator[Snapshot]:
        """Give every snapshot (of one site) in the order of fetching."""
        return self.index.snapshots(site)

    def after(self, seq: int) -> Iterator[tuple[int, Snapshot]]:
        """Give (number, snapshot) of those added to the index after a number; start with 0."""
        return self.index.after(seq)

    def latest(self, url: str) -> Snapshot | None:
        """Give the last snapshot of an address."""
        found = self.index.latest(url)
        return found.snapshot if found else None

    def versions(self, url: str) -> list[Snapshot]:
        """Give all fetches of an address in any of its forms: http or https, with or without www."""
        scheme, sep, rest = url.partition("://")
        rest = rest if sep else scheme
        host, slash, path = rest.partition("/")
        forms = {
            f"{scheme}://{name}/{path if slash else ''}"
            for scheme in ("http", "https")
            for name in (host, www_variant(host))
        }
        return self.index.versions(sorted(forms | {url}))

    def get(self, snapshot_id: str) -> Snapshot | None:
        """Give the snapshot of that id."""
        found = self.index.get(snapshot_id)
        return found.snapshot if found else None

    def runs(self) -> list[Run]:
        """Give all runs, oldest first; one that left no end is running or was interrupted."""
        ended = list(self.index.runs())
        for run, site, started, last, file, fetches in self.index.unfinished():
            alive = (self.folder / (file + OPEN_SUFFIX)).exists()
            outcome = "running" if alive else "interrupted"
            ended.append(Run(run, site, started, last, outcome, {"requests": fetches}))
        return sorted(ended, key=lambda run: (run.started, run.id))

    def remarks(self) -> Iterator[tuple[str, str, str]]:
        """Give (id, address, remark) of answers that broke off ("cut"), or that lack a report
        which stood there before ("missing").
        """
        cut = {}
        for snapshot, url in self.index.truncated():
            cut[snapshot] = url
            yield snapshot, url, "cut"
        for note in self.index.notes():
            if note.misses and note.snapshot not in cut:
                yield note.snapshot, note.url, "missing"

    def headers(self, snapshot: Snapshot) -> HeaderList:
        """Give the headers of the answer as kept; raises StorageError."""
        return self._record(snapshot.warc, snapshot.offset).headers

    def body(self, snapshot: Snapshot) -> bytes:
        """Give the document, its content coding undone; raises StorageError.

        A revisit gives the document of the record it refers to.
        """
        holder = self.holder(snapshot)
        return decode_content(holder.headers, holder.payload)

    def holder(self, snapshot: Snapshot) -> WarcRecord:
        """Give the record that holds the snapshot's payload; raises StorageError."""
        record = self._record(snapshot.warc, snapshot.offset)
        if record.kind != "revisit":
            return record
        original = self.index.get(refers_to(record))
        if original is None:
            raise StorageError(f"{snapshot.url}: the record its copy refers to is missing")
        return self._record(original.snapshot.warc, original.snapshot.offset)

    def writer(
        self,
        site: str,
        run: str = "",
        about: Mapping[str, str] | None = None,
        max_file: int = MAX_FILE_BYTES,
    ) -> SnapshotWriter:
        """Open a WARC file of its own for a site; raises StorageError."""
        return SnapshotWriter(self.folder, self.index, site, run, about, max_file)

    def write_resource(
        self,
        url: str,
        body: bytes,
        media_type: str,
        site: str = ADDED_SITE,
        facts: Mapping[str, str] | None = None,
    ) -> Snapshot:
        """Keep a document that came from disk, and what is stated of it.

        The same once more gives the snapshot there is. Raises StorageError.
        """
        facts = dict(facts or {})
        before = self.index.latest(url)
        if before and before.snapshot.site == site:
            same = self.body(before.snapshot) == body and self.facts(before.snapshot) == facts
            if same:
                return before.snapshot
        writer = self.writer(site)
        try:
            return writer.resource(url, body, media_type, facts)
        finally:
            writer.close()

    def facts(self, snapshot: Snapshot) -> dict[str, str]:
        """Give what was stated of a document from disk, {} where nothing was; raises StorageError."""
        try:
            with open_warc(self.folder, snapshot.warc) as file:
                file.seek(snapshot.offset)
                contents = [content for _, _, content in islice(gzip_members(file), 2)]
        except OSError as problem:
            raise StorageError(f"{snapshot.warc} cannot be read: {problem}") from problem
        return read_facts(parse_record(contents[1]), snapshot.id) if len(contents) == 2 else {}

    def refresh(self) -> None:
        """Close what dead processes left and add to the index what it does not know."""
        recovered = recover_files(self.folder)
        known = set() if self.index.fresh else self.index.files()
        self.index.fresh = False
        new = set(file_names(self.folder, WARC_SUFFIX)) - known
        self._add_files(sorted(new | set(recovered)))

    def reindex(self) -> None:
        """Make the index again from the WARC files alone; raises StorageError while one grows."""
        recover_files(self.folder)
        with folder_lock(self.folder):
            if growing := file_names(self.folder, WARC_SUFFIX + OPEN_SUFFIX):
                raise StorageError(f"a crawl is writing {growing[0]}; reindex when it has ended")
            with self.index.batch():
                self.index.clear()
                self._add_files(file_names(self.folder, WARC_SUFFIX))

    def _add_files(self, names: list[str]) -> None:
        """Add whole files; revisits last, since they may refer to a file of a later name."""
        revisits: list[tuple[WarcRecord, str, str, int]] = []
        for name in names:
            with self.index.batch():
                revisits += self._add_file(name)
        with self.index.batch():
            for record, site, name, offset in revisits:
                self.index.add(index_entry(record, site, name, offset, self._original(record)))

    def _add_file(self, name: str) -> Iterator[tuple[WarcRecord, str, str, int]]:
        site, whole = site_of_file(name), 0
        path = self.folder / name
        with path.open("rb") as file:
            for offset, end, content in readable_members(file):
                if offset != whole:
                    log.warning("%s is damaged from byte %d to %d", name, whole, offset)
                if whole == 0:
                    self.index.add_file(name, site, "", "")  # until its first record says more
                whole = end
                try:
                    record = parse_record(content)
                except DamagedRecord as problem:
                    log.warning("%s: no record at %d: %s", name, offset, problem)
                    continue
                if record.kind == "warcinfo":
                    info = read_warcinfo(record)
                    site = info.get("isPartOf", "")
                    self.index.add_file(name, site, info.get("run", ""), record.date)
                elif record.kind == "revisit":
                    yield record, site, name, offset
                elif record.kind in SELF_CONTAINED_KINDS:
                    self.index.add(index_entry(record, site, name, offset, None))
                elif note := read_note(record, site):
                    self.index.add_note(note)
                elif run := read_run(record):
                    self.index.add_run(run)
        if whole != path.stat().st_size:
            log.warning("%s is damaged from byte %d to its end", name, whole)

    def _original(self, record: WarcRecord) -> IndexEntry | None:
        return self.index.get(refers_to(record))

    def _record(self, warc: str, offset: int) -> WarcRecord:
        try:
            with open_warc(self.folder, warc) as file:
                return read_record_at(file, offset)
        except (OSError, DamagedRecord) as problem:
            raise StorageError(f"{warc} cannot be read at {offset}: {problem}") from problem
