"""Read the paths of a page from PDFium, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_float, c_int
from itertools import repeat
from typing import NamedTuple

from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.formats.pdf.pdfium_text import addresses, run_map
from gongkai.extract.layout.drawn_paths import THIN, DrawnPath, Matrix
from gongkai.extract.layout.filled_shapes import Point
from gongkai.extract.layout.page import Box

_LINE, _CURVE, _MOVE = 0, 1, 2
_RECTANGLE = 5  # segments


class PathObject(NamedTuple):
    """A path: its box if it is a rectangle, its points, how it is painted."""

    points: list[Point]
    kinds: list[int]
    matrix: Matrix
    mode: int  # 0 not filled, 1 even-odd, 2 winding
    width: float | None

    @property
    def box(self) -> Box | None:
        """The rectangle that the path is, before it is transformed, None for other shapes."""
        points = self.points
        if not 4 <= len(points) <= 5 or self.kinds[1:] != [_LINE] * (len(points) - 1):
            return None
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[:4]
        upright = ax == bx and by == cy and cx == dx and dy == ay
        if not upright and not (ay == by and bx == cx and cy == dy and dx == ax):
            return None
        return min(ax, cx), min(ay, cy), max(ax, cx), max(ay, cy)

    @property
    def path(self) -> DrawnPath:
        """The path as it is drawn."""
        if self.kinds.count(_LINE) == len(self.kinds) - 1 and self.kinds[0] == _MOVE:
            return DrawnPath([self.points])
        path = DrawnPath()
        controls: list[Point] = []
        for (x, y), kind in zip(self.points, self.kinds, strict=True):
            if kind == _MOVE:
                path.move(x, y)
            elif kind == _LINE:
                path.line(x, y)
            elif kind == _CURVE:
                controls.append((x, y))
                if len(controls) == 3:
                    path.curve(controls[0], controls[1], controls[2])
                    controls = []
        return path


def read_paths(objects: Sequence[Handle]) -> tuple[dict[Handle, PathObject], dict[Handle, Box]]:
    """Return the paths of some objects, and the boxes of those that are thin: lines without a stroke.

    Most of what a table draws are such lines. Their points need not be read.
    """
    modes, strokes = (c_int * len(objects))(), (c_int * len(objects))()
    run_map(lib.path_mode, objects, addresses(modes, 4), addresses(strokes, 4))
    counts = list(map(lib.count_segments, objects))
    single = [
        owner
        for owner, mode, stroke, count in zip(objects, modes[:], strokes[:], counts, strict=True)
        if mode and not stroke and 4 <= count <= _RECTANGLE
    ]
    lines = {
        owner: box
        for owner, box in zip(single, _bounds(single), strict=True)
        if box[2] - box[0] <= THIN or box[3] - box[1] <= THIN
    }
    rest = [
        (owner, mode, stroke, max(count, 0))
        for owner, mode, stroke, count in zip(objects, modes[:], strokes[:], counts, strict=True)
        if owner not in lines and (mode or stroke)
    ]
    return _read_points_of(rest), lines


def _read_points_of(paths: Sequence[tuple[Handle, int, int, int]]) -> dict[Handle, PathObject]:
    """Return paths from their owner, mode, whether they are stroked, and number of segments."""
    owners = [owner for owner, _, _, _ in paths]
    matrices, widths = (c_float * (6 * len(paths)))(), (c_float * len(paths))()
    run_map(lib.object_matrix, owners, addresses(matrices, 24))
    run_map(lib.stroke_width, owners, addresses(widths, 4))
    segments = [
        segment
        for owner, _, _, count in paths
        for segment in map(lib.path_segment, repeat(owner), range(count))
    ]
    points = read_points(segments)
    kinds = list(map(lib.segment_type, segments))
    flat = matrices[:]
    frames = zip(*(flat[n::6] for n in range(6)), strict=True)
    found: dict[Handle, PathObject] = {}
    start = 0
    for (owner, mode, stroke, count), matrix, width in zip(paths, frames, widths[:], strict=True):
        end = start + count
        found[owner] = PathObject(
            points[start:end], kinds[start:end], matrix, mode, width if stroke else None
        )
        start = end
    return found


def _bounds(objects: Sequence[Handle]) -> list[Box]:
    """Return the boxes of objects: left, bottom, right, top."""
    if not objects:
        return []
    sides = (c_float * (4 * len(objects)))()
    lefts = addresses(sides, 16)
    rest = (range(lefts.start + n, lefts.stop + n, 16) for n in (4, 8, 12))
    run_map(lib.object_bounds, objects, lefts, *rest)
    flat = sides[:]
    return list(zip(flat[::4], flat[1::4], flat[2::4], flat[3::4], strict=True))


def read_points(segments: Sequence[Handle]) -> list[Point]:
    """Return the points of segments."""
    if not segments:
        return []
    sides = (c_float * (2 * len(segments)))()
    xs = addresses(sides, 8)
    run_map(lib.segment_point, segments, xs, range(xs.start + 4, xs.stop + 4, 8))
    flat = sides[:]
    return list(zip(flat[::2], flat[1::2], strict=True))
