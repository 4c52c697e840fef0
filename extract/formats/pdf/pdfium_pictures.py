"""Look into a picture where text lies beneath it or on it: does it hide the text, is it dark?"""

from __future__ import annotations

from ctypes import string_at

from gongkai.extract.formats.pdf import pdfium_library as lib
from gongkai.extract.formats.pdf.pdfium_library import Handle
from gongkai.extract.layout.page import Box

_WITH_ALPHA = (4, 5)  # formats of bitmaps: blue, green, red, alpha
_CHANNELS = {1: 1, 2: 3, 3: 4, 4: 4, 5: 4}
_MOST = 64 * 1024 * 1024  # bytes
_SEEN = (0.2, 0.5, 0.8)  # places across and along a character at which a picture is looked at


class Pixels:
    """A picture as it is drawn on the page, upright, in a box of the page."""

    def __init__(self, bitmap: Handle, box: Box) -> None:
        self.box = box
        self.wide, self.high = lib.bitmap_width(bitmap), lib.bitmap_height(bitmap)
        self.stride = lib.bitmap_stride(bitmap)
        kind = lib.bitmap_format(bitmap)
        self.channels = _CHANNELS.get(kind, 0)
        self.has_alpha = kind in _WITH_ALPHA
        size = self.stride * self.high
        readable = self.channels and 0 < size <= _MOST
        self.data = string_at(lib.bitmap_buffer(bitmap), size) if readable else b""

    def opacity(self, x: float, y: float) -> float:
        """Return how opaque the picture is at a place, 0 to 1; an unreadable picture is opaque."""
        at = self._at(x, y)
        return self.data[at + 3] / 255 if self.data and self.has_alpha else 1.0

    def gray(self, box: Box) -> float:
        """Return the mean brightness beneath a character, 0 (black) to 1 (white)."""
        x0, y0, x1, y1 = box
        if not self.data:
            return 0.5
        places = [
            (x0 + (x1 - x0) * across, y0 + (y1 - y0) * along) for across in _SEEN for along in _SEEN
        ]
        return sum(self._gray_at(*place) for place in places) / len(places)

    def _gray_at(self, x: float, y: float) -> float:
        at = self._at(x, y)
        if self.channels == 1:
            return self.data[at] / 255
        blue, green, red = self.data[at : at + 3]
        seen = self.opacity(x, y)
        return seen * (0.30 * red + 0.59 * green + 0.11 * blue) / 255 + 1 - seen

    def _at(self, x: float, y: float) -> int:
        x0, y0, x1, y1 = self.box
        column = int((x - x0) / max(x1 - x0, 1e-6) * self.wide)
        row = int((y1 - y) / max(y1 - y0, 1e-6) * self.high)
        column, row = min(max(column, 0), self.wide - 1), min(max(row, 0), self.high - 1)
        return row * self.stride + column * self.channels


def draw_picture(document: Handle, page: Handle, picture: Handle, box: Box) -> Pixels | None:
    """Return a picture at the size that it has on the page, None if it cannot be drawn."""
    bitmap = lib.rendered_image(document, page, picture)
    if not bitmap:
        return None
    try:
        return Pixels(bitmap, box)
    finally:
        lib.destroy_bitmap(bitmap)
