"""The list of reports that are missing, late, taken down or unclear, and of those not looked for.

What was not looked for is listed only where it is asked for: it says nothing about an agency, and in a
young archive there is more of it than of anything else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from gongkai.archive.rollups.list_specs import COVERAGE, LATENESS
from gongkai.archive.rollups.listed_rows import has_list
from gongkai.publish.datasette_types import Row
from gongkai.publish.pages.lists.list_counts import load_list_counts
from gongkai.publish.pages.lists.listing import (
    ListPage,
    ListQuery,
    facet_choices,
    load_list_page,
    sql_conditions,
)
from gongkai.publish.pages.lists.ready_rows import column_of_key, page_of_list, rows_of_file

NOT_LOOKED = "not_looked"
STATUSES = ("missing", "late", "blocked", "removed", "unclear", NOT_LOOKED)
WHYS = ("law", "own_reports", "tree")
GROUNDS = ("government", "department", "town", "zone", "vertical", "branch", "other")
FACETS: Mapping[str, tuple[str, ...] | None] = {
    "status": STATUSES,
    "year": None,
    "region": None,
    "ground": GROUNDS,
    "why": WHYS,
}
_ORDER = {"status": STATUSES, "ground": GROUNDS, "why": WHYS}
_COUNTS = """
SELECT v.status, v.year, v.region_code AS region, v.ground, v.why, count(*) AS n
FROM coverage v JOIN agencies a ON a.id = v.agency_id
WHERE {shown} AND {{where}} GROUP BY 1, 2, 3, 4, 5
"""
_ALL = "v.status <> 'found'"
_LISTED = f"v.status NOT IN ('found', '{NOT_LOOKED}')"
FACET_COLUMNS = {"status": "v.status", "year": "v.year", "ground": "v.ground", "why": "v.why"}
_DAYS_LATE = f"CASE WHEN v.status = 'late' THEN {LATENESS.format('v.')} END"
SORTS = {"late": _DAYS_LATE, "date": "v.published_on", "year": "v.year", "agency": "v.agency"}
"""The orders: by the days after the deadline, the day of publishing, the year, the name."""
_READY_SORTS = {**{key: key for key in SORTS}, "agency": "name"}
_READY = f"status <> '{NOT_LOOKED}'"
"""What is listed without a status, of what a publication has ready."""

_USUAL = "v.year DESC, v.region_code, v.agency, v.agency_id"
CSV_COLUMNS = (
    *("agency_id", "agency", "region", "year", "status", "deadline", "published_on", "report_id"),
    *("why", "ground", "source"),
)


def load_page(conn: sqlite3.Connection, path: Path, query: ListQuery) -> ListPage:
    """Return a page of the list, the latest year first, by region and agency."""
    names = tuple(FACETS)
    everything = load_list_counts(conn, path, query, COVERAGE, names, _COUNTS.format(shown=_ALL))
    listed = load_list_counts(
        conn, path, query, COVERAGE, names, _COUNTS.format(shown=_LISTED), _READY
    )
    counts = everything if query.get("status") else listed

    def load(limit: int, offset: int) -> list[Row]:
        return load_rows(conn, query, limit, offset)

    page = load_list_page(conn, counts, query, load, _ORDER)
    statuses = facet_choices(conn, everything, query, "status", STATUSES)
    return replace(page, facets=(statuses, *page.facets[1:]))


def count_not_looked(page: ListPage) -> int:
    """Return how many rows with the same choices were not looked for, and are not listed."""
    if page.query.get("status"):
        return 0
    (statuses,) = (facet for facet in page.facets if facet.name == "status")
    return next((n for value, _, n in statuses.choices if value == NOT_LOOKED), 0)


def load_rows(conn: sqlite3.Connection, query: ListQuery, limit: int, offset: int = 0) -> list[Row]:
    """Return the rows of `coverage` with the chosen values; without a status, what is listed."""
    if has_list(conn, COVERAGE):
        shown = _ready_condition(query)
        rows, order, parameters = page_of_list(COVERAGE, query, sorts=_READY_SORTS, condition=shown)
        return conn.execute(
            f'SELECT v.* FROM ({rows}) p CROSS JOIN coverage v ON v.rowid = p."row" ORDER BY {order}',
            {**parameters, "limit": limit, "offset": offset},
        ).fetchall()
    where, parameters = sql_conditions(query, FACET_COLUMNS)
    shown = _ALL if query.get("status") else _LISTED
    return conn.execute(
        "SELECT v.* FROM coverage v JOIN agencies a ON a.id = v.agency_id"
        f" WHERE {shown} AND {where}"
        f" ORDER BY {query.order(SORTS, _USUAL)} LIMIT :limit OFFSET :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()


_FOR_FILE = f"""
SELECT v.* FROM json_each(:keys) j CROSS JOIN coverage v ON v.rowid = {column_of_key(COVERAGE, "row")}
ORDER BY j.key
"""


def rows_for_file(conn: sqlite3.Connection, query: ListQuery, limit: int) -> Iterator[Row]:
    """Yield the rows of `coverage`, a few in memory."""
    if has_list(conn, COVERAGE):
        shown = _ready_condition(query)
        yield from rows_of_file(
            conn, COVERAGE, query, limit, _FOR_FILE, sorts=_READY_SORTS, condition=shown
        )
    else:
        yield from load_rows(conn, query, limit)


def _ready_condition(query: ListQuery) -> str:
    return "1" if query.get("status") else "NOT hidden"
