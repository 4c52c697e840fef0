"""Draw the objects of a page as PDFium holds them: text, paths, pictures, nested drawings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ctypes import addressof, c_float, c_uint
from itertools import repeat
from typing import NamedTuple

from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.pdfium_groups import (
    FORM,
    IDENTITY,
    PATH,
    PICTURE,
    SHADING,
    TEXT,
    ObjectGroup,
    bounds_of,
    matrix_of,
)
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.formats.pdf.pdfium_marks import Marks
from gongkai.extract.formats.pdf.pdfium_paths import PathObject, read_paths, read_points
from gongkai.extract.formats.pdf.pdfium_pictures import draw_picture
from gongkai.extract.formats.pdf.pdfium_text import (
    FontHeights,
    PageText,
    PlacedRuns,
    TextLook,
    addresses,
)
from gongkai.extract.layout.drawn_paths import (
    Matrix,
    Painter,
    bounding_box,
    intersect_boxes,
    multiply,
    transform_box,
    transform_point,
    unit_square,
)
from gongkai.extract.layout.filled_shapes import Point
from gongkai.extract.layout.page import (
    UNREADABLE,
    Box,
    Char,
    DrawnPage,
    FilledArea,
    TextStyle,
    gray_level,
    styles_of,
)
from gongkai.extract.layout.text_direction import clip_characters
from gongkai.extract.layout.work_limits import WorkBudget

_EVEN_ODD = 1
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
    """A page of PDFium: its document, itself, its lower left corner; whether the file is damaged."""

    document: Handle
    page: Handle
    shift: Point
    is_repaired: bool


class PageArtist:
    """Draws one page of a document of PDFium onto a page of ours."""

    def __init__(
        self, page: DrawnPage, sheet: Sheet, heights: FontHeights, marks: Marks, budget: WorkBudget
    ) -> None:
        self.page = page
        self.sheet = sheet
        self.heights = heights
        self.marks = marks
        self.budget = budget
        self.painter = Painter(page, budget)
        self.covers_text = False  # whether a picture lies over text
        self._pictures: list[tuple[Handle, Box, int]] = []
        self._clips: dict[tuple[int, Handle], Box] = {}
        self._looks: dict[Handle, TextLook] = {}
        self._runs: PlacedRuns = {}

    def draw(self, page: ObjectGroup, frame: Frame, texts: Sequence[PageText]) -> None:
        """Draw the objects of a page in their order.

        Raises:
            TooLarge: the page exceeds a limit
        """
        self._look_at(page, False, {})
        inner = (_MARGIN * self.page.height, (1 - _MARGIN) * self.page.height)
        for text in texts:
            self._runs |= text.place(self._looks, self.sheet.shift, inner)
        self._draw(page, frame)

    def _look_at(
        self,
        group: ObjectGroup,
        marked: bool,
        known: dict[tuple[Color | None, bool, bool, Handle], TextLook],
    ) -> None:
        """Find how text objects are drawn. `known` are the looks that were found."""
        owners = group.of_kind(TEXT)
        fonts = list(map(lib.text_font, owners))
        tall = {font: self.heights.of(font) for font in set(fonts)}
        modes, colors, marks = map(lib.text_mode, owners), _colors(owners), self.marks.of(owners)
        for owner, font, mode, color, mark in zip(owners, fonts, modes, colors, marks, strict=True):
            if mode in _STROKED:
                color = _colors([owner], lib.stroke_color)[0]
            key = color, mode in _UNSEEN, mark or marked, font
            look = known.get(key)
            if look is None:
                alpha = 1.0 if color is None else color[3] / 255
                style = TextStyle(_gray(color), alpha, 0, *key[1:3])
                look = known[key] = TextLook(font, tall[font], style)
            self._looks[owner] = look
        for form, inner in group.forms.items():
            self._look_at(inner, marked or self.marks.of([form])[0], known)

    def _draw(self, group: ObjectGroup, frame: Frame) -> None:
        objects = group.objects
        self.budget.spend("operators", len(objects))
        paths = group.of_kind(PATH)
        self.budget.spend("rules", len(paths))
        read, lines = read_paths(paths)
        colors = dict(zip(read, _colors(list(read)), strict=True))
        chars = self.page.chars
        for each, kind, clip in zip(
            objects, group.kinds, self._clip_boxes(objects, frame), strict=True
        ):
            if kind == TEXT:
                runs = self._runs.get(each, ())
                for run in runs:
                    chars += clip_characters(run, clip)
                if self.sheet.is_repaired and not runs:
                    self._lost_text(each, frame.matrix)
            elif kind == PATH:
                if (line := lines.get(each)) is not None:
                    box = transform_box(frame.matrix, line)
                    self.painter.is_line(intersect_boxes(box, clip))
                elif (path := read.get(each)) is not None:
                    self._path(path, each, colors[each], frame.matrix, clip)
            elif kind == PICTURE:
                self._picture(each, frame.matrix, clip)
            elif kind == SHADING:
                box = transform_box(frame.matrix, bounds_of(each))
                self.painter.shade(box, clip, not lib.has_transparency(each))
            elif kind == FORM and each in group.forms:
                self.budget.spend("forms")
                inner = multiply(matrix_of(each), frame.matrix)
                self._draw(group.forms[each], Frame(inner, inner, clip))

    def _lost_text(self, owner: Handle, outer: Matrix) -> None:
        """Mark the place of a text object of a damaged file that draws nothing.

        It may be a digit whose letter form is lost; without the mark, 496 would stand for 5496.
        """
        _, _, _, d, x, y = multiply(matrix_of(owner), outer)
        size = (c_float * 1)()
        lib.text_size(owner, addressof(size))
        self.page.chars.append(Char(UNREADABLE, x, y, x, y + abs(size[0] * d)))

    def _path(
        self, drawn: PathObject, owner: Handle, color: Color | None, outer: Matrix, clip: Box
    ) -> None:
        matrix = drawn.matrix if outer == IDENTITY else multiply(drawn.matrix, outer)
        box = drawn.box if drawn.width is None and matrix[1] == matrix[2] == 0.0 else None
        if box is not None:
            box = intersect_boxes(transform_box(matrix, box), clip)
            if not self.painter.is_line(box):
                self.painter.fill_box(box, _gray(color), self._is_opaque(owner, color))
            return
        gray = _gray(color) if drawn.mode else None
        opaque = self._is_opaque(owner, color)
        even_odd = drawn.mode == _EVEN_ODD
        self.painter.paint(drawn.path, matrix, clip, drawn.width, gray, opaque, even_odd)

    def _is_opaque(self, owner: Handle, color: Color | None) -> bool:
        """Return whether a fill hides what lies beneath it; patterns have gaps."""
        return color is not None and color[3] >= _OPAQUE and not lib.has_transparency(owner)

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
        if not self._pictures:
            return
        if not any(style.gray > _WHITE for style in styles_of(self.page.chars)):
            return
        white = [(n, char) for n, char in enumerate(self.page.chars) if char.style.gray > _WHITE]
        for owner, box, order in self._pictures:
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


def _holds(box: Box, char: Char) -> bool:
    return box[0] < char.x < box[2] and box[1] < char.y < box[3]


def _clip_box(path: Handle, count: int, frame: Frame) -> Box:
    """Return the box of a clip of several paths, within that of its group."""
    box = frame.clip
    for n in range(count):
        size = lib.count_clip_segments(path, n)
        segments = list(map(lib.clip_segment, repeat(path), repeat(n), range(max(size, 0))))
        points = [transform_point(frame.clips, x, y) for x, y in read_points(segments)]
        if points:
            box = intersect_boxes(box, bounding_box(points))
    return box


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
