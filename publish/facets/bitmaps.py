"""Facets of reports as bit sets, with one bit for each report: a count is an AND.

A publication has the bits ready, and those of a value are read when they are first asked for. Of an
archive that is no publication they are made once and kept.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.rollups.facet_bits import (
    ANSWERS,
    FACETS,
    FAILED,
    TABLE,
    collect_bits,
    load_bits,
    load_values,
    size_of,
    to_bits,
)
from gongkai.archive.rollups.facet_orders import LATEST, NEWEST, load_orders, ready_order
from gongkai.archive.store.database import read_only

GENERATIONS = 2
"""Files whose facets are kept: the one that is served, and the one that is about to be."""

KEPT_VALUES = 300
"""Values whose bits are kept in memory, of the thousands that regions have."""


@dataclass(frozen=True)
class Facets:
    """The bits of the reports of each value of each facet.

    `latest` are the rowids of all reports, the latest first, `every` the bits of all reports. `newest`
    are their rowids by the time at which their present version was first fetched.
    """

    values: Mapping[str, Mapping[str, int]]
    latest: Sequence[int]
    every: int
    newest: Sequence[int]

    def mask(self, chosen: Mapping[str, str], without: str = "") -> int:
        """Return the bits of the reports with all chosen values, but for those of one facet."""
        bits = self.every
        for facet, value in chosen.items():
            if value and facet != without:
                bits &= self.values[facet].get(value, 0)
        return bits

    def counts(self, facet: str, bits: int, among: Collection[str] | None = None) -> dict[str, int]:
        """Return the number of these reports for each value that occurs among them.

        `among` are the values that are counted, None for all.
        """
        known = self.values[facet]
        values = known if among is None else among
        counted = {value: (known.get(value, 0) & bits).bit_count() for value in values}
        return {value: count for value, count in counted.items() if count}

    @cached_property
    def strays(self) -> Mapping[int, int]:
        """The places in `latest` of reports whose rowids do not fall from the latest to the first.

        A publication numbers reports by date, but one that is made from the last one gives the next
        numbers to what came. Without the strays the rowids fall, with gaps.
        """
        found: dict[int, int] = {}
        if self._fall_by_one:
            return found
        lowest = self.every.bit_length()
        for place, row in enumerate(self.latest):
            if row < lowest:
                lowest = row
            else:
                found[row] = place
        return found

    def between(self, start: int, end: int) -> int:
        """Return the bits of the reports at places of `latest`, from `start` to before `end`."""
        strays = self.strays
        first, last = start, end - 1
        while first < end and self.latest[first] in strays:
            first += 1
        while last > first and self.latest[last] in strays:
            last -= 1
        within = (row for row, place in strays.items() if start <= place < end)
        bits = to_bits(within, self.every.bit_length())
        if first < end:
            fallen = (2 << self.latest[first]) - (1 << self.latest[last])
            bits |= fallen & self.in_order
        return bits

    @cached_property
    def _fall_by_one(self) -> bool:
        """Whether the rowids fall from the latest to the first without strays and gaps."""
        return self.latest == array("I", range(len(self.latest), 0, -1))

    @cached_property
    def _stray_bits(self) -> int:
        return to_bits(self.strays, self.every.bit_length())

    @cached_property
    def in_order(self) -> int:
        """The bits of the reports whose rowids fall from the latest to the first: all but the strays."""
        return self.every & ~self._stray_bits

    @cached_property
    def rank(self) -> Sequence[int]:
        """The place of each report among all, the latest first, by its rowid."""
        if self._fall_by_one:
            return range(len(self.latest), -1, -1)
        places = array("I", bytes(array("I").itemsize * (self.every.bit_length() + 1)))
        for place, row in enumerate(self.latest):
            places[row] = place
        return places


class _ReadyValues(Mapping[str, int]):
    """The bits of the values of a facet in a publication."""

    def __init__(self, path: str, facet: str, values: Sequence[str]) -> None:
        self._values = dict.fromkeys(values)
        self._load = lru_cache(maxsize=KEPT_VALUES)(lambda value: _load_bits(path, facet, value))

    def __getitem__(self, value: str) -> int:
        if value not in self._values:
            raise KeyError(value)
        return self._load(value)

    def __contains__(self, value: object) -> bool:
        return value in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def rows_in(rows: Iterable[int], bits: int, size: int) -> Iterator[int]:
    """Yield the rows whose bit is set, in the given order. All rows are less than `size`."""
    marks = bits.to_bytes(size // 8 + 1, "little")  # shifting a long number for each row is slow
    return (row for row in rows if marks[row >> 3] >> (row & 7) & 1)


def facets_of(path: Path) -> Facets:
    """Return the facets of a served file, which are ready or made at the first call."""
    about = path.stat()
    return _load(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=GENERATIONS)
def _load(path: Path, changed: int, size: int) -> Facets:
    with closing(read_only(path)) as conn:
        return load_facets(conn)


def load_facets(conn: sqlite3.Connection) -> Facets:
    """Return the facets of an archive."""
    if has_rollup(conn, TABLE):
        return _load_ready(conn)
    orders = load_orders(conn)
    latest = orders[LATEST]
    size = size_of(latest)
    return Facets(collect_bits(conn, size), latest, to_bits(latest, size), orders[NEWEST])


def _load_ready(conn: sqlite3.Connection) -> Facets:
    path = str(conn.execute("PRAGMA database_list").fetchone()[2])
    latest = ready_order(conn, LATEST)
    values = {facet: _ReadyValues(path, facet, found) for facet, found in load_values(conn).items()}
    every = 0
    for of_status in values["status"].values():  # each report has one
        every |= of_status
    return Facets(
        values,
        latest,
        every,
        ready_order(conn, NEWEST),
    )


def _load_bits(path: str, facet: str, value: str) -> int:
    with closing(read_only(Path(path))) as conn:
        return load_bits(conn, facet, value)


__all__ = [
    "ANSWERS",
    "FACETS",
    "FAILED",
    "Facets",
    "facets_of",
    "load_facets",
    "rows_in",
    "to_bits",
]
