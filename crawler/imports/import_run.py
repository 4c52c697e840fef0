"""One import: files are read, what belongs to the archive is kept, and the rest is counted by reason.

Pages are kept at once. Files, redirects, removals and repeats wait until all pages are known, since a
page that leads to them may stand in a later file. A record that is kept already is not kept again, so
that an import that was killed is simply run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from gongkai import clock
from gongkai.crawler.foreign.record_head import UnusableRecord
from gongkai.crawler.imports.admission import Admission, Judgement, address_key
from gongkai.crawler.imports.collection_names import WAYBACK_NAME, NamedCollection, named_collection
from gongkai.crawler.imports.held_records import HeldRecord, HeldRecords
from gongkai.crawler.imports.import_sources import (
    MegabyteSteps,
    SourceFile,
    UnreadSource,
    read_source,
)
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.imports.record_stream import SkippedRecord, StreamedRecord
from gongkai.crawler.imports.revisit_originals import find_original
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.warc.foreign_record import ForeignRecord, read_foreign
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.parse import WarcRecord
from gongkai.crawler.warc.snapshot import IndexEntry
from gongkai.crawler.warc.tables.import_table import ImportNote

FIRST_WEB_ARCHIVE = "1996"
DAMAGE = ("torn", "damaged", "malformed", "digest", "rest", "file_damaged", "file_digest")
"""Reasons for which records were passed over that a person should know of."""

SIGNATURE_REMARKS = {"wrong": "signature_wrong", "unsigned": "unsigned"}
"""What is remarked of a record by the signature of its package."""

PAGE_KINDS = ("report", "list")
Documents = Iterator[tuple[HeldRecord, WarcRecord]]
MayBeReport = Callable[[Documents], Iterator[tuple[HeldRecord, bool]]]
"""Tells of each document whether it may be a report. They are read in a sandbox, in any order."""


@dataclass
class SourceResult:
    """What became of a file: records by what they were taken as, and by why they were passed over.

    `unread` is why the file, or the rest of it, was not read: one word, "" where it was. `signature` is
    what the signature of its package is worth: "right", "wrong", "unsigned", "" for a file in none.
    """

    name: str
    taken: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    unread: str = ""
    signature: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether anything was taken or passed over yet; what is held back is neither."""
        return bool(self.taken or self.passed)

    @property
    def is_damaged(self) -> bool:
        """Whether something could not be read that may have mattered."""
        return self.signature == "wrong" or any(self.passed[reason] for reason in DAMAGE)


