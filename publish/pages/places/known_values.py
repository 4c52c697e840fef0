"""Values that the whole archive has: the years of its reports, the sectors of its agencies."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.rollups.table_facets import TABLE, ready_values

_COUNTED = "SELECT year, count(*) FROM reports WHERE year IS NOT NULL GROUP BY year ORDER BY year"
_SECTORS = "SELECT DISTINCT sector FROM agencies WHERE sector <> '' ORDER BY sector"

_ENOUGH = 0.5
"""A year is the latest full one when it has this share of the reports of the year before it."""


def reports_by_year(conn: sqlite3.Connection) -> dict[int, int]:
    """Return the number of reports of each year, the earliest first."""
    if has_rollup(conn, TABLE):
        return {int(year): n for year, n in ready_values(conn, "reports", "year").items()}
    return dict(conn.execute(_COUNTED).fetchall())


def full_year(counted: Mapping[int, int]) -> int | None:
    """Return the latest year for which most reports are there, None without reports.

    A season takes months.
    """
    latest = sorted(counted, reverse=True)[:2]
    if len(latest) == 2 and counted[latest[0]] < _ENOUGH * counted[latest[1]]:
        return latest[1]
    return latest[0] if latest else None


def load_sectors(conn: sqlite3.Connection) -> tuple[str, ...]:
    """Return the sectors of all agencies."""
    if has_rollup(conn, TABLE):
        return tuple(str(each) for each in ready_values(conn, "agencies", "sector") if each)
    return tuple(sector for (sector,) in conn.execute(_SECTORS))
