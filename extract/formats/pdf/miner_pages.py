"""Read the pages of a PDF with pdfminer and its own interpreter."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, dict_value, list_value, resolve1
from pdfminer.psparser import LIT, PSLiteral, literal_name
from pdfminer.utils import decode_text

from gongkai.extract.errors import Encrypted, ExtractError
from gongkai.extract.formats.pdf.field_values import FieldText, place_value
from gongkai.extract.formats.pdf.font_fallback import MALFORMED
from gongkai.extract.formats.pdf.layers import Layers
from gongkai.extract.formats.pdf.miner_device import ClippedState, PageDevice, appearance_of
from gongkai.extract.layout.drawn_paths import (
    Matrix,
    bounding_box,
    intersect_boxes,
    multiply,
    transform_point,
)
from gongkai.extract.layout.page import Box, DrawnPage
from gongkai.extract.layout.work_limits import MAX_LISTED_PAGES, WorkBudget

_MARGIN = 5.0  # points beyond the page that are still drawn
_SHOWN = ("FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "StrikeOut", "Stamp",
          "Caret", "Ink", "Widget")  # fmt: skip
_HIDDEN = 1 << 1 | 1 << 5  # flags of annotations: hidden, not on screens
_MOST_ANNOTATIONS = 5_000
_FIGURE = "appearance"  # the name under which an appearance is drawn


class LayeredInterpreter(PDFPageInterpreter):
    """The interpreter of pdfminer, with clips, opacity and layers, which it leaves to others."""

    device: PageDevice
    inherited: ClippedState | None = None
    clipping = False

    def init_state(self, ctm: Matrix) -> None:
        """Begin a page, or a drawing inside one, which is clipped by its box."""
        super().init_state(ctm)
        state = ClippedState() if self.inherited is None else self.inherited.copy()
        if self.inherited is None:
            page = self.device.page
            state.clip = (-_MARGIN, -_MARGIN, page.width + _MARGIN, page.height + _MARGIN)
        elif len(self.device.form_box) == 4:
            x0, y0, x1, y1 = (float(resolve1(side)) for side in self.device.form_box)
            corners = [transform_point(ctm, x, y) for x in (x0, x1) for y in (y0, y1)]
            state.clip = intersect_boxes(state.clip, bounding_box(corners))
        self.graphicstate = state

    def subinterp(self) -> PDFPageInterpreter:
        """Return an interpreter for a drawing inside this one."""
        self.device.budget.spend("forms")
        inner = super().subinterp()
        if isinstance(inner, LayeredInterpreter):
            inner.inherited = self.state.copy()
        return inner

    @property
    def state(self) -> ClippedState:
        """The graphics state."""
        found = self.graphicstate
        assert isinstance(found, ClippedState)
        return found

    def do_gs(self, name: Any) -> None:
        """Set opacity and blending."""
        spec = dict_value(
            dict_value(self.resources.get("ExtGState", {})).get(literal_name(name), {})
        )
        if isinstance(alpha := resolve1(spec.get("ca")), int | float):
            self.state.alpha = float(alpha)
        if (mode := resolve1(spec.get("BM"))) is not None:
            self.state.blended = "Normal" not in str(mode)

    def do_Do(self, xobjid_arg: Any) -> None:
        """Draw a picture or a drawing, unless its layer is switched off."""
        spec = resolve1(self.xobjmap.get(literal_name(xobjid_arg)))
        if not isinstance(spec, PDFStream) or self.device.layers.is_hidden(spec.get("OC")):
            return
        if spec.get("Subtype") is LIT("Image"):
            self.device.paint_image(self.state, spec)
            return
        marks = list(self.device.marks)
        if _is_watermark(spec):
            self.device.marks.append("mark")
        super().do_Do(xobjid_arg)
        self.device.marks[:] = marks
        self.device.set_ctm(self.ctm)

    def do_EI(self, obj: Any) -> None:
        """Draw a picture that stands among the instructions."""
        if isinstance(obj, PDFStream):
            self.device.paint_image(self.state, obj)

    def do_sh(self, name: object) -> None:
        """Fill the clip with changing colours."""
        if not self.device.is_hidden():
            self.device.painter.shade(self.state.clip, self.state.clip, self.state.alpha > 0.9)

    def do_BDC(self, tag: Any, props: Any) -> None:
        """Begin marked content, whose properties may be named."""
        if isinstance(props, PSLiteral):
            props = dict_value(self.resources.get("Properties", {})).get(literal_name(props))
        super().do_BDC(tag, props)

    def do_W(self) -> None:
        """Clip with the path that is painted next."""
        self.clipping = True

    do_W_a = do_W

    def do_S(self) -> None:
        """Stroke a path."""
        self._paint(stroke=True)

    def do_f(self) -> None:
        """Fill a path."""
        self._paint(fill=True)

    do_F = do_f

    def do_f_a(self) -> None:
        """Fill a path by parity."""
        self._paint(fill=True, even_odd=True)

    def do_B(self) -> None:
        """Fill and stroke a path."""
        self._paint(stroke=True, fill=True)

    def do_B_a(self) -> None:
        """Fill and stroke a path by parity."""
        self._paint(stroke=True, fill=True, even_odd=True)

    def do_n(self) -> None:
        """End a path that only clips."""
        self._paint()

    def _paint(self, stroke: bool = False, fill: bool = False, even_odd: bool = False) -> None:
        if stroke or fill:
            self.device.paint_path(self.graphicstate, stroke, fill, even_odd, self.curpath)
        if self.clipping:
            points = [
                transform_point(self.ctm, float(given[n]), float(given[n + 1]))
                for _, *given in self.curpath
                for n in range(0, len(given), 2)
            ]
            if points:
                self.state.clip = intersect_boxes(self.state.clip, bounding_box(points))
        self.clipping = False
        self.curpath = []

    def draw_appearance(self, stream: PDFStream, rect: Box, ctm: Matrix) -> None:
        """Draw the appearance of a note or field into its rectangle (ISO 32000, 12.5.5)."""
        sides = [float(resolve1(side)) for side in list_value(stream.get("BBox", []))]
        if len(sides) != 4:
            return
        given = [float(resolve1(part)) for part in list_value(stream.get("Matrix", []))]
        a, b, c, d, e, f = given if len(given) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        corners = [
            transform_point((a, b, c, d, e, f), x, y) for x in sides[::2] for y in sides[1::2]
        ]
        x0, y0, x1, y1 = bounding_box(corners)
        wide, high = (
            (rect[2] - rect[0]) / ((x1 - x0) or 1.0),
            (rect[3] - rect[1]) / ((y1 - y0) or 1.0),
        )
        fitted = (wide, 0.0, 0.0, high, rect[0] - x0 * wide, rect[1] - y0 * high)
        self.init_resources({})
        self.init_state(multiply(fitted, ctm))
        self.xobjmap[_FIGURE] = stream
        if "Subtype" not in stream:
            stream.attrs["Subtype"] = LIT("Form")
        self.do_Do(LIT(_FIGURE))


def open_with_pdfminer(body: bytes) -> PDFDocument:
    """Open a PDF without a password. Errors of pdfminer about damaged files are passed on.

    Raises:
        Encrypted: the file is encrypted
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every oddity
    try:
        return PDFDocument(PDFParser(BytesIO(body)))
    except PDFPasswordIncorrect as problem:
        raise Encrypted("pdf_locked") from problem
    except PDFEncryptionError as problem:
        raise Encrypted("pdf_encryption_unsupported") from problem


