"""Compose the text of table cells: lines of characters, wrapped numbers, overflowing numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter

from gongkai.extract.layout.page import UNREADABLE, Char, styles_of
from gongkai.extract.layout.text_lines import TextLine, group_characters, group_into_lines, row_text

_MOST_PADDING = 6.0  # points between a cell's side and its text: the default of Word is 5.4
_NEXT_LINE = 1.75  # lines of one number follow each other within this many sizes
_TOUCHING = 0.08  # ems: closer digits are of one number
_PLACE = itemgetter(0, 1)
_SLACK = 0.5  # points: half of a rule on each side is no part of the room of a cell


def cell_text(chars: Sequence[Char], width: float, padding: float = _MOST_PADDING) -> str:
    """Return the text of a cell. A number that is wrapped at the full width of the cell is joined.

    Digits on two lines that are not certainly one wrapped number are separated by a space, so that
    the cell is not a number and is left out.
    """
    if not any(style.turn for style in styles_of(chars)):
        rows = group_characters(chars)
        if len(rows) == 1:
            return row_text(rows[0])
    lines = group_into_lines(chars)
    text = ""
    for n, line in enumerate(lines):
        apart = text[-1:].isascii() and line.text[:1].isascii() and n > 0
        if apart and not _is_wrapped(lines[n - 1], line, width - 2 * padding):
            text += " "
        text += line.text
    return text


def _is_wrapped(line: TextLine, below: TextLine, room: float) -> bool:
    """Return whether `below` continues `line`: the line is full, and the next digit had no room."""
    digit = (line.x1 - line.x0) / max(len(line.text), 1)
    full = line.x1 - line.x0 + digit > room - _SLACK
    follows = line.y - below.y <= _NEXT_LINE * max(line.size, below.size)
    return full and follows and below.x1 - below.x0 <= line.x1 - line.x0 + 0.5


def measure_padding(cells: Iterable[tuple[float, float, Sequence[Char]]]) -> float:
    """Return the space between the sides of cells (x0, x1, characters) and their text."""
    found = [
        gap
        for x0, x1, chars in cells
        if chars
        for gap in (min([c[1] for c in chars]) - x0, x1 - max([c[3] for c in chars]))
    ]
    return min(max(min(found, default=0.0), 0.0), _MOST_PADDING)


def overflowing_cells(inside: Mapping[int, list[Char]]) -> set[int]:
    """Return the cells with a number that runs into the next cell, so that neither is certain."""
    digits = sorted(
        [
            (round(char[2]), char[1], cell, char)
            for cell, chars in inside.items()
            for char in chars
            if char[0][0].isdigit() and char[5].turn == 0
        ],
        key=_PLACE,
    )
    found: set[int] = set()
    for (_, _, one, left), (_, _, other, right) in pairwise(digits):
        if one != other:
            size = max(left.size, 1.0)
            if abs(right.x0 - left.x1) < _TOUCHING * size and abs(left.y0 - right.y0) < 0.3 * size:
                found |= {one, other}
    return found


def mark_unreadable(text: str) -> str:
    """Return a text with a mark that makes it unreadable as a number."""
    return text + UNREADABLE
