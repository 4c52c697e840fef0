"""The list of missing and late reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from gongkai.publish.datasette_types import Row
from gongkai.publish.facets.counts import load_counts
from gongkai.publish.pages.lists.listing import (
    ListPage,
    ListQuery,
    load_list_page,
    sql_conditions,
)

STATUSES = ("missing", "late", "blocked", "removed")
FACETS: Mapping[str, tuple[str, ...] | None] = {"status": STATUSES, "year": None, "region": None}
COUNTS = """
SELECT status, year, region_code AS region, count(*) AS n FROM coverage
WHERE status <> 'found' GROUP BY 1, 2, 3
"""
FACET_COLUMNS = {"status": "a.status", "year": "a.year"}
CSV_COLUMNS = (
    *("agency_id", "agency", "region", "year", "status", "deadline", "published_on", "report_id"),
)


def load_page(conn: sqlite3.Connection, path: Path, query: ListQuery) -> ListPage:
    """Return a page of the list, the latest year first, by region and agency."""
    counts = load_counts(path, tuple(FACETS), COUNTS)

    def load(limit: int, offset: int) -> list[Row]:
        return load_rows(conn, query, limit, offset)

    return load_list_page(conn, counts, query, load, {"status": STATUSES})


def load_rows(conn: sqlite3.Connection, query: ListQuery, limit: int, offset: int = 0) -> list[Row]:
    """Return the rows of `coverage` whose report is missing, late, blocked or removed."""
    where, parameters = sql_conditions(query, FACET_COLUMNS)
    return conn.execute(
        f"SELECT a.* FROM coverage a WHERE a.status <> 'found' AND {where}"
        " ORDER BY a.year DESC, a.region_code, a.agency, a.agency_id LIMIT :limit OFFSET :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()
