"""Rows of sheets of an Excel file, which was made without them.

XlsxWriter makes the file with its styles, heads and filters; it takes five times as long for the rows, of
which it checks each cell. The rows look as it writes them (ECMA-376, 18.3.1.4 and 18.3.1.53).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

LONGEST_TEXT = 32_767
"""Characters that Excel takes in a cell, those outside of the first plane counted twice."""

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
class SheetFrame:
    """What stands before and behind the rows of a sheet, and the styles of texts and of some numbers."""

    before: bytes
    after: bytes
    text_style: str
    number_style: str

    @classmethod
    def of(cls, content: bytes) -> SheetFrame:
        """Return that of a sheet with a head and the row of `_SAMPLE`.

        Raises:
            ValueError: It has no such row.
        """
        sample = _SAMPLE.search(content)
        if sample is None:
            raise ValueError("no sample")
        styles = (style.decode() for style in sample.groups())
        return cls(content[: sample.start()], content[sample.end() :], *styles)

    def head(self, rows: int) -> bytes:
        """Return what stands before so many rows."""
        last = rb'<dimension ref="A1:\g<1>%d"/>' % (rows + 1)
        return _DIMENSION.sub(last, self.before, count=1)


class SheetLines:
    """Writes rows as XML. `styled` are the columns whose numbers have the style of the sample's."""

    def __init__(self, frame: SheetFrame, columns: int, styled: Collection[int]) -> None:
        """Begin with no row."""
        self._text = f'" s="{frame.text_style}" t="inlineStr"><is><t'
        plain, other = '"><v>', f'" s="{frame.number_style}"><v>'
        self._heads = [
            (f'<c r="{xl_col_to_name(place)}', other if place in styled else plain)
            for place in range(columns)
        ]

    def line(self, number: int, row: Sequence[object]) -> str:
        """Return a row; the number of the head line is 1."""
        cells = [f'<row r="{number}">']
        for (head, style), value in zip(self._heads, row, strict=True):
            # a missing value, NULL or an empty text in the archive, leaves the cell empty
            if value is None or value == "":
                continue
            if isinstance(value, int | float):
                cells.append(f"{head}{number}{style}{value:.16G}</v></c>")
            else:
                cells.append(f"{head}{number}{self._text}{_text(str(value))}</t></is></c>")
        cells.append("</row>")
        return "".join(cells)


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
