"""The digests of a file and of each record in it, read in pieces: a record may be as large as the disk."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from gongkai.crawler.manifests.run_manifest import FileDigest, RecordDigest
from gongkai.crawler.warc.parse import CHUNK_BYTES, WARC_MAGIC, header_value
from gongkai.regular_file import open_regular

MAX_HEAD_BYTES = 64 << 10
"""Size of the largest head of a record that is read."""

PIECE_BYTES = 1 << 20
"""Unpacked bytes that are held at a time."""

DOCUMENT_TYPES = ("response", "resource", "conversion", "revisit")
HEAD_END = b"\r\n\r\n"
RECORD_END = b"\r\n\r\n"


@dataclass
class _Member:
    """A gzip member that is being read: its packed bytes counted and hashed, its head unpacked."""

    start: int
    size: int = 0
    unpacked: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    head: bytearray = field(default_factory=bytearray)

    def take(self, packed: bytes) -> None:
        """Count and hash packed bytes."""
        self.size += len(packed)
        self.digest.update(packed)

    def unpack(self, piece: bytes) -> None:
        """Count unpacked bytes, and keep those of the head."""
        self.unpacked += len(piece)
        if len(self.head) < MAX_HEAD_BYTES:
            self.head += piece[: MAX_HEAD_BYTES - len(self.head)]

    def record(self) -> RecordDigest | None:
        """Return the record that this member is, None where it is not exactly one record."""
        head, end, _ = bytes(self.head).partition(HEAD_END)
        if not end or not head.startswith(WARC_MAGIC):
            return None
        fields = [
            (name.strip(), value.strip())
            for name, colon, value in (
                line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:]
            )
            if colon
        ]
        length = header_value(fields, "Content-Length")
        whole = len(head) + len(end) + len(RECORD_END)
        if not (length.isascii() and length.isdecimal() and int(length) + whole == self.unpacked):
            return None
        kind = header_value(fields, "WARC-Type")
        is_document = kind in DOCUMENT_TYPES
        return RecordDigest(
            id=record_key(header_value(fields, "WARC-Record-ID")),
            type=kind,
            offset=self.start,
            bytes=self.size,
            sha256=self.digest.hexdigest(),
            payload=header_value(fields, "WARC-Payload-Digest") if is_document else "",
            url=header_value(fields, "WARC-Target-URI").strip("<>") if is_document else "",
            date=header_value(fields, "WARC-Date") if is_document else "",
        )


def describe_file(path: Path, name: str) -> FileDigest:
    """Return the digests of a file, under the name that it has or will have when it is closed.

    `records` is empty where the file does not consist of gzip members with one record each.

    Raises:
        OSError: The file cannot be read.
    """
    with open_regular(path) as file:
        records = _members(file)
        file.seek(0)
        whole = hashlib.file_digest(file, "sha256")
        size = file.tell()
    is_divided = records is not None and sum(record.bytes for record in records) == size
    return FileDigest(name, size, whole.hexdigest(), tuple(records or ()) if is_divided else ())


def record_key(urn: str) -> str:
    """Return a record id as manifests name it: the hex digits of a UUID, else the id as it is."""
    inner = urn.strip("<> ")
    scheme, found, digits = inner.partition("urn:uuid:")
    return digits.replace("-", "").lower() if found and not scheme else inner


def _members(file: BinaryIO) -> list[RecordDigest] | None:
    """Return the records of a file, None where a member is damaged or is not one record."""
    found: list[RecordDigest] = []
    start, data = 0, b""
    while data or (data := file.read(CHUNK_BYTES)):
        member = _Member(start)
        inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not inflate.eof:
            if not data and not (data := file.read(CHUNK_BYTES)):
                return None
            try:
                rest = _unpack_piecewise(inflate, data, member)
            except zlib.error:
                return None
            member.take(data[: len(data) - len(rest)])
            data = rest
        record = member.record()
        if record is None:
            return None
        found.append(record)
        start += member.size
    return found


def _unpack_piecewise(inflate: zlib._Decompress, data: bytes, member: _Member) -> bytes:
    """Unpack data, a piece at a time, and return what stands behind the end of the member."""
    while data and not inflate.eof:
        member.unpack(inflate.decompress(data, PIECE_BYTES))
        data = inflate.unconsumed_tail
    return inflate.unused_data
