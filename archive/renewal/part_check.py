"""A few parts of a renewed file read again: do their rows have the digests that were kept by difference?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gongkai.archive.renewal.content_digests import WHOLE, ContentDigests, PartDigest, digest_rows
from gongkai.archive.renewal.table_scopes import OF_REPORT

_PARTS, _ROWS = 12, 50_000
"""Parts that are read each time, and rows after which no further one is: after some weeks all that are
small enough had their turn."""

_MOST_ROWS = 20_000
"""Rows of the largest part that is read. Larger ones are read when a file is made anew."""

_BY_YEAR = ("reports", "report_summary", "coverage", "reasons_by_agency")
"""Tables with an index that begins with the year."""


def differing_part(
    conn: sqlite3.Connection, digests: ContentDigests, turn: int
) -> tuple[str, str] | None:
    """Return table and year of the first of some parts whose rows have another digest, or None.

    `turn` says which parts have their turn.
    """
    parts = list(_small_parts(digests))
    first = turn % len(parts) if parts else 0
    rows = 0
    for key in (parts * 2)[first : first + min(_PARTS, len(parts))]:
        found = digest_rows(conn, key[0], _condition(*key)).get(key, PartDigest())
        if found != digests.parts[key]:
            return key
        rows += found.rows
        if rows > _ROWS:
            break
    return None


def _small_parts(digests: ContentDigests) -> Iterator[tuple[str, str]]:
    for (table, year), part in sorted(digests.parts.items()):
        is_found = year == WHOLE or table in OF_REPORT or table in _BY_YEAR
        if is_found and part.rows <= _MOST_ROWS:
            yield table, year


def _condition(table: str, year: str) -> str:
    if year == WHOLE:
        return "true"
    if table in OF_REPORT:
        return f"t.report_id IN (SELECT id FROM main.reports WHERE year = {int(year)})"
    return f"t.year = {int(year)}"
