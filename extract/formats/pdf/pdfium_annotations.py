"""Make form fields and notes on a page part of what it draws, as a viewer shows them.

PDFium merges appearances into the page. A field without one shows its value, as programs that only
store values leave it to the viewer; such text is placed in the rectangle of the field.
"""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import addressof, c_float, create_string_buffer

from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.field_values import FieldText
from gongkai.extract.formats.pdf.pdfium_library import Handle

_FREE_TEXT, _WIDGET = 3, 20
_SHOWN = {_FREE_TEXT, 4, 5, 6, 7, 8, 12, 13, 14, 15, _WIDGET}
"""Notes, shapes, strokes, stamps and fields. Highlights change no text, and a watermark is none."""
_HIDDEN = 1 << 1 | 1 << 5  # flags: hidden, not on screens
_NORMAL = 0  # appearance, way of flattening
_MOST = 5_000
_LONGEST = 4_096  # bytes of the value of a field
_EMPTY = 2  # bytes of an empty string with its end


def show_annotations(page: Handle) -> tuple[bool, list[FieldText]]:
    """Merge fields and notes into the page; return whether it must be loaded again, and values."""
    count = min(lib.count_annotations(page), _MOST)
    if count <= 0:
        return False, []
    shown = 0
    values: list[FieldText] = []
    for n in range(count - 1, -1, -1):
        annotation = lib.get_annotation(page, n)
        if not annotation:
            continue
        kind = lib.annotation_type(annotation)
        visible = kind in _SHOWN and not lib.annotation_flags(annotation) & _HIDDEN
        if visible and lib.annotation_appearance(annotation, _NORMAL, None, 0) <= _EMPTY:
            values += _value(annotation, kind)
        lib.close_annotation(annotation)
        if visible:
            shown += 1
        else:
            lib.remove_annotation(page, n)
    return shown > 0 and lib.flatten_page(page, _NORMAL) == 1, values


def _value(annotation: Handle, kind: int) -> Iterator[FieldText]:
    """Yield the text that a field or note holds, if it holds any."""
    if kind not in (_FREE_TEXT, _WIDGET):
        return
    buffer = create_string_buffer(_LONGEST)
    key = b"V" if kind == _WIDGET else b"Contents"
    size = lib.annotation_text(annotation, key, addressof(buffer), _LONGEST)
    text = buffer.raw[: max(min(size, _LONGEST) - _EMPTY, 0)].decode("utf-16-le", "replace")
    sides = (c_float * 4)()
    if text.strip() and lib.annotation_rect(annotation, addressof(sides)):
        left, top, right, bottom = sides[:]
        yield FieldText(text, (left, bottom, right, top))
