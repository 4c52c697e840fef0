"""Every number but zero, by size: what `figures` reads. Few cells of a report are not zero or blank."""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.touched import REPORT_IDS
from gongkai.archive.store import views

_OF_TOUCHED = f"SELECT rowid FROM reports WHERE id IN ({REPORT_IDS})"

PLACES, VALUES = "figure_places", "figure_values"
"""Where a number stands in the forms, by a number; the numbers by report and place."""


def create_figures(conn: sqlite3.Connection) -> None:
    """Create the tables from `cells`, and the view `figures`."""
    conn.execute(
        f"CREATE TABLE {PLACES} (place INTEGER PRIMARY KEY, part TEXT, item TEXT, field TEXT)"
    )
    conn.execute(
        f"INSERT INTO {PLACES} (part, item, field)"
        " SELECT DISTINCT part, item, field FROM cells WHERE value <> 0 ORDER BY part, item, field"
    )
    conn.execute(f"CREATE UNIQUE INDEX {PLACES}_by_name ON {PLACES}(part, item, field)")
    conn.execute(
        f"CREATE TABLE {VALUES} (report INTEGER, place INTEGER, value NUMERIC,"
        " PRIMARY KEY (report, place)) WITHOUT ROWID"
    )
    conn.execute(
        f"INSERT INTO {VALUES} SELECT r.rowid, p.place, c.value FROM cells c"
        f" JOIN {PLACES} p ON p.part = c.part AND p.item = c.item AND p.field = c.field"
        " JOIN reports r ON r.id = c.report_id WHERE c.value <> 0 ORDER BY 1, 2"
    )
    conn.execute(f"CREATE INDEX {VALUES}_by_value ON {VALUES}(value)")
    conn.execute(f"CREATE INDEX {VALUES}_by_place ON {VALUES}(place, value)")
    conn.execute(f"CREATE VIEW figures AS\n{views.PUBLISHED_FIGURES.strip()}")


def forget_figures(conn: sqlite3.Connection) -> None:
    """Delete the numbers of the touched reports; their old rows stand."""
    # without an order: to have places in theirs, SQLite would read all numbers
    sql = f"SELECT +place FROM {VALUES} WHERE report IN ({_OF_TOUCHED})"
    places = {place for (place,) in conn.execute(sql)}
    conn.execute(f"DELETE FROM {VALUES} WHERE report IN ({_OF_TOUCHED})")
    conn.executemany(
        f"DELETE FROM {PLACES} WHERE place = :place"
        f" AND NOT EXISTS (SELECT 1 FROM {VALUES} WHERE place = :place)",
        [{"place": place} for place in sorted(places)],
    )


def add_figures(conn: sqlite3.Connection) -> None:
    """Insert the numbers of the touched reports; their new rows stand."""
    conn.execute(
        "CREATE TEMP TABLE figures_that_came (report_id, part, item, field, value NUMERIC)"
    )
    # each by itself: of several reports, SQLite would read the whole tables
    conn.executemany(
        "INSERT INTO figures_that_came SELECT report_id, part, item, field, value FROM cells"
        " WHERE report_id = ? AND value <> 0",
        conn.execute(REPORT_IDS).fetchall(),
    )
    conn.execute(
        f"INSERT INTO {PLACES} (part, item, field)"
        " SELECT DISTINCT part, item, field FROM figures_that_came c WHERE NOT EXISTS ("
        f" SELECT 1 FROM {PLACES} p WHERE p.part = c.part AND p.item = c.item AND p.field = c.field)"
    )
    conn.execute(
        f"INSERT INTO {VALUES} SELECT r.rowid, p.place, c.value FROM figures_that_came c"
        f" JOIN {PLACES} p ON p.part = c.part AND p.item = c.item AND p.field = c.field"
        " JOIN reports r ON r.id = c.report_id"
    )
    conn.execute("DROP TABLE temp.figures_that_came")
