"""Keys of the rows that were replaced, by table and year: by them, files are sorted and divided into pieces."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.codebook.table_years import row_order, year_sql
from gongkai.archive.renewal.content_digests import WHOLE

ChangedKeys = dict[tuple[str, str], set[str | int | None]]
"""By table and year; the year is "" for a table without years."""

_REPORTS = "SELECT r.year, r.id FROM touched_reports t CROSS JOIN main.reports r ON r.id = t.id"
_VIEWS = {
    "cells": _REPORTS,
    "panel": _REPORTS,
    "region_totals": "SELECT year, root FROM touched_roots",
}
"""Views that are published as files, and the keys of what was touched."""


def collect_keys(
    conn: sqlite3.Connection, scopes: Iterable[tuple[str, str]], keys: ChangedKeys
) -> None:
    """Add the keys of touched rows, as the file has them at the time.

    `scopes` has tables, and SQL for which rows were touched; it calls the table t.
    """
    for table, condition in scopes:
        schema = table_schemas()[table]
        key, year = row_order(schema)[0], year_sql(schema) or f"'{WHOLE}'"
        _add(
            conn,
            f"SELECT DISTINCT {year}, t.{key} FROM main.{table} t WHERE {condition}",
            table,
            keys,
        )
    for view, select in _VIEWS.items():
        _add(conn, select, view, keys)


def _add(conn: sqlite3.Connection, select: str, table: str, keys: ChangedKeys) -> None:
    for year, key in conn.execute(select):
        keys.setdefault((table, WHOLE if year is None else str(year)), set()).add(key)
