"""Visits as they are stored: some ten bytes each, in a list beside the fetch that they confirm."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

_MORE = 0x80


@dataclass(frozen=True, slots=True)
class PlacedVisit:
    """A visit as it is stored: the number of its stretch, seconds after its beginning, bytes into its file."""

    stretch: int
    seconds: int
    offset: int


def pack_visit(visit: PlacedVisit) -> bytes:
    """Return a visit as bytes: three numbers in groups of seven bits, the lowest first.

    >>> unpack_visits(pack_visit(PlacedVisit(300, -2, 70000)))
    [PlacedVisit(stretch=300, seconds=-2, offset=70000)]
    """
    seconds = visit.seconds * 2 if visit.seconds >= 0 else -visit.seconds * 2 - 1
    packed = bytearray()
    for number in (visit.stretch, seconds, visit.offset):
        while number >= _MORE:
            packed.append(number & (_MORE - 1) | _MORE)
            number >>= 7
        packed.append(number)
    return bytes(packed)


def unpack_visits(packed: bytes) -> list[PlacedVisit]:
    """Return the visits of a list, in the order in which they were added."""
    numbers: list[int] = []
    number = shift = 0
    for byte in packed:
        number |= (byte & (_MORE - 1)) << shift
        shift += 7
        if byte < _MORE:
            numbers.append(number)
            number = shift = 0
    parts = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return [
        PlacedVisit(stretch, -(seconds + 1) // 2 if seconds % 2 else seconds // 2, offset)
        for stretch, seconds, offset in parts
    ]


def last_visit(packed: bytes) -> PlacedVisit:
    """Return the last visit of a list that is not empty, whose other visits are not unpacked."""
    ends = (place for place in range(len(packed) - 1, -1, -1) if packed[place] < _MORE)
    before = next(islice(ends, 3, None), -1)
    return unpack_visits(packed[before + 1 :])[0]
