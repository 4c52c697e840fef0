"""The public health of every source: when it was last crawled, and how that went."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

STALE = 14
"""Days after which a source that was not crawled again is called stale."""

KEPT = 12
"""Runs of a source on the page."""

ADDED = "added"
"""The portal of documents added by hand, which nobody crawls."""


@dataclass(frozen=True, slots=True)
class Source:
    """A portal with its last runs, the latest first."""

    site: Mapping[str, Any]
    runs: tuple[Mapping[str, Any], ...]
    reports: int
    now: str

    @property
    def last(self) -> Mapping[str, Any] | None:
        """Return its last run, or None."""
        return self.runs[0] if self.runs else None

    @property
    def days(self) -> int | None:
        """Return how many days ago it was last crawled."""
        if self.last is None:
            return None
        then, now = (datetime.fromisoformat(str(at)) for at in (self.last["finished"], self.now))
        return max(0, (_aware(now) - _aware(then)).days)

    @property
    def health(self) -> str:
        """Return never, failed, blocked, errors, empty, stale or well: the worst that is true."""
        last = self.last
        if last is None:
            return "never"
        if (last["blocked"] or 0) > 0:
            return "blocked"
        if last["outcome"] not in ("ok", "partial"):
            return "failed"
        if not last["requests"]:
            return "empty"
        if (self.days or 0) > STALE:
            return "stale"
        return "errors" if last["errors"] or last["outcome"] == "partial" else "well"


@dataclass(frozen=True, slots=True)
class Health:
    """All sources, and the last time the archive was built."""

    sources: tuple[Source, ...]
    build: Mapping[str, Any] | None

    def counted(self) -> dict[str, int]:
        """Return how many sources are how, the worst first."""
        found = [source.health for source in self.sources]
        order = ("blocked", "failed", "empty", "never", "stale", "errors", "well")
        return {health: found.count(health) for health in order if health in found}


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def health(conn: sqlite3.Connection, now: str) -> Health:
    """Return how all sources are at a time."""
    runs: dict[str, list[Mapping[str, Any]]] = {}
    for row in conn.execute(
        "select * from (select *, row_number() over (partition by site order by started desc, id desc)"
        " as place from runs where kind = 'crawl') where place <= ? order by site, place",
        (KEPT,),
    ):
        runs.setdefault(row["site"], []).append(row)
    reports = dict(
        conn.execute(
            "select s.site, count(distinct r.id) from reports r"
            " join snapshots s on s.digest = r.digest and s.url = r.url group by s.site"
        ).fetchall()
    )
    sites = conn.execute(
        "select s.*, g.full_name as region from sites s left join regions g"
        " on g.code = s.region_code where s.id <> ? order by s.region_code, s.id",
        (ADDED,),
    )
    build = conn.execute(
        "select * from runs where kind = 'build' order by started desc, id desc limit 1"
    ).fetchone()
    sources = tuple(
        Source(site, tuple(runs.get(site["id"], ())), reports.get(site["id"], 0), now)
        for site in sites
    )
    return Health(sources, build)
