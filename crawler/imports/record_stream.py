"""The records of WARC and ARC files as whole bytes, one after the other, each of a bounded size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.crawler.foreign.record_head import (
    MAX_HEAD_BYTES,
    VERSION_LINE,
    UnusableRecord,
    header_value,
    split_head,
    utc_second,
)
from gongkai.crawler.imports.foreign_compose import compose_foreign
from gongkai.crawler.imports.packed_stream import PackedStream

MAX_RECORD_BYTES = 64 << 20
"""Size of the largest record that is looked at; a crawl of ours keeps no larger answer either."""

MAX_RECORDS = 20_000_000
MAX_SECONDS = 6 * 3600.0
"""For one file. A file of Common Crawl has 60,000 records and takes a few minutes."""

ARC_FIELDS = 5
"""Address, IP address, time, media type, length; later versions have further fields before the length."""


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record that was passed over unread; the reason is one word."""

    reason: str


@dataclass(frozen=True, slots=True)
class StreamedRecord:
    """A whole record without the empty lines behind it, and how it was changed."""

    content: bytes
    remark: str = ""


Item = StreamedRecord | SkippedRecord


class NoArchive(Exception):
    """A file is neither WARC nor ARC."""


def stream_records(stream: PackedStream) -> Iterator[Item]:
    """Yield the records of a WARC or ARC file in their order.

    Raises:
        NoArchive: It is neither.
        TooMuch: It unpacks to more than it may.
    """
    line = stream.read_line(MAX_HEAD_BYTES)
    if line.startswith(b"filedesc:"):
        records = _arc_records(stream, line)
    elif VERSION_LINE.match(line.rstrip(b"\r\n")):
        records = _warc_records(stream, line)
    else:
        raise NoArchive
    ends = time.monotonic() + MAX_SECONDS
    for number, record in enumerate(records):
        if number >= MAX_RECORDS or time.monotonic() > ends:
            yield SkippedRecord("rest")
            return
        yield record


def _warc_records(stream: PackedStream, line: bytes) -> Iterator[Item]:
    while line:
        if not VERSION_LINE.match(line.rstrip(b"\r\n")):
            if line.strip():  # what does not belong to a record is passed over up to the next one
                yield SkippedRecord("malformed")
                line = _next_version_line(stream)
                continue
            line = stream.read_line(MAX_HEAD_BYTES)
            continue
        head = _head(stream, line)
        size = _stated_size(head)
        if size is None:
            yield SkippedRecord("malformed")
            line = _next_version_line(stream)
            continue
        yield _record(stream, head, size)
        line = stream.read_line(MAX_HEAD_BYTES)


def _head(stream: PackedStream, line: bytes) -> bytes:
    head = bytearray(line)
    while len(head) < MAX_HEAD_BYTES and (line := stream.read_line(MAX_HEAD_BYTES)):
        head += line
        if not line.strip(b"\r\n"):
            break
    return bytes(head)


def _stated_size(head: bytes) -> int | None:
    try:
        fields, _ = split_head(head, VERSION_LINE)
    except UnusableRecord:
        return None
    size = header_value(fields, "Content-Length")
    return int(size) if size.isascii() and size.isdecimal() and len(size) <= 15 else None


def _record(stream: PackedStream, head: bytes, size: int) -> Item:
    if size > MAX_RECORD_BYTES:
        return SkippedRecord("too_large" if stream.skip(size) else "torn")
    block = stream.read(size)
    return StreamedRecord(head + block) if len(block) == size else SkippedRecord("torn")


def _next_version_line(stream: PackedStream) -> bytes:
    while line := stream.read_line(MAX_HEAD_BYTES):
        if VERSION_LINE.match(line.rstrip(b"\r\n")):
            break
    return line


def _arc_records(stream: PackedStream, line: bytes) -> Iterator[Item]:
    """Yield the records of an ARC file as WARC records, their blocks unchanged."""
    while line:
        found = _arc_fields(line)
        if found is None:
            if line.strip():
                yield SkippedRecord("malformed")
            line = stream.read_line(MAX_HEAD_BYTES)
            continue
        url, date, size = found
        if size > MAX_RECORD_BYTES:
            yield SkippedRecord("too_large" if stream.skip(size) else "torn")
        elif len(block := stream.read(size)) < size:
            yield SkippedRecord("torn")
        elif not url.startswith(b"filedesc:"):
            yield StreamedRecord(compose_foreign("response", url, date, block), "from_arc")
        line = stream.read_line(MAX_HEAD_BYTES)


def _arc_fields(line: bytes) -> tuple[bytes, str, int] | None:
    """Return address, time and length of a record of an ARC file, None where a line is no such head."""
    fields = line.rstrip(b"\r\n").split(b" ")
    if len(fields) < ARC_FIELDS or not fields[-1].isdigit() or len(fields[-1]) > 12:
        return None
    date = utc_second(fields[2].decode("latin-1"))
    if date is None or b":" not in fields[0]:
        return None
    return fields[0], date[0], int(fields[-1])
