"""What reports can be narrowed by, one bit a report: a count is an AND, so every facet is exact.

A served file never changes, so the bits are made once and kept. The bit of a report is its rowid,
the same by which the search index knows it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from gongkai.publish.http.read_only import read_only

ANSWERS = {
    "granted": "granted",
    "refused": "refused_",
    "unavailable": "unavailable_",
    "rejected": "rejected_",
}
"""Ways a request was answered, and how the keys of their rows in the form begin."""

DISPUTES = ("reviews", "suits", "corrected")
FACETS = ("answer", "year", "region", "kind", "sector", "form", "status", "rule")
"""In the order in which the page shows them."""

FAILED = "any"
"""Stands among the rules for any failed check at all."""

_REPORTS = """
select r.rowid as bit, r.year, r.form, r.status, r.checks_failed, a.region_code, a.kind, a.sector
from reports r join agencies a on a.id = r.agency_id
"""
_CHECKS = "select distinct r.rowid, c.rule from checks c join reports r on r.id = c.report_id"
_REQUESTS = """
select r.rowid, q.item from requests q join reports r on r.id = q.report_id where q.total > 0
"""
_DISPUTES = """
select r.rowid, q.proceeding, q.corrected from review_litigation q
join reports r on r.id = q.report_id where q.total > 0
"""


@dataclass(frozen=True)
class Facets:
    """For each facet its values, each with the bits of its reports; and all reports by date."""

    values: Mapping[str, Mapping[str, int]]
    latest: tuple[int, ...]
    every: int

    def mask(self, chosen: Mapping[str, str], without: str = "") -> int:
        """Return the bits of the reports that fit all that is chosen, one facet left out."""
        bits = self.every
        for facet, value in chosen.items():
            if value and facet != without:
                bits &= self.values[facet].get(value, 0)
        return bits

    def counts(self, facet: str, bits: int) -> dict[str, int]:
        """Return how many of the reports have each value, the values that some have."""
        counted = {value: (have & bits).bit_count() for value, have in self.values[facet].items()}
        return {value: count for value, count in counted.items() if count}

    @cached_property
    def rank(self) -> Mapping[int, int]:
        """Return the place of each report among all, the latest first."""
        return {row: place for place, row in enumerate(self.latest)}


def bits_of(rows: Iterable[int], size: int) -> int:
    """Return a number in which the bit of each row is set; `size` is above the largest."""
    marks = bytearray(size // 8 + 1)
    for row in rows:
        marks[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(marks, "little")


def is_set(bits: int, size: int) -> bytes:
    """Return the bits as bytes, so that one can be looked up without shifting the whole number."""
    return bits.to_bytes(size // 8 + 1, "little")


def facets_of(path: Path) -> Facets:
    """Return the facets of a served file, made at the first call."""
    about = path.stat()
    return _made(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=4)
def _made(path: Path, changed: int, size: int) -> Facets:
    with closing(read_only(path)) as conn:
        return make(conn)


def make(conn: sqlite3.Connection) -> Facets:
    """Return the facets of an archive."""
    latest = [
        row
        for (row,) in conn.execute(
            "select rowid from reports order by published_on desc, year desc, id"
        )
    ]
    size = max(latest, default=0) + 1
    rows: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
    for facet, value, row in _pairs(conn):
        rows[facet].setdefault(value, []).append(row)
    values = {
        facet: {value: bits_of(found, size) for value, found in sorted(each.items())}
        for facet, each in rows.items()
    }
    return Facets(values, tuple(latest), bits_of(latest, size))


def _pairs(conn: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """Yield (facet, value, row) for everything that is true of a report."""
    above = dict(conn.execute("select code, parent_code from regions"))
    chains: dict[str | None, list[str]] = {}
    for row, year, form, status, failed, region, kind, sector in conn.execute(_REPORTS):
        yield "year", str(year), row
        for facet, value in (("form", form), ("status", status), ("kind", kind)):
            yield facet, value, row
        if sector:
            yield "sector", sector, row
        if region not in chains:
            chains[region] = list(_upwards(region, above))
        for code in chains[region]:
            yield "region", code, row
        if failed:
            yield "rule", FAILED, row
    for row, rule in conn.execute(_CHECKS):
        yield "rule", rule, row
    yield from _answers(conn)


def _upwards(code: str | None, above: Mapping[str, str | None]) -> Iterator[str]:
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        yield code
        code = above.get(code)


def _answers(conn: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    for row, item in conn.execute(_REQUESTS):
        for answer, beginning in ANSWERS.items():
            if item.startswith(beginning):
                yield "answer", answer, row
    for row, proceeding, corrected in conn.execute(_DISPUTES):
        yield "answer", "reviews" if proceeding == "review" else "suits", row
        if corrected:
            yield "answer", "corrected", row
