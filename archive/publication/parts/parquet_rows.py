"""Rows of Parquet files in which those of touched keys are replaced by others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

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

    `new` has the rows of touched keys as they are now.
    """
    import pyarrow

    gone = frozenset(touched)
    runs = [
        *((key, old, begin, end) for key, begin, end in _runs(table, old) if key not in gone),
        *((key, new, begin, end) for key, begin, end in _runs(table, new)),
    ]
    runs.sort(key=itemgetter(0))
    piece: list[pyarrow.Table] = []
    rows, first, last = old, 0, 0
    for key, source, begin, end in runs:
        is_new_piece = begins_piece(table.name, key)
        if source is rows and begin == last and not is_new_piece:
            last = end
            continue
        if first < last:
            piece.append(rows.slice(first, last - first))
        if piece and is_new_piece:
            yield pyarrow.concat_tables(piece)
            piece = []
        rows, first, last = source, begin, end
    if first < last:
        piece.append(rows.slice(first, last - first))
    if piece:
        yield pyarrow.concat_tables(piece)


def _runs(table: TableSchema, rows: pyarrow.Table) -> Iterator[tuple[str | int, int, int]]:
    """Yield each key of rows in their order, and where its rows begin and end."""
    from pyarrow import compute

    if not len(rows):
        return
    column = rows.column(key_place(table)).combine_chunks()
    encoded = compute.run_end_encode(column, "int64")
    keys, ends = encoded.values.to_pylist(), encoded.run_ends.to_pylist()
    for key, (begin, end) in zip(keys, pairwise([0, *ends]), strict=True):
        yield key, begin, end
