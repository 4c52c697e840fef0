"""Proof that a folder of snapshots is whole: every record read again and held against the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.crawler.warc.compose import payload_digest
from gongkai.crawler.warc.file import OPEN_SUFFIX, WARC_SUFFIX, site_of_file
from gongkai.crawler.warc.parse import (
    DamagedRecord,
    WarcRecord,
    parse_record,
    readable_members,
    refers_to,
)
from gongkai.crawler.warc.snapshot import index_entry, read_warcinfo
from gongkai.crawler.warc.store import Snapshots

COPY_KINDS = ("response", "resource", "revisit")


@dataclass
class VerifyResult:
    """What was read, and what is wrong, in words; `growing` files belong to a crawl under way."""

    files: int = 0
    records: int = 0
    copies: int = 0
    bytes: int = 0
    growing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def verify_snapshots(snapshots: Snapshots) -> VerifyResult:
    """Read every file from end to end; raises StorageError where one cannot be opened."""
    done = VerifyResult()
    folder = snapshots.folder
    done.growing = sorted(path.name for path in folder.glob(f"*{WARC_SUFFIX}{OPEN_SUFFIX}"))
    seen: set[str] = set()
    for path in sorted(folder.glob(f"*{WARC_SUFFIX}")):
        done.files += 1
        done.bytes += path.stat().st_size
        done.wrong += [f"{path.name}: {problem}" for problem in _file(snapshots, path, done, seen)]
    growing = {name.removesuffix(OPEN_SUFFIX) for name in done.growing}
    there = {path.name for path in folder.glob(f"*{WARC_SUFFIX}")} | growing
    done.wrong += [
        f"{name}: the file is missing" for name in sorted(snapshots.index.files() - there)
    ]
    for snapshot in snapshots.all():
        if snapshot.id not in seen and snapshot.warc in there - growing:
            done.wrong.append(
                f"{snapshot.warc}: {snapshot.url} is in the index and not in the file"
            )
    return done


def _file(snapshots: Snapshots, path: Path, done: VerifyResult, seen: set[str]) -> Iterator[str]:
    site, whole = site_of_file(path.name), 0
    with path.open("rb") as file:
        for offset, end, content in readable_members(file):
            if offset != whole:
                yield f"damaged from byte {whole} on, {offset - whole} bytes cannot be read"
            whole = end
            done.records += 1
            try:
                record = parse_record(content)
            except DamagedRecord as problem:
                yield f"no record at {offset}: {problem}"
                continue
            if record.kind == "warcinfo":
                site = read_warcinfo(record).get("isPartOf", "")
            elif record.kind in COPY_KINDS:
                done.copies += 1
                seen.add(record.id)
                yield from _copy(snapshots, record, site, path.name, offset)
    if whole != path.stat().st_size:
        yield f"damaged from byte {whole} on, {path.stat().st_size - whole} bytes cannot be read"


def _copy(
    snapshots: Snapshots, record: WarcRecord, site: str, name: str, offset: int
) -> Iterator[str]:
    where = f"{record.url} at {offset}"
    original = None
    if record.kind == "revisit":
        original = snapshots.index.get(refers_to(record))
        if original is None:
            yield f"{where}: the record it refers to is missing"
            return
        if original.payload != record.field("WARC-Payload-Digest"):
            yield f"{where}: the record it refers to holds something else"
    elif payload_digest(record.payload) != record.field("WARC-Payload-Digest"):
        yield f"{where}: the bytes are not those that were kept"
    row = snapshots.index.get(record.id)
    if row is None:
        yield f"{where}: not in the index"
    elif row != index_entry(record, site, name, offset, original):
        yield f"{where}: the index says something else"
