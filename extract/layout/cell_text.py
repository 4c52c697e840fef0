"""Compose the text of table cells: lines of characters, wrapped numbers, overflowing numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter

from gongkai.extract.layout.page import UNREADABLE, Char
from gongkai.extract.layout.text_lines import TextLine, follow_closely, group_into_lines

_USUAL_PADDING = 6.0  # points between a cell's side and its text: the default of Word is 5.4
_MOST_PADDING = 18.0
_FEWEST_BROKEN = 3  # lines that show how wide the padding is
_TORN = re.compile(r"\d \d")
_NEXT_LINE = 1.75  # lines of one number follow each other within this many sizes
_TOUCHING = 0.08  # ems: closer digits are of one number
_PLACE = itemgetter(0, 1)
PlacedCell = tuple[float, float, Sequence[Char]]
"""The left and right side of a cell, and its characters."""
_SLACK = 0.5  # points: half of a rule on each side is no part of the room of a cell
_ROUNDED = 0.15  # of a digit: browsers round the sides of cells and the places of lines


def compose_texts(
    cells: Mapping[int, PlacedCell], ends: Iterable[int], known: float = 0.0
) -> tuple[dict[int, str], set[int], float]:
    """Return the text of each cell, which of the cells at the table's end are full, and the padding.

    `ends` are the cells at the end of the table, of which a page break may divide the numbers. Wide
    padding is looked for where a number is torn; `known` is that of the tables before this one.
    """
    texts = {cell: _plain_text(chars) for cell, (_, _, chars) in cells.items()}
    broken = [cell for cell, text in texts.items() if text is None]
    last = [cell for cell in ends if (texts.get(cell) or "0")[-1:].isdigit()]
    whole = {cell: text for cell, text in texts.items() if text is not None}
    if not broken and not last:
        return whole, set(), known
    placed = list(cells.values())
    padding = measure_padding(placed)
    whole |= {cell: _text_of(cells[cell], padding) for cell in broken}
    full = {cell for cell in last if _ends_full(cells[cell], padding)}
    torn = [cell for cell in broken if _TORN.search(whole[cell])]
    if torn or (broken and len(full) < len(last)):
        wide = measure_wide_padding(placed, known)
        if wide > padding:
            whole |= {cell: _text_of(cells[cell], wide) for cell in torn}
            full = {cell for cell in last if _ends_full(cells[cell], wide)}
            known = wide
    return whole, full, known


def _plain_text(chars: Sequence[Char]) -> str | None:
    """Return the text of a cell, None if a number in it may be wrapped."""
    if follow_closely(chars):
        return "".join([char[0] for char in chars])
    lines = [line.text for line in group_into_lines(chars)]
    joints = pairwise(lines)
    if any(above[-1:].isascii() and below[:1].isascii() for above, below in joints):
        return None
    return "".join(lines)


def _text_of(cell: PlacedCell, padding: float) -> str:
    x0, x1, chars = cell
    return cell_text(chars, x1 - x0, padding)


def _ends_full(cell: PlacedCell, padding: float) -> bool:
    """Return whether the last line of a cell has no room for another digit."""
    x0, x1, chars = cell
    line = group_into_lines(chars)[-1]
    return not line.turn and _is_full(line, x1 - x0 - 2 * padding)


def cell_text(chars: Sequence[Char], width: float, padding: float = _USUAL_PADDING) -> str:
    """Return the text of a cell. A number that is wrapped at the full width of the cell is joined.

    Digits on two lines that are not certainly one wrapped number are separated by a space, so that
    the cell is not a number and is left out.
    """
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
    follows = line.y - below.y <= _NEXT_LINE * max(line.size, below.size)
    return _is_full(line, room) and follows and below.x1 - below.x0 <= line.x1 - line.x0 + 0.5


def _is_full(line: TextLine, room: float) -> bool:
    """Return whether a line has no room for another of its digits."""
    digit = (line.x1 - line.x0) / max(len(line.text), 1)
    return line.x1 - line.x0 + digit > room - max(_SLACK, _ROUNDED * digit)


def measure_padding(cells: Sequence[PlacedCell]) -> float:
    """Return the space between the sides of cells and their text, at most the usual one.

    A table whose texts are all short has more space than its padding.
    """
    found = [
        gap
        for x0, x1, chars in cells
        for gap in (min([c[1] for c in chars]) - x0, x1 - max([c[3] for c in chars]))
    ]
    return min(max(min(found, default=0.0), 0.0), _USUAL_PADDING)


def measure_wide_padding(cells: Sequence[PlacedCell], known: float = 0.0) -> float:
    """Return the padding of a table, more than the usual one if its own text shows it.

    It shows in lines of Chinese, which is broken anywhere, that end for want of room, and in sides at
    which text is aligned. A single character may be wider than its cell has room.
    """
    lines = [(x0, x1, group_into_lines(chars)) for x0, x1, chars in cells]
    lefts = [line.x0 - x0 for x0, _, held in lines for line in held]
    rights = [x1 - line.x1 for _, x1, held in lines for line in held]
    lengths = [len(line.chars) for _, _, held in lines for line in held]
    smaller = list(map(min, lefts, rights))
    most = min((gap for gap, n in zip(smaller, lengths, strict=True) if n > 1), default=None)
    found = [min(smaller, default=0.0), *([] if most is None else [most])]
    for gaps in (lefts, rights):
        for gap, times in Counter(round(gap, 1) for gap in gaps).most_common(1):
            found += [gap] if 2 * times > len(gaps) else []
    wide = max([gap for gap in found if most is None or gap <= most + _SLACK], default=0.0)
    if wide > _USUAL_PADDING and _is_shown(lines, min(wide, _MOST_PADDING)):
        return min(wide, _MOST_PADDING)
    fits = known > _USUAL_PADDING and (most is None or known <= most + _SLACK)
    return known if fits else measure_padding(cells)


def _is_shown(cells: Sequence[tuple[float, float, list[TextLine]]], padding: float) -> bool:
    """Return whether lines that end for want of room, some of them Chinese, show the padding."""
    chinese = digits = 0
    for x0, x1, lines in cells:
        room = x1 - x0 - 2 * padding
        for line, below in pairwise(lines):
            if line.text[-1:].isdigit() and below.text[:1].isdigit():
                digits += _is_wrapped(line, below, room)
            elif not line.text[-1:].isascii() and not below.text[:1].isascii():
                chinese += line.x1 - line.x0 + line.size > room - _SLACK
    return chinese > 0 and chinese + digits >= _FEWEST_BROKEN


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
