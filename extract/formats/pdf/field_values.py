"""Place the values of form fields and notes that have no appearance of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gongkai.extract.formats.pdf.pdfium_text import text_of_code
from gongkai.extract.layout.page import Box, Char

_TALLEST = 12.0  # points: the size of text for which the file states none
_WIDTH = 0.5  # of the size: the advance of a narrow character


class FieldText(NamedTuple):
    """The value of a field without an appearance, and its rectangle in the coordinates of the page."""

    text: str
    box: Box


def place_value(value: FieldText, shift: tuple[float, float]) -> Iterator[Char]:
    """Yield the characters of a field without an appearance, line by line from the top."""
    x0, y0, _, y1 = value.box
    lines = value.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    size = min((y1 - y0) / len(lines), _TALLEST)
    top = (y0 + y1 + size * len(lines)) / 2
    for number, line in enumerate(lines):
        x, y = x0 - shift[0], top - size * (number + 1) - shift[1]
        for char in line:
            wide = size * (_WIDTH if char.isascii() else 1.0)
            if text := text_of_code(ord(char)):
                yield Char(text, x, y, x + wide, y + size)
            x += wide
