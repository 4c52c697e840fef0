"""The list of who is missing or late."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gongkai.publish.facets.counts import cube_of
from gongkai.publish.pages.lists.listing import Asked, Listing, conditions, listing

STATUSES = ("missing", "late", "blocked", "removed")
FACETS: Mapping[str, Any] = {"status": STATUSES, "year": None, "region": None}
CUBE = """
select status, year, region_code as region, count(*) as n from coverage where status <> 'found' group by 1, 2, 3
"""
COLUMNS = {"status": "a.status", "year": "a.year"}
SHEET = ("agency_id", "agency", "region", "year", "status", "deadline", "published_on", "report_id")


def page(conn: sqlite3.Connection, path: Path, asked: Asked) -> Listing:
    """Return a page of coverage: the latest year first, by region and agency."""
    cube = cube_of(path, tuple(FACETS), CUBE)
    return listing(conn, cube, asked, lambda *span: rows(conn, asked, *span), {"status": STATUSES})


def rows(conn: sqlite3.Connection, asked: Asked, limit: int, offset: int = 0) -> list[Any]:
    """Return rows of `coverage` that are not simply there and in time."""
    where, parameters = conditions(asked, COLUMNS)
    return conn.execute(
        f"select a.* from coverage a where a.status <> 'found' and {where}"
        " order by a.year desc, a.region_code, a.agency, a.agency_id limit :limit offset :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()