class Import:
    """Reads files into a folder of snapshots."""

    def __init__(
        self,
        index: SnapshotIndex,
        writer: ImportWriter,
        admission: Admission,
        may_be_report: MayBeReport,
        collection: str = "",
    ) -> None:
        self._index = index
        self._writer = writer
        self._admission = admission
        self._may_be_report = may_be_report
        self._stated = collection
        self._held = HeldRecords()
        self._named: dict[SourceFile, NamedCollection] = {}
        self._results: dict[SourceFile, SourceResult] = {}
        self._pages: set[str] = set()
        self._linked: set[str] = set()
        self._logs_with_pages: set[SourceFile] = set()

    def read_file(self, path: Path, step: Callable[[], None] = lambda: None) -> list[SourceResult]:
        """Take in the pages of a file, and hold back what depends on other pages.

        Returns what became of each file in it; numbers are complete after `finish`. `step` is called
        for each of its `megabytes`.

        Raises:
            StorageError: The folder cannot be written to.
        """
        source = SourceFile(path.name, "")
        results: list[SourceResult] = []
        steps = MegabyteSteps(path, step)
        try:
            for item in read_source(path, steps.reached):
                if isinstance(item, SourceFile):
                    source = item
                    results.append(self._result(source))
                    self._named[source] = NamedCollection(self._stated, source.software)
                elif isinstance(item, SkippedRecord):
                    self._result(source).passed[item.reason] += 1
                else:
                    self._read_record(source, item)
        except UnreadSource as problem:
            self._result(source).unread = str(problem)
        except OSError as problem:
            if not isinstance(problem.filename, str) or problem.filename != str(path):
                raise
            self._result(source).unread = "not_readable"
        steps.finish()
        return results or [self._result(source)]

    def add(
        self,
        name: str,
        content: bytes,
        collection: NamedCollection,
        result: SourceResult | None = None,
    ) -> SourceResult:
        """Take in one record that did not come in a file, and count it in a result."""
        source = SourceFile(name, "")
        self._named[source] = collection
        if result is not None:
            self._results[source] = result
        self._read_record(source, StreamedRecord(content))
        return self._result(source)

    def finish(self, begin: BeginWork = unseen) -> None:
        """Decide on all that was held back, and show how far that is.

        Raises:
            StorageError: The folder cannot be written to.
        """
        with begin("progress_held", len(self._held)) as step:
            self._finish_documents(step)
            self._finish_answers(step)
        self._held.clear()

    def _finish_answers(self, step: Callable[[], None]) -> None:
        for held, content in self._held.of_kind("redirect"):
            if held.target in self._pages or held.target in self._linked:
                self._keep(held.source, content, held.remark, "redirect")
            else:
                self._pass(held.source, "leads_elsewhere")
            step()
        for held, content in self._held.of_kind("gone"):
            if self._is_known(read_foreign(content).record.url):
                self._keep(held.source, content, held.remark, "gone")
            else:
                self._pass(held.source, "never_there")
            step()
        for held, content in self._held.of_kind("revisit"):
            self._finish_revisit(held, content)
            step()

    def close(self) -> None:
        """Close what is open; what was kept stays."""
        self._held.close()
        self._writer.close()

    def _read_record(self, source: SourceFile, item: StreamedRecord) -> None:
        try:
            foreign = read_foreign(item.content)
        except UnusableRecord as problem:
            self._named[source] = named_collection(item.content, self._named[source])
            self._pass(source, str(problem))
            return
        record = foreign.record
        if not self._admission.is_of_portal(record.url):
            self._pass(source, "other_host")
        elif not FIRST_WEB_ARCHIVE <= record.date <= _tomorrow():
            self._pass(source, "date")
        elif record.kind == "revisit":
            self._hold(source, "revisit", item, "")
        elif record.kind == "resource" and item.remark != "saved_page":
            self._pass(source, "resource")
        else:
            self._take(source, item, foreign, self._admission.judge(record))

    def _take(
        self, source: SourceFile, item: StreamedRecord, foreign: ForeignRecord, found: Judgement
    ) -> None:
        if found.kind in PAGE_KINDS:
            self._pages.add(address_key(foreign.record.url))
            self._linked |= found.documents
            if source.is_page_log:
                self._logs_with_pages.add(source)
            self._keep(source, item.content, item.remark, found.kind)
        elif found.kind:
            self._hold(source, found.kind, item, found.target)
        else:
            self._pass(source, found.reason)

    def _hold(self, source: SourceFile, kind: str, item: StreamedRecord, target: str) -> None:
        if not self._held.add(kind, source, item.content, item.remark, target):
            self._pass(source, "rest")

    def _finish_documents(self, step: Callable[[], None]) -> None:
        for held, may_be in self._may_be_report(self._doubtful(step)):
            if may_be:
                self._keep_document(held, self._held.content(held))
            else:
                self._pass(held.source, "no_report")
            step()

    def _doubtful(self, step: Callable[[], None]) -> Iterator[tuple[HeldRecord, WarcRecord]]:
        """Keep the files that a page leads to, and yield the others."""
        for held, content in self._held.of_kind("document"):
            record = read_foreign(content).record
            if address_key(record.url) in self._linked or held.source in self._logs_with_pages:
                self._keep_document(held, content)
                step()
            else:
                yield held, record

    def _keep_document(self, held: HeldRecord, content: bytes) -> None:
        self._linked.add(address_key(read_foreign(content).record.url))
        self._keep(held.source, content, held.remark, "document")

    def _finish_revisit(self, held: HeldRecord, content: bytes) -> None:
        original = find_original(self._index, read_foreign(content))
        if original is None:
            self._pass(held.source, "revisit_unresolved")
        else:
            self._keep(held.source, content, held.remark, "revisit", original)

    def _is_known(self, url: str) -> bool:
        """Return whether an address held a document that is kept."""
        key, rest = address_key(url), url.partition("://")[2]
        if key in self._pages or key in self._linked:
            return True
        kept = self._index.versions([f"http://{rest}", f"https://{rest}"])
        return any(each.status in (0, HTTPStatus.OK) for each in kept)

    def _keep(
        self,
        source: SourceFile,
        content: bytes,
        remark: str,
        kind: str,
        original: IndexEntry | None = None,
    ) -> None:
        foreign, named = read_foreign(content), self._named[source]
        result = self._result(source)
        if self._index.get(foreign.record.id):
            result.passed["kept_already"] += 1
            return
        remarks = [*foreign.remarks, *([remark] if remark else [])]
        if source.signature in SIGNATURE_REMARKS:
            remarks.append(SIGNATURE_REMARKS[source.signature])
        collection = named.collection
        if not collection and "replayed" in remarks:
            collection = WAYBACK_NAME
        note = ImportNote(
            snapshot=foreign.record.id,
            collection=collection,
            crawler=named.crawler,
            source=source.name,
            source_digest=f"sha256:{source.digest}" if source.digest else "",
            record=foreign.stated_id,
            imported_at=clock.utc_stamp(),
            refers=original.snapshot.id if original else "",
            remarks=" ".join(dict.fromkeys(remarks)),
            kind=kind,
        )
        self._writer.write(content, foreign, note)
        result.taken["cut" if foreign.record.field("WARC-Truncated") else kind] += 1

    def _pass(self, source: SourceFile, reason: str) -> None:
        self._result(source).passed[reason] += 1

    def _result(self, source: SourceFile) -> SourceResult:
        self._named.setdefault(source, NamedCollection(self._stated))
        fresh = SourceResult(source.name, signature=source.signature)
        return self._results.setdefault(source, fresh)


def _tomorrow() -> str:
    return clock.utc_stamp(clock.now() + timedelta(days=1))
