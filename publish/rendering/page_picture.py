"""Draw a page of a PDF, or a picture, with a box around a cell."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import numpy
import pypdfium2

from gongkai.extract.model.cell_place import WHOLE, Box
from gongkai.publish.rendering.png_file import encode_png

MOST_PIXELS = 3_000_000
"""Of a picture: a page of A4 has 2.2 million at 150 dpi. Pages can be 200 inches wide and high."""
MOST_READ_PIXELS = 40_000_000
"""Of a picture that is read, as in the recognition."""
_PDF = b"%PDF"
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
    gray, scale, high = _page(body, page, turn)
    sides = [
        (left * scale, (high - top) * scale, right * scale, (high - low) * scale)
        for left, low, right, top in boxes
    ]
    return _marked(gray, sides)


def draw_shares(body: bytes, page: int, boxes: tuple[Box, ...]) -> bytes:
    """Return a page of a PDF, or a picture, as a PNG file, with a box around each cell. Runs in the sandbox.

    The boxes are the `shares` of `CellPlace`.

    Raises:
        ValueError: there is no such page
        OSError: it is no picture that can be read
    """
    gray = _page(body, page, 0)[0] if body.startswith(_PDF) else _picture(body)
    height, width = gray.shape
    sides = [
        (
            left * width / WHOLE,
            upper * height / WHOLE,
            right * width / WHOLE,
            lower * height / WHOLE,
        )
        for left, upper, right, lower in boxes
    ]
    return _marked(gray, sides)


def _page(body: bytes, page: int, turn: int) -> tuple[Any, float, float]:
    """Return a page in shades of gray, the pixels for a point, and the points of its height."""
    with closing(pypdfium2.PdfDocument(body)) as document:
        if not 1 <= page <= len(document):
            raise ValueError(f"page {page} of {len(document)}")
        document.init_forms()  # entered values are drawn too
        sheet = document[page - 1]
        wide, high = sheet.get_size()
        scale = min(_SHARPEST, (MOST_PIXELS / max(wide * high, 1.0)) ** 0.5)
        bitmap = sheet.render(scale=scale, rotation=turn, grayscale=True)
        gray = numpy.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    return gray, scale, wide if turn in (90, 270) else high


def _picture(body: bytes) -> Any:
    """Return a picture in shades of gray. Pillow comes with the extra that recognised the cell."""
    from PIL import Image

    with Image.open(io.BytesIO(body)) as picture:
        if picture.width * picture.height > MOST_READ_PIXELS:
            raise ValueError(f"{picture.width} × {picture.height} pixels")
        picture.draft("L", (picture.width, picture.height))
        gray = picture.convert("L")
    scale = min(1.0, (MOST_PIXELS / max(gray.width * gray.height, 1)) ** 0.5)
    size = max(1, round(gray.width * scale)), max(1, round(gray.height * scale))
    return numpy.asarray(gray.resize(size))


def _marked(gray: Any, boxes: Sequence[Box]) -> bytes:
    """Return shades of gray as a PNG file, with a box around each place: pixels, y downwards."""
    shades = (gray.astype(numpy.uint16) * (_GRAYS - 1) + 127) // 255
    for box in boxes:
        _draw_box(shades, box)
    return encode_png(shades.astype(numpy.uint8), _PALETTE)


def _draw_box(shades: Any, box: Box) -> None:
    """Draw the sides of a box, and colour what is white in it."""
    left, upper, right, lower = (round(side) for side in box)
    x0, x1, y0, y1 = left - _AROUND, right + _AROUND, upper - _AROUND, lower + _AROUND
    height, width = shades.shape
    x0, x1 = (min(max(x, 0), width) for x in (x0, x1))
    y0, y1 = (min(max(y, 0), height) for y in (y0, y1))
    inside = shades[y0:y1, x0:x1]
    inside[inside == _GRAYS - 1] = _WASH
    for side in (inside[:_LINE], inside[-_LINE:], inside[:, :_LINE], inside[:, -_LINE:]):
        side[...] = _RED
