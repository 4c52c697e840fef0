"""Rows packed stretch by stretch: a stretch refers to nothing before it, so that it can be copied as it is."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from gongkai.archive.publication.parts.joined_crc import joined_crc

LAST_BLOCK = b"\x03\x00"
"""The end of packed data: an empty block that says that it is the last one."""


@dataclass(frozen=True, slots=True)
class PackedRows:
    """Rows that are packed by themselves: bytes packed and unpacked, and the checksum of the lines."""

    packed: int
    crc: int
    unpacked: int


def packer(level: int) -> zlib._Compress:
    """Return what packs without a head and a checksum of its own."""
    return zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)


def pack_alone(content: bytes, level: int) -> bytes:
    """Return some bytes packed as a stretch."""
    packing = packer(level)
    return packing.compress(content) + packing.flush(zlib.Z_FULL_FLUSH)


class StretchWriter:
    """Packs rows into a file at the place where it stands. `crc` and `unpacked` are those of all until now."""

    def __init__(self, file: BinaryIO, level: int) -> None:
        """Begin without rows."""
        self._file = file
        self._level = level
        self.crc = self.unpacked = 0
        self._begin_stretch()

    def _begin_stretch(self) -> None:
        self._packer = packer(self._level)
        self._stretch_crc = self._stretch_bytes = self._stretch_packed = 0

    def write(self, rows: bytes) -> None:
        """Write rows."""
        self._stretch_crc = zlib.crc32(rows, self._stretch_crc)
        self._stretch_bytes += len(rows)
        packed = self._packer.compress(rows)
        self._stretch_packed += len(packed)
        self._file.write(packed)

    def end_stretch(self) -> PackedRows:
        """End the stretch of the rows since the last one."""
        packed = self._packer.flush(zlib.Z_FULL_FLUSH) if self._stretch_bytes else b""
        self._file.write(packed)
        size = self._stretch_packed + len(packed)
        ended = PackedRows(size, self._stretch_crc, self._stretch_bytes)
        self._add(ended)
        self._begin_stretch()
        return ended

    def copy(self, packed: Iterator[bytes], pieces: Iterable[PackedRows]) -> None:
        """Write pieces or stretches of another file as they are packed there."""
        for block in packed:
            self._file.write(block)
        for piece in pieces:
            self._add(piece)

    def finish(self) -> None:
        """Write the end."""
        self.end_stretch()
        self._file.write(LAST_BLOCK)

    def _add(self, piece: PackedRows) -> None:
        self.crc = joined_crc(self.crc, piece.crc, piece.unpacked)
        self.unpacked += piece.unpacked
