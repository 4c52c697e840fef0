"""A part of a table written from that of the last publication: what has no touched row is copied.

A year of a country has a hundred times the rows of a piece. Of a piece with a touched row, the stretches
around that row are read from the public file and packed again as CSV; its rows in Parquet are those of the
last publication but for the touched ones.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.parts.csv_part import CsvPart, csv_part_writer
from gongkai.archive.publication.parts.file_pieces import (
    FilePiece,
    FileStretch,
    Key,
    TouchedPieces,
    cut_stretches,
    divide_pieces,
    touched_pieces,
)
from gongkai.archive.publication.parts.joined_parquet import RowGroups, join_groups
from gongkai.archive.publication.parts.packed_rows import PackedRows
from gongkai.archive.publication.parts.parquet_rows import (
    TouchedRows,
    has_plain_keys,
    replaced_rows,
)
from gongkai.archive.publication.parts.part_rows import KeyRange, table_pieces
from gongkai.archive.publication.parts.stretches import Piece, Stretch, read_pieces
from gongkai.archive.publication.parts.table_files import (
    Part,
    PartWriters,
    write_lines,
    write_piece,
)

if TYPE_CHECKING:
    import pyarrow

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
    stretches = [each for piece in last.pieces for each in piece.stretches]
    if not any(each.is_kept for each in divide_pieces(stretches, last.touched)):
        return None
    csv_path, parquet_path = folder / part.csv_name, folder / part.parquet_name
    new_groups = parquet_path.with_name(f"{parquet_path.name}.new")
    csv_path.parent.mkdir(parents=True, exist_ok=True)
    if parquet_part.is_installed():
        parquet_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            old = _LastFiles.read(stack, last, part)
            lines = stack.enter_context(csv_part_writer(csv_path, old.csv.head))
            typed = None
            if parquet_part.is_installed():
                typed = stack.enter_context(parquet_part.parquet_part_writer(new_groups, table))
            renewal = _Renewal(
                conn, table, part, ids, last.pieces, old, PartWriters(lines, typed), new_groups
            )
            renewal.write(touched_pieces(last.pieces, last.touched))
        if typed:
            _write_joined(parquet_path, join_groups(renewal.groups))
    except ValueError:
        return None
    finally:
        new_groups.unlink(missing_ok=True)
    return renewal.made


@dataclass(frozen=True, slots=True)
class _LastFiles:
    """The files of the last publication, and where each piece begins in them."""

    csv: CsvPart
    parquet: Path
    typed: pyarrow.parquet.ParquetFile | None
    packed_starts: Sequence[int]
    group_starts: Sequence[int]

    @classmethod
    def read(cls, stack: ExitStack, last: LastPart, part: Part) -> _LastFiles:
        """Read them, and compare them with the pieces.

        Raises:
            ValueError: The pieces are of other files.
        """
        csv, path = CsvPart.read(last.folder / part.csv_name), last.folder / part.parquet_name
        packed, groups = [csv.rows_start], [0]
        for piece in last.pieces:
            packed.append(packed[-1] + piece.packed)
            groups.append(groups[-1] + piece.groups)
        unpacked = sum(piece.unpacked for piece in last.pieces)
        is_same = packed[-1] == csv.rows.end and unpacked == csv.rows_bytes
        typed = None
        if parquet_part.is_installed():
            typed = parquet_part.open_parquet(stack, path)
            about = typed.metadata
            rows = [about.row_group(place).num_rows for place in range(about.num_row_groups)]
            is_same &= groups[-1] == len(rows) and all(
                sum(rows[first:end]) == piece.rows
                for piece, first, end in zip(last.pieces, groups, groups[1:], strict=False)
            )
        if not is_same:
            raise ValueError(part.csv_name)
        return cls(csv, path, typed, packed, groups)

    def packed(self, start: int, size: int) -> Iterator[bytes]:
        """Yield packed lines from a place."""
        stretch = Stretch(self.csv.path, start, start + size)
        return read_pieces([stretch], 0, size, _BLOCK)

    def groups(self, first: int, last: int) -> RowGroups:
        """Return the row groups of some pieces."""
        return RowGroups(self.parquet, self.group_starts[first], self.group_starts[last])


@dataclass(frozen=True, slots=True)
class _Renewal:
    """What is written of a part: its pieces, and where the row groups of the new file are."""

    conn: sqlite3.Connection
    table: TableSchema
    part: Part
    ids: Sequence[str]
    pieces: Sequence[FilePiece]
    old: _LastFiles
    writers: PartWriters
    new_groups: Path
    made: list[FilePiece] = field(default_factory=list)
    groups: list[RowGroups] = field(default_factory=list)

    def write(self, touched: Sequence[TouchedPieces]) -> None:
        """Write all pieces, of which some have touched keys."""
        place = 0
        written = 0
        for each in touched:
            self._keep(place, each.first)
            place = each.last
            made = self._replace(each)
            count = sum(piece.groups for piece in made)
            self.made.extend(made)
            self.groups.append(RowGroups(self.new_groups, written, written + count))
            written += count
        self._keep(place, len(self.pieces))

    def _keep(self, first: int, last: int) -> None:
        """Copy some pieces."""
        kept = self.pieces[first:last]
        if kept:
            start, size = self.old.packed_starts[first], sum(each.packed for each in kept)
            self.writers.lines.copy(self.old.packed(start, size), _packed(kept))
            self.groups.append(self.old.groups(first, last))
            self.made.extend(kept)

    def _replace(self, touched: TouchedPieces) -> list[FilePiece]:
        """Write pieces with the rows of touched keys as they are now."""
        stretches = [
            each for piece in self.pieces[touched.first : touched.last] for each in piece.stretches
        ]
        keys: set[Key] = {*touched.keys, stretches[0].key}
        end = self.pieces[touched.last].key if touched.last < len(self.pieces) else None
        within = KeyRange(stretches[0].key if touched.first else None, end)
        if not has_plain_keys(self.table, keys):
            pieces = table_pieces(self.conn, self.table, self.part.year, self.ids, within)
            return [write_piece(self.writers, self.table, blocks) for blocks in pieces]
        new = TouchedRows(self.table, touched.keys)
        made = self._replace_lines(stretches, within, touched, new)
        groups = self._replace_groups(touched, new)
        divided = list(cut_stretches(self.table.name, made))
        rows = [sum(each.rows for each in some) for some in divided]
        if self.writers.typed is None:
            groups = [(count, 0) for count in rows]
        if rows != [count for count, _ in groups]:
            raise ValueError(self.part.csv_name)
        return [FilePiece.of(some, count) for some, (_, count) in zip(divided, groups, strict=True)]

    def _replace_lines(
        self,
        stretches: Sequence[FileStretch],
        within: KeyRange,
        touched: TouchedPieces,
        new: TouchedRows,
    ) -> list[FileStretch]:
        """Write the lines of some pieces, and collect the rows of touched keys."""
        made: list[FileStretch] = []
        start = self.old.packed_starts[touched.first]
        for segment in divide_pieces(stretches, touched.keys):
            some = stretches[segment.first : segment.last]
            size = sum(each.packed for each in some)
            if segment.is_kept:
                self.writers.lines.copy(self.old.packed(start, size), _packed(some))
                made += some
            else:
                is_last = segment.last == len(stretches)
                between = KeyRange(
                    some[0].key if segment.first else within.first,
                    within.end if is_last else stretches[segment.last].key,
                )
                for blocks in table_pieces(
                    self.conn, self.table, self.part.year, self.ids, between
                ):
                    made += write_lines(self.writers.lines, self.table, blocks, new.add)
            start += size
        return made

    def _replace_groups(self, touched: TouchedPieces, new: TouchedRows) -> list[tuple[int, int]]:
        """Write the row groups of some pieces; return how many rows and groups each has."""
        typed = self.writers.typed
        if typed is None or self.old.typed is None:
            return []
        groups = self.old.groups(touched.first, touched.last)
        rows = self.old.typed.read_row_groups(range(groups.first, groups.last or 0))
        found = []
        for piece in replaced_rows(self.table, rows, new.typed(typed), touched.keys):
            typed.write_batches(piece.to_batches())
            found.append((len(piece), typed.end_piece()))
        return found


def _packed(pieces: Sequence[FilePiece] | Sequence[FileStretch]) -> Iterator[PackedRows]:
    return (PackedRows(each.packed, each.crc, each.unpacked) for each in pieces)


def _write_joined(path: Path, pieces: Sequence[Piece]) -> None:
    """Write stretches of files one after the other: of many, not all can be open at once."""
    with path.open("wb") as file:
        for piece in pieces:
            size = len(piece) if isinstance(piece, bytes) else piece.size
            for block in read_pieces([piece], 0, size, _BLOCK):
                file.write(block)
