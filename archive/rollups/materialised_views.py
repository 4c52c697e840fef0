"""Views that a publication has as tables of the same names, because every page reads what they compute."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from gongkai.archive.codebook.table_schema import FieldType, table_schemas
from gongkai.archive.rollups.touched import NEIGHBOURS, PLACES, REPORT_IDS
from gongkai.archive.store import views

MATERIALISED_VIEWS = (
    "report_summary",
    "coverage",
    "reports_by_region",
    "refusal_reasons",
    "reasons_by_agency",
    "form_crosswalk",
)
NUMBERS = ("requests_new", "disclosed", "refused", "reviews", "suits", "checks_failed")
"""Columns of `report_summary` by which a search can be ordered, the largest first."""

BY_NUMBER = "{} DESC, published_on DESC, year DESC, report_id"
"""The order by one of them: unknown numbers come last, of equal ones the latest report first."""

INDEXES = (
    ("report_summary", "agency_id, year"),
    ("report_summary", "region_code, year"),
    ("report_summary", "year"),
    ("coverage", "region_code, year"),
    ("coverage", "year, status"),
    ("refusal_reasons", "requests"),
    ("refusal_reasons", "bodies_requests"),
    ("refusal_reasons", "government_requests"),
    ("reasons_by_agency", "year, family, requests"),
    ("reasons_by_agency", "region_code, year"),
    *(("report_summary", BY_NUMBER.format(name)) for name in NUMBERS),
    ("report_summary", "region_code, agency, agency_id, year"),
)
SQL_TYPES: Mapping[FieldType, str] = {
    **dict.fromkeys(("string", "date", "datetime"), "TEXT"),
    "integer": "INTEGER",
    "number": "REAL",
}
"""SQLite's types of computed columns, which SQLite itself does not know."""

NUMBERED = "report_summary"
"""The view whose rows get the rowids of their reports, so that the indexes of its numbers lead to them."""

BY_REPORT, BY_PLACE = (
    ("report_summary", "reasons_by_agency"),
    ("reports_by_region", "refusal_reasons"),
)
"""Views with rows of one report each, and views with sums of one division and year."""


def create_materialised_views(conn: sqlite3.Connection) -> None:
    """Create the tables with their indexes. `due_calendar` must be readable by its name."""
    for name in MATERIALISED_VIEWS:
        _create(conn, name)
    for number, (table, columns) in enumerate(INDEXES):
        conn.execute(f"CREATE INDEX {table}_by_{number} ON {table}({columns})")
    for name, select in views.PUBLISHED_VIEWS.items():
        conn.execute(f"CREATE VIEW {name} AS\n{select.strip()}")


def _create(conn: sqlite3.Connection, name: str) -> None:
    schema = table_schemas()[name]
    # a temporary view may read the calendar of an attached archive
    conn.execute(f"CREATE TEMP VIEW {name}_made AS\n{views.VIEWS[name].strip()}")
    columns = ", ".join(
        f"{column} {kind or SQL_TYPES[schema.fields[column].type]}"
        for _, column, kind, *_ in conn.execute(f"PRAGMA table_info({name}_made)")
    )
    primary = ", ".join(schema.primary_key)
    keys = [f"PRIMARY KEY ({primary})"] if primary else []
    keys += [f"UNIQUE ({', '.join(key)})" for key in schema.unique_keys]
    conn.execute(f"CREATE TABLE main.{name} ({', '.join((columns, *keys))})")
    if name == NUMBERED:
        _insert(conn, name, f"SELECT * FROM {name}_made")
    else:
        # groups come in order by themselves, reasons in that of the form
        order = f" ORDER BY {primary}" if primary else ""
        conn.execute(f"INSERT INTO main.{name} SELECT * FROM {name}_made{order}")
    conn.execute(f"DROP VIEW {name}_made")


def _insert(conn: sqlite3.Connection, name: str, select: str) -> None:
    """Insert rows, those of reports in the order and with the rowids of these."""
    if name == NUMBERED:
        columns = ", ".join(row[1] for row in conn.execute(f"PRAGMA main.table_info({name})"))
        select = f"SELECT r.rowid, m.* FROM ({select}) m JOIN reports r ON r.id = m.report_id"
        conn.execute(f"INSERT INTO main.{name} (rowid, {columns}) {select} ORDER BY 1")
    else:
        conn.execute(f"INSERT INTO main.{name} {select}")


def forget_reports(conn: sqlite3.Connection) -> None:
    """Delete the rows of the touched reports."""
    for name in BY_REPORT:
        conn.execute(f"DELETE FROM main.{name} WHERE report_id IN ({REPORT_IDS})")


def add_reports(conn: sqlite3.Connection) -> None:
    """Insert the rows of the touched reports, and sum their divisions and years again."""
    for name in BY_REPORT:
        _insert(conn, name, views.PARTS[name](REPORT_IDS))
    places = conn.execute(f"SELECT region_code, year FROM {PLACES}").fetchall()
    for name in BY_PLACE:
        conn.executemany(f"DELETE FROM main.{name} WHERE region_code IS ? AND year = ?", places)
        conn.execute(f"INSERT INTO main.{name} {views.PARTS[name](NEIGHBOURS)}")
