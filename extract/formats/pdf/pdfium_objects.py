"""Draw the objects of a page as PDFium holds them: text, paths, pictures, nested drawings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ctypes import addressof, c_float, c_int, c_uint
from itertools import repeat
from typing import NamedTuple

from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.formats.pdf.pdfium_marks import Marks
from gongkai.extract.formats.pdf.pdfium_pictures import draw_picture
from gongkai.extract.formats.pdf.pdfium_text import RunPlacer, TextRun, addresses, run_map
from gongkai.extract.layout.drawn_paths import (
    DrawnPath,
    Matrix,
    Painter,
    bounding_box,
    intersect_boxes,
    multiply,
    transform_point,
    unit_square,
)
from gongkai.extract.layout.filled_shapes import Point
from gongkai.extract.layout.page import Box, Char, DrawnPage, FilledArea, TextStyle, gray_level
from gongkai.extract.layout.text_direction import clip_characters, text_direction
from gongkai.extract.layout.work_limits import WorkBudget

_TEXT, _PATH, _PICTURE, _SHADING, _FORM = 1, 2, 3, 4, 5
_LINE, _CURVE, _MOVE = 0, 1, 2
_EVEN_ODD = 1
_DEEPEST = 12  # drawings inside drawings
_OPAQUE = 230  # of 255
_STROKED, _UNSEEN = (1, 5), (3, 7)  # text render modes

_HIDES = 0.8  # opacity of a picture that hides what lies beneath
_WHITE = 0.9
_MARGIN = 0.1  # of a page, at its top and bottom

Color = tuple[int, int, int, int]


class Frame(NamedTuple):
    """How a group of objects is placed on the page: its matrix, that of its clips, and its clip."""

    matrix: Matrix
    clips: Matrix
    clip: Box


class Sheet(NamedTuple):
    """A page of PDFium: its document, itself, its lower left corner."""

    document: Handle
    page: Handle
    shift: Point


class PageArtist:
    """Draws one page of a document of PDFium onto a page of ours."""

    def __init__(
        self, page: DrawnPage, sheet: Sheet, placer: RunPlacer, marks: Marks, budget: WorkBudget
    ) -> None:
        self.page = page
        self.sheet = sheet
        self.placer = placer
        self.marks = marks
        self.budget = budget
        self.painter = Painter(page, budget)
        self.covers_text = False  # whether a picture lies over text
        self._pictures: list[tuple[Handle, Box, int]] = []
        self._clips: dict[tuple[int, Handle], Box] = {}
        self._styles: dict[tuple[Color | None, int, bool, int], TextStyle] = {}

    def draw(
        self,
        objects: Sequence[Handle],
        frame: Frame,
        runs: dict[Handle, TextRun],
        depth: int = 0,
        inside_mark: bool = False,
    ) -> None:
        """Draw objects in their order.

        Raises:
            TooLarge: the page exceeds a limit
        """
        self.budget.spend("operators", len(objects))
        kinds = list(map(lib.object_type, objects))
        colors = _colors(objects)
        clips = self._clip_boxes(objects, frame)
        marks = self.marks.of(objects)
        paths = _Paths([each for each, kind in zip(objects, kinds, strict=True) if kind == _PATH])
        for each, kind, color, clip, marked in zip(
            objects, kinds, colors, clips, marks, strict=True
        ):
            mark = marked or inside_mark
            if kind == _TEXT:
                if (run := runs.get(each)) is not None:
                    self._text(run, each, color, clip, mark)
            elif kind == _PATH:
                self._path(paths, each, color, frame.matrix, clip)
            elif kind == _PICTURE:
                self._picture(each, frame.matrix, clip)
            elif kind == _SHADING:
                box = bounds_of(each)
                corners = [transform_point(frame.matrix, x, y) for x, y in (box[:2], box[2:])]
                self.painter.shade(bounding_box(corners), clip, not lib.has_transparency(each))
            elif kind == _FORM and depth < _DEEPEST:
                self.budget.spend("forms")
                inner = multiply(matrix_of(each), frame.matrix)
                parts = form_objects(each)
                self.draw(parts, Frame(inner, inner, clip), runs, depth + 1, mark)

    def _text(
        self, run: TextRun, owner: Handle, color: Color | None, clip: Box, mark: bool
    ) -> None:
        turn = text_direction(run.matrix, run.size < 0)
        if turn < 0:
            return  # oblique text is a watermark
        mode = lib.text_mode(owner)
        if mode in _STROKED:
            color = _colors([owner], lib.stroke_color)[0]
        mark = mark and self._is_inner(run.y - self.sheet.shift[1])
        key = color, mode, mark, turn
        style = self._styles.get(key)
        if style is None:
            alpha = 1.0 if color is None else color[3] / 255
            style = TextStyle(_gray(color), alpha, turn, mode in _UNSEEN, mark)
            self._styles[key] = style
        self.budget.spend("characters", len(run.texts))
        chars = self.placer.place(run, owner, style, self.sheet.shift)
        if chars:
            self.page.chars += clip_characters(chars, clip)

    def _path(
        self, paths: _Paths, owner: Handle, color: Color | None, outer: Matrix, clip: Box
    ) -> None:
        drawn = paths.drawn[owner]
        if drawn.width is None and not drawn.mode:
            return
        matrix = drawn.matrix if outer == _IDENTITY else multiply(drawn.matrix, outer)
        gray = _gray(color) if drawn.mode else None
        opaque = color is not None and color[3] >= _OPAQUE and not lib.has_transparency(owner)
        self.painter.paint(
            drawn.path, matrix, clip, drawn.width, gray, opaque, drawn.mode == _EVEN_ODD
        )

    def _is_inner(self, y: float) -> bool:
        """Return whether a height is that of a watermark, and not of a header or footer."""
        return _MARGIN * self.page.height < y < (1 - _MARGIN) * self.page.height

    def _picture(self, owner: Handle, outer: Matrix, clip: Box) -> None:
        matrix = multiply(matrix_of(owner), outer)
        self.painter.image(matrix, clip, opaque=False)
        box = unit_square(matrix)
        self._pictures.append((owner, box, len(self.page.chars)))
        shown = intersect_boxes(box, clip)
        beneath = [n for n, char in enumerate(self.page.chars) if _holds(shown, char)]
        if not beneath or lib.has_transparency(owner):
            return
        self.covers_text = True
        pixels = draw_picture(self.sheet.document, self.sheet.page, owner, box)
        for n in beneath:
            char = self.page.chars[n]
            if pixels is None or pixels.opacity(char.x, char.y) > _HIDES:
                self.page.chars[n] = char._replace(style=char.style._replace(hidden=True))

    def add_grounds(self) -> None:
        """Add the parts of pictures on which white text was drawn."""
        white = [(n, char) for n, char in enumerate(self.page.chars) if char.style.gray > _WHITE]
        for owner, box, order in self._pictures if white else ():
            upon = [char for n, char in white if n >= order and _holds(box, char)]
            pixels = (
                draw_picture(self.sheet.document, self.sheet.page, owner, box) if upon else None
            )
            for char in upon if pixels is not None else ():
                gray = pixels.gray(char[1:5]) if pixels else 0.5
                self.page.grounds.append(FilledArea(*char[1:5], gray))

    def _clip_boxes(self, objects: Sequence[Handle], frame: Frame) -> list[Box]:
        """Return the clips of objects. Objects that share a clip share its last path."""
        paths = list(map(lib.clip_path, objects))
        counts = list(map(lib.count_clips, paths))
        found = []
        for path, count in zip(paths, counts, strict=True):
            if count <= 0:
                found.append(frame.clip)
                continue
            key = count, lib.clip_segment(path, count - 1, 0)
            box = self._clips.get(key)
            if box is None:
                box = self._clips[key] = _clip_box(path, count, frame)
            found.append(box)
        return found


_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def page_objects(page: Handle) -> list[Handle]:
    """Return the objects of a page in the order in which they are drawn."""
    return list(map(lib.get_object, repeat(page), range(max(lib.count_objects(page), 0))))


def form_objects(form: Handle) -> list[Handle]:
    """Return the objects of a nested drawing."""
    return list(map(lib.get_form_object, repeat(form), range(max(lib.count_form_objects(form), 0))))


def matrix_of(owner: Handle) -> Matrix:
    """Return the matrix of an object."""
    found = (c_float * 6)()
    if not lib.object_matrix(owner, addressof(found)):
        return _IDENTITY
    a, b, c, d, e, f = found[:]
    return a, b, c, d, e, f


def is_form(owner: Handle) -> bool:
    """Return whether an object is a nested drawing."""
    return lib.object_type(owner) == _FORM


def is_text(owner: Handle) -> bool:
    """Return whether an object is text."""
    return lib.object_type(owner) == _TEXT


def _holds(box: Box, char: Char) -> bool:
    return box[0] < char.x < box[2] and box[1] < char.y < box[3]


def bounds_of(owner: Handle) -> Box:
    """Return the box of an object in the coordinates of its group."""
    sides = (c_float * 4)()
    place = addressof(sides)
    lib.object_bounds(owner, place, place + 4, place + 8, place + 12)
    x0, y0, x1, y1 = sides[:]
    return x0, y0, x1, y1


def _clip_box(path: Handle, count: int, frame: Frame) -> Box:
    """Return the box of a clip of several paths, within that of its group."""
    box = frame.clip
    for n in range(count):
        size = lib.count_clip_segments(path, n)
        segments = list(map(lib.clip_segment, repeat(path), repeat(n), range(max(size, 0))))
        points = [transform_point(frame.clips, x, y) for x, y in _points(segments)]
        if points:
            box = intersect_boxes(box, bounding_box(points))
    return box


def _points(segments: Sequence[Handle]) -> list[Point]:
    sides = (c_float * (2 * len(segments)))()
    if not segments:
        return []
    xs = addresses(sides, 8)
    run_map(lib.segment_point, segments, xs, range(xs.start + 4, xs.stop + 4, 8))
    flat = sides[:]
    return list(zip(flat[::2], flat[1::2], strict=True))


def _colors(
    objects: Sequence[Handle], function: Callable[..., int] = lib.fill_color
) -> list[Color | None]:
    """Return the colours of objects with their opacity, None for patterns."""
    if not objects:
        return []
    parts = (c_uint * (4 * len(objects)))()
    reds = addresses(parts, 16)
    channels = (range(reds.start + n, reds.stop + n, 16) for n in (0, 4, 8, 12))
    known = list(map(function, objects, *channels))
    flat = parts[:]
    colors = zip(flat[::4], flat[1::4], flat[2::4], flat[3::4], strict=True)
    return [color if ok else None for color, ok in zip(colors, known, strict=True)]


_grays: dict[tuple[int, int, int], float] = {}


def _gray(color: Color | None) -> float:
    if color is None:
        return 0.5
    found = _grays.get(color[:3])
    if found is None:
        found = _grays[color[:3]] = gray_level([part / 255 for part in color[:3]])
    return found


class _DrawnPathObject(NamedTuple):
    path: DrawnPath
    matrix: Matrix
    mode: int  # 0 not filled, 1 even-odd, 2 winding
    width: float | None


class _Paths:
    """The paths of a group of objects, read in batches."""

    def __init__(self, objects: Sequence[Handle]) -> None:
        self.drawn: dict[Handle, _DrawnPathObject] = {}
        if not objects:
            return
        total = len(objects)
        modes, strokes = (c_int * total)(), (c_int * total)()
        matrices, widths = (c_float * (6 * total))(), (c_float * total)()
        run_map(lib.path_mode, objects, addresses(modes, 4), addresses(strokes, 4))
        run_map(lib.object_matrix, objects, addresses(matrices, 24))
        run_map(lib.stroke_width, objects, addresses(widths, 4))
        counts = [max(count, 0) for count in map(lib.count_segments, objects)]
        segments = [
            segment
            for owner, count in zip(objects, counts, strict=True)
            for segment in map(lib.path_segment, repeat(owner), range(count))
        ]
        points = _points(segments)
        kinds = list(map(lib.segment_type, segments))
        flat = matrices[:]
        start = 0
        for n, owner in enumerate(objects):
            end = start + counts[n]
            a, b, c, d, e, f = flat[6 * n : 6 * n + 6]
            self.drawn[owner] = _DrawnPathObject(
                _drawn_path(points[start:end], kinds[start:end]),
                (a, b, c, d, e, f), modes[n], widths[n] if strokes[n] else None,
            )  # fmt: skip
            start = end


def _drawn_path(points: list[Point], kinds: list[int]) -> DrawnPath:
    if kinds.count(_LINE) == len(kinds) - 1 and kinds[:1] == [_MOVE]:
        return DrawnPath([points])
    path = DrawnPath()
    controls: list[Point] = []
    for (x, y), kind in zip(points, kinds, strict=True):
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
