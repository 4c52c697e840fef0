"""Read the characters of a page from PDFium, in batches.

PDFium orders them by lines and adds spaces; only what belongs to a text object is taken, and the
objects tell the order in which it is drawn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from ctypes import addressof, c_double, c_float, create_string_buffer
from itertools import pairwise, repeat
from typing import Any, NamedTuple

from gongkai.extract.chinese.normalize import fold_characters
from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.font_fallback import FontFallback
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.layout.filled_shapes import Point
from gongkai.extract.layout.page import UNREADABLE, Char, TextStyle
from gongkai.extract.layout.text_direction import DESCENT, text_direction
from gongkai.extract.layout.work_limits import WorkBudget

_INVISIBLE = {0xFEFF, 0x2060, *range(0x200B, 0x2010)}
_HYPHEN = 2  # PDFium's code for a hyphen at the end of a line
_SOFT_HYPHEN = 0xAD  # a code that is drawn is visible, whatever it is called
_USUAL_HEIGHT = (0.3, 3.0)  # ems; the glyphs of bitmap fonts have a unit of their own
_LONGEST_NAME = 256  # bytes
_NEAR = 0.02  # points: coordinates are single precision


class _KnownTexts(dict[int, str]):
    """The text by Unicode number; what is not known yet is found."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _text(code)
        return found


_known = _KnownTexts({_SOFT_HYPHEN: "-"})


class TextRun(NamedTuple):
    """The characters of one text object: from `start` to `end`, and the number of its frame."""

    start: int
    end: int
    frame: int


def run_map(function: Any, *arguments: Iterable[Any]) -> None:
    """Call a function for each set of arguments; its results are written to addresses."""
    deque(map(function, *arguments), maxlen=0)


def addresses(array: Any, step: int) -> range:
    """Return the addresses of every element of `step` bytes in an array."""
    start = addressof(array)
    return range(start, start + len(memoryview(array).cast("B")), step)


def text_of_code(code: int) -> str:
    """Return the text of a Unicode number: "" for white space, UNREADABLE where it has no meaning."""
    return _known[code]


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


class PageText:
    """The characters of a page as PDFium lists them, and the runs of its text objects."""

    def __init__(self, page: Handle, fallback: FontFallback, budget: WorkBudget) -> None:
        self.page = page
        count = max(lib.count_chars(page), 0)
        budget.spend("characters", count)
        numbers = range(count)
        owners = list(map(lib.char_object, repeat(page), numbers))
        self.texts = _texts(page, owners, fallback)
        boxes = (c_float * (4 * count))()
        run_map(lib.char_box, repeat(page), numbers, addresses(boxes, 16))
        flat = boxes[:]
        self.lefts, self.rights = flat[::4], flat[2::4]
        self.highs, self.lows = flat[1::4], flat[3::4]
        changes = [n for n, (a, b) in enumerate(pairwise(owners), 1) if a != b]
        spans = [
            (start, end)
            for start, end in zip([0, *changes], [*changes, count], strict=True)
            if start < end and owners[start]
        ]
        self._read_frames([start for start, _ in spans], [owners[start] for start, _ in spans])
        self.runs: dict[Handle, list[TextRun]] = {}
        for frame, (start, end) in enumerate(spans):
            self.runs.setdefault(owners[start], []).append(TextRun(start, end, frame))

    def _read_frames(self, starts: list[int], owners: list[Handle]) -> None:
        """Read the matrices of runs, which end with their first position, and the sizes of fonts."""
        matrices = (c_float * (6 * len(starts)))()
        sizes = (c_float * len(starts))()
        if starts:
            run_map(lib.char_matrix, repeat(self.page), starts, addresses(matrices, 24))
            run_map(lib.text_size, owners, addresses(sizes, 4))
        flat = matrices[:]
        self.matrices = list(zip(*(flat[n::6] for n in range(6)), strict=True))
        self.sizes = sizes[:]

    def direction(self, run: TextRun) -> int:
        """Return the direction of a run, -1 if it is oblique."""
        matrix, size = self.matrices[run[2]], self.sizes[run[2]]
        if matrix[1] == 0.0 and matrix[0] > 0.0 and size > 0.0:
            return 0
        return text_direction(matrix, size < 0)

    def place(
        self, run: TextRun, font: Handle, tall: float, style: TextStyle, shift: Point
    ) -> list[Char]:
        """Return the characters of a run.

        `tall` is the height of the font in ems, `shift` the corner of the page.
        """
        start, end, frame = run
        a, _, _, d, x, y = self.matrices[frame]
        height = self.sizes[frame] * tall
        lefts, rights = self.lefts, self.rights
        if not style.turn and end - start > 1 and abs(lefts[start] - lefts[end - 1]) < _NEAR:
            last = (c_double * 2)()
            lib.char_origin(self.page, end - 1, addressof(last), addressof(last) + 8)
            if abs(last[1] - y) > _NEAR:
                return list(self._downward(run, style, shift))
        if style.turn or min(abs(lefts[start] - x), abs(rights[start] - x)) > _NEAR:
            return list(self._turned(run, font, height, style, shift))
        y0 = y + DESCENT * height * d - shift[1]
        y1 = y0 + height * d
        if y0 > y1:
            y0, y1 = y1, y0
        if a < 0:
            lefts, rights = rights, lefts
        dx = shift[0]
        if end - start == 1:
            text = self.texts[start]
            return (
                [Char(text, lefts[start] - dx, y0, rights[start] - dx, y1, style)] if text else []
            )
        sides = zip(self.texts[start:end], lefts[start:end], rights[start:end], strict=True)
        chars = [Char(text, x0 - dx, y0, x1 - dx, y1, style) for text, x0, x1 in sides if text]
        if len({char[1] for char in chars}) < len(chars):
            return _ligatures(chars)
        return chars

    def _downward(self, run: TextRun, style: TextStyle, shift: Point) -> Iterator[Char]:
        """Yield the characters of vertical writing, for which PDFium gives squares below the pen."""
        x, y = shift
        for n in range(run.start, run.end):
            if text := self.texts[n]:
                y0, y1 = sorted((self.lows[n], self.highs[n]))
                yield Char(text, self.lefts[n] - x, y0 - y, self.rights[n] - x, y1 - y, style)

    def _turned(
        self, run: TextRun, font: Handle, height: float, style: TextStyle, shift: Point
    ) -> Iterator[Char]:
        """Yield the characters of text in another direction, or of a font without a height."""
        a, b, c, d, _, _ = self.matrices[run.frame]
        size = self.sizes[run.frame]
        low = DESCENT * height
        high = low + height
        width, point = (c_float * 1)(), (c_double * 2)()
        place = addressof(point)
        for n in range(run.start, run.end):
            text = self.texts[n]
            if not text:
                continue
            lib.char_origin(self.page, n, place, place + 8)
            x, y = point[0] - shift[0], point[1] - shift[1]
            width[0] = 0.0
            lib.glyph_width(font, lib.char_code(self.page, n), size, addressof(width))
            advance = width[0] or size / 2
            xs = (low * c + x, advance * a + high * c + x)
            ys = (low * d + y, advance * b + high * d + y)
            yield Char(text, min(xs), min(ys), max(xs), max(ys), style)


