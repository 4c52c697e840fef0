"""A part of a table written from that of the last publication: pieces without a touched row are copied.

A year of a country has a hundred times the rows of a piece. What is copied is neither read from the
public file nor packed again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.parts.csv_part import CsvPart, PackedRows, csv_part_writer
from gongkai.archive.publication.parts.file_pieces import FilePiece, Key, Segment, divide_pieces
from gongkai.archive.publication.parts.joined_parquet import RowGroups, group_rows, join_groups
from gongkai.archive.publication.parts.stretches import Stretch, piece_size, read_pieces
from gongkai.archive.publication.parts.table_files import (
    KeyRange,
    Part,
    PartWriters,
    table_pieces,
    write_piece,
)

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class LastPart:
    """The files of a part in the last publication, their pieces, and the keys that were touched since."""

    folder: Path
    pieces: Sequence[FilePiece]
    touched: Collection[Key]


def renew_part(
    conn: sqlite3.Connection,
    table: TableSchema,
    part: Part,
    folder: Path,
    ids: Sequence[str],
    last: LastPart,
) -> list[FilePiece] | None:
    """Write the files of a part, and return their pieces; None where they have to be written as a whole.

    `ids` are the reports of the year in their order. The files of the last publication must be what its
    data package says.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column.
        OSError: a file cannot be read or written.
    """
    segments = divide_pieces(last.pieces, last.touched)
    if not any(each.is_kept for each in segments):
        return None
    csv_path, parquet_path = folder / part.csv_name, folder / part.parquet_name
    new_groups = parquet_path.with_name(f"{parquet_path.name}.new")
    for path in (csv_path, parquet_path):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        old = _LastFiles.read(last, part)
    except ValueError:
        return None
    found: list[FilePiece] = []
    wanted: list[RowGroups] = []
    written = 0
    with ExitStack() as stack:
        lines = stack.enter_context(csv_part_writer(csv_path, old.csv.head))
        typed = None
        if parquet_part.is_installed():
            typed = stack.enter_context(parquet_part.parquet_part_writer(new_groups, table))
        for segment in segments:
            if segment.is_kept:
                kept = last.pieces[segment.first : segment.last]
                lines.copy(old.packed(segment), _packed(kept))
                wanted.append(old.groups(segment))
                found += kept
                continue
            within = _range(last.pieces, segment)
            for key, blocks in table_pieces(conn, table, part.year, ids, within):
                piece = write_piece(PartWriters(lines, typed), table, key, blocks)
                wanted.append(RowGroups(new_groups, written, written + piece.groups))
                written += piece.groups
                found.append(piece)
    if typed:
        _write_joined(parquet_path, wanted)
        new_groups.unlink()
    return found


@dataclass(frozen=True, slots=True)
class _LastFiles:
    """The files of the last publication, and where each piece begins in them."""

    csv: CsvPart
    parquet: Path
    packed_starts: Sequence[int]
    group_starts: Sequence[int]

    @classmethod
    def read(cls, last: LastPart, part: Part) -> _LastFiles:
        """Read them, and compare them with the pieces.

        Raises:
            ValueError: The pieces are of other files.
        """
        csv, parquet = CsvPart.read(last.folder / part.csv_name), last.folder / part.parquet_name
        packed, groups = [csv.rows_start], [0]
        for piece in last.pieces:
            packed.append(packed[-1] + piece.packed)
            groups.append(groups[-1] + piece.groups)
        unpacked = sum(piece.unpacked for piece in last.pieces)
        is_same = packed[-1] == csv.rows.end and unpacked == csv.rows_bytes
        if is_same and parquet_part.is_installed():
            rows = group_rows(parquet)
            is_same = groups[-1] == len(rows) and all(
                sum(rows[first:end]) == piece.rows
                for piece, first, end in zip(last.pieces, groups, groups[1:], strict=False)
            )
        if not is_same:
            raise ValueError(part.csv_name)
        return cls(csv, parquet, packed, groups)

    def packed(self, segment: Segment) -> Iterator[bytes]:
        """Yield the packed lines of a segment."""
        start, end = self.packed_starts[segment.first], self.packed_starts[segment.last]
        stretch = Stretch(self.csv.path, start, end)
        return read_pieces([stretch], 0, stretch.size, _BLOCK)

    def groups(self, segment: Segment) -> RowGroups:
        """Return the row groups of a segment."""
        first, end = self.group_starts[segment.first], self.group_starts[segment.last]
        return RowGroups(self.parquet, first, end)


def _packed(pieces: Sequence[FilePiece]) -> Iterator[PackedRows]:
    return (PackedRows(each.packed, each.crc, each.unpacked) for each in pieces)


def _range(pieces: Sequence[FilePiece], segment: Segment) -> KeyRange:
    """Return the keys of a segment: those before the first piece, and behind the last, are in it."""
    first = pieces[segment.first].key if segment.first else None
    end = pieces[segment.last].key if segment.last < len(pieces) else None
    return KeyRange(first, end)


def _write_joined(path: Path, wanted: Sequence[RowGroups]) -> None:
    pieces = join_groups(wanted)
    with path.open("wb") as file:
        for block in read_pieces(pieces, 0, sum(map(piece_size, pieces)), _BLOCK):
            file.write(block)
