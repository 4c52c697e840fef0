"""Values in the compact protocol of Thrift, in which Parquet writes its footers.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, _, STRUCT = range(1, 13)

_DEEPEST = 20
"""Structs and lists within each other; Parquet has about six."""

Value: TypeAlias = "bool | int | bytes | ThriftList | ThriftStruct"


@dataclass(slots=True)
class ThriftList:
    """Values of one kind."""

    kind: int
    values: list[Value]


@dataclass(slots=True)
class ThriftStruct:
    """Values by the numbers of their fields, each with its kind."""

    fields: dict[int, tuple[int, Value]] = field(default_factory=dict)

    def integer(self, number: int) -> int | None:
        """Return an integer, None where the field is absent."""
        _, found = self.fields.get(number, (0, None))
        return found if isinstance(found, int) else None

    def struct(self, number: int) -> ThriftStruct | None:
        """Return a struct, None where the field is absent."""
        _, found = self.fields.get(number, (0, None))
        return found if isinstance(found, ThriftStruct) else None

    def structs(self, number: int) -> list[ThriftStruct]:
        """Return the structs of a list, [] where the field is absent."""
        _, found = self.fields.get(number, (0, None))
        values = found.values if isinstance(found, ThriftList) else []
        return [each for each in values if isinstance(each, ThriftStruct)]

    def replace(self, number: int, value: Value) -> None:
        """Give a field that is there another value."""
        kind, _ = self.fields[number]
        self.fields[number] = (kind, value)


def parse_struct(data: bytes) -> ThriftStruct:
    """Return the struct that bytes begin with.

    Raises:
        ValueError: They do not follow the protocol, or are cut.
    """
    try:
        return _Reader(data).struct(0)
    except IndexError as problem:
        raise ValueError("cut") from problem


def struct_bytes(struct: ThriftStruct) -> bytes:
    """Return a struct in the protocol."""
    out = bytearray()
    _write_struct(out, struct)
    return bytes(out)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def struct(self, depth: int) -> ThriftStruct:
        found, number = ThriftStruct(), 0
        while head := self.byte():
            kind, step = head & 15, head >> 4
            number = number + step if step else self.zigzag()
            found.fields[number] = (kind, self.value(kind, depth))
        return found

    def value(self, kind: int, depth: int) -> Value:
        if depth > _DEEPEST:
            raise ValueError("deep")
        if kind in (TRUE, FALSE):
            return kind == TRUE
        if kind == BYTE:
            return self.byte()
        if kind in (I16, I32, I64):
            return self.zigzag()
        if kind == DOUBLE:
            return self.take(8)
        if kind == BINARY:
            return self.take(self.varint())
        if kind in (LIST, SET):
            return self.list(depth)
        if kind == STRUCT:
            return self.struct(depth + 1)
        raise ValueError(f"kind {kind}")

    def list(self, depth: int) -> ThriftList:
        head = self.byte()
        kind, count = head & 15, head >> 4
        count = self.varint() if count == 15 else count
        if count > len(self.data):
            raise ValueError("long")
        if kind in (TRUE, FALSE):
            return ThriftList(kind, [self.byte() for _ in range(count)])
        return ThriftList(kind, [self.value(kind, depth + 1) for _ in range(count)])

    def byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1]

    def take(self, count: int) -> bytes:
        found = self.data[self.place : self.place + count]
        if len(found) < count:
            raise ValueError("cut")
        self.place += count
        return found

    def varint(self) -> int:
        found = shift = 0
        while True:
            each = self.byte()
            found |= (each & 127) << shift
            shift += 7
            if each < 128:
                return found
            if shift > 63:
                raise ValueError("long")

    def zigzag(self) -> int:
        found = self.varint()
        return found >> 1 ^ -(found & 1)


def _write_struct(out: bytearray, struct: ThriftStruct) -> None:
    last = 0
    for number, (kind, value) in sorted(struct.fields.items()):
        step = number - last
        if 0 < step < 16:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            _write_varint(out, _zigzag(number))
        last = number
        if kind not in (TRUE, FALSE):
            _write_value(out, kind, value)
    out.append(0)


def _write_value(out: bytearray, kind: int, value: Value) -> None:
    match value:
        case ThriftStruct():
            _write_struct(out, value)
        case ThriftList():
            count = len(value.values)
            out.append(min(count, 15) << 4 | value.kind)
            if count >= 15:
                _write_varint(out, count)
            for each in value.values:
                _write_value(out, BYTE if value.kind in (TRUE, FALSE) else value.kind, each)
        case bytes():
            if kind == BINARY:
                _write_varint(out, len(value))
            out += value
        case int():
            if kind == BYTE:
                out.append(value)
            else:
                _write_varint(out, _zigzag(value))


def _zigzag(value: int) -> int:
    return value << 1 ^ value >> 63


def _write_varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
