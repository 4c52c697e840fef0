"""Sums over the reports of each region with all below it, by year and series.

A published file has them as a table `region_sums`, because pages of provinces and of the country would
have to read every report. Without that table the same sums are computed for the regions in question.
Reports of different series are never added to each other: see `gongkai.archive.store.measures_sql`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable

from gongkai.archive.rollups.chains import UNDER, has_rollup
from gongkai.archive.rollups.counted_rows import merge_sums
from gongkai.archive.rollups.touched import REPORT_IDS
from gongkai.archive.store.measures_sql import (
    REPORTS_COUNTED,
    SERIES_SQL,
    SummedMeasure,
    picked_sql,
    sums_by_region_sql,
)
from gongkai.archive.store.pooled.region_totals import COUNTRY, REGION_SUMS

TABLE = REGION_SUMS

_KEYS = ("root", "year", "series")


def create_region_sums(conn: sqlite3.Connection) -> None:
    """Create the table from `report_summary`, `requests` and `review_litigation`."""
    conn.execute(f"CREATE TABLE {TABLE}_made AS {sums_by_region_sql()}")
    columns = [row[1] for row in conn.execute(f"PRAGMA table_info({TABLE}_made)")]
    conn.execute(
        f"CREATE TABLE {TABLE} ({', '.join(columns)}, PRIMARY KEY ({', '.join(_KEYS)}))"
        " WITHOUT ROWID"
    )
    conn.execute(f"INSERT INTO {TABLE} SELECT * FROM {TABLE}_made")
    conn.execute(f"DROP TABLE {TABLE}_made")


def merge_region_sums(conn: sqlite3.Connection, sign: int) -> None:
    """Add what the touched reports contribute as `report_summary` has them, or take it away."""
    rows = conn.execute(sums_by_region_sql(f"a.report_id IN ({REPORT_IDS})")).fetchall()
    merge_sums(conn, TABLE, len(_KEYS), rows, sign)


def load_region_sums(
    conn: sqlite3.Connection,
    roots: Collection[str],
    measures: Iterable[SummedMeasure],
    year: int | None = None,
) -> list[sqlite3.Row]:
    """Return sums by root, year and series, for all years or for one.

    Each root is a region with all below it, or `COUNTRY`. A row has `reports`, `with_failed_checks` and
    for each measure KEY_part, KEY_whole and KEY_reports.
    """
    wanted = tuple(measures)
    parameters = {"roots": json.dumps(sorted(roots)), "year": year}
    in_year = "" if year is None else " AND year = :year"
    if has_rollup(conn, TABLE):
        names = (f"{each.key}_{end}" for each in wanted for end in ("part", "whole", "reports"))
        columns = ", ".join(("root", "year", "series", "reports", "with_failed_checks", *names))
        return conn.execute(
            f"SELECT {columns} FROM {TABLE}"
            f" WHERE root IN (SELECT value FROM json_each(:roots)){in_year}",
            parameters,
        ).fetchall()
    # without MATERIALIZED, SQLite would look up every figure anew for each sum that it enters
    summed = f"year, {SERIES_SQL} AS series, {REPORTS_COUNTED}{''.join(f', {each.sums()}' for each in wanted)}"
    found = conn.execute(
        f"WITH RECURSIVE {UNDER}, picked AS MATERIALIZED ("
        + picked_sql(wanted, f"a.region_code IN (SELECT code FROM under){in_year}")
        + f") SELECT root, {summed} FROM under u JOIN picked p ON p.region_code = u.code"
        " GROUP BY 1, 2, 3",
        parameters,
    ).fetchall()
    if COUNTRY in roots:
        found += conn.execute(
            f"WITH picked AS MATERIALIZED ({picked_sql(wanted, f'1{in_year}')})"
            f" SELECT '{COUNTRY}' AS root, {summed} FROM picked GROUP BY 1, 2, 3",
            parameters,
        ).fetchall()
    return found
