"""An Excel file whose rows are packed stretch by stretch, as those of a CSV are.

A renewal copies the stretches without a touched row. The number of a row stands in it: behind one that came
or went, all are written anew. An .xlsx is a ZIP of one XML file for each sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from gongkai.archive.publication.parts.file_pieces import (
    FileStretch,
    Key,
    begins_stretch,
    divide_pieces,
)
from gongkai.archive.publication.parts.packed_rows import PackedRows, StretchWriter, pack_alone
from gongkai.archive.publication.parts.part_rows import ALL, KeyRange
from gongkai.archive.publication.parts.sheet_rows import SheetFrame, SheetLines
from gongkai.archive.publication.parts.stretches import Stretch, read_pieces

_LEVEL = 6
"""Of zlib: the usual one."""

_MANY_ROWS = 500_000
"""Rows above which a sheet may have more bytes than a ZIP without the fields of ZIP64 can tell."""

_LOCAL_HEAD = 30
"""Bytes before the name of a member; the last four are the lengths of its name and of what follows it."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class LastSheet:
    """The file of the last publication, the stretches of its only sheet with rows, and the touched keys."""

    path: Path
    stretches: Sequence[FileStretch]
    touched: Collection[Key]


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of a sheet: what reads those of some keys, how many all are, and how many columns they have.

    `styled` are the columns with the style of the sample's number. `table` is the name of their table, `place`
    the column with the key.
    """

    read: Callable[[KeyRange], Iterable[Sequence[object]]]
    count: int
    columns: int
    styled: Collection[int]
    table: str
    place: int = 0
    last: LastSheet | None = None


def fill_sheets(
    made: BinaryIO, path: Path, sheets: Mapping[str, SheetRows]
) -> dict[str, list[FileStretch]]:
    """Write a file with the rows of its sheets, and return their stretches.

    Sheets are named as the parts of the file are. Each has a head and a sample of a row.

    Raises:
        ValueError: One has not, or the last file is not that of its stretches.
    """
    found = {}
    with ZipFile(made) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            entry = ZipInfo(info.filename, info.date_time)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, info.external_attr
            entry.create_system = info.create_system
            sheet = sheets.get(info.filename)
            if sheet is None:
                new.writestr(entry, old.read(info))
                continue
            frame = SheetFrame.of(old.read(info))
            with _packed_member(new, entry, is_long=sheet.count > _MANY_ROWS) as writer:
                found[info.filename] = _SheetWriter(writer, frame, sheet).write(info.filename)
    return found


@contextmanager
def _packed_member(archive: ZipFile, entry: ZipInfo, *, is_long: bool) -> Iterator[StretchWriter]:
    """Give a writer of a member, and finish it. `zipfile` packs by itself, and as a whole."""
    file = cast("BinaryIO", archive.fp)
    file.seek(archive.start_dir)
    entry.header_offset = archive.start_dir
    entry.CRC = entry.file_size = entry.compress_size = 0  # told at the end
    file.write(entry.FileHeader(is_long))
    begin = file.tell()
    writer = StretchWriter(file, _LEVEL)
    yield writer
    writer.finish()
    end = file.tell()
    entry.CRC, entry.file_size, entry.compress_size = writer.crc, writer.unpacked, end - begin
    file.seek(entry.header_offset)
    file.write(entry.FileHeader(is_long))
    archive.filelist.append(entry)
    archive.NameToInfo[entry.filename] = entry
    archive.start_dir = end


class _SheetWriter:
    """Writes a sheet, from that of the last publication where there is one."""

    def __init__(self, writer: StretchWriter, frame: SheetFrame, sheet: SheetRows) -> None:
        self._writer = writer
        self._frame = frame
        self._sheet = sheet
        self._lines = SheetLines(frame, sheet.columns, sheet.styled)
        self._made: list[FileStretch] = []
        self._rows = 0

    def write(self, name: str) -> list[FileStretch]:
        """Write what stands before the rows, these and what stands behind; return the stretches of rows."""
        self._writer.write(self._frame.head(self._sheet.count))
        self._writer.end_stretch()
        if self._sheet.last:
            self._renew(self._sheet.last, name)
        else:
            self._write_rows(ALL)
        self._writer.write(self._frame.after)
        return self._made

    def _renew(self, last: LastSheet, name: str) -> None:
        """Copy the stretches whose rows and numbers are as they were; write the others."""
        stretches = last.stretches
        start = self._first_row(last, name)
        rows = 0
        for segment in divide_pieces(stretches, last.touched):
            some = stretches[segment.first : segment.last]
            size = sum(each.packed for each in some)
            if segment.is_kept and rows == self._rows:
                packed = read_pieces([Stretch(last.path, start, start + size)], 0, size, _BLOCK)
                self._writer.copy(packed, (PackedRows(*each[2:]) for each in some))
                self._made += some
                self._rows += sum(each.rows for each in some)
            else:
                first = some[0].key if segment.first else None
                is_last = segment.last == len(stretches)
                self._write_rows(KeyRange(first, None if is_last else stretches[segment.last].key))
            start += size
            rows += sum(each.rows for each in some)

    def _first_row(self, last: LastSheet, name: str) -> int:
        """Return where the rows begin in the last file.

        Raises:
            ValueError: It has no such sheet, or the stretches are of another one.
        """
        rows = sum(each.rows for each in last.stretches)
        head = pack_alone(self._frame.head(rows), _LEVEL)
        try:
            with ZipFile(last.path) as archive:
                info = archive.getinfo(name)
        except (BadZipFile, KeyError) as problem:
            raise ValueError(str(last.path)) from problem
        with last.path.open("rb") as file:
            file.seek(info.header_offset)
            told = file.read(_LOCAL_HEAD)[-4:]
            lengths = (int.from_bytes(told[:2], "little"), int.from_bytes(told[2:], "little"))
            start = file.seek(sum(lengths), 1)
            if file.read(len(head)) != head:
                raise ValueError(str(last.path))
        return start + len(head)

    def _write_rows(self, within: KeyRange) -> None:
        """Write the rows of a range of keys."""
        place, table = self._sheet.place, self._sheet.table
        lines: list[str] = []
        key: Key = None
        last: object = object()
        for row in self._sheet.read(within):
            own = cast("Key", row[place])
            if own != last and (not lines or begins_stretch(table, own)):
                self._end_stretch(key, lines)
                key, lines = own, []
            last = own
            lines.append(self._lines.line(self._rows + len(lines) + 2, row))
        self._end_stretch(key, lines)

    def _end_stretch(self, key: Key, lines: Sequence[str]) -> None:
        if lines:
            self._writer.write("".join(lines).encode())
            packed = astuple(self._writer.end_stretch())
            self._made.append(FileStretch(key, len(lines), *packed))
            self._rows += len(lines)
