"""Find the text of codes for which a font's own map has none.

Programs that edit a PDF write a ToUnicode map of the characters they touched, or the name of a map
instead of one. What else the file says is used code by code: the table of characters in the
embedded TrueType font, or codes that are Unicode themselves.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, dict_value, list_value, resolve1
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral, literal_name

from gongkai.extract.formats.pdf.truetype import glyph_texts

# Raised by pdfminer for malformed files, as tests with such files showed.
MALFORMED = (
    PSException, PDFException, zlib.error, struct.error, ArithmeticError, AssertionError,
    AttributeError, EOFError, LookupError, RecursionError, TypeError, ValueError, OSError,
)  # fmt: skip
_MOST_OBJECTS = 20_000
_MOST_FONTS = 500

CodeTexts = Callable[[int], str | None]
"""The text of a code, None if it is unknown."""


class FontFallback:
    """The fonts of one file by name, read when the first unknown code is met."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._fonts: dict[str, list[CodeTexts]] | None = None

    @property
    def was_asked(self) -> bool:
        """Whether the file has codes without a text of their own."""
        return self._fonts is not None

    def text(self, font: str, code: int) -> str | None:
        """Return the text of a code; None if no font of that name knows it, or several differ.

        Type 3 fonts need no name.
        """
        if self._fonts is None:
            self._fonts = _read_fonts(self._body)
        found = {texts(code) for texts in self._fonts.get(font, ())} - {None}
        return found.pop() if len(found) == 1 else None


def _read_fonts(body: bytes) -> dict[str, list[CodeTexts]]:
    found: dict[str, list[CodeTexts]] = {}
    try:
        for spec in _fonts(PDFDocument(PDFParser(BytesIO(body)))):
            is_type3 = literal_name(spec["Subtype"]) == "Type3"
            name = resolve1(spec.get("BaseFont", ""))
            name = literal_name(name) if isinstance(name, PSLiteral) else ""
            texts = _named_glyphs(spec) if is_type3 else _code_texts(spec)
            found.setdefault(name, []).append(texts)
    except MALFORMED:
        return found  # a damaged file: what was read of it
    return found


def _fonts(document: PDFDocument) -> Iterator[Mapping[str, Any]]:
    numbers = (number for table in document.xrefs for number in table.get_objids())
    fonts = 0
    for _, number in zip(range(_MOST_OBJECTS), dict.fromkeys(numbers), strict=False):
        try:
            spec = document.getobj(number)
        except MALFORMED:
            continue
        if isinstance(spec, dict) and literal_name(spec.get("Subtype", "")) in ("Type0", "Type3"):
            fonts += 1
            if fonts <= _MOST_FONTS:
                yield spec


def _named_glyphs(spec: Mapping[str, Any]) -> CodeTexts:
    """Return the texts of a Type 3 font by the usual names of its letters; others are not guessed.

    Its encoding is one of the usual ones, or a list of names, or both.
    """
    stated = resolve1(spec.get("Encoding"))
    encoding = dict_value(stated or {}) if not isinstance(stated, PSLiteral) else {}
    base = resolve1(encoding.get("BaseEncoding")) if encoding else stated
    texts: dict[int, str] = {}
    if isinstance(base, PSLiteral) and literal_name(base) in EncodingDB.encodings:
        texts |= EncodingDB.encodings[literal_name(base)]
    code = 0
    for part in list_value(encoding.get("Differences", []))[:2000]:
        part = resolve1(part)
        if isinstance(part, int):
            code = part
        elif isinstance(part, PSLiteral):
            texts.pop(code, None)
            with suppress(*MALFORMED):
                texts[code] = name2unicode(literal_name(part))
            code += 1
    return texts.get


def _code_texts(spec: Mapping[str, Any]) -> CodeTexts:
    """Return the function from codes of a font to their text."""
    stated = resolve1(spec.get("ToUnicode"))
    if isinstance(stated, PSLiteral) and literal_name(stated).startswith("Identity"):
        return lambda code: chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else None
    encoding = resolve1(spec.get("Encoding"))
    if not isinstance(encoding, PSLiteral) or not literal_name(encoding).startswith("Identity"):
        return lambda _: None
    below = dict_value((list_value(spec.get("DescendantFonts")) or [{}])[0])
    file = resolve1(dict_value(below.get("FontDescriptor", {})).get("FontFile2"))
    if not isinstance(file, PDFStream):
        return lambda _: None
    return _mapped(glyph_texts(file.get_data()), resolve1(below.get("CIDToGIDMap")))


def _mapped(texts: Mapping[int, str], table: Any) -> CodeTexts:
    """Return the texts of glyphs by code, through the table of the font if it has one."""
    if not isinstance(table, PDFStream):
        return texts.get
    glyphs = table.get_data()
    return lambda code: texts.get(int.from_bytes(glyphs[2 * code : 2 * code + 2]))
