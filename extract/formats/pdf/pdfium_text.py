"""Read the characters of a page from PDFium, in batches.

PDFium orders them by lines and adds spaces; only what belongs to a text object is taken, and the
objects tell the order in which it is drawn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from ctypes import addressof, c_double, c_float, create_string_buffer
from itertools import repeat
from typing import Any, NamedTuple

from gongkai.extract.chinese.normalize import fold_characters
from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.font_fallback import FontFallback
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.layout.drawn_paths import Matrix
from gongkai.extract.layout.filled_shapes import Point
from gongkai.extract.layout.page import UNREADABLE, Char, TextStyle
from gongkai.extract.layout.text_direction import DESCENT

_INVISIBLE = {0xFEFF, 0x2060, *range(0x200B, 0x2010)}
_HYPHEN = 2  # PDFium's code for a hyphen at the end of a line
_SOFT_HYPHEN = 0xAD  # a code that is drawn is visible, whatever it is called
_USUAL_HEIGHT = (0.3, 3.0)  # ems; the glyphs of bitmap fonts have a unit of their own
_LONGEST_NAME = 256  # bytes
_NEAR = 0.02  # points: coordinates are single precision

_known: dict[int, str] = {_SOFT_HYPHEN: "-"}


class TextRun(NamedTuple):
    """The characters of one text object: text, left and right side; where and how they are drawn."""

    page: Handle  # of text
    places: Sequence[int]
    texts: list[str]
    lefts: Sequence[float]
    rights: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    matrix: Matrix
    size: float
    x: float
    y: float


def run_map(function: Any, *arguments: Iterable[Any]) -> None:
    """Call a function for each set of arguments; its results are written to addresses."""
    deque(map(function, *arguments), maxlen=0)


def addresses(array: Any, step: int) -> range:
    """Return the addresses of every element of `step` bytes in an array."""
    start = addressof(array)
    return range(start, start + len(memoryview(array).cast("B")), step)


def text_of_code(code: int) -> str:
    """Return the text of a Unicode number: "" for white space, UNREADABLE where it has no meaning."""
    found = _known.get(code)
    if found is None:
        found = _known[code] = _text(code)
    return found


def _text(code: int) -> str:
    if code in _INVISIBLE:
        return ""
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xF900 or code >= 0xF0000:
        return UNREADABLE  # halves of characters, and areas for private use
    char = chr(code)
    if char.isspace():
        return ""
    if char < " " or "\x7f" <= char < "\xa0" or code in (0xFFFE, 0xFFFF):
        return UNREADABLE
    is_radical = "\u2e80" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufb06"
    return fold_characters(char) if is_radical else char


def read_runs(text: Handle, fallback: FontFallback) -> dict[Handle, TextRun]:
    """Return the runs of a text page by text object.

    `fallback` knows the text of codes for which PDFium has none.
    """
    count = lib.count_chars(text)
    if count <= 0:
        return {}
    page = repeat(text)
    numbers = range(count)
    codes = list(map(lib.char_code, page, numbers))
    texts = [_known.get(code) or text_of_code(code) for code in codes]
    if _HYPHEN in codes:
        for n in numbers:
            if codes[n] == _HYPHEN and lib.is_hyphen(text, n):
                texts[n] = "-"
    owners = list(map(lib.char_object, page, numbers))
    unknown = list(map(lib.has_no_code, page, numbers))
    if 1 in unknown:
        for n in numbers:
            if unknown[n] == 1:  # the number is that of the code itself
                found_text = fallback.text(_font_name(owners[n]), codes[n])
                texts[n] = text_of_code(ord(found_text[0])) if found_text else UNREADABLE
    boxes = (c_float * (4 * count))()
    run_map(lib.char_box, page, numbers, addresses(boxes, 16))
    flat = boxes[:]
    starts = [n for n in numbers if owners[n] and (n == 0 or owners[n] != owners[n - 1])]
    matrices, sizes, points = _frames(text, starts, [owners[n] for n in starts])
    found: dict[Handle, TextRun] = {}
    for k, first in enumerate(starts):
        owner = owners[first]
        end = first + 1
        while end < count and owners[end] == owner:
            end += 1
        a, b, c, d, e, f = matrices[6 * k : 6 * k + 6]
        run = TextRun(
            text, range(first, end), texts[first:end], flat[4 * first : 4 * end : 4], flat[4 * first + 2 : 4 * end : 4],
            flat[4 * first + 3 : 4 * end : 4], flat[4 * first + 1 : 4 * end : 4],
            (a, b, c, d, e, f), sizes[k], points[2 * k], points[2 * k + 1],
        )  # fmt: skip
        found[owner] = _joined(found[owner], run) if owner in found else run
    return found


def _frames(
    text: Handle, starts: list[int], owners: list[Handle]
) -> tuple[list[float], list[float], list[float]]:
    """Return the matrices, sizes of fonts and first positions of runs."""
    matrices = (c_float * (6 * len(starts)))()
    sizes = (c_float * len(starts))()
    points = (c_double * (2 * len(starts)))()
    if starts:
        run_map(lib.char_matrix, repeat(text), starts, addresses(matrices, 24))
        run_map(lib.text_size, owners, addresses(sizes, 4))
        xs = addresses(points, 16)
        run_map(lib.char_origin, repeat(text), starts, xs, range(xs.start + 8, xs.stop + 8, 16))
    return matrices[:], sizes[:], points[:]


def _font_name(owner: Handle) -> str:
    font = lib.text_font(owner)
    buffer = create_string_buffer(_LONGEST_NAME)
    size = lib.font_name(font, addressof(buffer), _LONGEST_NAME)
    return buffer.raw[: max(min(size, _LONGEST_NAME) - 1, 0)].decode("utf-8", "replace")


def _joined(one: TextRun, other: TextRun) -> TextRun:
    """Return the run of an object whose characters PDFium lists in two places."""
    first, second = sorted((one, other), key=lambda run: run.lefts[0])
    return first._replace(
        places=[*first.places, *second.places],
        texts=first.texts + second.texts,
        lefts=[*first.lefts, *second.lefts],
        rights=[*first.rights, *second.rights],
        lows=[*first.lows, *second.lows],
        highs=[*first.highs, *second.highs],
    )


class RunPlacer:
    """Places the runs of one document; keeps the heights of its fonts."""

    def __init__(self) -> None:
        self._heights: dict[Handle, float] = {}

    def place(self, run: TextRun, owner: Handle, style: TextStyle, shift: Point) -> list[Char]:
        """Return the characters of a run. `shift` is the corner of the page."""
        x, y = shift
        tall = run.size * self._height(owner)
        if style.turn or min(abs(run.lefts[0] - run.x), abs(run.rights[0] - run.x)) > _NEAR:
            return list(_turned(run, owner, style, shift, tall))
        if len(run.texts) > 1 and abs(run.lefts[0] - run.lefts[-1]) < _NEAR:
            last = (c_double * 2)()
            lib.char_origin(run.page, run.places[-1], addressof(last), addressof(last) + 8)
            if abs(last[1] - run.y) > _NEAR:
                return list(_downward(run, style, shift))
        y0 = run.y + DESCENT * tall * run.matrix[3] - y
        y1 = y0 + tall * run.matrix[3]
        if y0 > y1:
            y0, y1 = y1, y0
        if run.matrix[0] < 0:
            run = run._replace(lefts=run.rights, rights=run.lefts)
        chars = [
            Char(char, x0 - x, y0, x1 - x, y1, style)
            for char, x0, x1 in zip(run.texts, run.lefts, run.rights, strict=True)
            if char
        ]
        if len({char.x0 for char in chars}) < len(chars):
            return _ligatures(chars)
        return chars

    def _height(self, owner: Handle) -> float:
        """Return the height of the font of a text object in ems: 1, except for bitmap fonts."""
        font = lib.text_font(owner)
        found = self._heights.get(font)
        if found is None:
            sides = (c_float * 2)()
            place = addressof(sides)
            lib.font_ascent(font, 1.0, place)
            lib.font_descent(font, 1.0, place + 4)
            tall = sides[0] - sides[1]
            usual = tall <= 0 or _USUAL_HEIGHT[0] < tall < _USUAL_HEIGHT[1]
            found = self._heights[font] = 1.0 if usual else tall
        return found


def _downward(run: TextRun, style: TextStyle, shift: Point) -> Iterator[Char]:
    """Yield the characters of vertical writing, for which PDFium gives squares below the pen."""
    x, y = shift
    sides = zip(run.texts, run.lefts, run.rights, run.lows, run.highs, strict=True)
    for char, x0, x1, y0, y1 in sides:
        if char:
            yield Char(char, x0 - x, min(y0, y1) - y, x1 - x, max(y0, y1) - y, style)


def _ligatures(chars: list[Char]) -> list[Char]:
    """Return characters with those joined that one glyph stands for: they have the same box."""
    found: list[Char] = []
    for char in chars:
        if found and found[-1][1:5] == char[1:5]:
            found[-1] = found[-1]._replace(text=found[-1].text + char.text)
        else:
            found.append(char)
    return found


def _turned(
    run: TextRun, owner: Handle, style: TextStyle, shift: Point, tall: float
) -> Iterator[Char]:
    """Yield the characters of text in another direction, or of a font without a height."""
    a, b, c, d, _, _ = run.matrix
    low = DESCENT * tall
    high = low + tall
    font = lib.text_font(owner)
    width, point = (c_float * 1)(), (c_double * 2)()
    place = addressof(point)
    for n, char in zip(run.places, run.texts, strict=True):
        if not char:
            continue
        lib.char_origin(run.page, n, place, place + 8)
        x, y = point[0] - shift[0], point[1] - shift[1]
        width[0] = 0.0
        lib.glyph_width(font, lib.char_code(run.page, n), run.size, addressof(width))
        advance = width[0] or run.size / 2
        xs = (low * c + x, advance * a + high * c + x)
        ys = (low * d + y, advance * b + high * d + y)
        yield Char(char, min(xs), min(ys), max(xs), max(ys), style)
