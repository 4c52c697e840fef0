"""Read the characters of a page from PDFium, in batches.

PDFium orders them by lines and adds spaces; only what belongs to a text object is taken, and the
objects tell the order in which it is drawn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from ctypes import addressof, c_double, c_float, c_uint16, create_string_buffer
from itertools import pairwise, repeat
from typing import Any, NamedTuple

from gongkai.extract.chinese.normalize import fold_characters
from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.font_fallback import FontFallback
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.layout.drawn_paths import Matrix
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
_new = tuple.__new__  # makes a Char without a call of Python, as its `_make` does


class _KnownTexts(dict[int, str]):
    """The text by Unicode number; what is not known yet is found."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _text(code)
        return found


_known = _KnownTexts({_SOFT_HYPHEN: "-"})


class TextLook(NamedTuple):
    """How a text object is drawn: its font, the height of that in ems, its style."""

    font: Handle
    tall: float
    style: TextStyle


TextRun = tuple[Handle, int, int, Matrix, float]
"""Characters of one text object: it, where they start and end, their matrix, the size of the font."""

PlacedRuns = dict[Handle, list[list[Char]]]
"""The runs of characters of each text object."""


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

    def __init__(
        self,
        page: Handle,
        fallback: FontFallback,
        replacements: Mapping[Handle, str],
        budget: WorkBudget,
    ) -> None:
        self.page = page
        count = max(lib.count_chars(page), 0)
        budget.spend("characters", count)
        numbers = range(count)
        self.owners = list(map(lib.char_object, repeat(page), numbers))
        self.texts = _texts(page, self.owners, fallback)
        if replacements and UNREADABLE in self.texts:
            _name_unreadable(self.texts, self.owners, replacements)
        boxes = (c_float * (4 * count))()
        run_map(lib.char_box, repeat(page), numbers, addresses(boxes, 16))
        flat = boxes[:]
        self.lefts, self.rights = flat[::4], flat[2::4]
        self.highs, self.lows = flat[1::4], flat[3::4]

    def has_text(self) -> set[Handle]:
        """Return the text objects that have characters."""
        return set(self.owners) - {0}

    def _runs(self) -> Iterator[TextRun]:
        """Return the runs of text objects; a matrix ends with the first position of its run."""
        owners = self.owners
        starts = [n for n, (a, b) in enumerate(pairwise([-1, *owners])) if a != b]
        ends = [n for start, n in pairwise([*starts, len(owners)]) if owners[start]]
        starts = [n for n in starts if owners[n]]
        drawn = [owners[n] for n in starts]
        if not drawn:
            return iter(())
        matrices, sizes = (c_float * (6 * len(drawn)))(), (c_float * len(drawn))()
        run_map(lib.char_matrix, repeat(self.page), starts, addresses(matrices, 24))
        run_map(lib.text_size, drawn, addresses(sizes, 4))
        flat = matrices[:]
        frames = zip(*(flat[n::6] for n in range(6)), strict=True)
        return zip(drawn, starts, ends, frames, sizes[:], strict=True)

    def place(
        self, looks: Mapping[Handle, TextLook], shift: Point, inner: tuple[float, float]
    ) -> PlacedRuns:
        """Return the characters of each text object, without those of oblique text.

        `shift` is the corner of the page; marks outside of the heights `inner` are headers and footers.
        """
        dx, dy = shift
        texts, lefts, rights = self.texts, self.lefts, self.rights
        found: PlacedRuns = {}
        for run in self._runs():
            owner, start, end, matrix, size = run
            a, b, _, d, x, y = matrix
            if owner not in looks:
                continue  # inside more drawings than are looked into
            font, tall, style = looks[owner]
            if b != 0.0 or a <= 0.0 or size <= 0.0:
                turn = text_direction(matrix, size < 0)
                if turn < 0:
                    continue  # oblique text is a watermark
                style = style._replace(turn=turn) if turn else style
            if style.mark and not inner[0] < y - dy < inner[1]:
                style = style._replace(mark=False)
            left = lefts[start]
            if style.turn or (abs(left - x) > _NEAR and abs(rights[start] - x) > _NEAR):
                chars = list(self._turned(run, font, tall, style, shift))
            elif end - start > 1 and abs(left - lefts[end - 1]) < _NEAR and self._descends(run):
                chars = list(self._downward(run, style, shift))
            else:
                height = size * tall * d
                low = y + DESCENT * height - dy
                high = low + height
                if low > high:
                    low, high = high, low
                one, other = (lefts, rights) if a >= 0 else (rights, lefts)
                chars = [
                    _new(Char, (texts[n], one[n] - dx, low, other[n] - dx, high, style))
                    for n in range(start, end)
                    if texts[n]
                ]
                if end - start > 1 and any(p[1] == q[1] for p, q in pairwise(chars)):
                    chars = _ligatures(chars)
            if chars:
                found.setdefault(owner, []).append(chars)
        return found

    def _descends(self, run: TextRun) -> bool:
        """Return whether the last character of a run stands on another height than the first."""
        _, _, end, matrix, _ = run
        last = (c_double * 2)()
        lib.char_origin(self.page, end - 1, addressof(last), addressof(last) + 8)
        return abs(last[1] - matrix[5]) > _NEAR

    def _downward(self, run: TextRun, style: TextStyle, shift: Point) -> Iterator[Char]:
        """Yield the characters of vertical writing, for which PDFium gives squares below the pen."""
        x, y = shift
        _, start, end, _, _ = run
        for n in range(start, end):
            if text := self.texts[n]:
                y0, y1 = sorted((self.lows[n], self.highs[n]))
                yield Char(text, self.lefts[n] - x, y0 - y, self.rights[n] - x, y1 - y, style)

    def _turned(
        self, run: TextRun, font: Handle, tall: float, style: TextStyle, shift: Point
    ) -> Iterator[Char]:
        """Yield the characters of text in another direction, or of a font without a height."""
        _, start, end, (a, b, c, d, _, _), size = run
        low = DESCENT * size * tall
        high = low + size * tall
        width, point = (c_float * 1)(), (c_double * 2)()
        place = addressof(point)
        for n in range(start, end):
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
    codes = _codes(page, len(owners))
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


