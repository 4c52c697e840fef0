"""Read the character of each glyph of an embedded TrueType font from the table of the font."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

_MOST = 200_000
_UNICODE = {(0, n) for n in range(7)} | {(3, 1), (3, 10)}


def glyph_texts(font: bytes) -> dict[int, str]:
    """Return the text by glyph number, {} if the font has no table or is damaged."""
    texts: dict[int, str] = {}
    try:
        for char, glyph in islice(_pairs(font), _MOST):
            if glyph and 0x20 <= char <= 0x10FFFF:
                texts.setdefault(glyph, chr(char))
    except (struct.error, IndexError):
        return {}
    return texts


def _pairs(font: bytes) -> Iterator[tuple[int, int]]:
    """Yield (character, glyph) of the Unicode subtables of formats 4 and 12, which all fonts have."""
    (tables,) = struct.unpack_from(">H", font, 4)
    for n in range(min(tables, 64)):
        tag, _, start, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * n)
        if tag != b"cmap":
            continue
        (count,) = struct.unpack_from(">H", font, start + 2)
        for k in range(min(count, 32)):
            platform, encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * k)
            if (platform, encoding) in _UNICODE:
                yield from _subtable(font, start + offset)


def _subtable(font: bytes, at: int) -> Iterator[tuple[int, int]]:
    (kind,) = struct.unpack_from(">H", font, at)
    if kind == 12:
        (groups,) = struct.unpack_from(">L", font, at + 12)
        for n in range(min(groups, _MOST)):
            first, last, glyph = struct.unpack_from(">LLL", font, at + 16 + 12 * n)
            for step in range(min(last - first + 1, 0x10000)):
                yield first + step, glyph + step
    elif kind == 4:
        yield from _segments(font, at)


def _segments(font: bytes, at: int) -> Iterator[tuple[int, int]]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    count = doubled // 2
    ends, starts = at + 14, at + 16 + doubled
    deltas, offsets = starts + doubled, starts + 2 * doubled
    for n in range(count):
        last, first, delta, offset = (
            struct.unpack_from(">H", font, table + 2 * n)[0]
            for table in (ends, starts, deltas, offsets)
        )
        for char in range(first, min(last, 0xFFFE) + 1):
            glyph = char
            if offset:
                place = offsets + 2 * n + offset + 2 * (char - first)
                (glyph,) = struct.unpack_from(">H", font, place)
            if glyph:
                yield char, (glyph + delta) & 0xFFFF
