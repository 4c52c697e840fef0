"""One PDF page as characters and ruling lines, below pdfminer's layout analysis.

The layout analysis of pdfminer and the table finders built on it lose rows at page breaks; the
characters and the rules themselves are all there, so the grid is built from them (ruled.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.utils import apply_matrix_pt

from extract.document import TooLarge
from extract.labels import plain

MAX_CHARACTERS = 60_000
MAX_RULES = 20_000
_THIN = 3.0  # points: a rectangle thinner than this is drawn as a line
_SHORT = 1.5  # points: shorter strokes are dots and joins, not rules


@dataclass(frozen=True, slots=True)
class Char:
    """One character with its box in page coordinates (points, y upwards)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def x(self) -> float:
        """Horizontal middle."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Vertical middle."""
        return (self.y0 + self.y1) / 2

    @property
    def size(self) -> float:
        """Height of the box, which is the font's size on the page."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: at `at` on its own axis, from `start` to `end` on the other."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Page:
    """What a page draws that tables are made of."""

    number: int
    chars: list[Char] = field(default_factory=list)
    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    images: int = 0


class PageDevice(PDFTextDevice):  # type: ignore[misc]
    """Collects characters and rules while pdfminer interprets a page's content stream."""

    def __init__(self, manager: Any) -> None:
        super().__init__(manager)
        self.page = Page(0)

    def begin_page(self, page: Any, ctm: Any) -> None:
        self.page = Page(self.page.number + 1)

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        pass

    def end_figure(self, name: str) -> None:
        pass

    def render_image(self, name: str, stream: Any) -> None:
        self.page.images += 1

    def render_char(
        self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float, cid: int,
        ncs: Any, graphicstate: Any,
    ) -> float:  # fmt: skip
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = "\ufffd"
        advance = float(font.char_width(cid) * fontsize * scaling)
        if text and not text.isspace() and _upright(matrix):
            low = font.get_descent() * fontsize + rise
            x0, y0 = apply_matrix_pt(matrix, (0, low))
            x1, y1 = apply_matrix_pt(matrix, (advance, low + fontsize))
            self._add(plain(text), min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        return advance

    def _add(self, text: str, x0: float, y0: float, x1: float, y1: float) -> None:
        if len(self.page.chars) >= MAX_CHARACTERS:
            raise TooLarge(f"more than {MAX_CHARACTERS} characters on page {self.page.number}")
        self.page.chars.append(Char(text, x0, y0, x1, y1))

    def paint_path(
        self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]
    ) -> None:
        if not (stroke or fill):
            return
        for points in _subpaths(path, self.ctm):
            self._shape(points, stroke)

    def _shape(self, points: list[tuple[float, float]], stroke: bool) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        if x1 - x0 <= _THIN and y1 - y0 > _SHORT and y1 - y0 > x1 - x0:
            self._rule(self.page.vertical, Rule((x0 + x1) / 2, y0, y1))
        elif y1 - y0 <= _THIN and x1 - x0 > _SHORT:
            self._rule(self.page.horizontal, Rule((y0 + y1) / 2, x0, x1))
        elif stroke:
            for (ax, ay), (bx, by) in itertools.pairwise(points):
                if abs(ax - bx) < 0.5 and abs(ay - by) > _SHORT:
                    self._rule(self.page.vertical, Rule(ax, min(ay, by), max(ay, by)))
                elif abs(ay - by) < 0.5 and abs(ax - bx) > _SHORT:
                    self._rule(self.page.horizontal, Rule(ay, min(ax, bx), max(ax, bx)))

    def _rule(self, rules: list[Rule], rule: Rule) -> None:
        if len(rules) >= MAX_RULES:
            raise TooLarge(f"more than {MAX_RULES} lines on page {self.page.number}")
        rules.append(rule)


def _upright(matrix: Any) -> bool:
    """Whether text runs along an axis: watermarks are printed at a slant."""
    a, b, c, d = matrix[:4]
    slant = max(abs(a), abs(d)) * 0.02
    return bool((abs(b) <= slant and abs(c) <= slant) or (abs(a) <= 0.001 and abs(d) <= 0.001))


def _subpaths(path: Sequence[Any], ctm: Any) -> list[list[tuple[float, float]]]:
    """The straight subpaths in page coordinates, closed ones with their first point again."""
    found: list[list[tuple[float, float]]] = []
    current: list[tuple[float, float]] = []
    for segment in path:
        operator = segment[0]
        if operator == "m":
            if len(current) > 1:
                found.append(current)
            current = [apply_matrix_pt(ctm, segment[1:3])]
        elif operator == "l" and current:
            current.append(apply_matrix_pt(ctm, segment[1:3]))
        elif operator == "h" and len(current) > 1:
            found.append([*current, current[0]])
            current = [current[0]]
        else:
            current = []  # curves are no rules
    if len(current) > 1:
        found.append(current)
    return found
