"""Checks of a new publication: it is complete, has no dangling references, and did not shrink."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.archive.errors import PublicationRefusedError
from gongkai.archive.rollups.site_numbers import BY_SITE
from gongkai.archive.store.csv_export import JOINED, TABLES, VIEWS
from gongkai.archive.store.database import read_only
from gongkai.archive.store.views import COUNTS
from gongkai.messages import Message, message

SHRINK_LIMIT = 0.05
"""Share of the rows of a table, or of the reports of a site, that may be gone since the last one."""

KEPT = (
    *("sites", "snapshots", "documents", "reports", "revisions", "sections"),
    *("active_disclosure", "active_disclosure_2019", "requests", "review_litigation", "runs"),
)
"""Tables that only grow, corrections apart. Findings may disappear when a rule improves.

Agencies without reports come and go with the portals of the registry.
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a publication holds: rows by table, reports by site."""

    rows: Mapping[str, int] = field(default_factory=dict)
    sites: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Counts:
        """Return the counts in a manifest."""
        return cls(manifest.get("rows", {}), manifest.get("reports_by_site", {}))


def count_rows(path: Path) -> Counts:
    """Return the counts of a public file, of every table and view that is published.

    Raises:
        PublicationRefusedError: the file is broken, or a row refers to a missing one.
    """
    with closing(read_only(path)) as conn:
        if (result := conn.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise PublicationRefusedError("public_file_broken", path=str(path), why=result)
        if lost := conn.execute("PRAGMA foreign_key_check").fetchone():
            raise PublicationRefusedError(
                "public_file_reference", path=str(path), table=lost[0], other=lost[2]
            )
        rows = {name: _count(conn, name) for name in sorted({*TABLES, *VIEWS, *JOINED})}
        return Counts(rows, dict(conn.execute(BY_SITE)))


def count_visits(path: Path) -> int:
    """Return how many visits the snapshots of a public file stand for; an earlier version had a row for each."""
    with closing(read_only(path)) as conn:
        visits: int = conn.execute("SELECT coalesce(sum(visits), 0) FROM snapshots").fetchone()[0]
        return visits


def _count(conn: sqlite3.Connection, table: str) -> int:
    sql = COUNTS.get(table, f'SELECT count(*) FROM "{table}"')
    count: int = conn.execute(sql).fetchone()[0]
    return count


def find_doubts(
    new: Counts, last: Counts | None, floors: Mapping[str, int], limit: float = SHRINK_LIMIT
) -> Iterator[Message]:
    """Yield the reasons not to replace the last publication by a new one.

    `floors` are the least numbers of reports of each site, `limit` is the share that may be gone. A
    site under its floor is named once: where the last publication had it so, a person agreed.
    """
    if not new.rows.get("reports"):
        yield message("doubt_without_reports")
        return
    before = last or Counts()
    for table in KEPT:
        was, now = before.rows.get(table, 0), new.rows.get(table, 0)
        if _shrank(was, now, limit):
            yield message("doubt_table_shrank", table=table, before=was, now=now)
    for site, count in before.sites.items():
        now = new.sites.get(site, 0)
        if _shrank(count, now, limit):
            yield message("doubt_site_shrank", site=site, before=count, now=now)
    for site, floor in floors.items():
        count = new.sites.get(site, 0)
        if 0 < count < floor and not 0 < before.sites.get(site, 0) < floor:
            yield message("doubt_under_floor", site=site, n=count, floor=floor)


def _shrank(before: int, now: int, limit: float) -> bool:
    return now < before * (1 - limit)
