"""Pieces of the files of a part: rows that stand by themselves, so that a renewal copies all others.

A piece begins at a key whose checksum ends in zeros. Where pieces begin depends on keys alone: a file of
which few pieces were written anew has the bytes of one that was written as a whole.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from zlib import crc32

Key = str | int | None
"""What the rows of a table are sorted by first: the id of a report, of an agency, of a snapshot."""

_KEYS = {
    **{"cells": 128, "panel": 256, "region_totals": 64, "refusal_reasons": 128},
    **{"requests": 512, "sections": 256, "report_summary": 2048},
}
_FEW_ROWS = 1024
"""How many keys a piece has on average: some 20,000 rows, or 1,000 keys where each has few rows. One piece
of each table costs some tenths of a second together. Smaller ones would make more row groups: programs read
these more slowly, and the site joins their footers, each of which tells of every column, for a whole table."""


@dataclass(frozen=True, slots=True)
class FilePiece:
    """A piece: its first key, its rows, and where it stands in both files.

    `packed` is the number of its bytes in the compressed CSV, `crc` and `unpacked` are checksum and
    length of its lines. `groups` is the number of its row groups in Parquet, 0 where there is none.
    """

    key: Key
    rows: int
    packed: int
    crc: int
    unpacked: int
    groups: int


PieceIndex = Mapping[str, Sequence[FilePiece]]
"""The pieces of files, by the path of the CSV."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Pieces in a row, from `first` to before `last`, which are copied, or written anew."""

    first: int
    last: int
    is_kept: bool


def begins_piece(table: str, key: Key) -> bool:
    """Return whether a piece begins at a key of a table."""
    return crc32(str(key).encode()) % _KEYS.get(table, _FEW_ROWS) == 0


def divide_pieces(pieces: Sequence[FilePiece], touched: Collection[Key]) -> list[Segment]:
    """Return the pieces of a file in segments: those with a touched key are written anew.

    So is a piece before a touched key at which one begins: if it is gone, both are one.
    """
    begins = [_rank(piece.key) for piece in pieces]
    stale: set[int] = set()
    for key in touched:
        place = max(0, bisect_right(begins, _rank(key)) - 1)
        stale.add(place)
        if place and pieces[place].key == key:
            stale.add(place - 1)
    found: list[Segment] = []
    for is_kept, places in groupby(range(len(pieces)), lambda place: place not in stale):
        numbers = list(places)
        found.append(Segment(numbers[0], numbers[-1] + 1, is_kept))
    return found


def _rank(key: Key) -> tuple[bool, Key]:
    return key is not None, key if key is not None else ""


def write_piece_index(path: Path, pieces: Mapping[str, Iterable[FilePiece]]) -> str:
    """Write where the pieces of files stand; return the SHA-256 of what was written."""
    told = {name: [astuple(piece) for piece in each] for name, each in sorted(pieces.items())}
    written = json.dumps(told, ensure_ascii=False).encode()
    path.write_bytes(written)
    return sha256(written).hexdigest()


def read_piece_index(path: Path, digest: object) -> PieceIndex:
    """Return where the pieces of files stand; {} where the file has not the SHA-256 that it had.

    Another key in it would lose rows, or write them twice.
    """
    try:
        written = path.read_bytes()
        if sha256(written).hexdigest() != digest:
            return {}
        told = json.loads(written)
        return {name: [FilePiece(*piece) for piece in each] for name, each in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
