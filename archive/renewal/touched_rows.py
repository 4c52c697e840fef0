"""What was touched since the last publication, with all that it has an effect on.

The connection is that of the last public file, with the archive attached as `archive`.
"""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.chains import CHAINS
from gongkai.archive.store.pooled.region_totals import COUNTRY

_SITE_STATE = """
SELECT (SELECT blocked > 0 FROM {0}.runs WHERE site = ?1 AND kind = 'crawl'
        ORDER BY seen_at DESC, id DESC LIMIT 1),
       (SELECT max(date(seen_at, '+8 hours')) FROM {0}.runs
        WHERE site = ?1 AND kind = 'crawl' AND outcome = 'ok')
"""
"""Whether the last crawl of a portal was blocked, and the last day of a whole one: `coverage` asks both."""

_CRAWLED = """
SELECT site FROM {0}.runs WHERE id IN (SELECT key FROM touched_keys WHERE kind = 'run')
AND site IS NOT NULL AND kind <> 'build'
"""
"""Portals with crawls that came, went or changed."""

_SEEN = """
SELECT key FROM touched_keys WHERE kind = 'seen' AND key NOT IN (SELECT id FROM touched_reports)
"""
"""Reports that were only seen again."""

_DEADLINES = ("01-31", "03-31")
"""The days on which reports are due, see `gongkai.archive.store.deadlines`."""

_AGENCY_OF = """
SELECT agency_id FROM {0}.reports WHERE id IN (SELECT id FROM touched_reports)
"""
_SIBLINGS = """
SELECT o.id FROM {0}.agencies a JOIN {0}.agencies o ON o.region_code = a.region_code
WHERE a.id IN (SELECT id FROM touched_agencies) AND o.level = a.level
  AND a.kind IN ('government', 'office') AND (o.kind IN ('government', 'office')
    OR EXISTS (SELECT 1 FROM {0}.duties d WHERE d.agency_id = o.id AND d.ground = 'government'))
"""
"""A government and its office may have reported for each other, and for whoever owes as a government."""

_ONLY_FETCH = """
SELECT r.id FROM touched_keys k CROSS JOIN {0}.snapshots s ON s.id = k.key
CROSS JOIN {0}.reports r ON r.digest = s.digest AND r.url = s.url
WHERE k.kind = 'snapshot' AND NOT EXISTS (
  SELECT 1 FROM {1}.snapshots o WHERE o.digest = s.digest AND o.url = s.url AND o.site = s.site)
"""
"""Reports that stand on a portal by a fetch of which the other file knows none."""


def collect_touched(conn: sqlite3.Connection, seq: int) -> None:
    """Create the temporary tables of what was touched after a number of the log."""
    conn.execute(
        "CREATE TEMP TABLE touched_keys (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
    )
    conn.execute(
        "INSERT INTO touched_keys SELECT kind, key FROM archive.touches WHERE seq > ?", [seq]
    )
    for kind in ("report", "agency"):
        table = f"touched_{'reports' if kind == 'report' else 'agencies'}"
        conn.execute(f"CREATE TEMP TABLE {table} (id TEXT PRIMARY KEY) WITHOUT ROWID")
        conn.execute(
            f"INSERT INTO {table} SELECT key FROM touched_keys WHERE kind = ?",
            [kind],
        )
    conn.execute("CREATE TEMP TABLE touched_sites (id TEXT PRIMARY KEY) WITHOUT ROWID")
    for schema in ("main", "archive"):
        _add(conn, "touched_sites", _CRAWLED.format(schema))
    _spread(conn)
    conn.execute("CREATE TEMP TABLE seen_reports (id TEXT PRIMARY KEY) WITHOUT ROWID")
    _add(conn, "seen_reports", _SEEN)
    conn.execute("CREATE TEMP TABLE touched_places (region_code TEXT, year INTEGER)")
    conn.execute("CREATE TEMP TABLE touched_roots (root TEXT, year INTEGER)")
    conn.execute("CREATE INDEX temp.touched_roots_key ON touched_roots(root, year)")
    collect_places(conn, "main")
    collect_places(conn, "archive")


def collect_places(conn: sqlite3.Connection, schema: str) -> None:
    """Add the divisions and years of touched reports, as one of the files has them."""
    conn.execute(
        "INSERT INTO touched_places SELECT DISTINCT a.region_code, r.year"
        f" FROM touched_reports t CROSS JOIN {schema}.reports r ON r.id = t.id"
        f" JOIN {schema}.agencies a ON a.id = r.agency_id"
        " EXCEPT SELECT region_code, year FROM touched_places"
    )
    conn.execute(
        f"INSERT INTO touched_roots WITH RECURSIVE {CHAINS}"
        " SELECT c.root, p.year FROM touched_places p JOIN chains c ON c.code = p.region_code"
        f" UNION SELECT '{COUNTRY}', year FROM touched_places"
        " EXCEPT SELECT root, year FROM touched_roots"
    )


def _spread(conn: sqlite3.Connection) -> None:
    """Add what depends on touched rows: by name of an agency, fetch, crawl of a portal, or neighbour."""
    for one, other in (("main", "archive"), ("archive", "main")):
        _add(conn, "touched_reports", _ONLY_FETCH.format(one, other))
    _add(conn, "touched_reports", _reports_of_changed_agencies(conn))
    for schema in ("main", "archive"):
        _add(conn, "touched_agencies", _AGENCY_OF.format(schema))
    for (site,) in conn.execute("SELECT id FROM touched_sites").fetchall():
        if _has_other_state(conn, site):
            for schema in ("main", "archive"):
                owing = f"SELECT agency_id FROM {schema}.duties WHERE site = ?"
                _add(conn, "touched_agencies", owing, site)
    for schema in ("main", "archive"):
        _add(conn, "touched_agencies", _SIBLINGS.format(schema))


def _add(conn: sqlite3.Connection, table: str, select: str, *values: str) -> None:
    conn.execute(f"INSERT OR IGNORE INTO {table} {select}", values)


def _reports_of_changed_agencies(conn: sqlite3.Connection) -> str:
    """Return SQL for the reports of agencies whose row differs: tables of reports repeat it."""
    columns = [name for _, name, *_ in conn.execute("PRAGMA main.table_info(agencies)")]
    old, new = (", ".join(f"{alias}.{name}" for name in columns) for alias in "on")
    return (
        "SELECT r.id FROM touched_agencies t"
        " CROSS JOIN main.agencies o ON o.id = t.id"
        f" JOIN archive.agencies n ON n.id = t.id AND ({old}) IS NOT ({new})"
        " JOIN main.reports r ON r.agency_id = t.id"
    )


def _has_other_state(conn: sqlite3.Connection, site: str) -> bool:
    """Return whether the coverage of agencies that a portal has reports of may differ."""
    (was_blocked, old), (is_blocked, new) = (
        conn.execute(_SITE_STATE.format(schema), [site]).fetchone()
        for schema in ("main", "archive")
    )
    if bool(was_blocked) != bool(is_blocked):
        return True
    if old == new:
        return False
    if not (old and new):
        return True
    first, last = sorted((str(old), str(new)))
    years = range(int(first[:4]), int(last[:4]) + 1)
    return any(first <= f"{year}-{day}" < last for year in years for day in _DEADLINES)
