"""Rows of sheets of an Excel file, put into a file that was made without them.

XlsxWriter makes the file with its styles, heads and filters; it takes five times as long for the rows, of
which it checks each cell. The rows look as it writes them (ECMA-376, 18.3.1.4 and 18.3.1.53).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter.utility import xl_col_to_name

LONGEST_TEXT = 32_767
"""Characters that Excel takes in a cell, those outside of the first plane counted twice."""

_LINES = 500
"""Rows that are joined before they are packed."""

_MANY_ROWS = 500_000
"""Rows above which a sheet may have more bytes than a ZIP without the fields of ZIP64 can tell."""

_SAMPLE = re.compile(
    rb'<row r="2"><c r="A2" s="([0-9]{1,4})" t="inlineStr"><is><t></t></is></c>'
    rb'<c r="B2" s="([0-9]{1,4})"><v>0</v></c></row>'
)
"""The row that stands where the others go: an empty text and the number 0, with their styles."""

_DIMENSION = re.compile(rb'<dimension ref="A1:([A-Z]{1,3})2"/>')
_SPECIAL = re.compile("[&<>\x00-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ESCAPE = re.compile("(_x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of a sheet, how many they are, and which columns have the style of the sample's number."""

    rows: Iterable[Sequence[object]]
    count: int
    styled: Collection[int]


def fill_sheets(made: BinaryIO, path: Path, sheets: Mapping[str, SheetRows]) -> None:
    """Write a file with the rows of its sheets; they are named as the parts of the file are.

    Each of the sheets has a head and the row of `_SAMPLE`.

    Raises:
        ValueError: One has not.
    """
    with ZipFile(made) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            entry = ZipInfo(info.filename, info.date_time)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, info.external_attr
            entry.create_system = info.create_system
            sheet = sheets.get(info.filename)
            if sheet is None:
                new.writestr(entry, old.read(info))
                continue
            with new.open(entry, "w", force_zip64=sheet.count > _MANY_ROWS) as file:
                for block in _sheet_blocks(old.read(info), sheet):
                    file.write(block)


def _sheet_blocks(content: bytes, sheet: SheetRows) -> Iterator[bytes]:
    sample = _SAMPLE.search(content)
    if sample is None:
        raise ValueError("no sample")
    last = rb'<dimension ref="A1:\g<1>%d"/>' % (sheet.count + 1)
    yield _DIMENSION.sub(last, content[: sample.start()], count=1)
    text_style, number_style = (style.decode() for style in sample.groups())
    lines = _lines(sheet, text_style, number_style)
    while block := "".join(islice(lines, _LINES)):
        yield block.encode()
    yield content[sample.end() :]


def _lines(sheet: SheetRows, text_style: str, number_style: str) -> Iterator[str]:
    text = f'" s="{text_style}" t="inlineStr"><is><t'
    plain, styled = '"><v>', f'" s="{number_style}"><v>'
    heads: list[tuple[str, str]] = []
    for number, row in enumerate(sheet.rows, 2):
        if not heads:
            heads = [
                (f'<c r="{xl_col_to_name(place)}', styled if place in sheet.styled else plain)
                for place in range(len(row))
            ]
        cells = [f'<row r="{number}">']
        for (head, style), value in zip(heads, row, strict=True):
            # a missing value, NULL or an empty text in the archive, leaves the cell empty
            if value is None or value == "":
                continue
            if isinstance(value, int | float):
                cells.append(f"{head}{number}{style}{value:.16G}</v></c>")
            else:
                cells.append(f"{head}{number}{text}{_text(str(value))}</t></is></c>")
        cells.append("</row>")
        yield "".join(cells)


def _text(value: str) -> str:
    """Return the end of the tag before a text, and the text as XML has it."""
    if len(value) > LONGEST_TEXT // 2:
        value = value.encode("utf-16-le")[: LONGEST_TEXT * 2].decode("utf-16-le", "ignore")
    is_special = _SPECIAL.search(value) is not None
    if is_special:
        value = _ESCAPE.sub(r"_x005F\1", value)
        value = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    space = ' xml:space="preserve">' if value[0].isspace() or value[-1].isspace() else ">"
    if is_special:
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return space + value
