"""The CRC-32 of two texts in a row, from those of each.

As `crc32_combine` of zlib, which Python does not offer: polynomials over two elements, their bits
reflected, modulo that of gzip (RFC 1952, section 8).
"""

from __future__ import annotations

from functools import cache

_MODULUS = 0xEDB88320
_ONE = 1 << 31
_ONE_BYTE = 1 << 23
"""x to the power of 8: what a byte behind a text multiplies its checksum with."""


def joined_crc(first: int, second: int, second_bytes: int) -> int:
    """Return the CRC-32 of a text followed by another, which has a number of bytes.

    >>> from zlib import crc32
    >>> joined_crc(crc32(b"gong"), crc32(b"kai"), 3) == crc32(b"gongkai")
    True
    """
    return _product(_shift(second_bytes), first) ^ second


def _shift(count: int) -> int:
    """Return what a number of bytes behind a text multiplies its checksum with."""
    found, place = _ONE, 0
    while count:
        if count & 1:
            found = _product(_power(place), found)
        count >>= 1
        place += 1
    return found


@cache
def _power(place: int) -> int:
    """Return what 2 to the power of `place` bytes behind a text multiply its checksum with."""
    if not place:
        return _ONE_BYTE
    half = _power(place - 1)
    return _product(half, half)


def _product(one: int, other: int) -> int:
    found = 0
    for place in range(31, -1, -1):
        if one >> place & 1:
            found ^= other
        other = other >> 1 ^ (_MODULUS if other & 1 else 0)
    return found
