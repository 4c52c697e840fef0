"""Remove lines through and under text, which are not lines of a table.

Struck figures are not values: they stay in the text with a mark that makes them unreadable as
numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from gongkai.extract.layout.page import UNREADABLE, Char, DrawnPage, RulingLine

_MIDDLE = 0.2  # share of a character's height: greatest distance of a strike from its middle
_BOTTOM = 0.02  # share of its height: least distance of an underline from its lower edge
_LONGER = 0.6  # ems by which a line may be longer than what it strikes
_FITS = 1.0  # points between the ends of an underline and those of its text
_LONGEST = 250.0  # points
_TALLEST = 12.0  # points between a line and the middle of its text


_Lines = dict[int, list[tuple[int, float, float, float, float]]]
"""The upright characters of a page by the height of their middles: number, x0, x1, y0, y1."""


def remove_strikethrough(pages: Sequence[DrawnPage]) -> None:
    """Mark the struck figures of pages and remove lines of text, in place."""
    for page in pages:
        if not page.horizontal:
            continue
        lines: _Lines = {}
        for n, (_, x0, y0, x1, y1, style) in enumerate(page.chars):
            if not style.turn:
                lines.setdefault(int((y0 + y1) / 2), []).append((n, x0, x1, y0, y1))
        heights = sorted(lines)
        page.horizontal = [
            rule for rule in page.horizontal if not _is_of_text(rule, lines, heights, page.chars)
        ]


def _is_of_text(rule: RulingLine, lines: _Lines, heights: list[int], chars: list[Char]) -> bool:
    """Return whether a line strikes or underlines text, and mark the figures that it strikes."""
    at, start, end = rule
    if end - start > _LONGEST:
        return False
    first = bisect_left(heights, at - _TALLEST)
    crossed = [
        n
        for height in heights[first : bisect_right(heights, at + _TALLEST)]
        for n, x0, x1, y0, y1 in lines[height]
        if start - 1 <= x0 and x1 <= end + 1 and y0 + _BOTTOM * (y1 - y0) < at < y1
    ]
    if not crossed:
        return False
    struck = [n for n in crossed if _strikes(rule, chars[n])]
    if struck and _as_long(rule, [chars[n] for n in struck]):
        for n in struck:
            if chars[n].text.isdigit():
                chars[n] = chars[n]._replace(text=chars[n].text + UNREADABLE)
        return True
    return _underlines(rule, [chars[n] for n in crossed])


def _strikes(rule: RulingLine, char: Char) -> bool:
    return abs(char.y - rule.at) < _MIDDLE * char.size


def _as_long(rule: RulingLine, chars: Sequence[Char]) -> bool:
    """Return whether a line is as long as the text it strikes; sides of cells are longer."""
    covered = max(char.x1 for char in chars) - min(char.x0 for char in chars)
    return rule.end - rule.start <= covered + _LONGER * chars[0].size


def _underlines(rule: RulingLine, chars: Sequence[Char]) -> bool:
    """Return whether a line begins and ends with the text above it, unlike sides of cells."""
    return (
        abs(min(char.x0 for char in chars) - rule.start) < _FITS
        and abs(max(char.x1 for char in chars) - rule.end) < _FITS
    )
