"""Facets of reports as bit sets, with one bit for each report, made ready.

The bit of a report is its rowid, by which the search index knows it too. A set is kept in parts of
`PART_BITS` bits, so that one report changes one part of a set, and compressed: that of a county is nearly
empty.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator

from gongkai.archive.rollups.chains import load_chains
from gongkai.archive.rollups.touched import REPORT_IDS
from gongkai.archive.store.measures_sql import only_in

TABLE = "facet_bits"
PART_BITS = 1 << 16
"""Bits of a part. The lowest bit of part 2 is that of rowid 131072."""

ANSWERS = {
    "disclosed": "granted",
    "refused": "refused_",
    "unavailable": "unavailable_",
    "rejected": "rejected_",
}
"""The ways in which a request was answered, and how the keys of their rows in the form begin."""

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
_DISPUTES = """
SELECT r.rowid, q.proceeding, q.corrected FROM review_litigation q
JOIN reports r ON r.id = q.report_id WHERE q.total > 0
"""

Values = dict[tuple[str, str], list[int]]


def to_bits(rows: Iterable[int], size: int) -> int:
    """Return a number in which the bit of each row is set. All rows are less than `size`."""
    marks = bytearray(size // 8 + 1)
    for row in rows:
        marks[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(marks, "little")


def size_of(rows: Iterable[int]) -> int:
    """Return a number above all rowids."""
    return max(rows, default=0) + 1


def collect_bits(conn: sqlite3.Connection, size: int) -> dict[str, dict[str, int]]:
    """Return the bits of the reports of each value of each facet, read from all tables."""
    rows: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
    for facet, value, row in _pairs(conn):
        rows[facet].setdefault(value, []).append(row)
    return {
        facet: {value: to_bits(found, size) for value, found in sorted(each.items())}
        for facet, each in rows.items()
    }


def create_facet_bits(conn: sqlite3.Connection) -> None:
    """Create the table."""
    conn.execute(
        f"CREATE TABLE {TABLE} (facet, value, part INTEGER, bits BLOB,"
        " PRIMARY KEY (facet, value, part))"
    )
    found: Values = {}
    for facet, value, row in _pairs(conn):
        found.setdefault((facet, value), []).append(row)
    for (facet, value), rows in sorted(found.items()):
        packed = (
            (facet, value, part, pack_bits(bits)) for part, bits in sorted(_in_parts(rows).items())
        )
        conn.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", packed)


def forget_bits(conn: sqlite3.Connection) -> None:
    """Clear the bits of the touched reports; their old rows stand."""
    _change(conn, lambda bits, of_touched: bits & ~of_touched)


def add_bits(conn: sqlite3.Connection) -> None:
    """Set the bits of the touched reports; their new rows stand."""
    _change(conn, int.__or__)


def _change(conn: sqlite3.Connection, changed: Callable[[int, int], int]) -> None:
    found: Values = {}
    for facet, value, row in _pairs(conn, REPORT_IDS):
        found.setdefault((facet, value), []).append(row)
    one = "facet = ? AND value = ? AND part = ?"
    for (facet, value), rows in found.items():
        for part, of_touched in _in_parts(rows).items():
            key = (facet, value, part)
            kept = conn.execute(f"SELECT bits FROM {TABLE} WHERE {one}", key).fetchone()
            bits = changed(unpack_bits(kept[0]) if kept else 0, of_touched)
            conn.execute(f"DELETE FROM {TABLE} WHERE {one}", key)
            if bits:
                conn.execute(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", (*key, pack_bits(bits)))


def _in_parts(rows: Iterable[int]) -> dict[int, int]:
    """Return the bits of rows by part."""
    parts: dict[int, list[int]] = {}
    for row in rows:
        parts.setdefault(row // PART_BITS, []).append(row % PART_BITS)
    return {part: to_bits(each, PART_BITS) for part, each in parts.items()}


def load_values(conn: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the values of each facet that are ready."""
    values: dict[str, list[str]] = {facet: [] for facet in FACETS}
    for facet, value in conn.execute(f"SELECT DISTINCT facet, value FROM {TABLE} ORDER BY 1, 2"):
        values[facet].append(value)
    return values


def load_bits(conn: sqlite3.Connection, facet: str, value: str) -> int:
    """Return the bits of a value that are ready."""
    found = conn.execute(
        f"SELECT part, bits FROM {TABLE} WHERE facet = ? AND value = ? ORDER BY part",
        (facet, value),
    )
    return sum(unpack_bits(kept) << part * PART_BITS for part, kept in found)


def pack_bits(bits: int) -> bytes:
    """Return bits as they are kept."""
    return zlib.compress(bits.to_bytes(bits.bit_length() // 8 + 1, "little"))


def unpack_bits(kept: bytes) -> int:
    """Return bits that were kept."""
    return int.from_bytes(zlib.decompress(kept), "little")


def _pairs(conn: sqlite3.Connection, ids: str = "") -> Iterator[tuple[str, str, int]]:
    """Yield (facet, value, rowid) for every value of every report, or of those of a SELECT of ids."""
    chains = load_chains(conn)
    for row, year, form, status, failed, region, kind, sector in conn.execute(
        _REPORTS + only_in("r.id", ids)
    ):
        yield "year", str(year), row
        for facet, value in (("form", form), ("status", status), ("kind", kind)):
            yield facet, value, row
        if sector:
            yield "sector", sector, row
        for code in chains.get(region, (region,) if region else ()):
            yield "region", code, row
        if failed:
            yield "rule", FAILED, row
    for row, rule in conn.execute(_CHECKS + only_in("c.report_id", ids)):
        yield "rule", rule, row
    yield from _answers(conn, only_in("q.report_id", ids, "AND"))


def _answers(conn: sqlite3.Connection, only: str) -> Iterator[tuple[str, str, int]]:
    for row, item in conn.execute(_REQUESTS + only):
        for answer, beginning in ANSWERS.items():
            if item.startswith(beginning):
                yield "answer", answer, row
    for row, proceeding, corrected in conn.execute(_DISPUTES + only):
        yield "answer", "reviews" if proceeding == "review" else "suits", row
        if corrected:
            yield "answer", "corrected", row
