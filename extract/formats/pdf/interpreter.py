"""Interpret the contents of a page: placed text, paths, pictures and nested drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, list_value, resolve1
from pdfminer.psparser import literal_name

from gongkai.extract.formats.pdf.fonts import Fonts
from gongkai.extract.formats.pdf.graphics import MOST_SAVED, GraphicsOperators
from gongkai.extract.formats.pdf.graphics_state import (
    GraphicsState,
    last_number,
    matrix_of,
    numbers,
)
from gongkai.extract.formats.pdf.pdf_file import PdfPage
from gongkai.extract.formats.pdf.pdf_text import TextWriter
from gongkai.extract.formats.pdf.tokens import Operands, read_operators
from gongkai.extract.layout.drawn_paths import (
    DrawnPath,
    Matrix,
    Painter,
    bounding_box,
    intersect_boxes,
    multiply,
    transform_point,
)
from gongkai.extract.layout.page import DrawnPage, TextStyle
from gongkai.extract.layout.work_limits import WorkBudget

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST = 12  # drawings inside drawings


class Interpreter(GraphicsOperators):
    """Draws pages of one document; fonts are kept between pages."""

    def __init__(self, budget: WorkBudget, hidden_layers: frozenset[int] = frozenset()) -> None:
        self.budget = budget
        self.hidden_layers = hidden_layers
        self.fonts = Fonts()
        self._handlers: dict[bytes, Callable[[Operands], None]] = {
            name.encode(): getattr(self, method) for name, method in _OPERATORS.items()
        }

    def draw(self, source: PdfPage, number: int) -> DrawnPage:
        """Return the page with everything it draws. Errors of pdfminer are passed on.

        Raises:
            TooLarge: the page exceeds a limit
            ExtractError: the page is damaged
        """
        x0, y0, x1, y1 = source.box
        ctm, width, height = {
            0: ((1.0, 0.0, 0.0, 1.0, -x0, -y0), x1 - x0, y1 - y0),
            90: ((0.0, -1.0, 1.0, 0.0, -y0, x1), y1 - y0, x1 - x0),
            180: ((-1.0, 0.0, 0.0, -1.0, x1, y1), x1 - x0, y1 - y0),
            270: ((0.0, 1.0, -1.0, 0.0, y1, -x0), y1 - y0, x1 - x0),
        }[source.rotate]
        self.page = DrawnPage(number, width, height)
        self.painter = Painter(self.page, self.budget)
        self.text = TextWriter(self.page, self.budget)
        self.state = GraphicsState(ctm, (-5.0, -5.0, width + 5, height + 5))
        self.saved: list[GraphicsState] = []
        self.marks: list[str] = []
        self.open_forms: list[int] = []
        self.inks: dict[TextStyle, TextStyle] = {}
        self.resources: Mapping[str, Any] = {}
        # the streams form one program: the state continues from one to the next
        data = b"\n".join(stream.get_data() for stream in source.contents)
        self._run(data, source.resources)
        return self.page

    def _run(self, data: bytes, resources: Mapping[str, Any]) -> None:
        outer, self.resources = self.resources, resources
        self.path = DrawnPath()
        self.clipping = False
        handlers = self._handlers
        for operator, operands in read_operators(data, self.budget):
            handler = handlers.get(operator)
            if handler is not None:
                handler(operands)
        self.resources = outer

    # text

    def _begin_text(self, _: Operands) -> None:
        self.text.place(_IDENTITY)

    def _font(self, given: Operands) -> None:
        if len(given) >= 2 and isinstance(given[-1], float):
            self.state.size = given[-1]
            self.state.font = None
            fonts = dict_value(self.resources.get("Font", {}))
            if given[-2] in fonts:
                self.state.font = self.fonts.get(fonts[given[-2]])

    def _spacing(self, given: Operands) -> None:
        self.state.spacing = last_number(given) or 0.0

    def _word_spacing(self, given: Operands) -> None:
        self.state.word_spacing = last_number(given) or 0.0

    def _scaling(self, given: Operands) -> None:
        if (percent := last_number(given)) is not None:
            self.state.scaling = percent * 0.01

    def _leading(self, given: Operands) -> None:
        self.state.leading = last_number(given) or 0.0

    def _rise(self, given: Operands) -> None:
        self.state.rise = last_number(given) or 0.0

    def _mode(self, given: Operands) -> None:
        self.state.mode = int(last_number(given) or 0)

    def _text_matrix(self, given: Operands) -> None:
        if (matrix := matrix_of(given)) is not None:
            self.text.place(matrix)

    def _next_line_at(self, given: Operands) -> None:
        if (p := numbers(given, 2)) is not None:
            self.text.move(p[0], p[1])

    def _next_line_leading(self, given: Operands) -> None:
        if (p := numbers(given, 2)) is not None:
            self.state.leading = -p[1]
            self.text.move(p[0], p[1])

    def _next_line(self, _: Operands) -> None:
        self.text.move(0.0, -self.state.leading)

    def _show(self, given: Operands) -> None:
        """Apply the operators Tj and TJ; an array with names or brackets inside comes as its parts."""
        parts = given[-1] if given and isinstance(given[-1], list) else given
        self.text.show(parts, self.state, self._text_style())

    def _next_line_show(self, given: Operands) -> None:
        self._next_line(given)
        self._show(given[-1:])

    def _spaced_show(self, given: Operands) -> None:
        if len(given) >= 3:
            self._word_spacing(given[-3:-2])
            self._spacing(given[-2:-1])
        self._next_line_show(given)

    def _text_style(self) -> TextStyle:
        state = self.state
        gray = state.stroke_gray if state.mode in (1, 5) else state.gray
        hidden = state.mode in (3, 7)
        mark = False
        if self.marks:
            hidden, mark = hidden or self._is_hidden(), "mark" in self.marks
        style = TextStyle(gray, state.alpha, 0, hidden, mark)
        return self.inks.setdefault(style, style)  # shared by all characters of a style

    # marked content, drawings

    def _begin_marked(self, given: Operands) -> None:
        mark = ""
        if "Artifact" in given and "Watermark" in given:
            mark = "mark"
        elif given[:1] == ["OC"] and len(given) == 2 and isinstance(given[1], str):
            properties = dict_value(self.resources.get("Properties", {}))
            mark = "hidden" if self._is_off(properties.get(given[1])) else ""
        if len(self.marks) < MOST_SAVED:
            self.marks.append(mark)

    def _end_marked(self, _: Operands) -> None:
        if self.marks:
            self.marks.pop()

    def _is_off(self, layer: Any) -> bool:
        """Return whether a layer, or all layers of a membership, are switched off."""
        if isinstance(layer, PDFObjRef) and layer.objid in self.hidden_layers:
            return True
        members = dict_value(layer).get("OCGs")
        members = members if isinstance(members, list) else [members]
        return bool(members) and all(
            isinstance(part, PDFObjRef) and part.objid in self.hidden_layers for part in members
        )

    def _inline_image(self, _: Operands) -> None:
        self._image(opaque=False)

    def _image(self, opaque: bool) -> None:
        if not self._is_hidden():
            self.painter.image(self.state.ctm, self.state.clip, opaque)

    def _draw(self, given: Operands) -> None:
        stream = resolve1(self._resource("XObject", given))
        if not isinstance(stream, PDFStream) or self._is_off(stream.get("OC")):
            return
        kind = literal_name(resolve1(stream.get("Subtype", "")))
        if kind == "Image":
            whole = not any(name in stream for name in ("SMask", "Mask", "ImageMask"))
            self._image(whole and self.state.alpha > 0.9 and not self.state.blended)
        elif (
            kind == "Form" and len(self.open_forms) < _DEEPEST and id(stream) not in self.open_forms
        ):
            self._nested(stream)

    def _nested(self, stream: PDFStream) -> None:
        self.budget.spend("forms")
        outer = self.state, self.saved, self.marks, self.text.matrices()
        self.state, self.saved = self.state.copy(), []
        if (matrix := matrix_of(list_value(stream.get("Matrix", [])))) is not None:
            self.state.ctm = multiply(matrix, self.state.ctm)
        if (box := numbers(list_value(stream.get("BBox", [])), 4)) is not None:
            x0, y0, x1, y1 = box
            corners = [transform_point(self.state.ctm, x, y) for x in (x0, x1) for y in (y0, y1)]
            self.state.clip = intersect_boxes(self.state.clip, bounding_box(corners))
        self.marks = [*self.marks, "mark"] if _is_watermark(stream) else list(self.marks)
        resources = resolve1(stream.get("Resources"))
        self.open_forms.append(id(stream))
        self._run(stream.get_data(), resources if isinstance(resources, dict) else self.resources)
        self.open_forms.pop()
        self.state, self.saved, self.marks, matrices = outer
        self.text.restore(matrices)


def _is_watermark(form: PDFStream) -> bool:
    """Return whether Acrobat marked a drawing as a watermark, header or footer."""
    info = dict_value(dict_value(form.get("PieceInfo", {})).get("ADBE_CompoundType", {}))
    kind = resolve1(info.get("Private"))
    return kind is not None and literal_name(kind) == "Watermark"


_OPERATORS = {
    "q": "_save", "Q": "_restore", "cm": "_concatenate", "w": "_width", "gs": "_parameters",
    "g": "_device_gray", "rg": "_device_gray", "k": "_device_gray", "sc": "_gray", "scn": "_gray",
    "G": "_stroke_gray", "RG": "_stroke_gray", "K": "_stroke_gray", "SC": "_stroke_gray",
    "SCN": "_stroke_gray", "cs": "_color_space",
    "m": "_move", "l": "_line", "c": "_curve", "v": "_curve", "y": "_curve", "re": "_rectangle",
    "h": "_close", "S": "_stroke", "s": "_close_stroke", "f": "_fill", "F": "_fill", "f*": "_fill",
    "B": "_fill_stroke", "B*": "_fill_stroke", "b": "_close_fill_stroke",
    "b*": "_close_fill_stroke", "n": "_end_path", "W": "_clip", "W*": "_clip",
    "BT": "_begin_text", "Tf": "_font", "Tc": "_spacing", "Tw": "_word_spacing",
    "Tz": "_scaling", "TL": "_leading", "Ts": "_rise", "Tr": "_mode", "Tm": "_text_matrix",
    "Td": "_next_line_at", "TD": "_next_line_leading", "T*": "_next_line",
    "Tj": "_show", "TJ": "_show", "'": "_next_line_show", '"': "_spaced_show",
    "BMC": "_begin_marked", "BDC": "_begin_marked", "EMC": "_end_marked",
    "Do": "_draw", "EI": "_inline_image",
}  # fmt: skip
