"""Indexes of large tables by the columns that their pages offer for sorting.

Rows of equal values come in the order of the table's keys: with an index on the column and the keys, each
page of the table is read from where it begins, in both directions. A table that is not named here is short,
or has texts alone; its pages offer what other indexes have in order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gongkai.archive.codebook.table_schema import table_schemas

NUMBERS = ("report_summary", "active_disclosure", "active_disclosure_2019", "review_litigation")
"""Tables of which each number has an index."""

COLUMNS = (
    ("reports", "year"),
    ("reports", "form"),
    ("reports", "status"),
    ("reports", "published_on"),
    ("reports", "first_seen"),
    ("reports", "last_seen"),
    ("reports", "checks_failed"),
    ("report_summary", "published_on"),
    ("requests", "total"),
    ("reasons_by_agency", "requests"),
    ("coverage", "year"),
    ("coverage", "published_on"),
    ("changes", "seen_at"),
    ("change_marks", "seen_at"),
    ("revisions", "first_seen"),
    ("revisions", "last_seen"),
    ("copies", "first_seen"),
    ("copies", "last_seen"),
    ("absences", "since"),
    ("checks", "rule"),
    ("checks", "verdict"),
    ("agencies", "name"),
    ("agencies", "region_code"),
    ("duties", "since"),
    ("documents", "outcome"),
    ("documents", "media_type"),
    ("snapshots", "seen_at"),
    ("snapshots", "last_seen"),
    ("snapshots", "bytes"),
    ("runs", "seen_at"),
    ("forwards", "since"),
    ("imports", "imported_at"),
    ("covered", "manifest"),
)
"""Further tables and columns with an index."""


def ordered_columns() -> Iterator[tuple[str, str]]:
    """Yield each table with a column by which its rows have an index."""
    schemas = table_schemas()
    for table in NUMBERS:
        fields = schemas[table].fields.values()
        yield from ((table, each.name) for each in fields if each.type in ("integer", "number"))
    yield from COLUMNS


def create_row_orders(conn: sqlite3.Connection) -> None:
    """Create the indexes. All tables of the data contract must be there."""
    schemas = table_schemas()
    for table, column in ordered_columns():
        keys = (key for key in schemas[table].primary_key if key != column)
        columns = ", ".join((column, *keys))
        conn.execute(
            f"CREATE INDEX IF NOT EXISTS {table}_in_order_of_{column} ON {table}({columns})"
        )
