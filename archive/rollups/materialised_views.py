"""Views that a publication has as tables of the same names, because every page reads what they compute."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from gongkai.archive.codebook.table_schema import FieldType, table_schemas
from gongkai.archive.store import views

MATERIALISED_VIEWS = (
    "report_summary",
    "coverage",
    "reports_by_region",
    "refusal_reasons",
    "reasons_by_agency",
    "form_crosswalk",
)
INDEXES = (
    ("report_summary", "agency_id, year"),
    ("report_summary", "region_code, year"),
    ("report_summary", "year"),
    ("coverage", "region_code, year"),
    ("coverage", "year, status"),
    ("refusal_reasons", "requests"),
    ("refusal_reasons", "bodies_requests"),
    ("refusal_reasons", "government_requests"),
    ("reasons_by_agency", "requests"),
    ("reasons_by_agency", "year, family, requests"),
    ("reasons_by_agency", "region_code, year"),
)
SQL_TYPES: Mapping[FieldType, str] = {
    **dict.fromkeys(("string", "date", "datetime"), "TEXT"),
    "integer": "INTEGER",
    "number": "REAL",
}
"""SQLite's types of computed columns, which SQLite itself does not know."""


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
    # groups come in order by themselves, reasons in that of the form
    order = f" ORDER BY {primary}" if primary else ""
    conn.execute(f"INSERT INTO main.{name} SELECT * FROM {name}_made{order}")
    conn.execute(f"DROP VIEW {name}_made")
