"""Numbers and short lists that the front pages show, made ready."""

from __future__ import annotations

import sqlite3

NUMBERS = "site_numbers"
"""One row: how much the archive has."""

CONTRADICTORY = "most_contradictory"
"""The reports with the most findings that contradict each other, by place."""

SITE_REPORTS = "site_reports"
"""How many reports stand on each portal."""

MOST = 50

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
       (SELECT max(seen_at) FROM snapshots) AS last_crawl,
       (SELECT max(last_seen) FROM reports) AS last_seen
"""
CONTRADICTING = f"""
SELECT r.rowid AS "row", f.n FROM (
  SELECT report_id, count(*) AS n FROM checks
  WHERE verdict = 'source' AND rule NOT IN ({", ".join(f"'{rule}'" for rule in OTHER_RULES)})
  GROUP BY report_id) f JOIN reports r ON r.id = f.report_id
ORDER BY f.n DESC, r.year DESC, r.id LIMIT {MOST}
"""
BY_SITE = """
SELECT s.site, count(DISTINCT r.id) AS reports FROM reports r
JOIN snapshots s ON s.digest = r.digest AND s.url = r.url GROUP BY s.site ORDER BY s.site
"""
INDEXES = (
    ("reports", "published_on DESC, first_seen DESC, id"),
    ("report_summary", "status, form"),
    ("runs", "site, seen_at DESC, id DESC"),
)


def create_site_numbers(conn: sqlite3.Connection) -> None:
    """Create the tables and the indexes for the latest reports and runs."""
    conn.execute(f"CREATE TABLE {NUMBERS} AS {COUNTS}")
    conn.execute(
        f'CREATE TABLE {CONTRADICTORY} (place INTEGER PRIMARY KEY, "row" INTEGER, n INTEGER)'
    )
    conn.execute(f'INSERT INTO {CONTRADICTORY} ("row", n) {CONTRADICTING}')
    conn.execute(f"CREATE TABLE {SITE_REPORTS} (site PRIMARY KEY, reports) WITHOUT ROWID")
    conn.execute(f"INSERT INTO {SITE_REPORTS} {BY_SITE}")
    for number, (table, columns) in enumerate(INDEXES):
        conn.execute(f"CREATE INDEX IF NOT EXISTS {table}_for_pages_{number} ON {table}({columns})")
