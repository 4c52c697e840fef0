"""The rows of `coverage` of some agencies, and when their portals were looked at.

A row depends on the reports and duties of its agency, on those of a government and its office, and on two
things about a portal: whether its last crawl was blocked, and whether one was complete after the deadline.
Most nights change neither.
"""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.coverage_sums import merge_coverage_sums
from gongkai.archive.rollups.list_specs import COVERAGE
from gongkai.archive.rollups.listed_rows import add_list, forget_list
from gongkai.archive.rollups.touched import COVERED, COVERED_IDS, SITES
from gongkai.archive.store.measures_sql import only_in
from gongkai.archive.store.views import PARTS

TABLE = "looked_sites"
"""What `coverage` depends on about each portal."""

_EVER = "9999-12-31"
"""Stands for any day after the last deadline of the calendar."""


def create_looked_sites(conn: sqlite3.Connection) -> None:
    """Create the table from the runs and the calendar."""
    conn.execute(f"CREATE TABLE {TABLE} (site PRIMARY KEY, blocked, looked) WITHOUT ROWID")
    conn.execute(f"INSERT INTO {TABLE} {_looked()}")


def renew_coverage(conn: sqlite3.Connection) -> None:
    """Make the coverage of the touched agencies again, with its sums and its list; the new rows stand."""
    _renew_sites(conn)
    merge_coverage_sums(conn, -1)
    forget_list(conn, COVERAGE)
    conn.execute(f"DELETE FROM main.coverage WHERE agency_id IN ({COVERED_IDS})")
    conn.execute(f"INSERT INTO main.coverage {PARTS['coverage'](COVERED_IDS)} ORDER BY 1, 5")
    merge_coverage_sums(conn, 1)
    add_list(conn, COVERAGE)


def _renew_sites(conn: sqlite3.Connection) -> None:
    """Write what is known of the touched portals, and cover the agencies for which it makes a difference."""
    touched = f"SELECT id FROM {SITES}"
    now = set(conn.execute(_looked(touched)))
    before = set(conn.execute(f"SELECT * FROM {TABLE}{only_in('site', touched)}"))
    changed = {site for site, *_ in map(tuple, now ^ before)}
    for site in sorted(changed):
        conn.execute(f"DELETE FROM {TABLE} WHERE site = ?", [site])
    conn.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?)", sorted(now - before))
    for site in sorted(changed):
        conn.execute(
            f"INSERT OR IGNORE INTO {COVERED} SELECT agency_id FROM duties WHERE site = ?",
            [site],
        )


def _looked(sites: str = "") -> str:
    """Return the SELECT of the table: of all portals with crawls, or of those among some ids."""
    crawls = "FROM runs c WHERE c.site = s.id AND c.kind = 'crawl'"
    return f"""
SELECT s.id, coalesce((SELECT c.blocked {crawls} ORDER BY c.seen_at DESC, c.id DESC LIMIT 1) > 0, 0),
       (SELECT CASE WHEN date(c.seen_at, '+8 hours') > (SELECT day FROM due_calendar) THEN '{_EVER}'
               ELSE date(c.seen_at, '+8 hours') END
        {crawls} AND c.outcome = 'ok' ORDER BY c.seen_at DESC LIMIT 1)
FROM sites s WHERE EXISTS (SELECT 1 {crawls}){only_in("s.id", sites, "AND")}
"""
