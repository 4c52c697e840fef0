"""What is replaced in a public file, in temporary tables that stand while it is."""

from __future__ import annotations

import sqlite3

REPORTS, AGENCIES, SITES = "touched_reports", "touched_agencies", "touched_sites"
PLACES, COVERED = "rollup_places", "rollup_agencies"
"""The divisions and years of touched reports, and the agencies whose coverage may be another."""

REPORT_IDS, AGENCY_IDS, COVERED_IDS = (
    f"SELECT id FROM {table}" for table in (REPORTS, AGENCIES, COVERED)
)
"""SQL for the ids of what is touched."""

NEIGHBOURS = f"""
SELECT s.report_id FROM {PLACES} t CROSS JOIN report_summary s
WHERE s.region_code IS t.region_code AND s.year = t.year
"""
"""SQL: the ids of all reports of those divisions and years."""

# `IN` and a cross join: of a temporary table, SQLite expects a million rows, and would read all reports for
# those that are touched.

_OF_REPORTS = f"SELECT r.agency_id FROM reports r WHERE r.id IN ({REPORT_IDS})"
_PLACES = f"""
INSERT INTO {PLACES}
SELECT DISTINCT a.region_code, r.year FROM reports r CROSS JOIN agencies a ON a.id = r.agency_id
WHERE r.id IN ({REPORT_IDS}) AND NOT EXISTS (
  SELECT 1 FROM {PLACES} p WHERE p.region_code IS a.region_code AND p.year = r.year)
"""
_GOVERNING = f"""
INSERT OR IGNORE INTO {COVERED}
SELECT a.id FROM agencies x CROSS JOIN agencies a ON a.region_code = x.region_code AND a.level = x.level
WHERE x.id IN ({COVERED_IDS}) AND x.kind IN ('government', 'office')
  AND (a.kind IN ('government', 'office')
    OR EXISTS (SELECT 1 FROM duties d WHERE d.agency_id = a.id AND d.ground = 'government'))
"""
# a government and its office may have reported for each other, see `coverage`


def note_old_rows(conn: sqlite3.Connection) -> None:
    """Create the tables and note whose rows are replaced, while the old rows stand."""
    conn.execute(f"CREATE TEMP TABLE {PLACES} (region_code TEXT, year INTEGER)")
    conn.execute(f"CREATE INDEX temp.{PLACES}_key ON {PLACES}(region_code, year)")
    conn.execute(f"CREATE TEMP TABLE {COVERED} (id TEXT PRIMARY KEY)")
    conn.execute(f"CREATE TEMP TABLE IF NOT EXISTS {SITES} (id TEXT PRIMARY KEY)")
    conn.execute(f"INSERT OR IGNORE INTO {AGENCIES} {_OF_REPORTS}")
    _note(conn)


def note_new_rows(conn: sqlite3.Connection) -> None:
    """Note whose rows are there now."""
    _note(conn)


def drop_notes(conn: sqlite3.Connection) -> None:
    """Drop the tables that this module created."""
    for table in (PLACES, COVERED):
        conn.execute(f"DROP TABLE temp.{table}")


def cover(conn: sqlite3.Connection, agencies: str) -> None:
    """Note that the coverage of the agencies of a SELECT may be another."""
    conn.execute(f"INSERT OR IGNORE INTO {COVERED} {agencies}")


def _note(conn: sqlite3.Connection) -> None:
    conn.execute(_PLACES)
    cover(conn, AGENCY_IDS)
    cover(conn, _OF_REPORTS)
    conn.execute(_GOVERNING)
