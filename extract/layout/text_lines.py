"""Join characters into lines and lines into paragraphs; remove page numbers and running heads."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from gongkai.extract.chinese.headings import parse_heading
from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.chinese.superscripts import raise_digits
from gongkai.extract.chinese.titles import parse_title
from gongkai.extract.layout.page import UNREADABLE, Char, styles_of

_PAGE_NUMBER = re.compile(r"^[-—–－·第\s]*\d{1,4}[-—–－·页\s]*(?:[/共]\s*\d{1,4}\s*页?)?$")
_EDGE_LINES = 2
_LARGER = 1.2  # times the size of the text below: a title
_APART = 2.2  # sizes between a page's last line and its number
_SPACE = 0.22  # ems between two Latin words or two numbers; Chinese is set without spaces
_SMALL = 0.75  # smaller digits behind a digit are no part of its number
_LIFTED = 0.15  # sizes above the baseline of its neighbour: a digit is a note, 10² is not 102
_LEFT = itemgetter(1)  # of a character
_DESCENT = 0.2  # of a font's height lies below its baseline
_BESIDE = 0.5  # sizes between neighbours on a line
_PageCounts = Counter[tuple[str, int]]
"""On how many pages a line stands at one end."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line: its text, where it begins and ends, its characters in order.

    A line with another direction (`turn`) has the coordinates of the page turned accordingly.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    turn: int = 0
    chars: tuple[Char, ...] = ()


def group_into_lines(chars: Sequence[Char]) -> list[TextLine]:
    """Return lines from top to bottom. Characters at nearly the same height share a line.

    Nearly means within half of their size. Turned text comes after upright text, in reading order
    by direction.
    """
    if not any(style.turn for style in styles_of(chars)):
        return [build_line(row) for row in group_characters(chars)]
    turned = [char for char in chars if char.style.turn]
    lines = [build_line(row) for row in group_characters([c for c in chars if not c.style.turn])]
    for turn in (90, 270, 180):
        same = [_upright(char, turn) for char in turned if char.style.turn == turn]
        lines += [replace(build_line(row), turn=turn) for row in group_characters(same)]
    return lines


def group_characters(chars: Sequence[Char]) -> list[list[Char]]:
    """Return the upright characters of each line, lines from the top, characters from the left."""
    rows: list[list[Char]] = []
    top = 0.0  # twice the depth of the middle of the line's first character
    depths = [-char[2] - char[4] for char in chars]
    for n in sorted(range(len(chars)), key=depths.__getitem__):
        char = chars[n]
        below = depths[n] - top
        if rows and (below < 1.0 or below < char[4] - char[2]):
            rows[-1].append(char)
        else:
            rows.append([char])
            top = depths[n]
    for row in rows:
        row.sort(key=_LEFT)
    return rows


def _upright(char: Char, turn: int) -> Char:
    """Return the character in a frame in which its direction runs to the right."""
    x0, y0, x1, y1 = char.x0, char.y0, char.x1, char.y1
    box = {90: (y0, -x1, y1, -x0), 180: (-x1, -y1, -x0, -y0), 270: (-y1, x0, -y0, x1)}[turn]
    return Char(char.text, *box, char.style._replace(turn=0))


def build_line(row: Sequence[Char]) -> TextLine:
    """Return a line from its upright characters in order."""
    first = row[0]
    right = max([char[3] for char in row])
    middle = (first[2] + first[4]) / 2
    size = sum([char[4] - char[2] for char in row]) / len(row)
    return TextLine(row_text(row), first[1], right, middle, size, 0, tuple(row))


def row_text(row: Sequence[Char]) -> str:
    """Return the text of the upright characters of one line in order."""
    if follow_closely(row):
        return "".join([char[0] for char in row])
    parts: list[str] = []
    raised = _raised_digits(row)
    last: Char | None = None
    for number, char in enumerate(row):
        text = char[0]
        size = char[4] - char[2]
        if last is not None:
            if last[0] == text and _drawn_twice(last, char):
                continue
            if text[:1].isascii() and last[0][-1:].isascii():
                if char[1] - last[3] > _SPACE * max(size, last[4] - last[2]):
                    parts.append(" ")
                elif _written_over(last, char):
                    text += UNREADABLE
        if number in raised:
            text = raise_digits(text)
        parts.append(text)
        last = char
    return "".join(parts)


def follow_closely(row: Sequence[Char]) -> bool:
    """Return whether characters are one line, of one size, and neither overlap nor stand apart."""
    _, left, low, right, high, _ = row[0]
    size = high - low
    near, far, overlap = 0.15 * max(size, 1.0), _SPACE * size, -0.05 * size
    for _, x0, y0, x1, y1, _ in row[1:]:
        if y0 != low or y1 != high or x0 - left < near or not overlap < x0 - right <= far:
            return False
        left, right = x0, x1
    return True


