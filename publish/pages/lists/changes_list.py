"""The list of reports that were edited or taken down after they were published, by date."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.publish.facets.counts import cube_of
from gongkai.publish.pages.lists.listing import Asked, Listing, conditions, listing
from gongkai.publish.pages.report.differences import REPEATED, Change, changes

KINDS = ("edited", "removed")
FACETS: Mapping[str, Any] = {"event": KINDS, "year": None, "region": None}

EVENTS = """
select 'edited' as event, c.report_id, c.seen_at, count(*) as rows_changed
from changes c group by c.report_id, c.seen_at
union all
select 'removed', r.id, r.last_seen, 0 from reports r where r.status = 'removed'
"""
_FROM = f"""
from ({EVENTS}) e join reports r on r.id = e.report_id join agencies a on a.id = r.agency_id
left join regions g on g.code = a.region_code
"""
CUBE = f"""
select e.event as event, r.year as year, a.region_code as region, count(*) as n
{_FROM} group by 1, 2, 3
"""
COLUMNS = {"event": "e.event", "year": "r.year"}


@dataclass(frozen=True, slots=True)
class Event:
    """A report that was edited (with what was changed) or taken down (`change` is None)."""

    row: Mapping[str, Any]
    change: Change | None


def page(conn: sqlite3.Connection, path: Path, asked: Asked) -> Listing:
    """Return a page of what was changed, the latest first."""
    cube = cube_of(path, tuple(FACETS), CUBE)
    found = listing(conn, cube, asked, lambda *span: rows(conn, asked, *span), {"event": KINDS})
    return found.with_rows(_told(conn, row) for row in found.rows)


def rows(conn: sqlite3.Connection, asked: Asked, limit: int, offset: int = 0) -> list[Any]:
    """Return events with their reports."""
    where, parameters = conditions(asked, COLUMNS)
    return conn.execute(
        "select e.*, r.title, r.year, r.url, a.id as agency_id, a.name as agency,"
        f" g.full_name as region {_FROM} where {where}"
        " order by e.seen_at desc, r.id, e.event limit :limit offset :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()


SHEET = (
    *("seen_at", "event", "report_id", "title", "agency", "region", "year"),
    *("part", "item", "field", "old", "new", "url"),
)


def changed(conn: sqlite3.Connection, asked: Asked, limit: int) -> list[Any]:
    """Return a row per cell or sentence that was changed, and per report that was taken down.

    A section stands here whole only where its sentences are not told.
    """
    where, parameters = conditions(asked, COLUMNS)
    return conn.execute(
        "select e.seen_at, e.event, e.report_id, r.title, a.name as agency, g.full_name as region,"
        f" r.year, c.part, c.item, c.field, c.old, c.new, r.url {_FROM}"
        " left join changes c on e.event = 'edited' and c.report_id = e.report_id"
        f"  and c.seen_at = e.seen_at and not {REPEATED}"
        f" where {where}"
        " order by e.seen_at desc, r.id, e.event, c.part, c.item, c.field limit :limit",
        {**parameters, "limit": limit},
    ).fetchall()


def _told(conn: sqlite3.Connection, row: Mapping[str, Any]) -> Event:
    if row["event"] != "edited":
        return Event(row, None)
    changed = conn.execute(
        "select * from changes where report_id = ? and seen_at = ? order by part, item, field",
        (row["report_id"], row["seen_at"]),
    )
    return Event(row, next(changes(changed), None))
