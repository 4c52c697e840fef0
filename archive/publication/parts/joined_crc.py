"""The CRC-32 of two texts in a row, from those of each.

As `crc32_combine` of zlib, which Python does not offer: polynomials over two elements, their bits
reflected, modulo that of gzip (RFC 1952, section 8).
"""

from __future__ import annotations

from functools import cache

_MODULUS = 0xEDB88320
_ONE_BYTE = 1 << 23
"""x to the power of 8: what a byte behind a text multiplies its checksum with."""


def joined_crc(first: int, second: int, second_bytes: int) -> int:
    """Return the CRC-32 of a text followed by another, which has a number of bytes.

    >>> from zlib import crc32
    >>> joined_crc(crc32(b"gong"), crc32(b"kai"), 3) == crc32(b"gongkai")
    True
    """
    found = first
    place = 0
    while second_bytes:
        if second_bytes & 1:
            one, two, three, four = _shifted(place)
            found = (
                one[found & 255]
                ^ two[found >> 8 & 255]
                ^ three[found >> 16 & 255]
                ^ four[found >> 24]
            )
        second_bytes >>= 1
        place += 1
    return found ^ second


@cache
def _shifted(place: int) -> tuple[list[int], ...]:
    """Return what a checksum becomes when 2 to the power of `place` bytes follow, by each of its four bytes.

    What they become is added up. A file has thousands of pieces, and a product takes 32 steps.
    """
    tables = []
    for first in range(0, 32, 8):
        table = [0]
        for bit in range(first, first + 8):
            shifted = _product(_power(place), 1 << bit)
            table += [shifted ^ each for each in table]
        tables.append(table)
    return tuple(tables)


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
