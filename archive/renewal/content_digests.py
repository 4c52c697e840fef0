"""Digests of what a publication says, by table and year, whatever the bytes of its file.

The digest of a part is the sum, modulo 2^256, of the SHA-256 of each of its rows. A row is the JSON array
of its values in the order of the columns, without spaces, in UTF-8. A sum does not depend on the order
of rows, and a row can be taken away from it. Two publications are equal where these digests are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.codebook.table_years import year_sql

TABLE = "content_digests"
WHOLE = ""
"""The one part of a table whose rows have no year."""

_MODULUS = 1 << 256
_row_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=repr).encode

COMPUTED_FROM: Mapping[str, tuple[str, ...]] = {
    "cells": (
        *("report_summary", "active_disclosure", "active_disclosure_2019", "requests"),
        *("review_litigation", "cell_notes"),
    ),
    "panel": (
        *("report_summary", "active_disclosure", "active_disclosure_2019", "requests"),
        *("review_litigation", "cell_notes"),
    ),
    "region_totals": ("regions", "report_summary", "requests", "review_litigation"),
}
"""Views that are published as files, and the tables that they are computed from, year by year."""


@dataclass
class PartDigest:
    """Number of rows and sum of their digests."""

    rows: int = 0
    total: int = 0

    @property
    def hex(self) -> str:
        """The sum as 64 hexadecimal digits."""
        return f"{self.total:064x}"


Parts = dict[tuple[str, str], PartDigest]
"""Digests by table and year; the year is "" for a table without years."""


@dataclass
class ContentDigests:
    """The digests of all parts of a public file."""

    parts: Parts = field(default_factory=dict)

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return sum(part.rows for (name, _), part in self.parts.items() if name == table)

    def add(self, conn: sqlite3.Connection, table: str, condition: str = "true") -> None:
        """Add rows of a table; the condition calls the table t."""
        for key, part in digest_rows(conn, table, condition).items():
            mine = self.parts.setdefault(key, PartDigest())
            mine.rows += part.rows
            mine.total = (mine.total + part.total) % _MODULUS

    def subtract(self, conn: sqlite3.Connection, table: str, condition: str) -> None:
        """Take away rows of a table; a part without rows is no part."""
        for key, part in digest_rows(conn, table, condition).items():
            mine = self.parts.setdefault(key, PartDigest())
            mine.rows -= part.rows
            mine.total = (mine.total - part.total) % _MODULUS

    def store(self, conn: sqlite3.Connection) -> None:
        """Write them as a table of the file."""
        conn.execute(f"DROP TABLE IF EXISTS {TABLE}")
        conn.execute(
            f'CREATE TABLE {TABLE} ("table" TEXT, year TEXT, "rows" INTEGER, digest TEXT,'
            ' PRIMARY KEY ("table", year)) WITHOUT ROWID'
        )
        conn.executemany(
            f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)",
            (
                (*key, part.rows, part.hex)
                for key, part in sorted(self.parts.items())
                if part.rows or part.total
            ),
        )

    def listed(self) -> dict[str, dict[str, str]]:
        """Return the digests by table and year, those of views too, as a manifest has them."""
        found: dict[str, dict[str, str]] = {}
        for (table, year), part in sorted(self.parts.items()):
            if part.rows or part.total:
                found.setdefault(table, {})[year] = part.hex
        return found | {view: _of_view(found, sources) for view, sources in COMPUTED_FROM.items()}


def digest_tables(conn: sqlite3.Connection, tables: Iterable[str]) -> ContentDigests:
    """Read every row of some tables."""
    digests = ContentDigests()
    for table in tables:
        digests.add(conn, table)
    return digests


def has_digests(conn: sqlite3.Connection) -> bool:
    """Return whether a public file has digests; those of earlier versions have none."""
    found = conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [TABLE]).fetchone()
    return found is not None


def load_digests(conn: sqlite3.Connection) -> ContentDigests:
    """Return the digests that a public file has."""
    found = conn.execute(f'SELECT "table", year, "rows", digest FROM {TABLE}')
    return ContentDigests(
        {(table, year): PartDigest(rows, int(digest, 16)) for table, year, rows, digest in found}
    )


def digest_rows(conn: sqlite3.Connection, table: str, condition: str = "true") -> Parts:
    """Read rows of a table and return their digests by part; the condition calls the table t."""
    parts: Parts = {}
    year_of_row = year_sql(table_schemas()[table]) or f"'{WHOLE}'"
    for year, *row in conn.execute(
        f"SELECT {year_of_row}, t.* FROM main.{table} t WHERE {condition}"
    ):
        key = (table, WHOLE if year is None else str(year))
        part = parts.get(key) or parts.setdefault(key, PartDigest())
        part.rows += 1
        part.total += int.from_bytes(sha256(_row_text(row).encode()).digest(), "big")
    for part in parts.values():
        part.total %= _MODULUS
    return parts


def overall_digest(listed: Mapping[str, Mapping[str, str]]) -> str:
    """Return one digest for all parts, as SHA-256 in hexadecimal."""
    return sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()


def _of_view(listed: Mapping[str, Mapping[str, str]], sources: tuple[str, ...]) -> dict[str, str]:
    """Return for each year the SHA-256 of the digests of the tables that a view is computed from."""
    return {year: _joined(listed, sources, year) for year in sorted(_years(listed, sources))}


def _joined(listed: Mapping[str, Mapping[str, str]], sources: tuple[str, ...], year: str) -> str:
    told = ((name, listed.get(name, {})) for name in sources)
    each = (f"{name} {parts.get(year) or parts.get(WHOLE, '')}" for name, parts in told)
    return sha256("\n".join(each).encode()).hexdigest()


def _years(listed: Mapping[str, Mapping[str, str]], sources: tuple[str, ...]) -> Iterator[str]:
    yield from {year for name in sources for year in listed.get(name, {}) if year != WHOLE}
