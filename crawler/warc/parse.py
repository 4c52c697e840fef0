"""WARC records read back: a file of them walked exactly, one of them taken out by its offset."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

CHUNK_BYTES = 1 << 20
GZIP_MAGIC, WARC_MAGIC = b"\x1f\x8b\x08", b"WARC/"
"""How a gzip member begins, and a record in it."""

HeaderList = Sequence[tuple[str, str]]


class DamagedRecord(ValueError):
    """The bytes at an offset are no WARC record that can be read."""


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record read back. `headers` are those of the answer (empty for other records)."""

    kind: str  # response, revisit, resource, request, metadata, warcinfo
    id: str
    url: str
    date: str
    fields: HeaderList
    status: int
    headers: HeaderList
    payload: bytes

    def field(self, name: str) -> str:
        """Give a field of the WARC header, "" where it is not there."""
        return header_value(self.fields, name)


def header_value(headers: HeaderList, name: str) -> str:
    """Give the first header of that name in any case, "" where there is none."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


def refers_to(record: WarcRecord) -> str:
    """Give the id of the record a revisit points at."""
    return _uuid_hex(record.field("WARC-Refers-To"))


def gzip_members(stream: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Walk the whole gzip members of a file: (start, end, content), in order.

    Stops without a word at the first member that is torn or damaged: the last `end` is where the
    good part of the file ends. warcio cannot see this (it passes a truncated file).
    """
    start = stream.tell()
    data = b""
    while data or (data := stream.read(CHUNK_BYTES)):
        inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        content = bytearray()
        end = start
        while not inflate.eof:
            if not data and not (data := stream.read(CHUNK_BYTES)):
                return
            try:
                content += inflate.decompress(data)
            except zlib.error:
                return
            end += len(data)
            data = b""
        data = inflate.unused_data
        end -= len(data)
        yield start, end, bytes(content)
        start = end


def readable_members(stream: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Walk all whole members of a file that can be searched, those behind a damaged place too.

    Where `start` is not the last `end`, what lies between them cannot be read.
    """
    here: int | None = stream.tell()
    while here is not None:
        stream.seek(here)
        for start, end, content in gzip_members(stream):
            yield start, end, content
            here = end
        here = _next_record(stream, here + 1)


def _next_record(stream: BinaryIO, start: int) -> int | None:
    """Give where the next record begins, None where there is none.

    A record may hold a gzip file as it is: only what unpacks to a record's head is one.
    """
    place = start
    while (place := _find_gzip_magic(stream, place)) >= 0:
        stream.seek(place)
        if _begins_a_record(stream.read(CHUNK_BYTES)):
            stream.seek(place)
            if next(gzip_members(stream), None):
                return place
        place += 1
    return None


def _begins_a_record(data: bytes) -> bool:
    """Unpacks no more than a head: what it may be could unpack to anything."""
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        return inflate.decompress(data, len(WARC_MAGIC)) == WARC_MAGIC
    except zlib.error:
        return False


def _find_gzip_magic(stream: BinaryIO, start: int) -> int:
    """Give where the next gzip member may begin, -1 for nowhere."""
    stream.seek(start)
    tail = b""
    while chunk := stream.read(CHUNK_BYTES):
        data = tail + chunk
        if (found := data.find(GZIP_MAGIC)) >= 0:
            return start + found
        tail = data[1 - len(GZIP_MAGIC) :]
        start += len(data) - len(tail)
    return -1


def read_record_at(stream: BinaryIO, offset: int) -> WarcRecord:
    """Read the record that starts at an offset; raises DamagedRecord.

    The gzip member is read whole first: its checksum tells damage that warcio would read over.
    """
    stream.seek(offset)
    for _, _, content in gzip_members(stream):
        return parse_record(content)
    raise DamagedRecord("no whole record here")


def parse_record(content: bytes) -> WarcRecord:
    """Read one record from the content of its gzip member; raises DamagedRecord."""
    try:
        record = next(iter(ArchiveIterator(BytesIO(content))))
        payload = record.raw_stream.read()
    except (StopIteration, ArchiveLoadFailed, EOFError) as problem:
        raise DamagedRecord(str(problem) or "no record here") from problem
    http = record.http_headers
    answer = http is not None and record.rec_type in ("response", "revisit")
    return WarcRecord(
        kind=record.rec_type,
        id=_uuid_hex(record.rec_headers.get_header("WARC-Record-ID", "")),
        url=record.rec_headers.get_header("WARC-Target-URI", ""),
        date=record.rec_headers.get_header("WARC-Date", ""),
        fields=tuple(record.rec_headers.headers),
        status=int(code) if answer and (code := http.get_statuscode()).isdecimal() else 0,
        headers=tuple(http.headers) if answer else (),
        payload=payload,
    )


def _uuid_hex(urn: str) -> str:
    return urn.strip("<>").removeprefix("urn:uuid:").replace("-", "").lower()
