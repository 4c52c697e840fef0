"""Reports by status of coverage, for each division with all below it, the country and each year."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from gongkai.archive.rollups.chains import UNDER, has_rollup, placed_sql
from gongkai.archive.rollups.counted_rows import merge_counts
from gongkai.archive.rollups.touched import COVERED_IDS
from gongkai.archive.store.measures_sql import only_in
from gongkai.archive.store.pooled.region_totals import COUNTRY
from gongkai.archive.store.views import PARTS

TABLE = "coverage_sums"


def create_coverage_sums(conn: sqlite3.Connection) -> None:
    """Create the table from `coverage`."""
    conn.execute(
        f"CREATE TABLE {TABLE} (root, year, status, n, PRIMARY KEY (root, year, status))"
        " WITHOUT ROWID"
    )
    conn.execute(f"INSERT INTO {TABLE} {_sums()}")


def merge_coverage_sums(conn: sqlite3.Connection, sign: int) -> None:
    """Add what the touched agencies contribute as `coverage` has it, or take it away."""
    rows = conn.execute(_sums(COVERED_IDS)).fetchall()
    merge_counts(conn, TABLE, ("root", "year", "status"), rows, sign)


def _sums(agencies: str = "") -> str:
    counted = (
        "SELECT region_code, year, status, count(*) AS n FROM coverage"
        f"{only_in('agency_id', agencies)} GROUP BY 1, 2, 3"
    )
    return placed_sql(counted, "region_code", "year, status")


def load_coverage_sums(
    conn: sqlite3.Connection, roots: Collection[str], year: int | None = None
) -> list[sqlite3.Row]:
    """Return rows (root, year, status, n) for some divisions or `COUNTRY`, for all years or for one."""
    parameters = {"roots": json.dumps(sorted(roots)), "year": year}
    in_year = "" if year is None else " AND year = :year"
    if has_rollup(conn, TABLE):
        return conn.execute(
            f"SELECT root, year, status, n FROM {TABLE}"
            f" WHERE root IN (SELECT value FROM json_each(:roots)){in_year}",
            parameters,
        ).fetchall()
    # a view in the place of the table is asked for the agencies in question alone
    source = f"({PARTS['coverage'](_AGENCIES)})" if _is_of_a_day(conn) else "coverage"
    found = conn.execute(
        f"WITH RECURSIVE {UNDER} SELECT u.root, year, status, count(*) AS n"
        f" FROM under u JOIN {source} c ON c.region_code = u.code{in_year} GROUP BY 1, 2, 3",
        parameters,
    ).fetchall()
    if COUNTRY in roots:
        found += conn.execute(
            f"SELECT '{COUNTRY}' AS root, year, status, count(*) AS n FROM coverage"
            f" WHERE 1{in_year} GROUP BY 1, 2, 3",
            parameters,
        ).fetchall()
    return found


_AGENCIES = "SELECT id FROM agencies WHERE region_code IN (SELECT code FROM under)"


def _is_of_a_day(conn: sqlite3.Connection) -> bool:
    """Return whether a view shows the coverage of an earlier day, of the agencies as they are."""
    found = conn.execute(
        "SELECT name FROM sqlite_temp_master WHERE name IN ('coverage', 'agencies')"
    )
    return [name for (name,) in found] == ["coverage"]
