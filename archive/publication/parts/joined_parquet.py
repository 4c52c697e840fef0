"""One Parquet file from those of the years: their row groups as they are, below a footer of all.

The places in a footer count from the beginning of the file, so each is moved by the bytes that stand
before its part. https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift has
the numbers of the fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gongkai.archive.publication.parts.stretches import Piece, Stretch
from gongkai.archive.publication.parts.thrift_values import (
    STRUCT,
    ThriftList,
    ThriftStruct,
    parse_struct,
    struct_bytes,
)

MAGIC = b"PAR1"
_END = 4 + len(MAGIC)
_LONGEST_FOOTER = 1 << 26

# FileMetaData
_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
# RowGroup
_COLUMNS, _GROUP_ROWS, _GROUP_PLACE, _ORDINAL = 1, 3, 5, 7
_CHUNK_PLACES = (2, 4, 6)
"""Of a ColumnChunk: the chunk itself, its index of places, its index of values."""
_CHUNK_ABOUT = 3
_PAGE_PLACES = (9, 10, 11, 14)
"""Of ColumnMetaData: pages of data, of an index, of a dictionary; Bloom filter."""


def join_parquet(paths: Sequence[Path]) -> list[Piece]:
    """Return the pieces of a file with the row groups of several.

    Raises:
        ValueError: The files have different columns, one is no Parquet file, or there is none.
        OSError: One cannot be read.
    """
    bodies: list[Piece] = []
    place = len(MAGIC)
    whole: ThriftStruct | None = None
    groups: list[ThriftStruct] = []
    for path in paths:
        footer, body = _read_footer(path)
        if whole is None:
            whole = footer
        elif whole.fields[_SCHEMA] != footer.fields[_SCHEMA]:
            raise ValueError(str(path))
        for group in footer.structs(_GROUPS):
            _move_group(group, place - body.start, len(groups))
            groups.append(group)
        bodies.append(body)
        place += body.size
    if whole is None:
        raise ValueError("no file")
    whole.replace(_ROWS, sum(group.integer(_GROUP_ROWS) or 0 for group in groups))
    whole.replace(_GROUPS, ThriftList(STRUCT, list(groups)))
    footer_bytes = struct_bytes(whole)
    return [MAGIC, *bodies, footer_bytes + len(footer_bytes).to_bytes(4, "little") + MAGIC]


def _read_footer(path: Path) -> tuple[ThriftStruct, Stretch]:
    """Return the footer of a file and the stretch of what stands before it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < len(MAGIC) + _END:
            raise ValueError(str(path))
        file.seek(-_END, 2)
        end = file.read(_END)
        length = int.from_bytes(end[:4], "little")
        start = size - _END - length
        if end[4:] != MAGIC or start < len(MAGIC) or length > _LONGEST_FOOTER:
            raise ValueError(str(path))
        file.seek(start)
        footer = parse_struct(file.read(length))
    if not {_SCHEMA, _ROWS, _GROUPS} <= footer.fields.keys():
        raise ValueError(str(path))
    return footer, Stretch(path, len(MAGIC), start)


def _move_group(group: ThriftStruct, by: int, number: int) -> None:
    """Move the places in a row group, and give it its number."""
    _move(group, (_GROUP_PLACE,), by)
    if group.integer(_ORDINAL) is not None:
        group.replace(_ORDINAL, number)
    for chunk in group.structs(_COLUMNS):
        _move(chunk, _CHUNK_PLACES, by)
        if about := chunk.struct(_CHUNK_ABOUT):
            _move(about, _PAGE_PLACES, by)


def _move(struct: ThriftStruct, numbers: Sequence[int], by: int) -> None:
    for number in numbers:
        # 0 stands for a place that writers leave out by now
        if place := struct.integer(number):
            struct.replace(number, place + by)
