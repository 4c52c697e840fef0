"""Read the encodings of simple fonts: the text of each of 256 codes, as far as the file states it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.pdftypes import PDFStream, int_value, list_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name

from gongkai.extract.layout.page import UNREADABLE

_SYMBOLIC, _NONSYMBOLIC = 4, 32
_TYPE1_CODE = re.compile(rb"dup\s+(\d{1,3})\s*/([^\s/]{1,40})\s+put")


def read_encoding(given: Any, kind: str) -> dict[int, str]:
    """Return the text by code.

    A code whose glyph has an arbitrary name (/g37) has no text; it is not guessed.
    """
    plain = "WinAnsiEncoding" if kind == "TrueType" else "StandardEncoding"
    if isinstance(given, PSLiteral):
        return dict(EncodingDB.encodings.get(literal_name(given), EncodingDB.encodings[plain]))
    if not isinstance(given, dict):
        return {} if kind == "Type3" else dict(EncodingDB.encodings[plain])
    base = literal_name(resolve1(given.get("BaseEncoding", plain)))
    texts = {} if kind == "Type3" else dict(EncodingDB.encodings.get(base, EncodingDB.std2unicode))
    code = 0
    for part in list_value(given.get("Differences", []))[:2000]:
        part = resolve1(part)
        if isinstance(part, int):
            code = part
        elif isinstance(part, PSLiteral):
            texts[code] = _named(literal_name(part))
            code += 1
    return texts


def built_in_encoding(descriptor: Mapping[str, Any], usual: dict[int, str]) -> dict[int, str]:
    """Return the text by code as the font itself states it, which only Type 1 fonts do in words."""
    file = resolve1(descriptor.get("FontFile"))
    if isinstance(file, PDFStream):
        named = _TYPE1_CODE.findall(file.get_data()[:64_000])
        return {int(code): _named(name.decode("latin-1")) for code, name in named} or usual
    flags = int_value(descriptor.get("Flags", 0))
    embedded = "FontFile2" in descriptor or "FontFile3" in descriptor
    return {} if embedded and flags & _SYMBOLIC and not flags & _NONSYMBOLIC else usual


def _named(name: str) -> str:
    try:
        return str(name2unicode(name))
    except (KeyError, ValueError, OverflowError):
        return UNREADABLE
