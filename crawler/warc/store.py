"""Reading and writing the folder of originals: WARC files and their index.

    with Snapshots(Path("snapshots")) as snapshots:
        for snapshot in snapshots.all():
            body = snapshots.body(snapshot)

Opening a folder puts it in order first: files that dead processes left are truncated to their last
whole record and closed, and files that the index does not know (all, where the index is missing)
are read and added to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from gongkai.crawler.index_log import IndexChanges, IndexMark
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.manifests.covered_bytes import CoveredFiles
from gongkai.crawler.sites.registry import ADDED_SITE, Site, www_variant
from gongkai.crawler.sites.site_facts import site_of_facts
from gongkai.crawler.warc.content_coding import decode_content
from gongkai.crawler.warc.file import (
    OPEN_SUFFIX,
    WARC_SUFFIX,
    StorageError,
    open_warc,
)
from gongkai.crawler.warc.folder_contents import FolderContents
from gongkai.crawler.warc.foreign_record import read_foreign_at
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.parse import (
    DamagedRecord,
    HeaderList,
    WarcRecord,
    gzip_members,
    parse_record,
    read_record_at,
    refers_to,
)
from gongkai.crawler.warc.snapshot import (
    Run,
    Snapshot,
    digest_of_document,
    read_facts,
)
from gongkai.crawler.warc.tables.import_table import ImportNote
from gongkai.crawler.warc.tables.visits import Confirmation
from gongkai.crawler.warc.trust import is_imported
from gongkai.crawler.warc.writer import MAX_FILE_BYTES, SnapshotWriter
from gongkai.errors import cause_of
from gongkai.messages import Message

__all__ = ["Run", "Snapshot", "Snapshots", "StorageError"]


class Snapshots:
    """An open folder of snapshots."""

    def __init__(
        self, folder: Path, *, is_in_order: bool = False, begin: BeginWork = unseen
    ) -> None:
        """Open a folder, which is created where it does not exist, and put it in order.

        With `is_in_order`, another process has done so, and its files are not listed again. `begin` shows
        how far the index is where all of it is made.

        Raises:
            StorageError: The folder or its index cannot be used.
        """
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.index = SnapshotIndex(folder / "index.db")
            self._contents = FolderContents(folder, self.index)
            if not is_in_order or self.index.fresh or self.index.files.has_any_to_read():
                self.refresh(begin if self.index.fresh else unseen)
        except StorageError:
            raise
        except sqlite3.OperationalError as problem:
            raise StorageError(
                "index_unusable", path=str(folder / "index.db"), why=cause_of(problem)
            ) from problem
        except sqlite3.DatabaseError as problem:
            raise StorageError(
                "index_damaged", path=str(folder / "index.db"), why=cause_of(problem)
            ) from problem
        except OSError as problem:
            raise StorageError(
                "snapshots_unusable", folder=str(folder), why=cause_of(problem)
            ) from problem

    def __enter__(self) -> Snapshots:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def all(self, site: str = "") -> Iterator[Snapshot]:
        """Yield all snapshots, or those of a site, in order of fetching."""
        return self.index.every(site)

    def rows(self, site: str = "") -> Iterator[Snapshot]:
        """Yield the snapshots that found something else than the one before, in order of fetching.

        The others are told by `confirmations`.
        """
        return self.index.fetches.rows(site)

    def after(self, seq: int) -> Iterator[tuple[int, Snapshot]]:
        """Yield (number, snapshot) of those added to the index after a number; the first is 1."""
        return self.index.fetches.after(seq)

    def latest(self, url: str) -> Snapshot | None:
        """Return the last snapshot of an address, None where there is none."""
        found = self.index.latest(url)
        return found.snapshot if found else None

    def versions(self, url: str) -> list[Snapshot]:
        """Return all fetches of an address, by http and https, with and without www."""
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
        """Return the snapshot of an id, None where it is unknown."""
        found = self.index.get(snapshot_id)
        return found.snapshot if found else None

    def mark(self) -> IndexMark:
        """Return how far the index goes by now."""
        return self.index.log.mark()

    def changes_since(self, mark: IndexMark) -> IndexChanges | None:
        """Return what came after a mark; None where the mark is of another index."""
        return self.index.log.changes_since(mark)

    def runs(self, ended: Sequence[str] | None = None) -> list[Run]:
        """Return all runs, oldest first; one without a recorded end is running or interrupted.

        With `ended`, of those with a recorded end only the ones of these ids.
        """
        runs = list(self.index.runs.all(ids=ended))
        for run in self.index.runs.unfinished():
            is_running = (self.folder / (run.file + OPEN_SUFFIX)).exists()
            outcome = "running" if is_running else "interrupted"
            counts = {"requests": run.fetches}
            runs.append(Run(run.id, run.site, run.started, run.last_fetch, outcome, counts))
        return sorted(runs, key=lambda run: (run.seen_at, run.id))

    def remarks(self, changes: IndexChanges | None = None) -> Iterator[tuple[str, str, str]]:
        """Yield (id, address, remark) of the answers that a build has to treat with care.

        The remark is "cut" for an answer that broke off, and "missing" for one without the report
        that the address held before. With `changes`, only what came with them.
        """
        for snapshot, url in self.index.notes.truncated(changes.seq if changes else 0):
            yield snapshot, url, "cut"
        for snapshot, url in self.index.notes.missed(changes.keys["note"] if changes else None):
            yield snapshot, url, "missing"

    def confirmations(self, changes: IndexChanges | None = None) -> Iterator[Confirmation]:
        """Yield the visits that found what an earlier one had found, by the fetch that they confirm.

        With `changes`, only those of fetches whose visits changed.
        """
        return self.index.visits.changed(changes.visit if changes else 0)

    def counted_by(self, url: str, warc: str, offset: int) -> str:
        """Return the id of the snapshot of an address that counts a record as a visit, "" without one.

        `warc` and `offset` tell where the record is, or was before files were merged.
        """
        return self.index.visit_records.counted_by(url, *self.index.place_now(warc, offset))

    def find(self, snapshot_id: str, warc: str, offset: int) -> Snapshot | None:
        """Return the snapshot of an id, which may be a visit whose record was at a place; None without it."""
        return self.get(snapshot_id) or self.index.visit_records.at(
            snapshot_id, *self.index.place_now(warc, offset)
        )

    def units(self) -> Iterator[tuple[str, str]]:
        """Yield (id of the snapshot, name) of the agencies that pages of disclosure name.

        Each name stands beside the first page of its site that had it.
        """
        return self.index.notes.units()

    def sites(self) -> list[Site]:
        """Return the portals by the facts under which they were crawled last, sorted by id.

        What other crawlers fetched tells nothing of a portal, nor does a file of an earlier version.
        """
        found = {}
        for site_id, stored in self.index.files.site_facts():
            if site := site_of_facts(site_id, stored):
                found[site_id] = site
        return list(found.values())

    def imports(self, snapshots: Sequence[str] | None = None) -> Iterator[ImportNote]:
        """Yield where the records that other programs wrote came from, all or those of these ids."""
        return self.index.imports.all(snapshots)

    def headers(self, snapshot: Snapshot) -> HeaderList:
        """Return the headers of the answer as kept.

        Raises:
            StorageError: The record cannot be read.
        """
        return self._record_of(snapshot).headers

    def body(self, snapshot: Snapshot) -> bytes:
        """Return the document without its content coding.

        A revisit gives the document of the record that it refers to.

        Raises:
            StorageError: The record cannot be read, the one that it refers to is missing, or it has
                another document than the one that was indexed.
        """
        record = self.payload_record(snapshot)
        body = decode_content(record.headers, record.payload)
        if snapshot.digest and digest_of_document(record, body) != snapshot.digest:
            raise StorageError("original_changed", file=snapshot.warc, offset=snapshot.offset)
        return body

    def payload_record(self, snapshot: Snapshot) -> WarcRecord:
        """Return the record that holds the payload of a snapshot.

        Raises:
            StorageError: The record cannot be read, or the one that it refers to is missing.
        """
        record = self._record_of(snapshot)
        if record.kind != "revisit":
            return record
        entry = self.index.get(snapshot.id)
        original = self.index.visit_records.original(entry.refers if entry else refers_to(record))
        if original is None:
            raise StorageError("original_missing", url=snapshot.url)
        return self._record_of(original.snapshot)

    def refers(self, snapshot: Snapshot) -> str:
        """Return the id of the record to which that of a snapshot refers, "" where it refers to none.

        Raises:
            StorageError: The record cannot be read.
        """
        return refers_to(self._record_of(snapshot))

    def writer(
        self,
        site: str,
        run: str = "",
        about: Mapping[str, str] | None = None,
        max_file: int = MAX_FILE_BYTES,
    ) -> SnapshotWriter:
        """Open a new WARC file for a site.

        Raises:
            StorageError: The file cannot be created.
        """
        return SnapshotWriter(self.folder, self.index, site, run, about, max_file)

    def write_resource(
        self,
        url: str,
        body: bytes,
        media_type: str,
        site: str = ADDED_SITE,
        facts: Mapping[str, str] | None = None,
    ) -> Snapshot:
        """Keep a document that came from disk, and the facts that are stated of it.

        Where the same document with the same facts is kept already, its snapshot is returned.

        Raises:
            StorageError: The document could not be kept.
        """
        facts = dict(facts or {})
        before = self.index.latest(url)
        if before and before.snapshot.site == site:
            same = self.body(before.snapshot) == body and self.facts(before.snapshot) == facts
            if same:
                return before.snapshot
        writer = self.writer(site)
        try:
            return writer.write_resource(url, body, media_type, facts)
        finally:
            writer.close()

    def facts(self, snapshot: Snapshot) -> dict[str, str]:
        """Return the facts that were stated of a document from disk, {} where there are none.

        Facts that no manifest covers, in a file that one covers, are not believed.

        Raises:
            StorageError: The record cannot be read.
        """
        now = self.get(snapshot.id) or snapshot  # files may have been merged since it was looked up
        try:
            with open_warc(self.folder, now.warc) as file:
                file.seek(now.offset)
                members = [*islice(gzip_members(file), 1, 2)]
            if not members:
                return {}
            start, end, content = members[0]
            facts = read_facts(parse_record(content), snapshot.id)
            return facts if facts and self._is_believed(now.warc, start, end) else {}
        except (OSError, DamagedRecord, sqlite3.Error) as problem:
            raise StorageError(
                "warc_unreadable", file=snapshot.warc, why=cause_of(problem)
            ) from problem

    def refresh(self, begin: BeginWork = unseen) -> None:
        """Close the files that dead processes left, and add new files to the index."""
        self._contents.refresh(begin)

    def reindex(self, begin: BeginWork = unseen) -> None:
        """Make the index again from the WARC files alone; `begin` shows how far it is.

        Raises:
            StorageError: A crawl is writing to one of the files.
        """
        self._contents.reindex(begin)

    def apply_marks(self) -> None:
        """Bring the index up to date with the clocks that an operator has marked as wrong."""
        self._contents.apply_marks()

    def files(self, suffix: str = WARC_SUFFIX) -> list[str]:
        """Return the names of the WARC files, those of imports with their folder, sorted."""
        return self._contents.files(suffix)

    def lost(self) -> list[str]:
        """Return the names of the files that the index knows and that the folder has no more, sorted."""
        return self._contents.lost()

    def doubts(self) -> list[Message]:
        """Return what stands in the folder and is not believed, since no manifest covers it.

        Clocks that could not be judged are told too.
        """
        return self._contents.doubts()

    def _is_believed(self, name: str, start: int, end: int) -> bool:
        """Return whether the record between two offsets of a file of the index is believed."""
        if not (self.folder / name).exists():
            return True  # it is still being written
        with closing(CoveredFiles(self.folder)) as covered:
            is_believed = covered.believed(name)
        return is_believed is None or is_believed(start, end)

    def _record_of(self, snapshot: Snapshot) -> WarcRecord:
        """Return the record of a snapshot, also where files were merged since it was looked up."""
        try:
            return self._record(snapshot.warc, snapshot.offset)
        except StorageError:
            now = self.get(snapshot.id)
            place = (snapshot.warc, snapshot.offset)
            new = (now.warc, now.offset) if now else self.index.place_now(*place)
            if new == place:
                raise
            return self._record(*new)

    def _record(self, warc: str, offset: int) -> WarcRecord:
        try:
            with open_warc(self.folder, warc) as file:
                if is_imported(warc):
                    return read_foreign_at(file, offset)
                return read_record_at(file, offset)
        except (OSError, DamagedRecord) as problem:
            raise StorageError(
                "record_unreadable", file=warc, offset=offset, why=cause_of(problem)
            ) from problem
