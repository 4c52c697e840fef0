"""All records of a WARC file in order, and the places in it that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.crawler.manifests.covered_bytes import Believed, believe_all
from gongkai.crawler.warc.file import site_of_file
from gongkai.crawler.warc.parse import DamagedRecord, WarcRecord, parse_record, readable_members
from gongkai.crawler.warc.snapshot import read_warcinfo
from gongkai.messages import Message
from gongkai.regular_file import open_regular


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """A record, the site that it was written for, and where it stands."""

    record: WarcRecord
    site: str
    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class MalformedRecord:
    """A whole gzip member that is not a WARC record."""

    offset: int
    why: Message


@dataclass(frozen=True, slots=True)
class UnreadableBytes:
    """Bytes between two offsets that cannot be unpacked; `start` is the first of them."""

    start: int
    end: int


def walk_records(
    path: Path, is_believed: Believed = believe_all
) -> Iterator[PlacedRecord | MalformedRecord | UnreadableBytes]:
    """Yield what a file holds from its beginning to its end; nothing is taken from what is not believed.

    Raises:
        OSError: The file cannot be read.
    """
    site, expected = site_of_file(path.name), 0
    with open_regular(path) as file:
        for offset, end, content in readable_members(file):
            if offset != expected:
                yield UnreadableBytes(expected, offset)
            expected = end
            if not is_believed(offset, end):
                continue
            try:
                record = parse_record(content)
            except DamagedRecord as problem:
                yield MalformedRecord(offset, problem.message)
                continue
            if record.kind == "warcinfo":
                site = read_warcinfo(record).get("isPartOf", "")
            yield PlacedRecord(record, site, path.name, offset)
    size = path.stat().st_size
    if expected != size:
        yield UnreadableBytes(expected, size)
