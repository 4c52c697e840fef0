"""Write pictures of sixteen shades as PNG files (ISO/IEC 15948), which need no library."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BIT_DEPTH, _PALETTE = 4, 3


def encode_png(shades: Any, palette: bytes) -> bytes:
    """Return a picture as a PNG file.

    `shades` has the number of a colour for each pixel, shape (height, width), below 16; `palette` has
    three bytes for each colour.
    """
    height, width = shades.shape
    if width % 2:
        shades = numpy.pad(shades, ((0, 0), (0, 1)))
    packed = (shades[:, ::2] << 4 | shades[:, 1::2]).astype(numpy.uint8)
    rows = numpy.pad(packed, ((0, 0), (1, 0)))  # each row begins with its filter: none
    head = struct.pack(">IIBBBBB", width, height, _BIT_DEPTH, _PALETTE, 0, 0, 0)
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", palette),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