def has_hidden_layers(body: bytes) -> bool:
    """Return whether a PDF has layers that are switched off; False if it cannot be opened."""
    try:
        return Layers(open_with_pdfminer(body).catalog).has_hidden
    except (ExtractError, *MALFORMED):
        return False


def read_with_pdfminer(body: bytes, budget: WorkBudget) -> Iterator[DrawnPage]:
    """Yield the pages of a PDF with everything they draw.

    Raises:
        Encrypted: the file is encrypted
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    try:
        document = open_with_pdfminer(body)
        layers = Layers(document.catalog)
        manager = PDFResourceManager()
        pages = islice(PDFPage.create_pages(document), MAX_LISTED_PAGES)
        for number, page in enumerate(pages, 1):
            yield _draw(page, number, manager, layers, budget)
    except MALFORMED as problem:
        why = " ".join(f"{type(problem).__name__}: {problem}".split())[:180]
        raise ExtractError("pdf_damaged", why=why) from problem


def _draw(
    page: PDFPage, number: int, manager: PDFResourceManager, layers: Layers, budget: WorkBudget
) -> DrawnPage:
    x0, y0, x1, y1 = intersect_boxes(_box(page.mediabox), _box(page.cropbox))
    ctm, width, height = {
        90: ((0.0, -1.0, 1.0, 0.0, -y0, x1), y1 - y0, x1 - x0),
        180: ((-1.0, 0.0, 0.0, -1.0, x1, y1), x1 - x0, y1 - y0),
        270: ((0.0, 1.0, -1.0, 0.0, y1, -x0), y1 - y0, x1 - x0),
    }.get(page.rotate, ((1.0, 0.0, 0.0, 1.0, -x0, -y0), x1 - x0, y1 - y0))
    drawn = DrawnPage(number, width, height)
    device = PageDevice(manager, drawn, layers, budget)
    interpreter = LayeredInterpreter(manager, device)
    interpreter.render_contents(dict_value(page.resources or {}), page.contents, ctm)
    for annotation in list_value(page.annots or [])[:_MOST_ANNOTATIONS]:
        spec = dict_value(annotation)
        flags = resolve1(spec.get("F", 0))
        kind = literal_name(resolve1(spec.get("Subtype", "")))
        if kind not in _SHOWN or (isinstance(flags, int) and flags & _HIDDEN):
            continue
        rect = _box(tuple(list_value(spec.get("Rect"))))
        stream = appearance_of(spec)
        if stream is not None:
            interpreter.draw_appearance(stream, rect, ctm)
        elif text := _value(spec, kind):
            drawn.chars += place_value(FieldText(text, rect), (x0, y0))
    return drawn


def _value(spec: Any, kind: str) -> str:
    """Return the text that a field or note holds, "" if it holds none."""
    key = {"Widget": "V", "FreeText": "Contents"}.get(kind, "")
    value = resolve1(spec.get(key))
    return decode_text(value) if isinstance(value, bytes) else ""


def _box(value: Any) -> Box:
    x0, y0, x1, y1 = (float(resolve1(side)) for side in value)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _is_watermark(form: PDFStream) -> bool:
    """Return whether Acrobat marked a drawing as a watermark, header or footer."""
    info = dict_value(dict_value(form.get("PieceInfo", {})).get("ADBE_CompoundType", {}))
    kind = resolve1(info.get("Private"))
    return kind is not None and literal_name(kind) == "Watermark"
