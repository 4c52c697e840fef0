"""Place the characters of shown strings on a page."""

from __future__ import annotations

from typing import Any

from gongkai.extract.formats.pdf.fonts import Glyph
from gongkai.extract.formats.pdf.graphics_state import GraphicsState
from gongkai.extract.layout.drawn_paths import Matrix, multiply
from gongkai.extract.layout.page import Char, DrawnPage, TextStyle
from gongkai.extract.layout.text_direction import DESCENT, clip_characters, text_direction
from gongkai.extract.layout.work_limits import WorkBudget

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class TextWriter:
    """The text matrices of a page, with which characters are written onto it."""

    def __init__(self, page: DrawnPage, budget: WorkBudget) -> None:
        self.page = page
        self.budget = budget
        self.matrix: Matrix = _IDENTITY
        self.line: Matrix = _IDENTITY

    def place(self, matrix: Matrix) -> None:
        """Begin a line at a matrix of its own."""
        self.matrix = self.line = matrix

    def move(self, x: float, y: float) -> None:
        """Begin a line at a distance from the beginning of the last one."""
        a, b, c, d, e, f = self.line
        self.matrix = self.line = (a, b, c, d, x * a + y * c + e, x * b + y * d + f)

    def matrices(self) -> tuple[Matrix, Matrix]:
        """Return the state that a nested drawing must not change."""
        return self.matrix, self.line

    def restore(self, matrices: tuple[Matrix, Matrix]) -> None:
        """Set the state that `matrices` returned."""
        self.matrix, self.line = matrices

    def show(self, parts: list[Any], state: GraphicsState, style: TextStyle) -> None:
        """Write a string, or an array of strings and moves."""
        font = state.font
        if font is None or state.size == 0.0:
            return
        full = multiply(self.matrix, state.ctm)
        turn = text_direction(full, state.size < 0)
        if turn:
            style = style._replace(turn=turn)
        size, scaling = state.size, state.scaling
        pen = 0.0
        written: list[tuple[Glyph, float, float]] = []
        for part in parts:
            if isinstance(part, float):
                pen -= part * 0.001 * size * (1.0 if font.vertical else scaling)
            elif isinstance(part, bytes):
                for glyph in font.glyphs(part):
                    advance = glyph.advance * size
                    extra = state.spacing + (state.word_spacing if glyph.is_space else 0.0)
                    if font.vertical:
                        if glyph.text:
                            written.append((glyph, pen, -size))
                        pen += extra - size
                        continue
                    advance *= scaling
                    if glyph.text:
                        written.append((glyph, pen, advance))
                    pen += advance + extra * scaling
        move = (0.0, pen) if font.vertical else (pen, 0.0)
        a, b, c, d, e, f = self.matrix
        x, y = move
        self.matrix = (a, b, c, d, x * a + y * c + e, x * b + y * d + f)
        if written and turn >= 0:
            self.budget.spend("characters", len(written))
            chars = (
                _across(written, full, state, style)
                if not font.vertical
                else _down(written, full, state, style)
            )
            self.page.chars += clip_characters(chars, state.clip)


def _across(
    written: list[tuple[Glyph, float, float]], full: Matrix, state: GraphicsState, style: TextStyle
) -> list[Char]:
    """Yield the characters of horizontal writing, with boxes along the direction of the text."""
    a, b, c, d, e, f = full
    tall = state.size * (state.font.height if state.font else 1.0)
    low = state.rise + DESCENT * tall
    high = low + tall
    chars = []
    if style.turn == 0:
        y0, y1 = f + low * d, f + high * d
        if y0 > y1:
            y0, y1 = y1, y0
        for glyph, pen, advance in written:
            x0 = e + pen * a
            x1 = x0 + advance * a
            chars.append(Char(glyph[0], x0, y0, x1, y1, style) if x0 <= x1
                         else Char(glyph[0], x1, y0, x0, y1, style))  # fmt: skip
        return chars
    for glyph, pen, advance in written:
        xs = (pen * a + low * c + e, (pen + advance) * a + high * c + e)
        ys = (pen * b + low * d + f, (pen + advance) * b + high * d + f)
        chars.append(Char(glyph[0], min(xs), min(ys), max(xs), max(ys), style))
    return chars


def _down(
    written: list[tuple[Glyph, float, float]], full: Matrix, state: GraphicsState, style: TextStyle
) -> list[Char]:
    """Yield the characters of vertical writing, each in a square below the pen.

    The boxes are turned with the page and the characters stand upright: they are read as a column.
    """
    a, b, c, d, e, f = full
    half = state.size / 2
    chars = []
    for glyph, pen, advance in written:
        xs = (-half * a + pen * c + e, half * a + (pen + advance) * c + e)
        ys = (-half * b + pen * d + f, half * b + (pen + advance) * d + f)
        chars.append(Char(glyph[0], min(xs), min(ys), max(xs), max(ys), style))
    return chars
