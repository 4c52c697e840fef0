"""A TrueType font whose every glyph is the same bar, for fonts that a PDF names and does not embed.

PDFium would look for such fonts on the machine, so that a reading depended on what is installed
there, and would leave out characters for which it finds no outline. Only the place of a character
matters here; its text comes from the encoding of the file. The bar is narrower than any advance,
because PDFium extends the box of a character to its outline.
"""

from __future__ import annotations

import struct

_EM = 1000  # units
_LEFT, _LOW, _RIGHT, _HIGH = _BOX = (0, 0, 50, 800)
_GLYPHS = 65_534  # the numbers of glyphs in a file are those of its own font


def build_box_font() -> bytes:
    """Return the bytes of the font."""
    wide, high = _RIGHT - _LEFT, _HIGH - _LOW
    glyph = struct.pack(">5hHH4B", 1, *_BOX, 3, 0, 1, 1, 1, 1)  # one contour of four points
    glyph += struct.pack(">8h", _LEFT, wide, 0, -wide, _LOW, 0, high, 0)
    glyph += bytes(-len(glyph) % 4)
    # even glyphs are the first copy; an odd one, whose end lies before it, reaches to the table's end
    places = struct.pack(">2H", 0, len(glyph) // 2) * (_GLYPHS // 2) + bytes(2)
    name = "Box".encode("utf-16-be")
    tables = {
        b"cmap": struct.pack(">2H2HL", 0, 1, 3, 10, 12) + _all_characters(),
        b"glyf": 2 * glyph,
        b"head": struct.pack(
            ">4LHHqq4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _EM, 0, 0, *_BOX, 0, 8, 2, 0, 0
        ),
        b"hhea": struct.pack(
            ">LhhhHhhh8hH", 0x10000, _HIGH, -200, 0, _EM, _LEFT, 50, _RIGHT, 1, *[0] * 7, 1
        ),
        b"hmtx": struct.pack(">Hh", _EM, _LEFT) + bytes(2 * (_GLYPHS - 1)),
        b"loca": places,
        b"maxp": struct.pack(">LH13H", 0x10000, _GLYPHS, 4, 1, *[0] * 11),
        b"name": struct.pack(">3H6H", 0, 1, 18, 3, 1, 0x409, 1, len(name), 0) + name,
        b"post": struct.pack(">LLhh5L", 0x30000, *[0] * 8),
    }
    return _assemble(tables)


def _all_characters() -> bytes:
    """Return a table of format 13, in which one range of characters has one glyph."""
    return struct.pack(">HHLLL3L", 13, 0, 28, 0, 1, 1, 0x10FFFF, 1)


def _assemble(tables: dict[bytes, bytes]) -> bytes:
    """Return a font file of some tables, in the order of their names."""
    head = struct.pack(">L4H", 0x10000, len(tables), 128, 3, len(tables) * 16 - 128)
    start = len(head) + 16 * len(tables)
    body = b""
    for name, data in sorted(tables.items()):
        head += struct.pack(">4sLLL", name, 0, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return head + body
