"""Sums over the reports of a division with all below it, by everything by which a built table is narrowed.

A published file has them for the country and each division that has others below: tables of sectors, and
tables that are narrowed by a kind or a form, would have to read every report. A division without others
below has few reports. How many rows there are depends on kinds, sectors and years, not on reports.
"""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.counted_rows import merge_sums
from gongkai.archive.rollups.touched import REPORT_IDS
from gongkai.archive.store.measures_sql import (
    REPORTS_COUNTED,
    SERIES_SQL,
    TABULATED,
    picked_sql,
    sums_sql,
)
from gongkai.archive.store.pooled.region_totals import COUNTRY, chains_sql

TABLE = "filtered_sums"

EVERY_SECTOR = ""
"""Stands for the reports of all sectors, with those of agencies that have none."""

DIVIDED = "SELECT parent_code FROM main.regions WHERE parent_code IS NOT NULL"
"""SQL: the divisions that have others below."""

_BY = ("sector", "year", "level", "kind", "status", "form", "series")
_KEYS = ("root", *_BY)
_SUMS = (
    *("reports", "with_failed_checks"),
    *(f"{each.key}_{end}" for each in TABULATED for end in ("part", "whole", "reports")),
)


def create_filtered_sums(conn: sqlite3.Connection) -> None:
    """Create the table from `report_summary`, `requests` and `review_litigation`."""
    conn.execute(
        f"CREATE TABLE {TABLE} ({', '.join((*_KEYS, *_SUMS))}, PRIMARY KEY ({', '.join(_KEYS)}))"
        " WITHOUT ROWID"
    )
    conn.execute(f"INSERT INTO {TABLE} {_sums_sql('1')}")


def merge_filtered_sums(conn: sqlite3.Connection, sign: int) -> None:
    """Add what the touched reports contribute as `report_summary` has them, or take it away."""
    rows = conn.execute(_sums_sql(f"a.report_id IN ({REPORT_IDS})")).fetchall()
    merge_sums(conn, TABLE, len(_KEYS), rows, sign)


def _sums_sql(where: str) -> str:
    """Return SQL for the sums over the rows `a` of `report_summary` with a condition."""
    by = ", ".join(f"{SERIES_SQL} AS series" if name == "series" else name for name in _BY)
    added = ", ".join(f"sum({name}) AS {name}" for name in _SUMS)
    others, sums = ", ".join(_BY[1:]), ", ".join(_SUMS)
    # first by the lowest division that has sums: few rows are left, which enter those of all above
    return f"""
WITH RECURSIVE picked AS MATERIALIZED ({picked_sql(TABULATED, where)}),
lowest AS MATERIALIZED (
  SELECT code, CASE WHEN code IN ({DIVIDED}) THEN code ELSE parent_code END AS place FROM regions),
counted AS MATERIALIZED (
  SELECT l.place, {by}, {REPORTS_COUNTED}, {sums_sql(TABULATED)}
  FROM picked p LEFT JOIN lowest l ON l.code = p.region_code GROUP BY 1, {", ".join(map(str, range(2, 2 + len(_BY))))}),
{chains_sql("SELECT place FROM counted")},
placed AS (
  SELECT h.root, c.* FROM counted c JOIN chains h ON h.code = c.place
  UNION ALL SELECT '{COUNTRY}', * FROM counted),
chosen AS (
  SELECT root, sector, {others}, {sums} FROM placed WHERE sector <> '{EVERY_SECTOR}'
  UNION ALL SELECT root, '{EVERY_SECTOR}', {others}, {sums} FROM placed)
SELECT {", ".join(_KEYS)}, {added} FROM chosen GROUP BY {", ".join(_KEYS)} ORDER BY {", ".join(_KEYS)}"""
