"""Every number but zero, by size: what `figures` reads. Few cells of a report are not zero or blank."""

from __future__ import annotations

import sqlite3

from gongkai.archive.store import views

PLACES, VALUES = "figure_places", "figure_values"
"""Where a number stands in the forms, by a number; the numbers by report and place."""


def create_figures(conn: sqlite3.Connection) -> None:
    """Create the tables from `cells`, the index of requests by their number, and the view `figures`."""
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
    conn.execute("CREATE INDEX requests_by_total ON requests(total)")
    conn.execute(f"CREATE VIEW figures AS\n{views.PUBLISHED_FIGURES.strip()}")
