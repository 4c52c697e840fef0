"""Turn painted paths of a page into ruling lines and filled rectangles, in page coordinates."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.extract.layout.filled_shapes import (
    STRAIGHT,
    Point,
    flatten_curve,
    have_overlaps,
    is_upright,
    painted_boxes,
)
from gongkai.extract.layout.page import Box, DrawnPage, FilledArea, RulingLine
from gongkai.extract.layout.work_limits import WorkBudget

Matrix = tuple[float, float, float, float, float, float]

THIN = 3.0
"""A rectangle thinner than this (points) is drawn as a line."""
_THICK = 7.0  # a stroke wider than this paints an area
_UNKNOWN = 0.4  # gray of a shading: it is taken for a dark ground, because text on paper is dark
_SMALL = 6.0  # a round shape that is smaller holds no text: it is a dot or part of a drawing
_FEW = 64  # rectangles of one path that are compared with each other
_JOIN = 2.5  # dots and dashes nearer than this are one line


def multiply(m: Matrix, n: Matrix) -> Matrix:
    """Return the matrix that applies `m` first and then `n`."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (
        a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
        e * p + f * r + t, e * q + f * s + u,
    )  # fmt: skip


def transform_point(m: Matrix, x: float, y: float) -> Point:
    """Return a point transformed by `m`."""
    return x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]


def transform_box(m: Matrix, box: Box) -> Box:
    """Return the box around a transformed box; the matrix turns by right angles or not at all."""
    a, b, c, d, e, f = m
    x0, y0, x1, y1 = box
    ax, ay = x0 * a + y0 * c + e, x0 * b + y0 * d + f
    bx, by = x1 * a + y1 * c + e, x1 * b + y1 * d + f
    return (
        ax if ax < bx else bx, ay if ay < by else by, bx if ax < bx else ax, by if ay < by else ay
    )  # fmt: skip


