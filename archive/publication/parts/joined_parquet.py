"""One Parquet file from row groups of others: as they are, below a footer of all.

The places in a footer count from the beginning of the file, so each is moved by the bytes that stand
before its group. https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift has
the numbers of the fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
_FIRST_PLACES = (9, 11)
"""Of ColumnMetaData: pages of which one is the first of a chunk."""


@dataclass(frozen=True, slots=True)
class RowGroups:
    """Row groups of a file, from `first` to before `last`, None for the end."""

    path: Path
    first: int = 0
    last: int | None = None


def join_parquet(paths: Sequence[Path]) -> list[Piece]:
    """Return the pieces of a file with the row groups of several.

    Raises:
        ValueError: The files have different columns, one is no Parquet file, or there is none.
        OSError: One cannot be read.
    """
    return join_groups([RowGroups(path) for path in paths])


def join_groups(wanted: Sequence[RowGroups]) -> list[Piece]:
    """Return the pieces of a file with some row groups of several.

    Raises:
        ValueError: The files have different columns, one is no Parquet file or has not these groups, or
            there is none.
        OSError: One cannot be read.
    """
    bodies: list[Piece] = []
    place = len(MAGIC)
    whole: ThriftStruct | None = None
    groups: list[ThriftStruct] = []
    footers = {each.path: _read_footer(each.path) for each in wanted}
    for each in wanted:
        footer, body = footers[each.path]
        if whole is None:
            whole = ThriftStruct(dict(footer.fields))
        elif whole.fields[_SCHEMA] != footer.fields[_SCHEMA]:
            raise ValueError(str(each.path))
        theirs, part = _picked(footer, body, each)
        for group in theirs:
            _move_group(group, place - part.start, len(groups))
            groups.append(group)
        bodies.append(part)
        place += part.size
    if whole is None:
        raise ValueError("no file")
    whole.replace(_ROWS, sum(group.integer(_GROUP_ROWS) or 0 for group in groups))
    whole.replace(_GROUPS, ThriftList(STRUCT, list(groups)))
    footer_bytes = struct_bytes(whole)
    return [MAGIC, *bodies, footer_bytes + len(footer_bytes).to_bytes(4, "little") + MAGIC]


def group_rows(path: Path) -> list[int]:
    """Return the numbers of rows of the row groups of a file.

    Raises:
        ValueError: It is no Parquet file.
        OSError: It cannot be read.
    """
    footer, _ = _read_footer(path)
    return [group.integer(_GROUP_ROWS) or 0 for group in footer.structs(_GROUPS)]


def _picked(
    footer: ThriftStruct, body: Stretch, wanted: RowGroups
) -> tuple[list[ThriftStruct], Stretch]:
    """Return row groups of a file and the stretch that they fill."""
    groups = footer.structs(_GROUPS)
    last = len(groups) if wanted.last is None else wanted.last
    if not 0 <= wanted.first <= last <= len(groups):
        raise ValueError(str(wanted.path))
    start = body.start if wanted.first == 0 else _begin(groups, wanted.first, body)
    end = body.end if last == len(groups) else _begin(groups, last, body)
    if not body.start <= start <= end <= body.end:
        raise ValueError(str(wanted.path))
    return groups[wanted.first : last], Stretch(body.path, start, end)


def _begin(groups: Sequence[ThriftStruct], number: int, body: Stretch) -> int:
    """Return where a row group begins: with the first page of its first column."""
    if number == len(groups):
        return body.end
    chunk = groups[number].structs(_COLUMNS)[0].struct(_CHUNK_ABOUT)
    places = [chunk.integer(field) for field in _FIRST_PLACES] if chunk else []
    known = [place for place in places if place]
    if not known:
        raise ValueError(str(body.path))
    return min(known)


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
