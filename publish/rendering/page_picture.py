"""Draw a page of a PDF with a box around a cell."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import numpy
import pypdfium2

from gongkai.extract.model.cell_place import Box
from gongkai.publish.rendering.png_file import encode_png

MOST_PIXELS = 3_000_000
"""Of a picture: a page of A4 has 2.2 million at 150 dpi. Pages can be 200 inches wide and high."""
_SHARPEST = 2.0  # pixels for a point
_AROUND = 3  # pixels between a cell and its box
_LINE = 3
_GRAYS, _RED, _WASH = 14, 14, 15
_PALETTE = bytes(
    part
    for shade in (
        *((round(255 * n / (_GRAYS - 1)),) * 3 for n in range(_GRAYS)),
        (0xB0, 0x1C, 0x1F),
        (0xFF, 0xF1, 0xB8),
    )
    for part in shade
)


def draw_page(body: bytes, page: int, boxes: tuple[Box, ...], turn: int = 0) -> bytes:
    """Return a page as a PNG file, with a box around each cell. Runs in the sandbox.

    `page` counts from 1; boxes and `turn` are those of `CellPlace`.

    Raises:
        ValueError: there is no such page
    """
    with closing(pypdfium2.PdfDocument(body)) as document:
        if not 1 <= page <= len(document):
            raise ValueError(f"page {page} of {len(document)}")
        document.init_forms()  # entered values are drawn too
        sheet = document[page - 1]
        wide, high = sheet.get_size()
        scale = min(_SHARPEST, (MOST_PIXELS / max(wide * high, 1.0)) ** 0.5)
        bitmap = sheet.render(scale=scale, rotation=turn, grayscale=True)
        gray = numpy.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    shades = (gray.astype(numpy.uint16) * (_GRAYS - 1) + 127) // 255
    if turn in (90, 270):
        wide, high = high, wide
    for box in boxes:
        _draw_box(shades, box, scale, high)
    return encode_png(shades.astype(numpy.uint8), _PALETTE)


def _draw_box(shades: Any, box: Box, scale: float, high: float) -> None:
    """Draw the sides of a box, and colour what is white in it."""
    left, low, right, top = box
    x0, x1 = round(left * scale) - _AROUND, round(right * scale) + _AROUND
    y0, y1 = round((high - top) * scale) - _AROUND, round((high - low) * scale) + _AROUND
    height, width = shades.shape
    x0, x1 = (min(max(x, 0), width) for x in (x0, x1))
    y0, y1 = (min(max(y, 0), height) for y in (y0, y1))
    inside = shades[y0:y1, x0:x1]
    inside[inside == _GRAYS - 1] = _WASH
    for side in (inside[:_LINE], inside[-_LINE:], inside[:, :_LINE], inside[:, -_LINE:]):
        side[...] = _RED