def _codes(page: Handle, count: int) -> list[int]:
    """Return the Unicode number of each character, with one call where each is one unit of UTF-16."""
    units = (c_uint16 * (count + 1))()
    written = lib.page_text(page, 0, count, addressof(units))
    codes = units[:count]
    if written == count + 1 and not any(0xD800 <= code < 0xE000 for code in set(codes)):
        return codes
    return list(map(lib.char_code, repeat(page), range(count)))


def _font_name(owner: Handle) -> str:
    font = lib.text_font(owner)
    buffer = create_string_buffer(_LONGEST_NAME)
    size = lib.font_name(font, addressof(buffer), _LONGEST_NAME)
    return buffer.raw[: max(min(size, _LONGEST_NAME) - 1, 0)].decode("utf-8", "replace")


def _name_unreadable(
    texts: list[str], owners: list[Handle], replacements: Mapping[Handle, str]
) -> None:
    """Name letters without a meaning of their own, in place, by the words that the file has for them.

    Chromium writes such words for the digits of equal width that fonts have beside the usual ones.
    They are taken where there is one for each letter of a text object, and none of those is known.
    """
    unknown: dict[Handle, list[int]] = {}
    for n, (text, owner) in enumerate(zip(texts, owners, strict=True)):
        if text == UNREADABLE and owner in replacements:
            unknown.setdefault(owner, []).append(n)
    for owner, places in unknown.items():
        words = replacements[owner]
        if len(words) == len(places) == owners.count(owner):
            for n, char in zip(places, words, strict=True):
                texts[n] = _known[ord(char)]


class FontHeights:
    """The heights of the fonts of one page in ems: 1, except for bitmap fonts.

    PDFium may free the fonts of a page with it, and use their handles again.
    """

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
