"""Rows of Parquet files in which those of touched keys are replaced by others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from gongkai.archive.codebook.table_schema import TableSchema
from gongkai.archive.publication.parts.file_pieces import Key, begins_piece
from gongkai.archive.publication.parts.parquet_part import ParquetPartWriter
from gongkai.archive.publication.parts.part_rows import key_place
from gongkai.archive.publication.parts.report_cells import Columns

if TYPE_CHECKING:
    import pyarrow

_KINDS = ("string", "integer")
"""Types of columns of which Parquet gives back the keys that the archive has."""


def has_plain_keys(table: TableSchema, keys: Collection[Key]) -> bool:
    """Return whether some keys of a table are in Parquet what they are in the archive.

    A missing one and an empty one are the same there.
    """
    kind = list(table.fields.values())[key_place(table)].type
    return kind in _KINDS and None not in keys and "" not in keys


class TouchedRows:
    """Collects the rows of touched keys from columns that are written as CSV."""

    def __init__(self, table: TableSchema, touched: Collection[Key]) -> None:
        """Begin without rows."""
        self._place = key_place(table)
        self._touched = frozenset(touched)
        self._columns: list[list[object]] = [[] for _ in table.fields]

    def add(self, columns: Columns, distinct: Sequence[Collection[object]]) -> None:
        """Add the rows of touched keys among some, which follow those from before."""
        keys = columns[self._place]
        begins = sorted(
            keys.index(key) for key in self._touched.intersection(distinct[self._place])
        )
        for begin in begins:
            end = begin + keys.count(keys[begin])
            for own, values in zip(self._columns, columns, strict=True):
                own += values[begin:end]

    def typed(self, writer: ParquetPartWriter) -> pyarrow.Table:
        """Return them with their types."""
        import pyarrow

        batch = writer.batch(self._columns, [set(values) for values in self._columns])
        return pyarrow.Table.from_batches([batch])


def replaced_rows(
    table: TableSchema, old: pyarrow.Table, new: pyarrow.Table, touched: Collection[Key]
) -> Iterator[pyarrow.Table]:
    """Yield the rows of each piece: those of `old` without touched keys, and `new`, in their order.

    `new` has the rows of touched keys as they are now. `old` has the rows of one piece, or of several that
    are one without the touched keys.
    """
    import pyarrow

    old_rows, new_rows = _KeyRows.of(table, old), _KeyRows.of(table, new)
    piece: list[pyarrow.Table] = []
    kept = 0
    for key in sorted(cast("Collection[str]", touched)):
        begin, end = old_rows.rows_of(key)
        if kept < begin:
            piece.append(old.slice(kept, begin - kept))
        kept = end
        begin, end = new_rows.rows_of(key)
        if begin < end:
            if piece and begins_piece(table.name, key):
                yield pyarrow.concat_tables(piece)
                piece = []
            piece.append(new.slice(begin, end - begin))
    if kept < len(old):
        piece.append(old.slice(kept))
    if piece:
        yield pyarrow.concat_tables(piece)


@dataclass(frozen=True, slots=True)
class _KeyRows:
    """The keys of rows in their order, and where the rows of each begin; behind the last, where they end."""

    keys: Sequence[str]
    begins: Sequence[int]

    @classmethod
    def of(cls, table: TableSchema, rows: pyarrow.Table) -> _KeyRows:
        """Return those of some rows of a table."""
        from pyarrow import compute

        if not len(rows):
            return cls((), (0,))
        column = rows.column(key_place(table)).combine_chunks()
        encoded = compute.run_end_encode(column, "int64")
        return cls(encoded.values.to_pylist(), [0, *encoded.run_ends.to_pylist()])

    def rows_of(self, key: str) -> tuple[int, int]:
        """Return where the rows of a key begin and end; where they would stand if there are none."""
        place = bisect_left(self.keys, key)
        has_rows = place < len(self.keys) and self.keys[place] == key
        return self.begins[place], self.begins[place + has_rows]
