"""The operators of a page that change its graphics state, and build and paint its paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pdfminer.pdftypes import dict_value, list_value, resolve1

from gongkai.extract.formats.pdf.fonts import Fonts
from gongkai.extract.formats.pdf.graphics_state import (
    GraphicsState,
    color_space,
    last_number,
    matrix_of,
    numbers,
)
from gongkai.extract.formats.pdf.tokens import Operands
from gongkai.extract.layout.drawn_paths import (
    DrawnPath,
    Painter,
    bounding_box,
    intersect_boxes,
    multiply,
    transform_point,
)
from gongkai.extract.layout.page import gray_level

MOST_SAVED = 2000
"""Levels of saved graphics states, and of open marks."""


_OPAQUE = 0.9


class GraphicsOperators:
    """The state of a page being drawn, and the operators on its state and paths."""

    fonts: Fonts
    painter: Painter
    state: GraphicsState
    saved: list[GraphicsState]
    path: DrawnPath
    clipping: bool
    resources: Mapping[str, Any]
    marks: list[str]

    # graphics state

    def _save(self, _: Operands) -> None:
        if len(self.saved) < MOST_SAVED:
            self.saved.append(self.state.copy())

    def _restore(self, _: Operands) -> None:
        if self.saved:
            self.state = self.saved.pop()

    def _concatenate(self, given: Operands) -> None:
        if (matrix := matrix_of(given)) is not None:
            self.state.ctm = multiply(matrix, self.state.ctm)

    def _width(self, given: Operands) -> None:
        if (width := last_number(given)) is not None:
            self.state.line_width = width

    def _parameters(self, given: Operands) -> None:
        """Apply the operator gs, of which only opacity, blending and font matter here."""
        values = dict_value(self._resource("ExtGState", given))
        mode = resolve1(values.get("BM"))
        if mode is not None:
            self.state.blended = "Normal" not in str(mode)
        alpha = resolve1(values.get("ca"))
        if isinstance(alpha, int | float):
            self.state.alpha = float(alpha)
        font = list_value(values.get("Font", []))
        if len(font) == 2:
            self.state.font = self.fonts.get(font[0])
            self.state.size = float(resolve1(font[1]))

    def _device_gray(self, given: Operands) -> None:
        self.state.gray, self.state.space = gray_level(given), ""

    def _gray(self, given: Operands) -> None:
        self.state.gray = gray_level(given, self.state.space)

    def _stroke_gray(self, given: Operands) -> None:
        self.state.stroke_gray = gray_level(given)

    def _color_space(self, given: Operands) -> None:
        spaces = dict_value(self.resources.get("ColorSpace", {}))
        self.state.space = color_space(given, spaces)
        self.state.gray = 0.0  # the initial colour of the usual colour spaces is black

    # paths

    def _move(self, given: Operands) -> None:
        if (p := numbers(given, 2)) is not None:
            self.path.move(p[0], p[1])

    def _line(self, given: Operands) -> None:
        if (p := numbers(given, 2)) is not None:
            self.path.line(p[0], p[1])

    def _curve(self, given: Operands) -> None:
        if (
            p := numbers(given, 2)
        ) is not None:  # curves are not ruling lines: continue behind them
            self.path.move(p[0], p[1])

    def _rectangle(self, given: Operands) -> None:
        if (p := numbers(given, 4)) is not None:
            self.path.rectangle(p[0], p[1], p[2], p[3])

    def _close(self, _: Operands) -> None:
        self.path.close()

    def _stroke(self, _: Operands) -> None:
        self._paint(stroke=True)

    def _close_stroke(self, _: Operands) -> None:
        self.path.close()
        self._paint(stroke=True)

    def _fill(self, _: Operands) -> None:
        self._paint(fill=True)

    def _fill_stroke(self, _: Operands) -> None:
        self._paint(stroke=True, fill=True)

    def _close_fill_stroke(self, _: Operands) -> None:
        self.path.close()
        self._paint(stroke=True, fill=True)

    def _end_path(self, _: Operands) -> None:
        self._paint()

    def _clip(self, _: Operands) -> None:
        self.clipping = True

    def _paint(self, stroke: bool = False, fill: bool = False) -> None:
        state = self.state
        if (stroke or fill) and not self._is_hidden():
            self.painter.paint(
                self.path,
                state.ctm,
                state.clip,
                state.line_width if stroke else None,
                state.gray if fill else None,
                state.alpha > _OPAQUE and not state.blended,
            )
        if self.clipping and self.path.subpaths:
            points = [
                transform_point(state.ctm, x, y) for part in self.path.subpaths for x, y in part
            ]
            state.clip = intersect_boxes(state.clip, bounding_box(points))
        self.path = DrawnPath()
        self.clipping = False

    def _is_hidden(self) -> bool:
        return "hidden" in self.marks

    def _resource(self, kind: str, given: Operands) -> Any:
        entries = dict_value(self.resources.get(kind, {}))
        name = given[-1] if given else None
        return entries.get(name) if isinstance(name, str) else None
