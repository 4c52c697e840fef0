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
    FoundInteger,
    WantedFields,
    field_number,
    find_integers,
    integer_bytes,
    list_of_structs,
    pass_value,
    read_varint,
    struct_list_head,
)

MAGIC = b"PAR1"
_END = 4 + len(MAGIC)
_LONGEST_FOOTER = 1 << 26

_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
"""Fields of FileMetaData."""

_PLACE, _PAGE, _GROUP_ROWS, _ORDINAL = "place", "page", "rows", "ordinal"
"""Numbers of a row group: a place in the file, that of a page of which one is the first of a column; its rows,
and its own number."""

_ABOUT_CHUNK: WantedFields = {9: _PAGE, 10: _PLACE, 11: _PAGE, 14: _PLACE}
"""Of ColumnMetaData: pages of data, of an index, of a dictionary; Bloom filter."""
_CHUNK: WantedFields = {2: _PLACE, 3: _ABOUT_CHUNK, 4: _PLACE, 6: _PLACE}
"""Of a ColumnChunk: the chunk itself, what is said of it, its index of places, its index of values."""
_GROUP: WantedFields = {1: _CHUNK, 3: _GROUP_ROWS, 5: _PLACE, 7: _ORDINAL}


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
    if not wanted:
        raise ValueError("no file")
    footers = {path: _Footer.read(path) for path in {each.path for each in wanted}}
    first = footers[wanted[0].path]
    bodies: list[Piece] = []
    place = len(MAGIC)
    groups: list[bytes] = []
    rows = 0
    for each in wanted:
        footer = footers[each.path]
        if footer.schema != first.schema:
            raise ValueError(str(each.path))
        theirs, part = footer.picked(each)
        for group in theirs:
            groups.append(group.moved(place - part.start, len(groups)))
            rows += group.rows
        bodies.append(part)
        place += part.size
    told = b"".join([*first.around(rows, len(groups)), *groups, first.data[first.groups_end :]])
    return [MAGIC, *bodies, told, len(told).to_bytes(4, "little") + MAGIC]


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group as the footer of its file tells of it: its bytes, and the numbers in them."""

    data: bytes
    numbers: Sequence[FoundInteger]

    @property
    def rows(self) -> int:
        """The number of its rows."""
        return sum(each.value for each in self.numbers if each.name == _GROUP_ROWS)

    @property
    def begin(self) -> int | None:
        """The place of its first page; None where it has none."""
        # 0 stands for a place that writers leave out by now
        return min(
            (each.value for each in self.numbers if each.name == _PAGE and each.value), default=None
        )

    def moved(self, by: int, ordinal: int) -> bytes:
        """Return its bytes with the places moved, and with another number."""
        parts: list[bytes] = []
        done = 0
        for name, value, start, end in self.numbers:
            if name == _ORDINAL:
                new = ordinal
            elif name == _GROUP_ROWS or not value:
                continue
            else:
                new = value + by
            parts += self.data[done:start], integer_bytes(new)
            done = end
        return b"".join([*parts, self.data[done:]])


@dataclass(frozen=True, slots=True)
class _Footer:
    """The footer of a file: its bytes, and where the number of rows and the row groups stand in them.

    `body` is the stretch of the file before it, `schema` what it says of the columns.
    """

    data: bytes
    body: Stretch
    schema: bytes
    rows_start: int
    rows_end: int
    groups_start: int
    groups_end: int
    groups: Sequence[_Group]

    @classmethod
    def read(cls, path: Path) -> _Footer:
        """Read it.

        Raises:
            ValueError: It is no Parquet file.
            OSError: It cannot be read.
        """
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
            data = file.read(length)
        try:
            return cls._parsed(data, Stretch(path, len(MAGIC), start))
        except (IndexError, KeyError) as problem:
            raise ValueError(str(path)) from problem

    @classmethod
    def _parsed(cls, data: bytes, body: Stretch) -> _Footer:
        fields: dict[int, tuple[int, int]] = {}
        groups: list[_Group] = []
        number = place = 0
        while head := data[place]:
            number, start = field_number(data, place, number)
            if number == _GROUPS:
                count, place = list_of_structs(data, start, head & 15)
                for _ in range(count):
                    group, place = _read_group(data, place)
                    groups.append(group)
            else:
                place = pass_value(data, start, head & 15)
            fields[number] = start, place
        schema, rows, theirs = (fields[each] for each in (_SCHEMA, _ROWS, _GROUPS))
        read_varint(data, rows[0])
        if not rows[1] <= theirs[0]:
            raise ValueError(str(body.path))
        return cls(data, body, data[slice(*schema)], *rows, *theirs, groups)

    def around(self, rows: int, groups: int) -> list[bytes]:
        """Return what stands before row groups, for other rows in so many other groups."""
        before, between = self.data[: self.rows_start], self.data[self.rows_end : self.groups_start]
        return [before, integer_bytes(rows), between, struct_list_head(groups)]

    def picked(self, wanted: RowGroups) -> tuple[Sequence[_Group], Stretch]:
        """Return some row groups and the stretch that they fill.

        Raises:
            ValueError: The file has not these.
        """
        groups, body = self.groups, self.body
        last = len(groups) if wanted.last is None else wanted.last
        if not 0 <= wanted.first <= last <= len(groups):
            raise ValueError(str(wanted.path))
        start = body.start if wanted.first == 0 else self._begin(wanted.first)
        end = body.end if last == len(groups) else self._begin(last)
        if not body.start <= start <= end <= body.end:
            raise ValueError(str(wanted.path))
        return groups[wanted.first : last], Stretch(body.path, start, end)

    def _begin(self, number: int) -> int:
        """Return where a row group begins."""
        if number == len(self.groups):
            return self.body.end
        begin = self.groups[number].begin
        if begin is None:
            raise ValueError(str(self.body.path))
        return begin


def _read_group(data: bytes, start: int) -> tuple[_Group, int]:
    """Return the row group at a place, and where it ends."""
    found: list[FoundInteger] = []
    end = find_integers(data, start, _GROUP, found)
    numbers = [each._replace(start=each.start - start, end=each.end - start) for each in found]
    return _Group(data[start:end], numbers), end
