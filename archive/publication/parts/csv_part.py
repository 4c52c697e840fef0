"""A table, or a year of it, as compressed CSV whose rows can be joined without unpacking them.

A file is one gzip member, as every program reads it. Its head line and its rows are compressed apart:
both end at a byte and refer to nothing before them, so that the rows of several files follow each other
under one head line. Where the rows begin stands in an extra field of the gzip header (RFC 1952, 2.3.1.1)
with their checksum and length, from which follow those of the whole. Joining members as such would be
shorter, but browsers read the first one and drop the others without a word.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gongkai.archive.publication.parts.joined_crc import joined_crc
from gongkai.archive.publication.parts.packed_rows import LAST_BLOCK, StretchWriter, pack_alone
from gongkai.archive.publication.parts.stretches import Piece, Stretch, read_pieces

LEVEL = 4
"""Of zlib: tables take half the time of the usual level 6, and a tenth more room."""

_FIXED = b"\x1f\x8b\x08%c\0\0\0\0\0\xff"
"""Magic, method, flags; no time and no system: same content, same bytes."""

_PLAIN, _WITH_EXTRA = 0, 4
_EXTRA = struct.Struct("<H2sHIIQ")
"""Length of the extra field, id and length of ours; bytes of the packed head line, CRC and bytes of the
unpacked rows."""

_ID = b"GK"
_TRAILER = struct.Struct("<II")
_END = len(LAST_BLOCK) + _TRAILER.size
_FILE_HEAD = len(_FIXED % _PLAIN) + _EXTRA.size
_MOST_HEAD = 100_000
"""Bytes of a head line, packed or not. The longest of ours has about a thousand."""


class CsvPartWriter(StretchWriter):
    """Writes blocks of rows below a head line. Use `csv_part_writer`, which finishes the file."""

    def __init__(self, file: BinaryIO, head: bytes) -> None:
        """Write the head line."""
        packed = pack_alone(head, LEVEL)
        file.write(bytes(_FILE_HEAD) + packed)
        super().__init__(file, LEVEL)
        self._head = head
        self._head_bytes = len(packed)

    def finish(self) -> None:
        """Write the end, then what stands at the beginning."""
        super().finish()
        self._file.write(_trailer(self._head, self.crc, self.unpacked))
        self._file.seek(0)
        self._file.write(_FIXED % _WITH_EXTRA)
        own = _EXTRA.size - 6
        told = (self._head_bytes, self.crc, self.unpacked)
        self._file.write(_EXTRA.pack(own + 4, _ID, own, *told))


@contextmanager
def csv_part_writer(path: Path, head: bytes) -> Iterator[CsvPartWriter]:
    """Give a writer of a new file, and finish the file."""
    with path.open("wb") as file:
        writer = CsvPartWriter(file, head)
        yield writer
        writer.finish()


@dataclass(frozen=True, slots=True)
class CsvPart:
    """A file of this kind: its size in bytes, its head line, the place of its rows, their checksum and length.

    `rows_bytes` is the length of the rows when they are unpacked.
    """

    path: Path
    size: int
    head: bytes
    rows_start: int
    rows_crc: int
    rows_bytes: int

    @classmethod
    def read(cls, path: Path) -> CsvPart:
        """Read what the beginning of a file says.

        Raises:
            ValueError: It is no file of this kind.
            OSError: It cannot be read.
        """
        with path.open("rb") as file:
            start = file.read(_FILE_HEAD)
            if len(start) < _FILE_HEAD or not start.startswith(_FIXED % _WITH_EXTRA):
                raise ValueError(str(path))
            _, own, _, head_bytes, crc, size = _EXTRA.unpack(start[-_EXTRA.size :])
            if own != _ID or head_bytes > _MOST_HEAD:
                raise ValueError(str(path))
            try:
                unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
                head = unpacker.decompress(file.read(head_bytes), _MOST_HEAD)
            except zlib.error as problem:
                raise ValueError(str(path)) from problem
            whole = file.seek(0, 2)
        return cls(path, whole, head, _FILE_HEAD + head_bytes, crc, size)

    @property
    def rows(self) -> Stretch:
        """The packed rows."""
        return Stretch(self.path, self.rows_start, self.size - _END)


def join_parts(parts: Sequence[CsvPart]) -> list[Piece]:
    """Return the pieces of one gzip file with the head line of the first part and the rows of all.

    Raises:
        ValueError: The parts have different columns, or there is none.
    """
    if len({part.head for part in parts}) != 1:
        raise ValueError([str(part.path) for part in parts])
    first = parts[0]
    crc = size = 0
    for part in parts:
        crc = joined_crc(crc, part.rows_crc, part.rows_bytes)
        size += part.rows_bytes
    head = Stretch(first.path, _FILE_HEAD, first.rows_start)
    end = LAST_BLOCK + _trailer(first.head, crc, size)
    return [_FIXED % _PLAIN, head, *(part.rows for part in parts), end]


def unpacked_rows(parts: Sequence[CsvPart], block: int) -> Iterator[bytes]:
    """Yield the head line of the first part and the rows of all, unpacked, about `block` bytes at a time.

    The last block of a part comes after its checksum was compared: damaged rows never look complete.

    Raises:
        OSError: A file cannot be opened.
        ValueError: Rows are damaged, or other than the file says: what was yielded is not all.
    """
    waiting = parts[0].head
    for part in parts:
        crc = size = 0
        try:
            for rows in _unpacked(read_pieces([part.rows], 0, part.rows.size, block), block):
                yield waiting
                waiting = rows
                crc, size = zlib.crc32(rows, crc), size + len(rows)
        except zlib.error as problem:
            raise ValueError(str(part.path)) from problem
        if (crc, size) != (part.rows_crc, part.rows_bytes):
            raise ValueError(str(part.path))
    yield waiting


def _unpacked(packed: Iterator[bytes], block: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for data in packed:
        rest = data
        while rest:
            if rows := unpacker.decompress(rest, block):
                yield rows
            rest = unpacker.unconsumed_tail


def _trailer(head: bytes, rows_crc: int, rows_bytes: int) -> bytes:
    crc = joined_crc(zlib.crc32(head), rows_crc, rows_bytes)
    return _TRAILER.pack(crc, (len(head) + rows_bytes) & 0xFFFFFFFF)
