"""The content of a file that is packed with gzip or Zstandard, or not at all, in pieces and within bounds."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from gongkai.crawler.warc.parse import GZIP_MAGIC, next_record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE_BYTES = 1 << 20
MAX_RATIO = 200
"""Bytes that a byte of a file may unpack to, on the whole: pages have a tenth of it."""

FREE_BYTES = 256 << 20
"""What any file may unpack to, however small it is."""

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
"""A frame with the dictionary of the frames behind it (WARC and Zstandard, IIPC 2021)."""

MAX_DICTIONARY_BYTES = 16 << 20
ZSTD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 27}


Reached = Callable[[int], None]
"""Is told how many packed bytes of a file were read."""


def unwatched(place: int) -> None:
    """Tell nobody."""


class TooMuch(Exception):
    """A file unpacks to more than it may."""


class PackedStream:
    """Reads the unpacked content of a file piece by piece. `damage` counts places that were passed over."""

    def __init__(self, file: BinaryIO, size: int, reached: Reached = unwatched) -> None:
        """Begin at the first byte of a file of so many bytes; `reached` is told how far it is read."""
        self._file = file
        self._reached = reached
        self.damage = 0
        self._buffer = bytearray()
        self._left = FREE_BYTES + MAX_RATIO * size
        file.seek(0)
        magic = file.read(4)
        file.seek(0)
        if magic.startswith(GZIP_MAGIC):
            self._pieces = self._gzip_pieces(file)
        elif magic in (ZSTD_MAGIC, DICTIONARY_MAGIC):
            self._pieces = self._zstd_pieces(file)
        else:
            self._pieces = iter(lambda: file.read(PIECE_BYTES), b"")

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end.

        Raises:
            TooMuch: The file unpacks to more than it may.
        """
        while len(self._buffer) < size and self._fill():
            pass
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    def read_line(self, most: int) -> bytes:
        """Return the next line with its end, or so many bytes where it is longer; b"" at the end.

        Raises:
            TooMuch: The file unpacks to more than it may.
        """
        end = self._buffer.find(b"\n")
        while end < 0 and len(self._buffer) < most and self._fill():
            end = self._buffer.find(b"\n")
        return self.read(min(most, len(self._buffer) if end < 0 else end + 1))

    def skip(self, size: int) -> bool:
        """Pass over so many bytes, and return whether there were so many.

        Raises:
            TooMuch: The file unpacks to more than it may.
        """
        while size > len(self._buffer):
            size -= len(self._buffer)
            self._buffer.clear()
            if not self._fill():
                return False
        del self._buffer[:size]
        return True

    def _fill(self) -> bool:
        """Add a piece to the buffer, and return whether there was one."""
        piece = next(self._pieces, b"")
        self._left -= len(piece)
        if self._left < 0:
            raise TooMuch
        self._buffer += piece
        self._reached(self._file.tell())
        return bool(piece)

    def _gzip_pieces(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield the content of all members; what is damaged is passed over up to the next record."""
        start: int | None = 0
        while start is not None:
            file.seek(start)
            member = start
            try:
                for place, piece in _inflated(file):
                    member = place
                    if piece:
                        yield piece
                return
            except (zlib.error, EOFError):
                self.damage += 1
                start = next_record(file, member + 1)

    def _zstd_pieces(self, file: BinaryIO) -> Iterator[bytes]:
        dictionary = _dictionary(file)
        data = file.read(PIECE_BYTES)
        while data:
            stream = zstd.ZstdDecompressor(dictionary, ZSTD_OPTIONS)
            try:
                while not stream.eof:
                    if not data and stream.needs_input and not (data := file.read(PIECE_BYTES)):
                        self.damage += 1
                        return
                    if piece := stream.decompress(data, PIECE_BYTES):
                        yield piece
                    data = b""
            except zstd.ZstdError:
                self.damage += 1
                return
            data = stream.unused_data or file.read(PIECE_BYTES)


def _inflated(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield pieces of the members of a gzip file, each with the offset at which its member begins.

    Raises:
        zlib.error: A member is damaged.
        EOFError: The last one is torn.
    """
    member, data = file.tell(), file.read(PIECE_BYTES)
    while data:
        inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        yield member, b""
        while not inflate.eof:
            piece = inflate.decompress(data, PIECE_BYTES)
            data = inflate.unconsumed_tail
            yield member, piece
            if not inflate.eof and not data and len(piece) < PIECE_BYTES:
                data = file.read(PIECE_BYTES)
                if not data:
                    raise EOFError
        data = inflate.unused_data
        member = file.tell() - len(data)
        data = data or file.read(PIECE_BYTES)


def _dictionary(file: BinaryIO) -> zstd.ZstdDict | None:
    """Return the dictionary that a file begins with, None where there is none."""
    head = file.read(8)
    size = int.from_bytes(head[4:], "little")
    if not head.startswith(DICTIONARY_MAGIC) or size > MAX_DICTIONARY_BYTES:
        file.seek(0)
        return None
    content = file.read(size)
    if content.startswith(ZSTD_MAGIC):
        stream = zstd.ZstdDecompressor()
        content = stream.decompress(content, MAX_DICTIONARY_BYTES)
    return zstd.ZstdDict(content, is_raw=not content.startswith(b"\x37\xa4\x30\xec"))
