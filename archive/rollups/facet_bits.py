"""Facets of reports as bit sets, with one bit for each report, made ready.

The bit of a report is its rowid, by which the search index knows it too. A set is kept compressed: that
of a county is nearly empty.
"""

from __future__ import annotations

import sqlite3
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator

from gongkai.archive.rollups.chains import load_chains

TABLE = "facet_bits"
ORDERS = "facet_orders"
"""The rowids of all reports in an order, by its name, as unsigned integers of four bytes, little-endian."""

LATEST, NEWEST = "latest", "newest"
"""The orders: by the day of publishing, and by the time at which the present version was first fetched."""

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
_NEWEST = """
SELECT r.rowid FROM reports r LEFT JOIN revisions v ON v.report_id = r.id AND v.current
GROUP BY r.rowid ORDER BY max(max(r.first_seen, coalesce(v.first_seen, ''))) DESC, r.id
"""
_DISPUTES = """
SELECT r.rowid, q.proceeding, q.corrected FROM review_litigation q
JOIN reports r ON r.id = q.report_id WHERE q.total > 0
"""
_LATEST = "SELECT rowid FROM reports ORDER BY published_on DESC, year DESC, id"


def to_bits(rows: Iterable[int], size: int) -> int:
    """Return a number in which the bit of each row is set. All rows are less than `size`."""
    marks = bytearray(size // 8 + 1)
    for row in rows:
        marks[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(marks, "little")


def size_of(rows: Iterable[int]) -> int:
    """Return a number above all rowids."""
    return max(rows, default=0) + 1


def load_orders(conn: sqlite3.Connection) -> dict[str, array[int]]:
    """Return the rowids of all reports in each order."""
    return {
        name: array("I", (row for (row,) in conn.execute(sql)))
        for name, sql in ((LATEST, _LATEST), (NEWEST, _NEWEST))
    }


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
    """Create the tables of the bits and of the orders."""
    conn.execute(f"CREATE TABLE {TABLE} (facet, value, bits BLOB, PRIMARY KEY (facet, value))")
    conn.execute(f"CREATE TABLE {ORDERS} (name PRIMARY KEY, rows BLOB)")
    orders = load_orders(conn)
    size = size_of(orders[LATEST])
    for facet, values in collect_bits(conn, size).items():
        packed = ((facet, value, pack_bits(bits)) for value, bits in values.items())
        conn.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?)", packed)
    for name, rows in orders.items():
        conn.execute(f"INSERT INTO {ORDERS} VALUES (?, ?)", (name, _in_file_order(rows).tobytes()))


def pack_bits(bits: int) -> bytes:
    """Return bits as they are kept."""
    return zlib.compress(bits.to_bytes(bits.bit_length() // 8 + 1, "little"))


def unpack_bits(kept: bytes) -> int:
    """Return bits that were kept."""
    return int.from_bytes(zlib.decompress(kept), "little")


def ready_order(conn: sqlite3.Connection, name: str) -> array[int]:
    """Return the rowids of an order that is ready."""
    (kept,) = conn.execute(f"SELECT rows FROM {ORDERS} WHERE name = ?", [name]).fetchone()
    return _in_file_order(array("I", kept))


def _in_file_order(rows: array[int]) -> array[int]:
    """Return numbers with the bytes of the file, or back: little-endian on every machine."""
    if sys.byteorder == "big":
        rows.byteswap()
    return rows


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
