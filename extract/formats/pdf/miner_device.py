"""Draw what pdfminer interprets onto a page: the second, independent reading of a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextDevice, PDFTextSeq
from pdfminer.pdffont import PDFFont, PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFGraphicState, PDFResourceManager, PDFTextState
from pdfminer.pdftypes import PDFStream, dict_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name
from pdfminer.utils import decode_text

from gongkai.extract.formats.pdf.layers import Layers
from gongkai.extract.formats.pdf.pdfium_text import text_of_code
from gongkai.extract.layout.drawn_paths import (
    DrawnPath,
    Matrix,
    Painter,
    unit_square,
)
from gongkai.extract.layout.page import UNREADABLE, Box, Char, DrawnPage, TextStyle, gray_level
from gongkai.extract.layout.text_direction import DESCENT, clip_characters, text_direction
from gongkai.extract.layout.work_limits import WorkBudget

_OPAQUE = 0.9
_MOST_MARKS = 2_000
_INKS = ("Separation", "DeviceN")
_MASKS = ("SMask", "Mask", "ImageMask", "IM")


class ClippedState(PDFGraphicState):
    """A graphics state that knows its clip, opacity and whether colours mix."""

    clip: Box = (0.0, 0.0, 0.0, 0.0)
    alpha: float = 1.0
    blended: bool = False

    def copy(self) -> ClippedState:
        """Return a copy of the state."""
        found = ClippedState()
        found.__dict__.update(self.__dict__)
        return found


class PageDevice(PDFTextDevice):
    """Collects the characters, lines, areas and pictures of one page."""

    def __init__(
        self, manager: PDFResourceManager, page: DrawnPage, layers: Layers, budget: WorkBudget
    ) -> None:
        super().__init__(manager)
        self.page = page
        self.layers = layers
        self.budget = budget
        self.painter = Painter(page, budget)
        self.marks: list[str] = []
        self.form_box: Sequence[Any] = ()
        self._replacements: list[tuple[str, int]] = []
        self._style = TextStyle()
        self._row: list[Char] = []
        self._heights: dict[int, float] = {}

    # text

    def render_string(
        self, textstate: PDFTextState, seq: PDFTextSeq, ncs: PDFColorSpace, graphicstate: Any
    ) -> None:
        """Place the characters of a string inside the clip."""
        mode = textstate.render
        stroked = mode in (1, 5)
        color = graphicstate.scolor if stroked else graphicstate.ncolor
        gray = color_gray(color, graphicstate.scs if stroked else ncs)
        hidden = mode in (3, 7) or self.is_hidden()
        mark = "mark" in self.marks
        self._style = TextStyle(gray, graphicstate.alpha, 0, hidden, mark)
        self._row = []
        super().render_string(textstate, seq, ncs, graphicstate)
        if self._row:
            self.budget.spend("characters", len(self._row))
            self.page.chars += clip_characters(self._row, graphicstate.clip)

    def render_char(
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: PDFColorSpace,
        graphicstate: PDFGraphicState,
    ) -> float:
        """Place one character; return by how much it moves the pen."""
        advance = float(font.char_width(cid) * fontsize * scaling)
        turn = text_direction(matrix, fontsize < 0)
        text = _text(font, cid)
        if not text or turn < 0:
            return advance
        a, b, c, d, e, f = matrix
        tall = fontsize * self._height(font)
        if font.is_vertical():
            xs, ys = (-tall / 2, tall / 2), (-tall, 0.0)
        else:
            low = rise + DESCENT * tall
            xs, ys = (0.0, advance), (low, low + tall)
        corners = [(x * a + y * c + e, x * b + y * d + f) for x in xs for y in ys]
        across, along = zip(*corners, strict=True)
        style = self._style._replace(turn=turn) if turn else self._style
        if not turn and not font.is_vertical():  # leaning letters do not make a box wider
            across = (e, advance * a + e)
        self._row.append(Char(text, min(across), min(along), max(across), max(along), style))
        return advance

    def _height(self, font: PDFFont) -> float:
        """Return the height of a font in ems: 1, except for bitmap fonts, which have another unit."""
        found = self._heights.get(id(font))
        if found is None:
            found = self._heights[id(font)] = _em_height(font)
        return found

    # marked content

    def begin_tag(self, tag: PSLiteral, props: Any = None) -> None:
        """Begin marked content; `props` are resolved except for references to layers."""
        mark = ""
        name = literal_name(tag)
        if name == "OC" and self.layers.is_hidden(props):
            mark = "hidden"
        elif name == "Artifact":
            entries = resolve1(props)
            kind = resolve1(entries.get("Subtype")) if isinstance(entries, dict) else None
            mark = "mark" if kind is not None and literal_name(kind) == "Watermark" else ""
        entries = resolve1(props)
        words = resolve1(entries.get("ActualText")) if isinstance(entries, dict) else None
        if len(self.marks) < _MOST_MARKS:
            self.marks.append(mark)
            text = decode_text(words) if isinstance(words, bytes) else ""
            self._replacements.append((text, len(self.page.chars)))

    def end_tag(self) -> None:
        """End marked content."""
        if self.marks:
            self.marks.pop()
        if self._replacements:
            self._name_unreadable(*self._replacements.pop())

    def _name_unreadable(self, words: str, start: int) -> None:
        """Name letters without a meaning of their own by the words that the file has for them."""
        drawn = self.page.chars[start:]
        if words and len(words) == len(drawn) and all(char.text == UNREADABLE for char in drawn):
            self.page.chars[start:] = [
                char._replace(text=text_of_code(ord(word)))
                for char, word in zip(drawn, words, strict=True)
            ]

    def do_tag(self, tag: PSLiteral, props: Any = None) -> None:
        """Ignore a single mark."""

    def is_hidden(self) -> bool:
        """Return whether a layer that is switched off is being drawn."""
        return "hidden" in self.marks

    # paths and pictures

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        """Remember the box of a drawing, which clips it."""
        self.form_box = bbox

    def end_figure(self, name: str) -> None:
        """End a drawing."""

    def paint_path(
        self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]
    ) -> None:
        """Paint a path."""
        ctm = self.ctm
        if self.is_hidden() or ctm is None:
            return
        scale = abs(ctm[0] * ctm[3] - ctm[1] * ctm[2]) ** 0.5 or 1.0
        self.painter.paint(
            drawn_path(path),
            ctm,
            graphicstate.clip,
            (graphicstate.linewidth or 1.0) / scale if stroke else None,
            color_gray(graphicstate.ncolor, graphicstate.ncs) if fill else None,
            graphicstate.alpha > _OPAQUE and not graphicstate.blended,
            evenodd,
        )

    def paint_image(self, graphicstate: ClippedState, stream: PDFStream) -> None:
        """Add a picture; what one with a mask hides is unknown."""
        if self.is_hidden() or self.ctm is None:
            return
        whole = not any(name in stream for name in _MASKS)
        opaque = whole and graphicstate.alpha > _OPAQUE and not graphicstate.blended
        self.painter.image(self.ctm, graphicstate.clip, opaque)
        self.painter.shade(unit_square(self.ctm), graphicstate.clip, opaque=False)


def drawn_path(path: Sequence[Any]) -> DrawnPath:
    """Return a path of pdfminer, a list of operators with their numbers, as one of ours."""
    drawn = DrawnPath()
    for operator, *given in path:
        numbers = [float(number) for number in given]
        if operator == "m":
            drawn.move(*numbers)
        elif operator == "l":
            drawn.line(*numbers)
        elif operator == "h":
            drawn.close()
        elif len(numbers) in (4, 6):
            near = None if operator == "v" else (numbers[0], numbers[1])
            far = None if operator == "y" else (numbers[-4], numbers[-3])
            drawn.curve(near, far, (numbers[-2], numbers[-1]))
    return drawn


def color_gray(color: Any, space: PDFColorSpace) -> float:
    """Return the brightness of a colour, 0 to 1; 0.5 for patterns."""
    parts = color if isinstance(color, tuple | list) else [color]
    numbers = [float(part) for part in parts if isinstance(part, int | float)]
    if len(numbers) != len(parts):
        return 0.5
    kind = "ink" if space.name in _INKS else "lab" if space.name == "Lab" else ""
    return gray_level(numbers, kind if space.name != "Indexed" else "other")


def _text(font: PDFFont, cid: int) -> str:
    """Return the text of a character as a reader sees it, "" for white space."""
    try:
        text = font.to_unichr(cid)
    except PDFUnicodeNotDefined:
        return UNREADABLE
    return "".join(text_of_code(ord(char)) for char in text)


def _em_height(font: PDFFont) -> float:
    if not isinstance(font, PDFType3Font):
        return 1.0
    upright = abs(float(font.matrix[3]))
    _, low, _, high = (float(side) for side in font.bbox)
    tall = upright * abs(high - low)
    return 1.0 if 0.3 < tall < 3.0 or not tall else tall


def appearance_of(annotation: Any) -> PDFStream | None:
    """Return the drawing that shows a note or field, None without one."""
    normal = resolve1(dict_value(annotation.get("AP", {})).get("N"))
    if isinstance(normal, dict):
        state = resolve1(annotation.get("AS"))
        normal = resolve1(normal.get(literal_name(state))) if state is not None else None
    return normal if isinstance(normal, PDFStream) else None