def _raised_digits(row: Sequence[Char]) -> set[int]:
    """Return the places of the digits that stand above or below the baseline of their neighbours.

    Smaller digits on the baseline are notes too if they follow a digit, but not beside other text:
    a year may be set smaller than the words around it.
    """
    lows = [char[2] for char in row]
    sizes = [char[4] - char[2] for char in row]
    tallest = max(sizes)
    if max(lows) - min(lows) <= 0.1 * tallest and min(sizes) >= _SMALL * tallest:
        return set()
    found: set[int] = set()
    base: int | None = None  # the last character on the baseline
    for number, char in enumerate(row):
        if number and char[1] - row[number - 1][3] > _BESIDE * max(
            sizes[number], sizes[number - 1]
        ):
            base = None
        beside = base
        if base is None and number + 1 < len(row) and sizes[number] < sizes[number + 1]:
            beside = number + 1
        if char[0].isdigit() and beside is not None and _is_note(char, row[beside]):
            found.add(number)
        else:
            base = number
    return found


def _is_note(digit: Char, beside: Char) -> bool:
    """Return whether a digit is no part of the text beside it, by its baseline."""
    size, other = digit[4] - digit[2], beside[4] - beside[2]
    lift = digit[2] + _DESCENT * size - beside[2] - _DESCENT * other
    if size <= 1.05 * other and abs(lift) > _LIFTED * other:
        return True
    return size < _SMALL * other and beside[0].isdigit()


def _drawn_twice(left: Char, right: Char) -> bool:
    """Return whether a character is drawn again with a small offset, as bold print sometimes is."""
    near = 0.15 * max(left.y1 - left.y0, 1.0)
    return right.x0 - left.x0 < near and abs(right.y0 - left.y0) < near


def _written_over(left: Char, right: Char) -> bool:
    """Return whether a digit is printed over another one, so that neither is certain."""
    narrow = min(left.x1 - left.x0, right.x1 - right.x0)
    return left.text.isdigit() and right.text.isdigit() and left.x1 - right.x0 > 0.6 * narrow > 0


def remove_page_edges(pages: Sequence[list[TextLine]]) -> list[list[TextLine]]:
    """Return the lines of each page without page numbers and running heads.

    `pages` are the lines outside of tables. Only the outermost lines are examined, because a line
    of digits in the text is data. A running head is at the same end of half of the pages, and of
    three pages at least or in exactly the same place.
    """
    top = Counter(key for lines in pages for key in _all_head_keys(lines[:_EDGE_LINES]))
    bottom = Counter(key for lines in pages for key in _all_head_keys(lines[-_EDGE_LINES:]))
    titles: set[str] = set()
    return [_without_edges(lines, top, bottom, titles, len(pages)) for lines in pages]


def _without_edges(
    lines: list[TextLine], top: _PageCounts, bottom: _PageCounts, titles: set[str], pages: int
) -> list[TextLine]:
    """Return the lines of a page without its edges. `titles` are those that earlier pages showed."""
    inner = list(lines)
    for place, seen in ((0, top), (-1, bottom)):
        numbered = False
        for _ in range(_EDGE_LINES):
            is_number = bool(inner) and not numbered and _is_page_number(inner, place)
            if not inner or not (is_number or _is_head(inner[place], seen, pages)):
                break
            if not is_number and _is_new_title(inner[place], titles):
                break
            numbered = numbered or is_number
            inner.pop(place)
    return inner


def _is_new_title(line: TextLine, titles: set[str]) -> bool:
    """Return whether a line is the title of the report for the first time.

    It may come again as the head of its pages.
    """
    words = normalize_text(line.text)
    if words in titles or parse_title(line.text) is None:
        return False
    titles.add(words)
    return True


def _is_page_number(lines: list[TextLine], place: int) -> bool:
    """Return whether the outermost line is a page number; a bare number must stand apart."""
    line = lines[place]
    text = line.text.strip()
    if not _PAGE_NUMBER.match(text):
        return False
    if not text.isdecimal() or len(lines) == 1:
        return True
    return abs(line.y - lines[1 if place == 0 else -2].y) > _APART * line.size


def _all_head_keys(lines: list[TextLine]) -> set[tuple[str, int]]:
    return {key for line in lines for key in _head_keys(line)}


def _head_keys(line: TextLine) -> tuple[tuple[str, int], ...]:
    """Return what a running head has in common on all pages: its words, and its place."""
    return (_without_digits(line), 0), (_without_digits(line), round(line.y / 3) or 1)


def _without_digits(line: TextLine) -> str:
    return re.sub(r"\d+", "#", normalize_text(line.text))


def _is_head(line: TextLine, seen: _PageCounts, pages: int) -> bool:
    anywhere, here = (seen[key] for key in _head_keys(line))
    if 2 * anywhere < pages or parse_heading(line.text) is not None:
        return False
    return anywhere >= 3 or here >= 2


def join_paragraphs(lines: Sequence[TextLine]) -> list[str]:
    """Return lines joined into paragraphs: a line continues one that is full and not ended."""
    if not lines:
        return []
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    paragraphs = [lines[0].text]
    headings = [_is_heading(line.text) for line in lines]
    for n, (above, line) in enumerate(itertools.pairwise(lines)):
        full = above.x1 >= right - 2.5 * above.size
        indented = line.x0 > left + 1.2 * line.size
        # the title of a cover is repeated on the next page, larger than the text
        apart = line.text == above.text or above.size > _LARGER * line.size
        headed = apart or headings[n] or headings[n + 1]
        if full and not indented and not headed:
            paragraphs[-1] += line.text
        else:
            paragraphs.append(line.text)
    return paragraphs


def _is_heading(text: str) -> bool:
    """Return whether a line is only a heading, and not the first line of a paragraph."""
    found = parse_heading(text)
    return found is not None and not found.rest
