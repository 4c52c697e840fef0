"""How many pixels a picture says that it has: a small file may unpack to more than a browser can hold."""

from __future__ import annotations

from typing import Literal

_PNG, _GIFS, _JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"\xff\xd8"
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of JPEG before the height and width of the picture (ITU-T T.81, table B.1)."""

_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xDA)))
_MOST_SEGMENTS = 10_000


def picture_pixels(body: bytes) -> int | None:
    """Return the number of pixels of a PNG, GIF or JPEG file, None where it does not say it."""
    if body.startswith(_PNG):
        return _product(body[16:20], body[20:24], "big")
    if body.startswith(_GIFS):
        return _product(body[6:8], body[8:10], "little")
    return _jpeg_pixels(body) if body.startswith(_JPEG) else None


def _jpeg_pixels(body: bytes) -> int | None:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        at = body.find(b"\xff", at)
        if at < 0 or at + 9 > len(body):
            return None
        marker = body[at + 1]
        if marker in _FRAME_MARKERS:
            return _product(body[at + 5 : at + 7], body[at + 7 : at + 9], "big")
        if marker in (0x00, 0xFF):
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return None


def _product(first: bytes, second: bytes, order: Literal["big", "little"]) -> int | None:
    if not second:
        return None
    return int.from_bytes(first, order) * int.from_bytes(second, order)
