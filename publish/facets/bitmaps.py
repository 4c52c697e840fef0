"""Facets of reports as bit sets, with one bit for each report: a count is an AND.

The bits of a served file are made once and kept. The bit of a report is its rowid, by which the
search index knows it too.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from gongkai.archive.store.database import read_only
from gongkai.publish.facets.region_chains import load_chains

ANSWERS = {
    "disclosed": "granted",
    "refused": "refused_",
    "unavailable": "unavailable_",
    "rejected": "rejected_",
}
"""The ways in which a request was answered, and how the keys of their rows in the form begin."""

DISPUTES = ("reviews", "suits", "corrected")
FACETS = ("answer", "year", "region", "kind", "sector", "form", "status", "rule")
"""The facets in the order in which the page shows them."""

FAILED = "any"
"""The value of the facet `rule` that stands for any failed check."""

_REPORTS = """
SELECT r.rowid AS bit, r.year, r.form, r.status, r.checks_failed, a.region_code, a.kind, a.sector
FROM reports r JOIN agencies a ON a.id = r.agency_id
"""
_CHECKS = "SELECT DISTINCT r.rowid, c.rule FROM checks c JOIN reports r ON r.id = c.report_id"
_REQUESTS = """
SELECT r.rowid, q.item FROM requests q JOIN reports r ON r.id = q.report_id WHERE q.total > 0
"""
_NEWEST = """
SELECT r.rowid FROM reports r LEFT JOIN revisions v ON v.report_id = r.id AND v.current
GROUP BY r.rowid ORDER BY max(max(r.first_seen, coalesce(v.first_seen, ''))) DESC, r.id
"""
_DISPUTES = """
SELECT r.rowid, q.proceeding, q.corrected FROM review_litigation q
JOIN reports r ON r.id = q.report_id WHERE q.total > 0
"""


@dataclass(frozen=True)
class Facets:
    """The bits of the reports of each value of each facet.

    `latest` are the rowids of all reports, the latest first, `every` the bits of all reports. `newest`
    are their rowids by the time at which their present version was first fetched.
    """

    values: Mapping[str, Mapping[str, int]]
    latest: tuple[int, ...]
    every: int
    newest: tuple[int, ...]

    def mask(self, chosen: Mapping[str, str], without: str = "") -> int:
        """Return the bits of the reports with all chosen values, but for those of one facet."""
        bits = self.every
        for facet, value in chosen.items():
            if value and facet != without:
                bits &= self.values[facet].get(value, 0)
        return bits

    def counts(self, facet: str, bits: int) -> dict[str, int]:
        """Return the number of these reports for each value that occurs among them."""
        counted = {value: (own & bits).bit_count() for value, own in self.values[facet].items()}
        return {value: count for value, count in counted.items() if count}

    @cached_property
    def rank(self) -> Sequence[int]:
        """The place of each report among all, the latest first, by its rowid."""
        places = array("I", bytes(array("I").itemsize * (self.every.bit_length() + 1)))
        for place, row in enumerate(self.latest):
            places[row] = place
        return places


def to_bits(rows: Iterable[int], size: int) -> int:
    """Return a number in which the bit of each row is set. All rows are less than `size`."""
    marks = bytearray(size // 8 + 1)
    for row in rows:
        marks[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(marks, "little")


def rows_in(rows: Iterable[int], bits: int, size: int) -> Iterator[int]:
    """Yield the rows whose bit is set, in the given order. All rows are less than `size`."""
    marks = bits.to_bytes(size // 8 + 1, "little")  # shifting a long number for each row is slow
    return (row for row in rows if marks[row >> 3] >> (row & 7) & 1)


def facets_of(path: Path) -> Facets:
    """Return the facets of a served file, which are made at the first call."""
    about = path.stat()
    return _load(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=4)
def _load(path: Path, changed: int, size: int) -> Facets:
    with closing(read_only(path)) as conn:
        return load_facets(conn)


def load_facets(conn: sqlite3.Connection) -> Facets:
    """Return the facets of an archive."""
    latest = [
        row
        for (row,) in conn.execute(
            "SELECT rowid FROM reports ORDER BY published_on DESC, year DESC, id"
        )
    ]
    size = max(latest, default=0) + 1
    rows: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
    for facet, value, row in _pairs(conn):
        rows[facet].setdefault(value, []).append(row)
    values = {
        facet: {value: to_bits(found, size) for value, found in sorted(each.items())}
        for facet, each in rows.items()
    }
    newest = tuple(row for (row,) in conn.execute(_NEWEST))
    return Facets(values, tuple(latest), to_bits(latest, size), newest)


def _pairs(conn: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """Yield (facet, value, rowid) for every value of every report."""
    chains = load_chains(conn)
    for row, year, form, status, failed, region, kind, sector in conn.execute(_REPORTS):
        yield "year", str(year), row
        for facet, value in (("form", form), ("status", status), ("kind", kind)):
            yield facet, value, row
        if sector:
            yield "sector", sector, row
        for code in chains.get(region, (region,) if region else ()):
            yield "region", code, row
        if failed:
            yield "rule", FAILED, row
    for row, rule in conn.execute(_CHECKS):
        yield "rule", rule, row
    yield from _answers(conn)


def _answers(conn: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    for row, item in conn.execute(_REQUESTS):
        for answer, beginning in ANSWERS.items():
            if item.startswith(beginning):
                yield "answer", answer, row
    for row, proceeding, corrected in conn.execute(_DISPUTES):
        yield "answer", "reviews" if proceeding == "review" else "suits", row
        if corrected:
            yield "answer", "corrected", row
