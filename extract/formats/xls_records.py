"""Read from the records of an .xls file what calamine does not tell of a sheet.

That is which rows and columns Excel hides, which cells hold an error, and the texts of Excel 5 and
95, which are in the code page of the machine. The names of the records are those of [MS-XLS]; the
container is [MS-CFB].
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gongkai.extract.formats.sheet_parts import CellPlace, SheetFacts

_BOUNDSHEET, _EOF, _ROW, _COLINFO, _BOOLERR, _FORMULA = 0x85, 0x0A, 0x208, 0x7D, 0x205, 0x06
_BOF, _CODEPAGE, _LABEL, _RSTRING, _STRING = 0x809, 0x42, 0x204, 0xD6, 0x207
_EXCEL_95 = 0x500
_CODE_PAGES = {936: "gb18030", 950: "big5hkscs"}
_ROW_HIDDEN = 0x20
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
_MOST_SECTORS = 200_000
_SMALL = 4096  # streams below this size lie in the small sectors of the root
_ENTRY = 128
_END = 0xFFFFFFFA
_MOST_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class BookFacts:
    """The facts of each sheet by its name; of an Excel 95 file by its number, for names differ."""

    by_name: Mapping[str, SheetFacts]
    by_number: tuple[SheetFacts, ...] = ()

    def of_sheet(self, number: int, name: str) -> SheetFacts:
        """Return the facts of a sheet, those without a name if its own are unknown."""
        if self.by_number:
            return self.by_number[number]
        return self.by_name.get(name) or self.by_name.get("", SheetFacts())


def read_record_facts(body: bytes) -> BookFacts:
    """Return the facts of the sheets, none for containers that cannot be followed."""
    try:
        stream = _workbook(body)
        if encoding := _old_encoding(stream):
            places = [struct.unpack_from("<L", data)[0] for data in _bound_sheets(stream)]
            return BookFacts({}, tuple(_facts(stream, at, encoding) for at in places))
        return BookFacts(dict(_sheets(stream)))
    except (struct.error, IndexError, UnicodeDecodeError):
        return BookFacts({})


def _old_encoding(stream: bytes) -> str:
    """Return the encoding of the texts of an Excel 95 workbook, "" for later ones, with Unicode."""
    found = ""
    for kind, size, data in _records(stream, 0):
        if kind == _BOF and size >= 2 and int.from_bytes(data[:2], "little") <= _EXCEL_95:
            found = "cp1252"
        elif kind == _CODEPAGE and size >= 2 and found:
            page = int.from_bytes(data[:2], "little")
            found = _CODE_PAGES.get(page) or _known_encoding(f"cp{page}")
    return found


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _bound_sheets(stream: bytes) -> Iterator[bytes]:
    return (data for kind, _, data in _records(stream, 0) if kind == _BOUNDSHEET)


def _sheets(stream: bytes) -> Iterator[tuple[str, SheetFacts]]:
    for data in _bound_sheets(stream):
        at, _, _, length, wide = struct.unpack_from("<LBBBB", data)
        name = data[8 : 8 + length * (2 if wide & 1 else 1)]
        yield name.decode("utf-16-le" if wide & 1 else "latin-1"), _facts(stream, at)


def _facts(stream: bytes, start: int, encoding: str = "") -> SheetFacts:
    errors: dict[CellPlace, str] = {}
    texts: dict[CellPlace, str] = {}
    rows: set[int] = set()
    columns: set[int] = set()
    place: CellPlace = (0, 0)
    for kind, size, data in _records(stream, start):
        if kind == _ROW and size >= 16:
            row, _, _, height = struct.unpack_from("<HHHH", data)
            (flags,) = struct.unpack_from("<H", data, 12)
            if flags & _ROW_HIDDEN or height & 0x7FFF == 0:
                rows.add(row)
        elif kind == _COLINFO and size >= 10:
            first, last, width, _, flags = struct.unpack_from("<HHHHH", data)
            if flags & 1 or not width:
                columns |= set(range(first, min(last, _MOST_COLUMNS) + 1))
        elif kind == _BOOLERR and size >= 8 and data[7]:
            errors[struct.unpack_from("<HH", data)] = _ERRORS.get(data[6], "#")
        elif kind == _FORMULA and size >= 14:
            place = struct.unpack_from("<HH", data)
            if data[12:14] == b"\xff\xff" and data[6] == 2:
                errors[place] = _ERRORS.get(data[8], "#")
        elif encoding and kind in (_LABEL, _RSTRING) and size >= 8:
            texts[struct.unpack_from("<HH", data)] = _text(data[6:], encoding)
        elif encoding and kind == _STRING and size >= 2:
            texts[place] = _text(data, encoding)
    return SheetFacts(
        errors=errors,
        hidden_rows=frozenset(rows),
        hidden_columns=frozenset(columns),
        texts=texts,
    )


def _text(data: bytes, encoding: str) -> str:
    """Return a text that begins with its length."""
    (length,) = struct.unpack_from("<H", data)
    return data[2 : 2 + length].decode(encoding, "replace").strip()


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield the records of one substream, which ends with EOF."""
    at = start
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _EOF:
            return
        yield kind, size, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook(body: bytes) -> bytes:
    """Return the stream with the workbook, b"" without one."""
    (shift,) = struct.unpack_from("<H", body, 30)
    (directory,) = struct.unpack_from("<L", body, 48)
    if shift not in (9, 12):
        return b""
    table = _sector_table(body, shift)
    entries = _chain(body, shift, table, directory)
    found = root = b""
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        entry = entries[at : at + _ENTRY]
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le")
        root = entry if entry[66] == 5 else root
        found = entry if name in ("Workbook", "Book") and not found else found
    if not found:
        return b""
    start, size = struct.unpack_from("<LL", found, 116)
    if size >= _SMALL or not root:
        return _chain(body, shift, table, start)[:size]
    (small_start,) = struct.unpack_from("<L", body, 60)
    small = _chain(body, shift, table, struct.unpack_from("<L", root, 116)[0])
    links = _chain(body, shift, table, small_start)
    small_table = list(struct.unpack(f"<{len(links) // 4}L", links[: len(links) // 4 * 4]))
    return _pieces(small, 6, small_table, start, 0)[:size]


def _sector_table(body: bytes, shift: int) -> list[int]:
    """Return for each sector the one that follows it."""
    places = [n for n in struct.unpack_from("<109L", body, 76) if n < _END]
    (further,) = struct.unpack_from("<L", body, 68)
    per_sector = (1 << shift) // 4
    while further < _END and len(places) < _MOST_SECTORS // per_sector:
        more = struct.unpack_from(f"<{per_sector}L", body, (further + 1) << shift)
        places += [n for n in more[:-1] if n < _END]
        further = more[-1]
    table: list[int] = []
    for place in places[: _MOST_SECTORS // per_sector]:
        table += struct.unpack_from(f"<{per_sector}L", body, (place + 1) << shift)
    return table


def _chain(body: bytes, shift: int, table: list[int], start: int) -> bytes:
    return _pieces(body, shift, table, start, 1)


def _pieces(body: bytes, shift: int, table: list[int], start: int, header: int) -> bytes:
    """Return the sectors of a chain; `header` sectors precede the first."""
    found: list[bytes] = []
    sector = start
    while sector < min(_END, len(table)) and len(found) < len(table):
        at = (sector + header) << shift
        found.append(body[at : at + (1 << shift)])
        sector = table[sector]
    return b"".join(found)
