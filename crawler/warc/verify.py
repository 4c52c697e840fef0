"""Verifying a folder of snapshots: every record is read again and compared with the index."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.manifests.chain_heads import HEAD_FIELD, StatedHead, parse_head
from gongkai.crawler.warc.compose import payload_digest
from gongkai.crawler.warc.file import OPEN_SUFFIX, WARC_SUFFIX
from gongkai.crawler.warc.file_records import (
    MalformedRecord,
    PlacedRecord,
    UnreadableBytes,
    walk_records,
)
from gongkai.crawler.warc.import_notes import walk_imports
from gongkai.crawler.warc.parse import refers_to
from gongkai.crawler.warc.snapshot import IndexEntry, index_entry, read_warcinfo
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.trust import IMPORTS, is_imported, other_files
from gongkai.messages import Message, message

COPY_KINDS = ("response", "resource", "conversion", "revisit")


@dataclass
class VerifyResult:
    """How much was read, and what is wrong. `growing` are the files of crawls that are running.

    `heads` are the last manifests as the files state them, each with the file and the byte.
    """

    files: int = 0
    records: int = 0
    copies: int = 0
    bytes: int = 0
    growing: list[str] = field(default_factory=list)
    wrong: list[Message] = field(default_factory=list)
    heads: list[tuple[str, int, StatedHead]] = field(default_factory=list)

    def data(self) -> dict[str, object]:
        """Return what was read, for a script."""
        return {name: value for name, value in vars(self).items() if name not in ("wrong", "heads")}


def verify_snapshots(
    snapshots: Snapshots,
    only: Collection[str] | None = None,
    besides: Collection[str] = (),
    begin: BeginWork = unseen,
) -> VerifyResult:
    """Read every file, or `only` those of some names, from its beginning to its end.

    Files `besides` are not ours, as somebody else found out.

    Raises:
        OSError: A file cannot be opened.
        StorageError: A record cannot be read.
    """
    result = VerifyResult()
    folder = snapshots.folder
    result.growing = snapshots.files(WARC_SUFFIX + OPEN_SUFFIX)
    growing = {name.removesuffix(OPEN_SUFFIX) for name in result.growing}
    closed = set(snapshots.files())
    absent: list[Message] = []
    foreign = [*other_files(folder), *_foreign_imports(folder)]
    result.wrong += [message("file_foreign", file=name) for name in foreign]
    if only is not None:
        closed &= set(only)
    ours = sorted(closed.difference(foreign, besides))
    with begin("progress_verify", len(ours)) as step:
        for name in ours:
            path = folder / name
            result.files += 1
            result.bytes += path.stat().st_size
            found = set[int]()  # the places of this file alone: there may be millions in all
            result.wrong += [
                message("file_wrong", file=name, why=why)
                for why in _verify_any(snapshots, name, result, found)
            ]
            absent += [
                message("snapshot_not_in_file", file=name, url=url)
                for url in snapshots.index.urls_elsewhere(name, found)
            ]
            step()
    known = snapshots.index.files.names() | snapshots.index.files.awaited()
    missing = (known if only is None else known & set(only)) - closed - growing
    result.wrong += [message("file_missing", file=name) for name in sorted(missing)]
    left = sorted(closed.intersection([*foreign, *besides]))
    absent += [
        message("snapshot_not_in_file", file=name, url=url)
        for name in left
        for url in snapshots.index.urls_elsewhere(name, ())
    ]
    result.wrong += absent
    return result


def _foreign_imports(folder: Path) -> list[str]:
    imports = folder / IMPORTS
    return [f"{IMPORTS}/{name}" for name in (other_files(imports) if imports.is_dir() else ())]


def _verify_any(
    snapshots: Snapshots, name: str, result: VerifyResult, seen: set[int]
) -> Iterator[Message]:
    path = snapshots.folder / name
    if is_imported(name):
        return _verify_imports(snapshots, name, result, seen)
    return _verify_file(snapshots, path, result, seen)


def _verify_imports(
    snapshots: Snapshots, name: str, result: VerifyResult, seen: set[int]
) -> Iterator[Message]:
    """Yield what is wrong with a file of imports. Reading a record compares it with its digest."""
    for item in walk_imports(snapshots.folder / name):
        if isinstance(item, UnreadableBytes):
            yield message("bytes_unreadable", start=item.start, n=item.end - item.start)
            continue
        result.records += 1
        if isinstance(item, MalformedRecord):
            yield message("import_wrong", offset=item.offset, why=item.why)
            continue
        result.copies += 1
        seen.add(item.offset)
        row = snapshots.index.get(item.note.snapshot)
        if row is None:
            url = item.foreign.record.url
            why = message("record_not_indexed")
            yield message("record_wrong", url=url, offset=item.offset, why=why)


def _verify_file(
    snapshots: Snapshots, path: Path, result: VerifyResult, seen: set[int]
) -> Iterator[Message]:
    for item in walk_records(path):
        if isinstance(item, UnreadableBytes):
            yield message("bytes_unreadable", start=item.start, n=item.end - item.start)
            continue
        result.records += 1
        if isinstance(item, MalformedRecord):
            yield message("record_not_warc", offset=item.offset)
        elif item.record.kind == "warcinfo":
            if head := parse_head(read_warcinfo(item.record).get(HEAD_FIELD, "")):
                result.heads.append((item.file, item.offset, head))
        elif item.record.kind in COPY_KINDS:
            result.copies += 1
            seen.add(item.offset)
            for why in _verify_copy(snapshots, item):
                yield message("record_wrong", url=item.record.url, offset=item.offset, why=why)


def _verify_copy(snapshots: Snapshots, placed: PlacedRecord) -> Iterator[Message]:
    record = placed.record
    original: IndexEntry | None = None
    digest = record.field("WARC-Payload-Digest")
    if record.kind == "revisit":
        original = snapshots.index.get(refers_to(record))
        if original is None:
            yield message("revisit_without_original")
            return
        if original.payload != digest:
            yield message("revisit_of_other_bytes")
    elif payload_digest(record.payload) != digest:
        yield message("payload_changed")
    row = snapshots.index.get(record.id)
    stated = index_entry(record, placed.site, placed.file, placed.offset, original)
    if row is None:
        row = snapshots.index.visit_records.counted(stated)
    if row is None:
        yield message("record_not_indexed")
    elif row != stated:
        yield message("record_indexed_otherwise")
