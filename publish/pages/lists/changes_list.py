"""The list of reports that were edited or taken down after they were published."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from gongkai.archive.rollups.list_specs import CHANGES
from gongkai.archive.rollups.listed_rows import has_list
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.page_budget import PageBudget
from gongkai.publish.pages.lists.list_counts import load_list_counts
from gongkai.publish.pages.lists.listing import (
    ListPage,
    ListQuery,
    load_list_page,
    sql_conditions,
)
from gongkai.publish.pages.lists.ready_rows import column_of_key, page_of_list, rows_of_file
from gongkai.publish.pages.report.differences import REPEATED, Change, load_changes
from gongkai.publish.pages.report.originals import WrongClock, clock_at
from gongkai.publish.pages.report.removals import removals_sql

KINDS = ("edited", "removed")
FACETS: Mapping[str, tuple[str, ...] | None] = {"event": KINDS, "year": None, "region": None}

_EDITS = """
SELECT 'edited' AS event, c.report_id, c.seen_at, NULL AS last_seen, count(*) AS rows_changed
FROM changes c GROUP BY c.report_id, c.seen_at
"""
_PLACES = """
JOIN agencies a ON a.id = r.agency_id
LEFT JOIN regions g ON g.code = a.region_code
"""
_REPORTS = f"JOIN reports r ON r.id = e.report_id {_PLACES}"
COUNTS = f"""
SELECT e.event AS event, r.year AS year, a.region_code AS region, count(*) AS n
FROM (SELECT event, report_id FROM ({_EDITS})
      UNION ALL SELECT 'removed', id FROM reports WHERE status = 'removed') e
{_REPORTS} WHERE {{where}} GROUP BY 1, 2, 3
"""
SORTS = {"date": "e.seen_at", "places": "e.rows_changed", "year": "r.year"}
"""The orders: by the day of the change, by the number of changed cells and sentences, by the year."""
_READY_SORTS = {key: key for key in SORTS}
_USUAL = "e.seen_at DESC, r.id, e.event"
FACET_COLUMNS = {"event": "e.event", "year": "r.year"}


CSV_COLUMNS = (
    *("seen_at", "event", "report_id", "title", "agency", "region", "year"),
    *("part", "item", "field", "old", "new", "url", "last_seen"),
)

_PARTS = (
    "e.seen_at, e.event, e.report_id, r.title, a.name AS agency, g.full_name AS region,"
    " r.year, c.part, c.item, c.field, c.old, c.new, r.url, e.last_seen"
)
_CHANGED = (
    "LEFT JOIN changes c ON e.event = 'edited' AND c.report_id = e.report_id"
    f" AND c.seen_at = e.seen_at AND NOT {REPEATED}"
)
"""SQL: the changed cells and sentences of an event `e`, if it was an edit."""

_KEYS = ", ".join(
    f"{column_of_key(CHANGES, column)} AS {name}"
    for column, name in (("event", "event"), ("date", "seen_at"), ("last_seen", "last_seen"))
)
_FOR_FILE = f"""
SELECT {_PARTS}
FROM (SELECT j.key, {_KEYS}, (SELECT id FROM reports WHERE rowid = {column_of_key(CHANGES, "row")}) AS report_id
      FROM json_each(:keys) j) e
CROSS JOIN reports r ON r.id = e.report_id {_PLACES} {_CHANGED}
ORDER BY e.key, c.part, c.item, c.field
"""


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """A report that was edited, with what was changed, or taken down.

    `change` is None for a report that was taken down, and for one whose changes are left out. `clock`
    is what was wrong with our clock when it became known, None where nothing was.
    """

    row: Row
    change: Change | None
    clock: WrongClock | None = None


def load_page(conn: sqlite3.Connection, path: Path, query: ListQuery) -> ListPage:
    """Return a page of edited and removed reports, the latest change first.

    The changes of reports that were edited in very many places are listed in part.
    """
    budget = PageBudget()
    counts = load_list_counts(conn, path, query, CHANGES, tuple(FACETS), COUNTS)

    def load(limit: int, offset: int) -> list[Row]:
        return load_rows(conn, query, limit, offset)

    found = load_list_page(conn, counts, query, load, {"event": KINDS})
    events = tuple(_load_event(conn, row, budget) for row in found.rows)
    return replace(found, rows=events, is_cut=budget.is_exceeded)


def load_rows(conn: sqlite3.Connection, query: ListQuery, limit: int, offset: int = 0) -> list[Row]:
    """Return edits and removals with their reports."""
    if has_list(conn, CHANGES):
        rows, order, parameters = page_of_list(CHANGES, query, sorts=_READY_SORTS)
        return conn.execute(
            "SELECT p.event, r.id AS report_id, p.date AS seen_at, p.last_seen, p.places AS rows_changed,"
            " r.title, r.year, r.url, a.id AS agency_id, a.name AS agency, g.full_name AS region"
            f' FROM ({rows}) p CROSS JOIN reports r ON r.rowid = p."row" {_PLACES}'
            f" ORDER BY {order}",
            {**parameters, "limit": limit, "offset": offset},
        ).fetchall()
    where, parameters = sql_conditions(query, FACET_COLUMNS)
    return conn.execute(
        "SELECT e.*, r.title, r.year, r.url, a.id AS agency_id, a.name AS agency,"
        f" g.full_name AS region {_events(conn)} WHERE {where}"
        f" ORDER BY {query.order(SORTS, _USUAL)} LIMIT :limit OFFSET :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()


def load_changed_parts(conn: sqlite3.Connection, query: ListQuery, limit: int) -> Iterator[Row]:
    """Yield a row for each changed cell or sentence, and for each report that was taken down.

    A whole section is a row only if its sentences are not.
    """
    if has_list(conn, CHANGES):
        found = rows_of_file(conn, CHANGES, query, limit, _FOR_FILE, sorts=_READY_SORTS)
        yield from islice(found, limit)
        return
    where, parameters = sql_conditions(query, FACET_COLUMNS)
    yield from conn.execute(
        f"SELECT {_PARTS} {_events(conn)} {_CHANGED} WHERE {where}"
        f" ORDER BY {query.order(SORTS, _USUAL)}, c.part, c.item, c.field LIMIT :limit",
        {**parameters, "limit": limit},
    )


def _events(conn: sqlite3.Connection) -> str:
    """Return the events with their reports. A removal has the day on which it became known."""
    gone = f"SELECT 'removed', report_id, at, last_seen, 0 FROM ({removals_sql(conn)})"
    return f"FROM ({_EDITS} UNION ALL {gone}) e {_REPORTS}"


def _load_event(conn: sqlite3.Connection, row: Row, budget: PageBudget) -> ChangeEvent:
    clock = clock_at(conn, row["report_id"], row["seen_at"])
    if row["event"] != "edited":
        return ChangeEvent(row, None, clock)
    found = load_changes(conn, row["report_id"], budget, row["seen_at"])
    return ChangeEvent(row, found[0] if found else None, clock)
