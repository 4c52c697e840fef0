"""Where values stand in the compact protocol of Thrift, in which Parquet writes its footers.

A footer tells of every column of every row group. A few numbers of it are read; all else is passed over, and
copied as it is.
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)

_DEEPEST = 20
"""Structs and lists within each other; Parquet has about six."""

_LONGEST = 10
"""Bytes of an integer of 64 bits."""

WantedFields: TypeAlias = "Mapping[int, str | WantedFields]"
"""The integers that are wanted of a struct, by the numbers of their fields, each with a name for it; for a
field that is a struct, or a list of structs, what is wanted of these."""


class FoundInteger(NamedTuple):
    """An integer: the name that was given for it, its value, and from where to where it stands."""

    name: str
    value: int
    start: int
    end: int


def find_integers(
    data: bytes, place: int, wanted: WantedFields, found: list[FoundInteger], depth: int = 0
) -> int:
    """Add the integers that are wanted of the struct at a place, in their order; return where it ends.

    Raises:
        ValueError: It does not follow the protocol.
        IndexError: It is cut.
    """
    if depth > _DEEPEST:
        raise ValueError("deep")
    number = 0
    while head := data[place]:
        number, place = field_number(data, place, number)
        kind, want = head & 15, wanted.get(number)
        if want is None:
            place = pass_value(data, place, kind, depth)
        elif isinstance(want, str):
            if kind not in (I16, I32, I64):
                raise ValueError(f"kind {kind}")
            start = place
            value, place = read_varint(data, place)
            found.append(FoundInteger(want, value >> 1 ^ -(value & 1), start, place))
        elif kind == STRUCT:
            place = find_integers(data, place, want, found, depth + 1)
        else:
            count, place = list_of_structs(data, place, kind)
            for _ in range(count):
                place = find_integers(data, place, want, found, depth + 1)
    return place + 1


def list_of_structs(data: bytes, place: int, kind: int) -> tuple[int, int]:
    """Return how many structs a list has, and where the first begins.

    Raises:
        ValueError: It is no list of structs.
        IndexError: It is cut.
    """
    if kind not in (LIST, SET):
        raise ValueError(f"kind {kind}")
    count, kind, place = _list_head(data, place)
    if kind != STRUCT and count:
        raise ValueError(f"kind {kind}")
    return count, place


def field_number(data: bytes, place: int, last: int) -> tuple[int, int]:
    """Return the number of the field at a place, and where its value begins; `last` is that of the one before.

    Raises:
        ValueError: It does not follow the protocol.
        IndexError: It is cut.
    """
    if step := data[place] >> 4:
        return last + step, place + 1
    number, place = read_varint(data, place + 1)
    return number >> 1 ^ -(number & 1), place


def pass_value(data: bytes, place: int, kind: int, depth: int = 0) -> int:
    """Return where the value at a place ends. Truth values of a struct stand in its heads.

    Raises:
        ValueError: It does not follow the protocol.
        IndexError: It is cut.
    """
    if kind in (I16, I32, I64):
        while data[place] > 127:
            place += 1
        return place + 1
    if kind == BINARY:
        size, place = read_varint(data, place)
        return place + size
    if kind in (TRUE, FALSE):
        return place
    if kind == BYTE:
        return place + 1
    if kind == DOUBLE:
        return place + 8
    if depth > _DEEPEST:
        raise ValueError("deep")
    if kind == STRUCT:
        while head := data[place]:
            _, place = field_number(data, place, 0)
            place = pass_value(data, place, head & 15, depth + 1)
        return place + 1
    if kind not in (LIST, SET):
        raise ValueError(f"kind {kind}")
    count, kind, place = _list_head(data, place)
    if kind in (TRUE, FALSE):
        return place + count
    for _ in range(count):
        place = pass_value(data, place, kind, depth + 1)
    return place


def _list_head(data: bytes, place: int) -> tuple[int, int, int]:
    """Return the number of values of a list, their kind, and where the first begins."""
    count, kind = data[place] >> 4, data[place] & 15
    place += 1
    if count == 15:
        count, place = read_varint(data, place)
    if count > len(data):
        raise ValueError("long")
    return count, kind, place


def read_varint(data: bytes, place: int) -> tuple[int, int]:
    """Return the number at a place, and where it ends.

    Raises:
        ValueError: It is longer than one of 64 bits.
        IndexError: It is cut.
    """
    found = shift = 0
    for end in range(place, place + _LONGEST):
        each = data[end]
        found |= (each & 127) << shift
        if each < 128:
            return found, end + 1
        shift += 7
    raise ValueError("long")


def integer_bytes(value: int) -> bytes:
    """Return an integer in the protocol."""
    return _varint(value << 1 ^ value >> 63)


def struct_list_head(count: int) -> bytes:
    """Return what stands before the structs of a list."""
    head = bytes([min(count, 15) << 4 | STRUCT])
    return head if count < 15 else head + _varint(count)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
