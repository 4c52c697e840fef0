"""Who saw a report when: our own crawl, and other crawlers whose web archives were imported."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.publish.pages.report.originals import visit_columns

MOST_SIGHTINGS = 200

_ADDRESSES = """
WITH addresses(url) AS (
    SELECT url FROM reports WHERE id = :report
    UNION SELECT url FROM revisions WHERE report_id = :report
    UNION SELECT url FROM copies WHERE report_id = :report
)
"""
ASKED = f"""
{_ADDRESSES}
SELECT 1 FROM addresses a JOIN snapshots s ON s.url = a.url LEFT JOIN imports i ON i.snapshot = s.id
WHERE i.snapshot IS NULL LIMIT 1
"""
SIGHTINGS = f"""
{_ADDRESSES}
SELECT s.url, coalesce(i.collection, '') AS collection, coalesce(i.crawler, '') AS crawler,
    coalesce(i.source, '') AS source, coalesce(i.remarks, '') AS remarks, i.snapshot IS NULL AS own,
    CASE WHEN s.status IN (301, 308, 404, 410) THEN '' ELSE coalesce(s.digest, '') END AS digest,
    min(s.seen_at) AS first, max(s.{{last_seen}}) AS last, sum({{visits}}) AS times
FROM addresses a JOIN snapshots s ON s.url = a.url LEFT JOIN imports i ON i.snapshot = s.id
WHERE s.status IS NULL OR s.status IN (200, 304, 301, 308, 404, 410)
GROUP BY s.url, own, collection, crawler, source, digest
ORDER BY first, s.url LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A document that one crawler saw at one address, from when to when.

    `digest` is "" where the address did not have the report any more. `collection`, `crawler` and
    `source` are what an imported file says of itself. `is_recoded` tells that its text was coded anew.
    """

    url: str
    own: bool
    collection: str
    crawler: str
    source: str
    digest: str
    first: str
    last: str
    times: int
    is_recoded: bool

    @property
    def who(self) -> str:
        """The name under which another crawler is shown."""
        return self.collection or self.crawler or self.source


def load_sightings(conn: sqlite3.Connection, report_id: str) -> tuple[Sighting, ...]:
    """Return who saw a report; () where nobody but us did, since its versions tell that already.

    An archive of an earlier version has no imports.
    """
    if not _has_imports(conn):
        return ()
    found = tuple(_sightings(conn, report_id))
    return found if any(not each.own for each in found) else ()


def is_asked(conn: sqlite3.Connection, report_id: str) -> bool:
    """Return whether we ever asked for an address of a report, whatever the answer was."""
    if not _has_imports(conn):
        return True
    return conn.execute(ASKED, {"report": report_id}).fetchone() is not None


def _has_imports(conn: sqlite3.Connection) -> bool:
    found = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'imports'").fetchone()
    return found is not None


def _sightings(conn: sqlite3.Connection, report_id: str) -> Iterator[Sighting]:
    visits, last_seen = visit_columns(conn)
    sightings = SIGHTINGS.format(visits=visits, last_seen=last_seen)
    rows = conn.execute(sightings, {"report": report_id, "most": MOST_SIGHTINGS})
    for row in rows:
        yield Sighting(
            url=row["url"],
            own=bool(row["own"]),
            collection=row["collection"],
            crawler=row["crawler"],
            source=row["source"],
            digest=row["digest"],
            first=row["first"],
            last=row["last"],
            times=row["times"],
            is_recoded="recoded" in row["remarks"].split(),
        )
