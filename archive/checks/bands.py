"""The bands of a MinHash sketch: texts that are similar probably have one in common."""

from __future__ import annotations

from hashlib import blake2b

BANDS, ROWS = 16, 6
"""A pair alike to 0.85 falls into a common band 1,999 times in 2,000; the likest are then compared."""

_BYTES = 4 * ROWS


def bands_of(sketch: bytes) -> list[int]:
    """Return the bands of a sketch as numbers of 63 bits; similar texts probably share one."""
    parts = (sketch[place * _BYTES : (place + 1) * _BYTES] for place in range(BANDS))
    hashes = (blake2b(part, digest_size=8, salt=bytes([place])) for place, part in enumerate(parts))
    return [int.from_bytes(each.digest(), "big") >> 1 for each in hashes]
