"""May a new publication stand? It is whole, refers to nothing that is not there, and did not shrink."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.database import read_only

SHRINK_LIMIT = 0.05
"""Share of the rows of a table, or of the reports of a site, that may be gone since the last time."""

KEPT = (
    *("agencies", "sites", "snapshots", "documents", "reports", "revisions", "sections"),
    *("active_disclosure", "active_disclosure_2019", "requests", "review_litigation", "runs"),
)
"""Tables that only grow, but for corrections. Findings may go when a rule gets better."""

_BY_SITE = """
SELECT n.site, count(DISTINCT r.id) FROM reports r
JOIN snapshots n ON n.url = r.url AND n.digest = r.digest GROUP BY n.site ORDER BY n.site
"""


class PublicationRefused(ArchiveError):
    """Raised where a publication may not replace the one that stands unless a person says so."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a publication holds: rows by table, reports by site."""

    rows: Mapping[str, int] = field(default_factory=dict)
    sites: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Counts:
        """Return the counts that a manifest tells."""
        return cls(told.get("rows", {}), told.get("reports_by_site", {}))


def count_rows(path: Path) -> Counts:
    """Return the counts of a public file, of every table in it.

    :raises PublicationRefused: when the file is broken, or a row refers to one that is not there
    """
    with closing(read_only(path)) as conn:
        if (said := conn.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise PublicationRefused(f"{path}: 公开库已损坏 the public file is broken: {said}")
        if lost := conn.execute("PRAGMA foreign_key_check").fetchone():
            raise PublicationRefused(
                f"{path}: {lost[0]} 引用的 {lost[2]} 不存在 a row of {lost[0]} refers to a row of"
                f" {lost[2]} that is not there; make the archive anew: gongkai build --rebuild"
            )
        names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        rows = {name: _count(conn, name) for (name,) in names.fetchall()}
        return Counts(rows, dict(conn.execute(_BY_SITE)))


def _count(conn: sqlite3.Connection, table: str) -> int:
    count: int = conn.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return count


def find_doubts(
    new: Counts, last: Counts | None, floors: Mapping[str, int], limit: float = SHRINK_LIMIT
) -> Iterator[str]:
    """Yield, in words, what speaks against putting a publication in place of the last one.

    A site under its floor is told once: when the last publication had it so, somebody agreed.

    :param floors: the least number of reports of each site
    :param limit: the share that may be gone
    """
    if not new.rows.get("reports"):
        yield "没有报告 there are no reports"
        return
    before = last or Counts()
    for table in KEPT:
        if (gone := _gone(new.rows.get(table, 0), before.rows.get(table, 0), limit)) is not None:
            yield f"{table}: {gone}"
    for site, count in before.sites.items():
        if (gone := _gone(new.sites.get(site, 0), count, limit)) is not None:
            yield f"{site} 的报告 reports of {site}: {gone}"
    for site, floor in floors.items():
        count = new.sites.get(site, 0)
        if 0 < count < floor and not 0 < before.sites.get(site, 0) < floor:
            yield f"{site}: {count} 份报告，至少应有 {floor} reports, at least {floor} expected"


def _gone(now: int, before: int, limit: float) -> str | None:
    return f"{before} → {now}" if now < before * (1 - limit) else None
