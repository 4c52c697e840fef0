"""Reading WARC records: all of a file with their exact offsets, or one by its offset."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from gongkai.crawler.foreign.record_head import HeaderList as HeaderList
from gongkai.crawler.foreign.record_head import header_value as header_value
from gongkai.errors import GongkaiError

CHUNK_BYTES = 1 << 20
PIECE_BYTES = 1 << 24
"""Bytes unpacked at a time: a small member may unpack to gigabytes."""

GZIP_MAGIC, WARC_MAGIC = b"\x1f\x8b\x08", b"WARC/"
"""The first bytes of a gzip member, and of a record inside it."""

MAX_MEMBER_BYTES = 256 << 20
"""Size of the largest record that is unpacked; a crawl ends answers of a quarter of this."""

ADDRESS_FIELD = "Gongkai-Address"
"""Our own field of an answer's record: the address with the body of the POST that was answered."""


ROLE_FIELD = "Gongkai-Role"
"""Our own field of an answer's record: what it was asked for as, where that is no page or document."""

PART = "part"
"""The role of an image or a style sheet of a page: it is kept to show the page, and never read."""


class DamagedRecord(GongkaiError):
    """The bytes at an offset are not a readable WARC record."""


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One record. `headers` are those of the HTTP answer, empty for other records."""

    kind: str  # response, revisit, resource, request, metadata, warcinfo
    id: str
    url: str
    date: str
    fields: HeaderList
    status: int
    headers: HeaderList
    payload: bytes

    @property
    def address(self) -> str:
        """The address under which the record is indexed: `url`, with the body of a POST."""
        return self.field(ADDRESS_FIELD) or self.url

    @property
    def role(self) -> str:
        """`PART` for a part of a page, "" for everything else."""
        return PART if self.field(ROLE_FIELD) == PART else ""

    def field(self, name: str) -> str:
        """Return a field of the WARC header, "" where it is missing."""
        return header_value(self.fields, name)


def refers_to(record: WarcRecord) -> str:
    """Return the id of the record that a record refers to, "" where it refers to none."""
    return _uuid_hex(record.field("WARC-Refers-To"))


def gzip_members(
    stream: BinaryIO, most: int = MAX_MEMBER_BYTES
) -> Iterator[tuple[int, int, bytes]]:
    """Yield the whole gzip members of a file in order: (start, end, content).

    Stops silently at the first member that is torn, damaged or larger than `most` bytes: the last
    `end` is where the intact part of the file ends. warcio does not detect this: it accepts a truncated
    file.
    """
    start = stream.tell()
    data = b""
    while data or (data := stream.read(CHUNK_BYTES)):
        inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        content = bytearray()
        end, piece = start, b""
        while not inflate.eof:
            # a full piece may have more behind it, without any further input
            is_full = len(piece) == PIECE_BYTES
            if not data and not is_full and not (data := stream.read(CHUNK_BYTES)):
                return
            try:
                piece = inflate.decompress(data, PIECE_BYTES)
            except zlib.error:
                return
            content += piece
            if len(content) > most:
                return
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            end += len(data) - len(rest)
            data = rest
        yield start, end, bytes(content)
        start = end


def readable_members(stream: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Yield all whole members of a seekable file, also those behind a damaged place.

    Where `start` is not the previous `end`, the bytes between them cannot be read.
    """
    here: int | None = stream.tell()
    while here is not None:
        stream.seek(here)
        for start, end, content in gzip_members(stream):
            yield start, end, content
            here = end
        here = next_record(stream, here + 1)


def next_record(stream: BinaryIO, start: int) -> int | None:
    """Return the offset at which the next record begins, None where there is none.

    A record may contain a gzip file: only a member that unpacks to the head of a record counts.
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
    """Return whether bytes unpack to the head of a record.

    Only the head is unpacked: the bytes may be a gzip bomb.
    """
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        return inflate.decompress(data, len(WARC_MAGIC)) == WARC_MAGIC
    except zlib.error:
        return False


def _find_gzip_magic(stream: BinaryIO, start: int) -> int:
    """Return the offset at which the next gzip member may begin, -1 where there is none."""
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
    """Return the record that starts at an offset.

    The gzip member is read whole first: its checksum reveals damage that warcio would ignore.

    Raises:
        DamagedRecord: No whole record starts there.
    """
    stream.seek(offset)
    for _, _, content in gzip_members(stream):
        return parse_record(content)
    raise DamagedRecord("record_incomplete")


def parse_record(content: bytes) -> WarcRecord:
    """Return the record that is the content of a gzip member.

    Raises:
        DamagedRecord: The content is not a WARC record.
    """
    try:
        record = next(iter(ArchiveIterator(BytesIO(content))))
        payload = record.raw_stream.read()
    except (StopIteration, ArchiveLoadFailed, EOFError) as problem:
        raise DamagedRecord("record_malformed") from problem
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
