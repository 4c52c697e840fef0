"""Characters to lines, lines to paragraphs; page numbers and running heads told apart."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from extract.labels import squash
from extract.pdf_page import Char
from extract.sections import heading_of

_PAGE_NUMBER = re.compile(r"^[-—–－·第\s]*\d{1,4}[-—–－·页\s]*(?:[/共]\s*\d{1,4}\s*页?)?$")
_EDGE_LINES = 2
_STOPS = "。！？；：…!?;:"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its text and where it begins and ends."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    page: int


def to_lines(chars: Sequence[Char], page: int = 0) -> list[Line]:
    """Lines from top to bottom. Characters whose middles are within half a size share a line."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: -c.y):
        if rows and rows[-1][0].y - char.y < 0.5 * max(char.size, 1.0):
            rows[-1].append(char)
        else:
            rows.append([char])
    return [_line(sorted(row, key=lambda c: c.x0), page) for row in rows]


def _line(row: list[Char], page: int) -> Line:
    parts: list[str] = []
    for n, char in enumerate(row):
        if n and _drawn_twice(row[n - 1], char):
            continue
        if n and _spaced(row[n - 1], char):
            parts.append(" ")
        parts.append(char.text)
    size = sum(char.size for char in row) / len(row)
    return Line("".join(parts), row[0].x0, row[-1].x1, row[0].y, size, page)


def _drawn_twice(left: Char, right: Char) -> bool:
    """Bold is sometimes printed by drawing a character again, a fraction of a point aside."""
    return left.text == right.text and abs(left.x0 - right.x0) < 0.12 * max(left.size, 1.0)


def _spaced(left: Char, right: Char) -> bool:
    """A gap between two Latin words or two numbers; Chinese is set without spaces."""
    gap = right.x0 - left.x1
    narrow = left.text[-1:].isascii() and right.text[:1].isascii()
    return narrow and gap > 0.22 * max(left.size, right.size)


def cell_text(chars: Sequence[Char], width: float) -> str:
    """Text of a table cell. A number wrapped at the cell's full width is put together again."""
    lines = to_lines(chars)
    text = ""
    for n, line in enumerate(lines):
        if (
            n
            and text[-1:].isascii()
            and line.text[:1].isascii()
            and not _wrapped(lines[n - 1], width)
        ):
            text += " "
        text += line.text
    return text


def _wrapped(line: Line, width: float) -> bool:
    """Whether a line fills its cell, so that what follows belongs to the same word."""
    return line.x1 - line.x0 + 1.6 * line.size >= width


def without_edges(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The lines of each page without page numbers and running heads.

    Only the outermost lines are looked at: a line of digits in the text is data. A running head
    is one that stands at the edge of at least three pages, page numbers aside.
    """
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_bare(line) for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])})
    kept = []
    for lines in pages:
        inner = list(lines)
        for place in (0, -1):
            for _ in range(_EDGE_LINES):
                if inner and _is_edge(inner[place], edges):
                    inner.pop(place)
        kept.append(inner)
    return kept


def _bare(line: Line) -> str:
    return re.sub(r"\d+", "#", squash(line.text))


def _is_edge(line: Line, edges: Counter[str]) -> bool:
    return bool(_PAGE_NUMBER.match(line.text.strip())) or (
        edges[_bare(line)] >= 3 and heading_of(line.text) is None
    )


def to_paragraphs(lines: Sequence[Line]) -> list[str]:
    """Lines put together to paragraphs: a line goes on where the one above is full and not ended."""
    if not lines:
        return []
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    paragraphs = [lines[0].text]
    for above, line in itertools.pairwise(lines):
        full = above.x1 >= right - 2.5 * above.size
        indented = line.x0 > left + 1.2 * line.size
        headed = heading_of(above.text) is not None or heading_of(line.text) is not None
        if full and not indented and not headed:
            paragraphs[-1] += line.text
        else:
            paragraphs.append(line.text)
    return paragraphs