def bounding_box(points: Sequence[Point]) -> Box:
    """Return the smallest upright box around some points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def unit_square(m: Matrix) -> Box:
    """Return the upright box around the square of side 1, in which pictures are drawn."""
    corners = (transform_point(m, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)))
    return bounding_box(list(corners))


def intersect_boxes(one: Box, other: Box) -> Box:
    """Return the intersection of two boxes, inverted if they do not meet."""
    ax, ay, bx, by = one
    cx, cy, dx, dy = other
    return (
        ax if ax > cx else cx,
        ay if ay > cy else cy,
        bx if bx < dx else dx,
        by if by < dy else dy,
    )


@dataclass(slots=True)
class DrawnPath:
    """The path under construction.

    `subpaths` are its straight pieces, which can be ruling lines: a curve ends one and begins the
    next. `outlines` are the whole subpaths with their curves, None as long as there are none.
    """

    subpaths: list[list[Point]] = field(default_factory=list)
    outlines: list[list[Point]] | None = None

    def move(self, x: float, y: float) -> None:
        """Begin a subpath."""
        self.subpaths.append([(x, y)])
        if self.outlines is not None:
            self.outlines.append([(x, y)])

    def line(self, x: float, y: float) -> None:
        """Add a straight line from the last point."""
        if self.subpaths:
            self.subpaths[-1].append((x, y))
            if self.outlines is not None:
                self.outlines[-1].append((x, y))

    def curve(self, near: Point | None, far: Point | None, end: Point) -> None:
        """Add a curve from the last point, with its two control points; None is an end itself."""
        if not self.subpaths:
            self.move(*end)
            return
        if self.outlines is None:
            self.outlines = [list(points) for points in self.subpaths]
        start = self.subpaths[-1][-1]
        self.outlines[-1] += flatten_curve(start, near or start, far or end, end)
        self.subpaths.append([end])

    def rectangle(self, x: float, y: float, w: float, h: float) -> None:
        """Add a closed rectangle."""
        corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
        self.subpaths.append(corners)
        if self.outlines is not None:
            self.outlines.append(list(corners))

    def close(self) -> None:
        """Add a straight line to the first point of the subpath."""
        if self.outlines is not None:
            start = self.outlines[-1][0]
            self.outlines[-1].append(start)
            self.subpaths[-1].append(start)
        elif self.subpaths and len(self.subpaths[-1]) > 1:
            self.subpaths[-1].append(self.subpaths[-1][0])


class Painter:
    """Collects what is stroked and filled on a page."""

    def __init__(self, page: DrawnPage, budget: WorkBudget) -> None:
        self.page = page
        self.budget = budget
        self.covers = 0

    def paint(
        self,
        path: DrawnPath,
        ctm: Matrix,
        clip: Box,
        stroke: float | None,
        fill: float | None,
        opaque: bool = True,
        even_odd: bool = False,
    ) -> None:
        """Paint a path. `stroke` is the width of the line, None without a stroke; `fill` is a gray."""
        self.covers = len(self.page.chars) if opaque else 0
        scale = (abs(ctm[0] * ctm[3] - ctm[1] * ctm[2])) ** 0.5
        self.budget.spend("rules", len(path.subpaths))
        if fill is not None:
            outlines = path.subpaths if path.outlines is None else path.outlines
            self._fill(
                [_moved(ctm, part) for part in outlines if len(part) > 1], clip, fill, even_odd
            )
        if stroke is not None:
            for part in path.subpaths:
                if len(part) > 1:
                    self._stroked(_moved(ctm, part), clip, stroke * scale)

    def fill_box(self, box: Box, gray: float, opaque: bool) -> None:
        """Fill a rectangle that is no line, inside its clip."""
        x0, y0, x1, y1 = box
        if x0 <= x1 and y0 <= y1:
            covers = len(self.page.chars) if opaque else 0
            self.page.fills.append(FilledArea(x0, y0, x1, y1, gray, covers))

    def shade(self, box: Box, clip: Box, opaque: bool) -> None:
        """Add an area of changing colours."""
        self.covers = len(self.page.chars) if opaque else 0
        self._ground(box, clip, _UNKNOWN)

    def image(self, ctm: Matrix, clip: Box, opaque: bool) -> None:
        """Add a picture; a very thin one is a line, drawn by a program without lines."""
        self.covers = len(self.page.chars) if opaque else 0
        box = intersect_boxes(unit_square(ctm), clip)
        if box[0] < box[2] and box[1] < box[3] and not self.is_line(box):
            self.page.pictures.append(FilledArea(*box, 0.5, self.covers))

    def _fill(self, parts: list[list[Point]], clip: Box, gray: float, even_odd: bool) -> None:
        """Add what a path fills: rectangles, thin ones as lines, and the grounds of other shapes."""
        simple = all(len(part) <= 6 and is_upright(part) for part in parts)
        boxes = [bounding_box(part) for part in parts]
        if simple and (len(parts) == 1 or not self._overlap(boxes)):
            for box in boxes:
                self._filled(box, clip, gray)
        elif all(map(is_upright, parts)):
            for box in painted_boxes(parts, even_odd):
                self._filled(box, clip, gray)
        else:
            self.page.shapes += 1
            if any(min(x1 - x0, y1 - y0) > _SMALL for x0, y0, x1, y1 in boxes):
                for box in painted_boxes(parts, even_odd):
                    self._ground(box, clip, gray)

    def _overlap(self, boxes: list[Box]) -> bool:
        """Return whether areas of a path overlap; of very many it is unknown what they hide."""
        thick = [box for box in boxes if min(box[2] - box[0], box[3] - box[1]) > THIN]
        if len(thick) > _FEW:
            self.covers = 0
            return False
        return have_overlaps(thick)

    def _filled(self, box: Box, clip: Box, gray: float) -> None:
        box = intersect_boxes(box, clip)
        if box[0] > box[2] or box[1] > box[3] or self.is_line(box):
            return
        self.page.fills.append(FilledArea(*box, gray, self.covers))

    def _ground(self, box: Box, clip: Box, gray: float) -> None:
        x0, y0, x1, y1 = intersect_boxes(box, clip)
        if x0 < x1 and y0 < y1:
            self.page.grounds.append(FilledArea(x0, y0, x1, y1, gray, self.covers))

    def _stroked(self, points: list[Point], clip: Box, width: float) -> None:
        if len(points) > 3 and self.is_line(intersect_boxes(bounding_box(points), clip)):
            return
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            if x1 - x0 > STRAIGHT and y1 - y0 > STRAIGHT:
                continue
            if width > _THICK:
                self._filled(_widen(x0, y0, x1, y1, width), clip, 0.5)
                continue
            x0, y0, x1, y1 = intersect_boxes((x0, y0, x1, y1), _grow(clip))
            if x0 > x1 or y0 > y1:
                continue
            if x1 - x0 >= y1 - y0:
                _add(self.page.horizontal, (y0 + y1) / 2, x0, x1)
            else:
                _add(self.page.vertical, (x0 + x1) / 2, y0, y1)

    def is_line(self, box: Box) -> bool:
        """Return whether a thin box was added as a line; a dot is part of either direction."""
        x0, y0, x1, y1 = box
        wide, high = x1 - x0, y1 - y0
        if (wide > THIN and high > THIN) or wide < 0 or high < 0:
            return False
        is_dot = wide <= THIN and high <= THIN
        if wide >= high or is_dot:
            _add(self.page.horizontal, (y0 + y1) / 2, x0, x1)
        if high > wide or is_dot:
            _add(self.page.vertical, (x0 + x1) / 2, y0, y1)
        return True


def _add(rules: list[RulingLine], at: float, start: float, end: float) -> None:
    """Add a line; one that continues the last line makes that line longer."""
    if rules:
        here, first, last = rules[-1]
        if abs(here - at) < 0.2 and first - _JOIN <= end and start <= last + _JOIN:
            rules[-1] = RulingLine(here, min(first, start), max(last, end))
            return
    rules.append(RulingLine(at, start, end))


def _moved(ctm: Matrix, points: Sequence[Point]) -> list[Point]:
    """Return points transformed by a matrix."""
    a, b, c, d, e, f = ctm
    return [(x * a + y * c + e, x * b + y * d + f) for x, y in points]


def _widen(x0: float, y0: float, x1: float, y1: float, width: float) -> Box:
    """Return the area of a thick line."""
    half = width / 2
    if x1 - x0 >= y1 - y0:
        return x0, y0 - half, x1, y1 + half
    return x0 - half, y0, x1 + half, y1


def _grow(clip: Box) -> Box:
    """Return a clip enlarged by the width of a line: borders run along the clip of their cell."""
    return clip[0] - 1, clip[1] - 1, clip[2] + 1, clip[3] + 1
