"""A file that is put together from stretches of others, without a copy of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bytes of a file from place `start` to the one before `end`."""

    path: Path
    start: int
    end: int

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return self.end - self.start


Piece = Stretch | bytes
"""A stretch of a file, or bytes that stand in none."""


def piece_size(piece: Piece) -> int:
    """Return the number of bytes of a piece."""
    return len(piece) if isinstance(piece, bytes) else piece.size


def read_pieces(pieces: Sequence[Piece], start: int, end: int, block: int) -> Iterator[bytes]:
    """Yield the bytes from `start` to before `end` of joined pieces, at most `block` at a time.

    All files are open before the first byte: a reader gets the last one even if the folder is removed
    meanwhile. Nothing more comes from a file that was cut: the reader notices by the length.

    Raises:
        OSError: A file cannot be opened.
    """
    with ExitStack() as stack:
        wanted: list[tuple[BinaryIO, int]] = []
        for piece in pieces:
            size = piece_size(piece)
            first, last = max(start, 0), min(end, size)
            start, end = start - size, end - size
            if first >= last:
                continue
            if isinstance(piece, bytes):
                file: BinaryIO = BytesIO(piece)
            else:
                file = stack.enter_context(piece.path.open("rb"))
                first, last = piece.start + first, piece.start + last
            file.seek(first)
            wanted.append((file, last - first))
        for file, left in wanted:
            while left:
                if not (found := file.read(min(block, left))):
                    return
                left -= len(found)
                yield found