def _texts(page: Handle, owners: list[Handle], fallback: FontFallback) -> list[str]:
    """Return the text of each character. `fallback` knows codes for which PDFium has none."""
    numbers = range(len(owners))
    codes = list(map(lib.char_code, repeat(page), numbers))
    texts = [_known[code] for code in codes]
    if _HYPHEN in codes:
        for n in numbers:
            if codes[n] == _HYPHEN and lib.is_hyphen(page, n):
                texts[n] = "-"
    unknown = list(map(lib.has_no_code, repeat(page), numbers))
    if 1 in unknown:
        for n in numbers:
            if unknown[n] == 1:  # the number is that of the code itself
                found = fallback.text(_font_name(owners[n]), codes[n])
                texts[n] = _known[ord(found[0])] if found else UNREADABLE
    return texts


def _font_name(owner: Handle) -> str:
    font = lib.text_font(owner)
    buffer = create_string_buffer(_LONGEST_NAME)
    size = lib.font_name(font, addressof(buffer), _LONGEST_NAME)
    return buffer.raw[: max(min(size, _LONGEST_NAME) - 1, 0)].decode("utf-8", "replace")


class FontHeights:
    """The heights of the fonts of one document in ems: 1, except for bitmap fonts."""

    def __init__(self) -> None:
        self._known: dict[Handle, float] = {}

    def of(self, font: Handle) -> float:
        """Return the height of a font."""
        found = self._known.get(font)
        if found is None:
            sides = (c_float * 2)()
            place = addressof(sides)
            lib.font_ascent(font, 1.0, place)
            lib.font_descent(font, 1.0, place + 4)
            tall = sides[0] - sides[1]
            usual = tall <= 0 or _USUAL_HEIGHT[0] < tall < _USUAL_HEIGHT[1]
            found = self._known[font] = 1.0 if usual else tall
        return found


def _ligatures(chars: list[Char]) -> list[Char]:
    """Return characters with those joined that one glyph stands for: they have the same box."""
    found: list[Char] = []
    for char in chars:
        if found and found[-1][1:5] == char[1:5]:
            found[-1] = found[-1]._replace(text=found[-1].text + char.text)
        else:
            found.append(char)
    return found
