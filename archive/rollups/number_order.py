"""All reports by each number by which a search can be ordered, the largest first."""

from __future__ import annotations

import sqlite3

TABLE = "reports_by_number"

MEASURES = ("requests_new", "disclosed", "refused", "reviews", "suits", "checks_failed")
"""Columns of `report_summary`."""


def create_number_order(conn: sqlite3.Connection) -> None:
    """Create the table; unknown numbers come last, of equal ones the latest report first."""
    conn.execute(
        f'CREATE TABLE {TABLE} (measure, place, "row", PRIMARY KEY (measure, place)) WITHOUT ROWID'
    )
    for measure in sorted(MEASURES):
        conn.execute(
            f"INSERT INTO {TABLE} SELECT '{measure}', row_number() OVER by_size, r.rowid"
            " FROM report_summary s JOIN reports r ON r.id = s.report_id"
            f" WINDOW by_size AS (ORDER BY s.{measure} DESC NULLS LAST,"
            " r.published_on DESC, r.year DESC, r.id) ORDER BY 2"
        )
