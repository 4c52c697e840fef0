"""Numbers and short lists that the front pages show, made ready."""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.counted_rows import merge_counts
from gongkai.archive.rollups.list_specs import AGENCIES, CHECKS
from gongkai.archive.rollups.table_facets import REGION
from gongkai.archive.rollups.table_facets import TABLE as TABLE_FACETS
from gongkai.archive.rollups.touched import REPORT_IDS
from gongkai.archive.store.measures_sql import only_in
from gongkai.archive.store.pooled.region_totals import COUNTRY, REGION_SUMS

NUMBERS = "site_numbers"
"""One row: how much the archive has."""

CONTRADICTORY = "most_contradictory"
"""Every report with findings that contradict each other, and their number."""

SITE_REPORTS = "site_reports"
"""How many reports stand on each portal."""

MOST = 50
"""Reports that are looked up where nothing is ready."""

OTHER_RULES = (
    *("deadline", "near_duplicate", "foreign_place"),
    *("section_missing", "section_empty", "row_shape"),
)
"""Rules whose findings are not about numbers or words that contradict each other."""

COUNTS = """
SELECT (SELECT count(*) FROM reports) AS reports,
       (SELECT count(DISTINCT agency_id) FROM reports) AS agencies,
       (SELECT count(DISTINCT a.region_code) FROM reports r JOIN agencies a ON a.id = r.agency_id)
           AS regions,
       (SELECT count(DISTINCT year) FROM reports) AS years,
       (SELECT min(year) FROM reports) AS first_year,
       (SELECT max(year) FROM reports) AS last_year,
       (SELECT count(*) FROM checks) AS checks,
       (SELECT max(last_seen) FROM snapshots) AS last_crawl,
       (SELECT max(last_seen) FROM reports) AS last_seen
"""
_READY_COUNTS = f"""
SELECT (SELECT coalesce(sum(reports), 0) FROM {REGION_SUMS} WHERE root = '{COUNTRY}') AS reports,
       (SELECT coalesce(sum(n), 0) FROM {AGENCIES.counts_table}
         WHERE root = '{COUNTRY}' AND reporting) AS agencies,
       (SELECT count(*) FROM {TABLE_FACETS} WHERE "table" = 'reports' AND "column" = '{REGION}')
           AS regions,
       (SELECT count(DISTINCT year) FROM {REGION_SUMS} WHERE root = '{COUNTRY}') AS years,
       (SELECT min(year) FROM {REGION_SUMS} WHERE root = '{COUNTRY}') AS first_year,
       (SELECT max(year) FROM {REGION_SUMS} WHERE root = '{COUNTRY}') AS last_year,
       (SELECT coalesce(sum(n), 0) FROM {CHECKS.counts_table} WHERE root = '{COUNTRY}') AS checks,
       (SELECT max((SELECT max(s.last_seen) FROM snapshots s WHERE s.site = p.id)) FROM sites p)
           AS last_crawl,
       (SELECT max(last_seen) FROM reports) AS last_seen
"""
"""The same numbers, from what else is ready and by indexes."""

_FOUND = f"""
SELECT report_id, count(*) AS n FROM checks
WHERE verdict = 'source' AND rule NOT IN ({", ".join(f"'{rule}'" for rule in OTHER_RULES)}){{}}
GROUP BY report_id
"""
_ORDER = "n DESC, year DESC, id"
CONTRADICTING = f"""
SELECT r.rowid AS "row", f.n FROM ({_FOUND.format("")}) f JOIN reports r ON r.id = f.report_id
ORDER BY f.n DESC, r.year DESC, r.id LIMIT {MOST}
"""
READY_CONTRADICTING = f'SELECT "row", n FROM {CONTRADICTORY} ORDER BY {_ORDER}'
"""The same rows, from what is ready."""

BY_SITE = """
SELECT s.site, count(DISTINCT r.id) AS reports FROM reports r
JOIN snapshots s ON s.digest = r.digest AND s.url = r.url GROUP BY s.site ORDER BY s.site
"""
_TOUCHED_BY_SITE = BY_SITE.replace(" GROUP", f"{only_in('r.id', REPORT_IDS)} GROUP")
INDEXES = (
    ("reports", "published_on DESC, first_seen DESC, id"),
    ("report_summary", "status, form"),
    ("runs", "site, seen_at DESC, id DESC"),
)


def create_site_numbers(conn: sqlite3.Connection) -> None:
    """Create the tables and the indexes for the latest reports and runs."""
    conn.execute(
        f'CREATE TABLE {CONTRADICTORY} ("row" INTEGER PRIMARY KEY, n INTEGER, year INTEGER, id TEXT)'
    )
    conn.execute(f"INSERT INTO {CONTRADICTORY} {_contradictory()} ORDER BY 1")
    conn.execute(f"CREATE INDEX {CONTRADICTORY}_by_n ON {CONTRADICTORY}({_ORDER})")
    conn.execute(f"CREATE TABLE {SITE_REPORTS} (site PRIMARY KEY, n) WITHOUT ROWID")
    conn.execute(f"INSERT INTO {SITE_REPORTS} {BY_SITE}")
    for number, (table, columns) in enumerate(INDEXES):
        conn.execute(f"CREATE INDEX IF NOT EXISTS {table}_for_pages_{number} ON {table}({columns})")
    conn.execute(f"CREATE TABLE {NUMBERS} AS {_READY_COUNTS}")


def forget_site_numbers(conn: sqlite3.Connection) -> None:
    """Take away what the touched reports contribute; their old rows stand."""
    owned = f"SELECT rowid FROM reports WHERE id IN ({REPORT_IDS})"
    conn.execute(f'DELETE FROM {CONTRADICTORY} WHERE "row" IN ({owned})')
    merge_counts(conn, SITE_REPORTS, ("site",), conn.execute(_TOUCHED_BY_SITE).fetchall(), -1)


def add_site_numbers(conn: sqlite3.Connection) -> None:
    """Add what the touched reports contribute, and count anew; all else is ready."""
    conn.execute(f"INSERT INTO {CONTRADICTORY} {_contradictory(REPORT_IDS)}")
    merge_counts(conn, SITE_REPORTS, ("site",), conn.execute(_TOUCHED_BY_SITE).fetchall())
    conn.execute(f"DELETE FROM {NUMBERS}")
    conn.execute(f"INSERT INTO {NUMBERS} {_READY_COUNTS}")


def _contradictory(ids: str = "") -> str:
    found = _FOUND.format(only_in("report_id", ids, "AND"))
    return (
        f"SELECT r.rowid, f.n, r.year, r.id FROM ({found}) f JOIN reports r ON r.id = f.report_id"
    )
