"""Divide a filled path into the rectangles that it paints.

A frame is often one path of two rectangles, of which the inner one is a hole. Which parts are
painted follows from the rule of the path (ISO 32000, 8.5.3.3): the number of its sides around a
point, or their parity. A path is cut into strips; a strip holds the stretches between the sides
that cross it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from gongkai.extract.layout.page import Box

Point = tuple[float, float]
Outline = Sequence[Point]

STRAIGHT = 0.5
"""A side that leans by less than this (points) is upright."""
MOST_POINTS = 400
"""A path with more points is a drawing, of which nothing is known."""
_STRIPS = 16  # of a shape with round or oblique sides
_CURVE = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
_SAME = 0.01

_Side = tuple[float, float, float, float, int]
"""A side from its lower end (x, y) to its upper end (x, y), and whether it ran up (1) or down (-1)."""


def flatten_curve(p: Point, q: Point, r: Point, s: Point) -> list[Point]:
    """Return points on a cubic curve from `p` to `s`, without `p`."""
    return [
        (
            p[0] * u * u * u + 3 * q[0] * u * u * t + 3 * r[0] * u * t * t + s[0] * t * t * t,
            p[1] * u * u * u + 3 * q[1] * u * u * t + 3 * r[1] * u * t * t + s[1] * t * t * t,
        )
        for t in _CURVE
        for u in (1 - t,)
    ]


def is_upright(points: Outline) -> bool:
    """Return whether all sides are horizontal or vertical."""
    return all(
        abs(ax - bx) < STRAIGHT or abs(ay - by) < STRAIGHT
        for (ax, ay), (bx, by) in itertools.pairwise(points)
    )


def have_overlaps(boxes: Sequence[Box]) -> bool:
    """Return whether some of the boxes overlap, as the two rectangles of a frame do."""
    order = sorted(boxes)
    for n, (_, y0, x1, y1) in enumerate(order):
        for other in order[n + 1 :]:
            if other[0] >= x1:
                break
            if other[1] < y1 and other[3] > y0:
                return True
    return False


def painted_boxes(outlines: Sequence[Outline], even_odd: bool) -> list[Box]:
    """Return the rectangles that a path paints, which lie side by side.

    They are exact where the path has upright sides only, else strips inside of it.
    """
    sides = [side for outline in outlines for side in _sides(outline)]
    if not sides or sum(map(len, outlines)) > MOST_POINTS:
        return []
    if all(map(is_upright, outlines)):
        levels = _distinct(y for side in sides for y in (side[1], side[3]))
    else:
        low, high = min(side[1] for side in sides), max(side[3] for side in sides)
        levels = [low + (high - low) * n / _STRIPS for n in range(_STRIPS + 1)]
    open_boxes: list[Box] = []
    found: list[Box] = []
    for low, high in itertools.pairwise(levels):
        stretches = _stretches(sides, (low + high) / 2, even_odd)
        kept: list[Box] = []
        for start, end in stretches:
            below = next((b for b in open_boxes if b[0] == start and b[2] == end), None)
            if below is not None:
                open_boxes.remove(below)
            kept.append((start, below[1] if below else low, end, high))
        found += open_boxes
        open_boxes = kept
    return found + open_boxes


def _sides(outline: Outline) -> list[_Side]:
    """Return the sides of an outline that are not level; a path that is filled is closed."""
    found: list[_Side] = []
    for (ax, ay), (bx, by) in itertools.pairwise([*outline, outline[0]]):
        if ay < by:
            found.append((ax, ay, bx, by, 1))
        elif by < ay:
            found.append((bx, by, ax, ay, -1))
    return found


def _distinct(values: Iterable[float]) -> list[float]:
    """Return sorted values, each once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SAME:
            found.append(value)
    return found


def _stretches(sides: Sequence[_Side], y: float, even_odd: bool) -> list[tuple[float, float]]:
    """Return the painted stretches of a horizontal line, from left to right."""
    crossed = sorted(
        (ax + (bx - ax) * (y - ay) / (by - ay), way) for ax, ay, bx, by, way in sides if ay < y < by
    )
    found: list[tuple[float, float]] = []
    around, start = 0, 0.0
    for x, way in crossed:
        inside = bool(around & 1 if even_odd else around)
        around += 1 if even_odd else way
        if bool(around & 1 if even_odd else around) == inside:
            continue
        if inside and x - start > _SAME:
            found.append((start, x))
        start = x
    return found
