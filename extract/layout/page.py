"""A page as it is drawn: characters, ruling lines, filled areas and pictures.

The layout analysis of pdfminer, and the table finders built on it, lose rows at page breaks. All
characters and rules are present, so that the grid is built from them (ruled_tables.py).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

_WHITE = 0.97  # a gray from which text is invisible on paper

Box = tuple[float, float, float, float]


class TextStyle(NamedTuple):
    """How text is drawn. `turn` is its direction: 0, 90, 180 or 270 degrees, -1 if oblique."""

    gray: float = 0.0  # 0 black, 1 white
    alpha: float = 1.0
    turn: int = 0
    hidden: bool = False  # not painted: the text layer of a scan, a layer that is switched off
    mark: bool = False  # declared a watermark by the file


class Char(NamedTuple):
    """One character with its box in page coordinates (points, y upwards)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    style: TextStyle = TextStyle()

    @property
    def x(self) -> float:
        """The horizontal middle."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """The vertical middle."""
        return (self.y0 + self.y1) / 2

    @property
    def size(self) -> float:
        """The height across the direction of the text: the size of the font on the page."""
        return self.x1 - self.x0 if self.style.turn in (90, 270) else self.y1 - self.y0


class RulingLine(NamedTuple):
    """A straight line: at `at` on its own axis, from `start` to `end` on the other."""

    at: float
    start: float
    end: float


class FilledArea(NamedTuple):
    """A rectangle of one colour, or a picture; the first `covers` characters lie beneath it."""

    x0: float
    y0: float
    x1: float
    y1: float
    gray: float
    covers: int = 0

    @property
    def box(self) -> Box:
        """The corners of the rectangle."""
        return self[:4]


@dataclass(slots=True)
class DrawnPage:
    """What a page draws of text and tables, in reading position."""

    number: int
    width: float
    height: float
    chars: list[Char] = field(default_factory=list)
    horizontal: list[RulingLine] = field(default_factory=list)
    vertical: list[RulingLine] = field(default_factory=list)
    fills: list[FilledArea] = field(default_factory=list)
    pictures: list[FilledArea] = field(default_factory=list)
    grounds: list[FilledArea] = field(default_factory=list)
    """Parts of round shapes, shadings and pictures: they hide text and carry white text, no more."""
    shapes: int = 0  # number of filled shapes that are no rectangles, as letters drawn as paths are
    hidden: int = 0  # number of characters left out because they are invisible
    turn: int = 0  # degrees clockwise by which the page was turned to be read
    padding: float = 0.0  # of the cells of tables so far, where it is wide


def styles_of(chars: Sequence[Char]) -> list[TextStyle]:
    """Return the styles of characters. Equal ones may come twice: characters share few objects."""
    return list({id(char[5]): char[5] for char in chars}.values())


def finalize_page(page: DrawnPage) -> DrawnPage:
    """Return the page as a reader sees it: upright, and without invisible characters."""
    seen, styles = page.chars, styles_of(page.chars)
    if covered := _painted_over(page):
        seen = [char for n, char in enumerate(seen) if n not in covered]
    if any(style.hidden for style in styles):
        seen = [char for char in seen if not char.style.hidden]
    kept = replace(page, chars=seen, hidden=len(page.chars) - len(seen))
    if any(style.turn for style in styles):
        turns = Counter(char.style.turn for char in seen)
        turn = turns.most_common(1)[0][0] if turns else 0
        if turn > 0 and turns[turn] > 0.6 * len(seen):
            kept = _turn_page(kept, turn)
    wide, high = 2 * kept.width + 2, 2 * kept.height + 2
    kept.chars = [
        char
        for char in kept.chars
        if -2 <= char[1] + char[3] <= wide and -2 <= char[2] + char[4] <= high
    ]
    if any(style.gray >= _WHITE for style in styles):
        grounds = (*kept.fills, *kept.grounds)
        kept.chars = [char for char in kept.chars if _is_visible(char, grounds)]
    return kept


def _painted_over(page: DrawnPage) -> set[int]:
    """Return the numbers of the characters that a picture or a patch of colour covers."""
    patches = [fill for fill in (*page.fills, *page.pictures, *page.grounds) if fill.covers]
    if not patches:
        return set()
    order = sorted(range(len(page.chars)), key=lambda n: page.chars[n].y)
    heights = [page.chars[n].y for n in order]
    return {
        n
        for x0, y0, x1, y1, _, covers in patches
        for n in order[bisect_left(heights, y0) : bisect_right(heights, y1)]
        if n < covers and x0 < page.chars[n].x < x1
    }


def _is_visible(char: Char, fills: Iterable[FilledArea]) -> bool:
    """Return whether a character is visible; white text is so only on a darker ground."""
    return char.style.gray < _WHITE or any(
        fill.gray < 0.9 and fill.x0 <= char.x <= fill.x1 and fill.y0 <= char.y <= fill.y1
        for fill in fills
    )


def _turn_page(page: DrawnPage, turn: int) -> DrawnPage:
    """Return the page turned so that text in direction `turn` runs to the right."""
    wide, high = page.width, page.height

    def spin(box: Box) -> Box:
        x0, y0, x1, y1 = box
        if turn == 90:
            return y0, wide - x1, y1, wide - x0
        if turn == 180:
            return wide - x1, high - y1, wide - x0, high - y0
        return high - y1, x0, high - y0, x1

    def line(rule: RulingLine, across: bool) -> RulingLine:
        at, start, end = rule
        x0, y0, x1, y1 = spin((start, at, end, at) if across else (at, start, at, end))
        return RulingLine(y0, x0, x1) if across == (turn == 180) else RulingLine(x0, y0, y1)

    sideways = turn != 180
    across = [line(rule, True) for rule in page.horizontal]
    down = [line(rule, False) for rule in page.vertical]
    return DrawnPage(
        page.number,
        high if sideways else wide,
        wide if sideways else high,
        [
            Char(
                c.text, *spin((c.x0, c.y0, c.x1, c.y1)), c.style._replace(turn=_turn_after(c, turn))
            )
            for c in page.chars
        ],
        down if sideways else across,
        across if sideways else down,
        [FilledArea(*spin(fill.box), fill.gray) for fill in page.fills],
        [FilledArea(*spin(fill.box), fill.gray) for fill in page.pictures],
        [FilledArea(*spin(fill.box), fill.gray) for fill in page.grounds],
        page.shapes,
        page.hidden,
        turn,
    )


def _turn_after(char: Char, turn: int) -> int:
    return (char.style.turn - turn) % 360 if char.style.turn >= 0 else -1


UNREADABLE = "\ufffd"
"""Stands for a character that could not be read: a cell with it is not blank, and not a number."""


_MIDDLE = 0.5


def gray_level(given: Sequence[Any], space: str = "") -> float:
    """Return the gray of a colour, 0 (black) to 1 (white); 0.5 if it is unknown."""
    parts = [min(max(part, 0.0), 1.0) for part in given if isinstance(part, float)]
    if len(parts) != len(given) or not parts or space == "other":
        return _MIDDLE
    if space == "ink":
        return 1.0 - max(parts)
    if space == "lab":
        return min(max(float(given[0]), 0.0), 100.0) / 100
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 3:
        return 0.30 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2]
    if len(parts) == 4:
        cyan, magenta, yellow, black = parts
        return (1 - black) * (1 - (0.30 * cyan + 0.59 * magenta + 0.11 * yellow))
    return _MIDDLE
