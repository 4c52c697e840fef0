"""Bind the functions of PDFium that reading needs.

pypdfium2 has a wrapper for every object. Here handles are numbers and results are written to
addresses, so that `map` calls a function for thousands of characters without a line of Python.
PDFium is not safe in threads: one process reads one document at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import (
    POINTER,
    PYFUNCTYPE,
    byref,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_size_t,
    c_uint,
    c_ulong,
    c_void_p,
    cast,
    memmove,
    string_at,
)
from functools import cache
from typing import Any

import pypdfium2_raw

from gongkai.extract.formats.pdf.box_font import build_box_font

Handle = int
"""An object of PDFium: its address, 0 for none."""


def _bind(name: str, result: type[Any] | None, *arguments: type[Any]) -> Callable[..., int]:
    """Return a function of the library with types of our own; those of pypdfium2 stay as they are."""
    address = cast(getattr(pypdfium2_raw, name), c_void_p).value
    bound: Callable[..., int] = PYFUNCTYPE(result, *arguments)(address or 0)
    return bound


_P, _I, _F = c_void_p, c_int, c_float
_H = c_size_t  # a handle as a number: ctypes makes None of an empty pointer
_Doubles, _Floats = POINTER(c_double), POINTER(c_float)

init_library = _bind("FPDF_InitLibrary", None)
set_system_fonts = _bind("FPDF_SetSystemFontInfo", None, _P)
last_error = _bind("FPDF_GetLastError", c_ulong)

load_document = _bind("FPDF_LoadMemDocument64", _H, c_char_p, c_size_t, c_char_p)
close_document = _bind("FPDF_CloseDocument", None, _P)
has_valid_table = _bind("FPDF_DocumentHasValidCrossReferenceTable", _I, _P)
count_pages = _bind("FPDF_GetPageCount", _I, _P)
load_page = _bind("FPDF_LoadPage", _H, _P, _I)
close_page = _bind("FPDF_ClosePage", None, _P)
page_box = _bind("FPDF_GetPageBoundingBox", _I, _P, _P)
page_rotation = _bind("FPDFPage_GetRotation", _I, _P)
flatten_page = _bind("FPDFPage_Flatten", _I, _P, _I)

count_objects = _bind("FPDFPage_CountObjects", _I, _P)
get_object = _bind("FPDFPage_GetObject", _H, _P, _I)
remove_object = _bind("FPDFPage_RemoveObject", _I, _P, _P)
count_form_objects = _bind("FPDFFormObj_CountObjects", _I, _P)
get_form_object = _bind("FPDFFormObj_GetObject", _H, _P, c_ulong)
remove_form_object = _bind("FPDFFormObj_RemoveObject", _I, _P, _P)
destroy_object = _bind("FPDFPageObj_Destroy", None, _P)
object_type = _bind("FPDFPageObj_GetType", _I, _P)
object_bounds = _bind("FPDFPageObj_GetBounds", _I, _P, _P, _P, _P, _P)
object_matrix = _bind("FPDFPageObj_GetMatrix", _I, _P, _P)
transform_object = _bind("FPDFPageObj_TransformF", _I, _P, _P)
fill_color = _bind("FPDFPageObj_GetFillColor", _I, _P, _P, _P, _P, _P)
stroke_color = _bind("FPDFPageObj_GetStrokeColor", _I, _P, _P, _P, _P, _P)
stroke_width = _bind("FPDFPageObj_GetStrokeWidth", _I, _P, _P)
has_transparency = _bind("FPDFPageObj_HasTransparency", _I, _P)
clip_path = _bind("FPDFPageObj_GetClipPath", _H, _P)
count_clips = _bind("FPDFClipPath_CountPaths", _I, _P)
count_clip_segments = _bind("FPDFClipPath_CountPathSegments", _I, _P, _I)
clip_segment = _bind("FPDFClipPath_GetPathSegment", _H, _P, _I, _I)
count_marks = _bind("FPDFPageObj_CountMarks", _I, _P)
get_mark = _bind("FPDFPageObj_GetMark", _H, _P, c_ulong)
remove_mark = _bind("FPDFPageObj_RemoveMark", _I, _P, _P)
mark_name = _bind("FPDFPageObjMark_GetName", _I, _P, _P, c_ulong, _P)
count_mark_params = _bind("FPDFPageObjMark_CountParams", _I, _P)
mark_param = _bind("FPDFPageObjMark_GetParamKey", _I, _P, c_ulong, _P, c_ulong, _P)
mark_string = _bind("FPDFPageObjMark_GetParamStringValue", _I, _P, c_char_p, _P, c_ulong, _P)

path_mode = _bind("FPDFPath_GetDrawMode", _I, _P, _P, _P)
count_segments = _bind("FPDFPath_CountSegments", _I, _P)
path_segment = _bind("FPDFPath_GetPathSegment", _H, _P, _I)
segment_point = _bind("FPDFPathSegment_GetPoint", _I, _P, _P, _P)
segment_type = _bind("FPDFPathSegment_GetType", _I, _P)

load_text = _bind("FPDFText_LoadPage", _H, _P)
close_text = _bind("FPDFText_ClosePage", None, _P)
count_chars = _bind("FPDFText_CountChars", _I, _P)
page_text = _bind("FPDFText_GetText", _I, _P, _I, _I, _P)
char_code = _bind("FPDFText_GetUnicode", c_uint, _P, _I)
char_object = _bind("FPDFText_GetTextObject", _H, _P, _I)
char_box = _bind("FPDFText_GetLooseCharBox", _I, _P, _I, _P)
has_no_code = _bind("FPDFText_HasUnicodeMapError", _I, _P, _I)
is_hyphen = _bind("FPDFText_IsHyphen", _I, _P, _I)
char_matrix = _bind("FPDFText_GetMatrix", _I, _P, _I, _P)
char_origin = _bind("FPDFText_GetCharOrigin", _I, _P, _I, _P, _P)
text_size = _bind("FPDFTextObj_GetFontSize", _I, _P, _P)
text_mode = _bind("FPDFTextObj_GetTextRenderMode", _I, _P)
text_font = _bind("FPDFTextObj_GetFont", _H, _P)
font_name = _bind("FPDFFont_GetBaseFontName", c_size_t, _P, _P, c_size_t)
font_ascent = _bind("FPDFFont_GetAscent", _I, _P, _F, _P)
font_descent = _bind("FPDFFont_GetDescent", _I, _P, _F, _P)
glyph_width = _bind("FPDFFont_GetGlyphWidth", _I, _P, c_uint, _F, _P)

count_annotations = _bind("FPDFPage_GetAnnotCount", _I, _P)
get_annotation = _bind("FPDFPage_GetAnnot", _H, _P, _I)
remove_annotation = _bind("FPDFPage_RemoveAnnot", _I, _P, _I)
close_annotation = _bind("FPDFPage_CloseAnnot", None, _P)
annotation_type = _bind("FPDFAnnot_GetSubtype", _I, _P)
annotation_flags = _bind("FPDFAnnot_GetFlags", _I, _P)
annotation_rect = _bind("FPDFAnnot_GetRect", _I, _P, _P)
annotation_text = _bind("FPDFAnnot_GetStringValue", c_ulong, _P, c_char_p, _P, c_ulong)
annotation_appearance = _bind("FPDFAnnot_GetAP", c_ulong, _P, _I, _P, c_ulong)

rendered_image = _bind("FPDFImageObj_GetRenderedBitmap", _H, _P, _P, _P)
bitmap_width = _bind("FPDFBitmap_GetWidth", _I, _P)
bitmap_height = _bind("FPDFBitmap_GetHeight", _I, _P)
bitmap_stride = _bind("FPDFBitmap_GetStride", _I, _P)
bitmap_format = _bind("FPDFBitmap_GetFormat", _I, _P)
bitmap_buffer = _bind("FPDFBitmap_GetBuffer", _H, _P)
destroy_bitmap = _bind("FPDFBitmap_Destroy", None, _P)


_BUILT_IN = (b"Helvetica", b"Arial", b"Times", b"Courier", b"Symbol", b"ZapfDingbats")
_CHINESE_CHARSETS = (128, 129, 134, 136)  # Japanese and Korean fonts have Chinese characters too
_FONT = build_box_font()
_Fonts = pypdfium2_raw.FPDF_SYSFONTINFO
_CALLBACKS = {name: kind for name, kind in _Fonts._fields_ if name != "version"}


def _font_data(_: Any, font: Any, table: int, buffer: Any, size: int) -> int:
    """Copy the box font into a buffer that is large enough; return its length in any case."""
    if table:
        return 0
    if buffer and size >= len(_FONT):
        memmove(buffer, _FONT, len(_FONT))
    return len(_FONT)


def _map_font(
    _: Any, weight: int, italic: int, charset: int, family: int, face: Any, exact: Any
) -> int:
    """Return the box font for a name, 0 for the Latin fonts that PDFium has in itself."""
    name = string_at(face) if face else b""
    is_latin = name.replace(b" ", b"").startswith(_BUILT_IN)
    return 0 if is_latin and charset not in _CHINESE_CHARSETS else 1


def _box_fonts() -> Any:
    """Return the fonts of a machine that has the box font alone, for every script."""
    calls: dict[str, Callable[..., Any]] = {
        "Release": lambda _: None,
        "EnumFonts": lambda _, mapper: None,
        "MapFont": _map_font,
        "GetFont": lambda _, face: 1,
        "GetFontData": _font_data,
        "GetFaceName": lambda _, font, buffer, size: 0,
        "GetFontCharset": lambda _, font: 1,
        "DeleteFont": lambda _, font: None,
    }
    return _Fonts(1, *(kind(calls[name]) for name, kind in _CALLBACKS.items()))


_BOX_FONTS = _box_fonts()


def start_library() -> None:
    """Start the library without the fonts of the machine, whatever this process used before.

    Widths and heights of text whose font is not in the file come from these fonts, so that they are
    set before each document: who draws pages for people or for OCR takes those of the machine.
    """
    _init_once()
    set_system_fonts(byref(_BOX_FONTS))


@cache
def _init_once() -> None:
    init_library()
