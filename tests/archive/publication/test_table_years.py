"""The years by which tables are divided."""

from __future__ import annotations

import sqlite3

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.codebook.table_years import REPORT_YEAR, year_sql
from gongkai.archive.store.csv_export import TABLES, VIEWS


def test_what_grows_by_reports_is_divided_by_their_years(public: sqlite3.Connection) -> None:
    years = {name: year_sql(table_schemas()[name]) for name in (*TABLES, *VIEWS)}
    assert years["requests"] == years["checks"] == years["cells"] == REPORT_YEAR
    assert {years[name] for name in ("reports", "panel", "coverage", "region_totals")} == {"year"}
    assert {name for name, sql in years.items() if not sql} == {
        *("regions", "agencies", "duties", "sites", "snapshots", "imports", "documents", "runs"),
        *("manifests", "covered", "forwards", "agency_links", "form_crosswalk"),
    }
    for name, sql in years.items():
        lost = f"SELECT {sql} AS y FROM {name} WHERE y IS NULL" if sql else "SELECT 1 WHERE false"
        assert public.execute(lost).fetchall() == [], name
