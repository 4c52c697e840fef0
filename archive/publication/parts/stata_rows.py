"""A Stata file made from that of the last publication: rows are fixed in width, and those touched are replaced.

How wide a text is, and how long an integer, follows from all rows of a file. The new rows are written as a
file of their own, with some that stand as they were and need all the width of a column. Where this one has
the types of the last file, a row has the same bytes in both. The format is that of Stata's `help dta`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

_COUNT = b"</K><N>"
_MAP = b"<map>"
_TYPES = b"<variable_types>"
_DATA = b"<data>"
_PLACES = struct.Struct("<14Q")
"""Places of the sections in a file: the tenth is that of the data, the four behind it follow."""

_FIRST_AFTER = 10
_LONGEST_TEXT = 2045
"""Bytes of a text that stands in its row; longer ones stand elsewhere."""

_NUMBERS = {65526: "<f8", 65527: "<f4", 65528: "<i4", 65529: "<i2", 65530: "<i1"}
_LARGE = "<f8"
"""What an integer becomes that is too large for four bytes."""

_MOST_LONG = 2_147_483_620
_LEAST_LONG = -2_147_483_647
"""The integers of four bytes that are no missing values."""


@dataclass(frozen=True, slots=True)
class LastStata:
    """The file of the last publication, and the keys that were touched since."""

    path: Path
    touched: Collection[str]


def renew_stata(
    last: LastStata,
    path: Path,
    write: Callable[[Path, Collection[str]], object],
    integers: Collection[int],
) -> int | None:
    """Write a file from the last one; return its rows, None where it has to be written as a whole.

    `write` writes a file of the rows of some keys, in the order of the keys. The first column is the key,
    `integers` are the columns of integers.

    Raises:
        OSError: a file cannot be read or written.
    """
    import numpy

    old = _StataFile.read(last.path)
    if old is None:
        return None
    touched = sorted({key.encode() for key in last.touched})
    rows = old.rows()
    keys = rows["f0"]
    is_touched = numpy.isin(keys, numpy.array(touched, keys.dtype)) if touched else keys == b""
    stay = rows[~is_touched]
    if not len(stay):
        return None
    witnesses = _witnesses(stay, integers)
    write(path, {*last.touched, *(key.decode() for key in witnesses)})
    new = _StataFile.read(path)
    if new is None or new.types != old.types:
        return None
    others = new.rows()
    replaced = others[~numpy.isin(others["f0"], numpy.array(witnesses, keys.dtype))]
    places = numpy.searchsorted(stay["f0"], replaced["f0"])
    merged = numpy.insert(stay, places, replaced)
    path.write_bytes(new.with_rows(len(merged), merged.tobytes()))
    return len(merged)


def _witnesses(rows: numpy.ndarray[Any, Any], integers: Collection[int]) -> list[bytes]:
    """Return the keys of rows that need all the width of a column, one for each that has such a row."""
    import numpy

    found: set[bytes] = set()
    for place, name in enumerate(rows.dtype.names or ()):
        column = numpy.ascontiguousarray(rows[name])
        if column.dtype.kind == "S":
            wide = column.view(numpy.uint8).reshape(len(column), -1)[:, -1:].any(axis=1)
        elif place in integers and column.dtype.str == _LARGE:
            is_there = column < 2.0**1000  # missing values are larger than all others
            wide = is_there & ((column > _MOST_LONG) | (column < _LEAST_LONG))
        else:
            continue
        if wide.any():
            found.add(bytes(rows["f0"][wide.argmax()]))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _StataFile:
    """A file of release 118: its bytes, the places of its sections, the type of each column, its rows."""

    body: bytes
    places: Sequence[int]
    types: Sequence[int]
    count: int

    @classmethod
    def read(cls, path: Path) -> _StataFile | None:
        """Read one; None where it has texts outside of its rows, or is another kind of file."""
        body = path.read_bytes()
        try:
            places = _PLACES.unpack_from(body, body.index(_MAP) + len(_MAP))
            (count,) = struct.unpack_from("<Q", body, body.index(_COUNT) + len(_COUNT))
            first, end = places[2] + len(_TYPES), places[3] - len(b"</variable_types>")
            types = struct.unpack(f"<{(end - first) // 2}H", body[first:end])
        except (ValueError, struct.error):
            return None
        if any(each > _LONGEST_TEXT and each not in _NUMBERS for each in types):
            return None
        found = cls(body, places, types, count)
        begin, end = found._data
        return found if end - begin == count * found._row().itemsize else None

    def _row(self) -> numpy.dtype[Any]:
        import numpy

        kinds = [_NUMBERS.get(each, f"S{each}") for each in self.types]
        return numpy.dtype([(f"f{place}", kind) for place, kind in enumerate(kinds)])

    @property
    def _data(self) -> tuple[int, int]:
        """Where the rows begin and end."""
        return self.places[9] + len(_DATA), self.places[_FIRST_AFTER] - len(b"</data>")

    def rows(self) -> numpy.ndarray[Any, Any]:
        """Return the rows, their columns named f0, f1 and so on."""
        import numpy

        return numpy.frombuffer(self.body[slice(*self._data)], self._row())

    def with_rows(self, count: int, rows: bytes) -> bytes:
        """Return the bytes of the file with other rows."""
        begin, end = self._data
        head = bytearray(self.body[:begin])
        struct.pack_into("<Q", head, head.index(_COUNT) + len(_COUNT), count)
        moved = len(rows) - (end - begin)
        places = [*self.places[:_FIRST_AFTER], *(p + moved for p in self.places[_FIRST_AFTER:])]
        _PLACES.pack_into(head, head.index(_MAP) + len(_MAP), *places)
        return bytes(head) + rows + self.body[end:]
