"""Pieces of the files of a part: rows that stand by themselves, so that a renewal copies all others.

A piece begins at a key whose checksum ends in zeros, and so does a stretch, of which a piece has several.
Where they begin depends on keys alone: a file of which few were written anew has the bytes of one that was
written as a whole. The lines of a stretch are packed by themselves; the rows of a piece are the row groups
of Parquet.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from zlib import crc32

from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication.parts.joined_crc import joined_crc

Key = str | int | None
"""What the rows of a table are sorted by first: the id of a report, of an agency, of a snapshot."""

_KEYS = {
    **{"cells": 128, "panel": 256, "region_totals": 64, "refusal_reasons": 128},
    **{"requests": 512, "sections": 256, "report_summary": 2048},
    "twin_passages": 256,
}
_FEW_ROWS = 1024
"""How many keys a piece has on average: some 20,000 rows, or 1,000 keys where each has few rows. Smaller ones
would make more row groups: programs read these more slowly, and the site joins their footers, each of which
tells of every column, for a whole table."""

_STRETCHES = {
    **{"cells": 16, "panel": 16, "region_totals": 16, "requests": 32},
    **{"sections": 32, "twin_passages": 32, "refusal_reasons": 64, "report_summary": 64},
}
_SHORT_ROWS = 128
"""How many keys a stretch has on average. A changed report makes one of each table be read and packed anew;
the files are four to seven hundredths longer than with one stretch a piece."""


class FileStretch(NamedTuple):
    """Lines of a compressed CSV that are packed by themselves: the first key, and the number of rows.

    `packed` is the number of their bytes, `crc` and `unpacked` are checksum and length of the lines.
    """

    key: Key
    rows: int
    packed: int
    crc: int
    unpacked: int


class FilePiece(NamedTuple):
    """A piece: its first key, its rows, and where it stands in both files.

    `packed`, `crc` and `unpacked` are those of all its stretches. `groups` is the number of its row groups
    in Parquet, 0 where there is none.
    """

    key: Key
    rows: int
    packed: int
    crc: int
    unpacked: int
    groups: int
    stretches: tuple[FileStretch, ...]

    @classmethod
    def of(cls, stretches: Sequence[FileStretch], groups: int) -> FilePiece:
        """Return a piece of some stretches, at least one."""
        crc = 0
        for each in stretches:
            crc = joined_crc(crc, each.crc, each.unpacked)
        rows, packed, unpacked = (
            sum(sizes)
            for sizes in zip(
                *((each.rows, each.packed, each.unpacked) for each in stretches), strict=True
            )
        )
        return cls(stretches[0].key, rows, packed, crc, unpacked, groups, tuple(stretches))


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


def begins_stretch(table: str, key: Key) -> bool:
    """Return whether a stretch begins at a key of a table."""
    checksum = crc32(str(key).encode())
    return (
        checksum % _STRETCHES.get(table, _SHORT_ROWS) == 0
        or checksum % _KEYS.get(table, _FEW_ROWS) == 0
    )


class _Keyed(Protocol):
    @property
    def key(self) -> Key: ...


def divide_pieces(pieces: Sequence[_Keyed], touched: Collection[Key]) -> list[Segment]:
    """Return pieces, or stretches, in segments: those with a touched key are written anew.

    So is one before a touched key at which one begins: if it is gone, both are one.
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


@dataclass(frozen=True, slots=True)
class TouchedPieces:
    """Pieces in a row, from `first` to before `last`, that are replaced together; `keys` were touched in them."""

    first: int
    last: int
    keys: Collection[Key]


def touched_pieces(pieces: Sequence[FilePiece], touched: Collection[Key]) -> list[TouchedPieces]:
    """Return the pieces with touched keys, in their order.

    Two stand together where the key at which the second begins was touched: if it is gone, both are one.
    """
    begins = [_rank(piece.key) for piece in pieces]
    keys: dict[int, list[Key]] = {}
    joined: set[int] = set()
    for key in touched:
        place = max(0, bisect_right(begins, _rank(key)) - 1)
        keys.setdefault(place, []).append(key)
        if place and pieces[place].key == key:
            joined.add(place)
            keys.setdefault(place - 1, [])
    found: list[TouchedPieces] = []
    for place in sorted(keys):
        if place in joined:
            before = found.pop()
            found.append(TouchedPieces(before.first, place + 1, [*before.keys, *keys[place]]))
        else:
            found.append(TouchedPieces(place, place + 1, keys[place]))
    return found


def cut_stretches(table: str, stretches: Sequence[FileStretch]) -> Iterator[Sequence[FileStretch]]:
    """Yield the stretches of each piece of a table; the first is that of a piece."""
    begin = 0
    for place in range(1, len(stretches)):
        if begins_piece(table, stretches[place].key):
            yield stretches[begin:place]
            begin = place
    if stretches:
        yield stretches[begin:]


def _rank(key: Key) -> tuple[bool, Key]:
    return key is not None, key if key is not None else ""


def write_piece_index(path: Path, pieces: Mapping[str, Iterable[FilePiece]]) -> str:
    """Write where the pieces of files stand; return the SHA-256 of what was written."""
    told = {name: list(each) for name, each in sorted(pieces.items())}
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(written)
    return sha256(written).hexdigest()


def read_piece_index(path: Path, digest: object) -> PieceIndex:
    """Return where the pieces of files stand; `digest` is the SHA-256 that the file had.

    {} where it is gone, or of a program that wrote it in another way.

    Raises:
        RenewalImpossibleError: it has another digest: a wrong key would lose rows, or write them twice.
    """
    if digest is None:
        return {}
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise RenewalImpossibleError("full_file_differs", path=str(path)) from problem
    if sha256(written).hexdigest() != digest:
        raise RenewalImpossibleError("full_file_differs", path=str(path))
    try:
        told = json.loads(written)
        return {name: [_piece(*piece) for piece in each] for name, each in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _piece(
    key: Key,
    rows: int,
    packed: int,
    crc: int,
    unpacked: int,
    groups: int,
    stretches: Iterable[Iterable[Any]],
) -> FilePiece:
    told = tuple(FileStretch(*each) for each in stretches)
    return FilePiece(key, rows, packed, crc, unpacked, groups, told)
